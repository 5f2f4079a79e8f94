"""By what a person can be reached, and by what two complaints are known to come from the same one. Pure.

A customer is matched by external id within a source, by e-mail, by E.164 phone, and never by name (`domain.md`).

* An e-mail counts as verified by the source system that tells it, and within that system only: what the shop knows
  about its buyers proves nothing about whoever types the same address into another system.
* A phone matches across systems, once it can be read as a number of the world's plan (E.164). What cannot be read so is
  kept as told and matches nobody.
* The external id is the strongest: two ids of one system are two people, even if they share a phone or a mailbox.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import phonenumbers
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from shared.events.values import Person

# Colleagues complain from addresses inside a house (`.local`), and rehearsals use `.test` (RFC 6761).
SPECIAL_USE_DOMAIN_NAMES[:] = [name for name in SPECIAL_USE_DOMAIN_NAMES if name not in ("local", "test")]

_PLAIN: Final = re.compile(r"[A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+([a-z]{2,24})")
_SHORT: Final = 64
"""An address so plain and so short is good and in its normal form; to have it said by the library costs a tenth of
accepting a complaint."""


def read_email(text: str) -> str:
    """The address in its normal form (RFC 5321, 6531, 6532); no DNS is asked.

    Raises:
        ValueError: it is no address.
    """
    if len(text) <= _SHORT and (plain := _PLAIN.fullmatch(text)) and plain[1] not in SPECIAL_USE_DOMAIN_NAMES:
        return text
    try:
        return validate_email(text, check_deliverability=False, globally_deliverable=False).normalized
    except EmailNotValidError as error:
        raise ValueError(f"is not an e-mail address: {error}") from error


def read_phone(text: str, country: str | None = None) -> str:
    """The number in E.164, or as told when it cannot be read as a number of the world's plan."""
    return _e164(text, country) or text


@lru_cache(maxsize=4096)
def _e164(text: str, country: str | None) -> str | None:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def identities(person: Person, source_system: str) -> tuple[str, ...]:
    """What this person is known by, the strongest first; nothing for somebody anonymous."""
    if person.anonymous:
        return ()
    found = []
    if person.external_id:
        found.append(f"ext:{source_system}:{person.external_id}")
    if person.email:
        found.append(f"mail:{source_system}:{person.email.casefold()}")
    if person.phone and (number := _e164(person.phone, None)):
        found.append(f"tel:{number}")
    return tuple(found)


def choose(known: Collection[Mapping[str, Any]], told: Sequence[str]) -> Mapping[str, Any] | None:
    """The customer among the `known` ones (with `identities`) whom the `told` identities, strongest first, mean."""
    for identity in told:
        for customer in known:
            if identity in customer["identities"] and not _somebody_else(customer["identities"], told):
                return customer
    return None


def _somebody_else(has: Collection[str], told: Sequence[str]) -> bool:
    """The external id told is not among those that the customer has in the same system."""
    ours = next((identity for identity in told if identity.startswith("ext:")), None)
    if ours is None or ours in has:
        return False
    return any(identity.startswith(_system_of(ours)) for identity in has)


def _system_of(external: str) -> str:
    return ":".join(external.split(":")[:2]) + ":"
