"""Ids and numbers. The only place where randomness enters; a domain gets its ids as arguments."""

import secrets
import uuid
from datetime import UTC, datetime, timedelta
from typing import Final

from stdnum import luhn

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, so that a number can be said over a phone."""

_DIGITS: Final = 7
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_PLAIN: Final = {char: place for place, char in enumerate(ALPHABET)}
_DOUBLED: Final = {char: sum(divmod(2 * place, len(ALPHABET))) for place, char in enumerate(ALPHABET)}
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def uuid7(now: datetime) -> str:
    """A UUID that sorts by `now` (milliseconds). Source: RFC 9562, 5.7."""
    millis = (now - _EPOCH) // _MILLISECOND & (2**48 - 1)
    random = secrets.randbits(74)
    value = (millis << 80) | (0x7 << 76) | ((random >> 62) << 64) | (0b10 << 62) | (random & (2**62 - 1))
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def uuid7_time(text: str) -> datetime | None:
    """The instant inside a UUIDv7, or None if the text is none or its instant lies beyond the year 9999."""
    try:
        value = uuid.UUID(text)
        if value.version != 7:  # noqa: PLR2004 - the version that the name says
            return None
        return _EPOCH + (value.int >> 80) * _MILLISECOND
    except (ValueError, OverflowError):
        return None


def new_number() -> str:
    """A complaint's number: seven random characters and a Luhn mod 32 check character, as `7K3M-9Q2X`. No secret."""
    random = secrets.randbits(5 * _DIGITS)
    digits = "".join([ALPHABET[random >> shift & 31] for shift in range(0, 5 * _DIGITS, 5)])
    return f"{digits[:4]}-{digits[4:]}{_check_character(digits)}"


def _check_character(digits: str) -> str:
    """As `stdnum.luhn.calc_check_digit` has it, ten times as fast."""
    total = sum([_PLAIN[char] for char in digits[-2::-2]]) + sum([_DOUBLED[char] for char in digits[-1::-2]])
    return ALPHABET[-total % len(ALPHABET)]


def read_number(text: str) -> str | None:
    """The number as stored, from how a person says or types it; None if the check character does not fit."""
    digits = text.upper().translate(_READ_AS)
    if len(digits) != _DIGITS + 1 or any(char not in ALPHABET for char in digits):
        return None
    if luhn.checksum(digits, ALPHABET) != 0:
        return None
    return f"{digits[:4]}-{digits[4:]}"


def new_secret() -> str:
    """An API key: 32 random bytes, URL-safe."""
    return "pk_" + new_token()


def new_token() -> str:
    """What nobody guesses: 32 random bytes, URL-safe."""
    return secrets.token_urlsafe(32)
