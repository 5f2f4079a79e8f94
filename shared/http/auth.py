"""Who is asking, and what they may do. Keys are known by their SHA-256 only; revocation travels with reference data."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Final, Literal, get_args

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import SecretStr

from shared.decision import Refusal, ScopeMissing
from shared.events.reference import Scope
from shared.http.guessing import Guard

_ALL_SCOPES: Final = frozenset(get_args(Scope))
_LONGEST_KEY: Final = 512

bearer = HTTPBearer(auto_error=False, description="An API key of Palabra.")


class KeyInvalid(Refusal):
    """The request has no key that we know."""

    code = "key_invalid"
    status = 401
    title = "Key missing or not valid"


@dataclass(frozen=True, slots=True)
class Caller:
    """A key's owner: a source system, or a person (an agent's id)."""

    owner: str
    kind: Literal["system", "person"]
    scopes: frozenset[str]

    def has(self, scope: str) -> bool:
        """Whether the key has this scope; `admin` has all but those for history."""
        return scope in self.scopes

    def by(self, asked: str | None) -> str | None:
        """Who acts: the key's own person; with `cases:act_as`, whoever is named.

        Raises:
            ScopeMissing: somebody else is named, without `cases:act_as`.
        """
        own = self.owner if self.kind == "person" else None
        if asked is None or asked == own:
            return own
        if not self.has("cases:act_as"):
            raise ScopeMissing(f"this key may not act as {asked}; it needs cases:act_as", scope="cases:act_as")
        return asked


def digest(key: str) -> str:
    """A key as it is stored: SHA-256 in hex."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


async def caller_of(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> Caller:
    """The caller, by the bearer key.

    Raises:
        KeyInvalid: no key, or one that is unknown or revoked.
        RateLimited: too many wrong ones came from the same address.
    """
    return caller_with(request, "" if credentials is None else credentials.credentials)


def caller_with(request: Request, key: str) -> Caller:
    """The caller, by the key that was sent; an empty one is none. Raises as `caller_of` does.

    A key that we made opens from everywhere, whoever else guesses there: nobody guesses 256 random bits. The admin key
    was chosen by a person and might be guessed: it waits like the wrong ones, unless it was good from there before.
    """
    if not key or len(key) > _LONGEST_KEY:
        raise KeyInvalid("send Authorization: Bearer KEY")
    runtime, hashed = request.app.state.runtime, digest(key)
    known = runtime.follower.key(hashed)
    if known is not None and known.revoked_at is None:
        return Caller(known.owner, known.kind, frozenset(known.scopes))
    guard: Guard = request.app.state.guard
    address = request.client.host if request.client else "unknown"
    guard.check(address, hashed)
    admin = runtime.settings.admin_key
    if admin is None or not hmac.compare_digest(hashed, _digest_of(admin)):
        guard.wrong(address)
        raise KeyInvalid("this key is not known, or was revoked")
    guard.good(address, hashed)
    return _DEVELOPMENT


_DEVELOPMENT: Final = Caller("development", "system", _ALL_SCOPES)


@lru_cache(maxsize=8)
def _digest_of(admin: SecretStr) -> str:
    return digest(admin.get_secret_value())


class CallerWith:
    """A dependency: the caller, whose key must have one of the scopes."""

    def __init__(self, *scopes: str) -> None:
        self.scopes = scopes

    async def __call__(self, caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
        """The caller, if the key has one of them."""
        check_scopes(caller, self.scopes)
        return caller


def check_scopes(caller: Caller, scopes: Sequence[str]) -> None:
    """The caller's key has one of these scopes.

    Raises:
        ScopeMissing: it has none of them.
    """
    if caller.scopes.isdisjoint(scopes):
        wanted = " or ".join(scopes)
        raise ScopeMissing(f"this key lacks the scope {wanted}", scope=wanted)


def CallerOf(*scopes: str) -> Any:  # noqa: N802 - reads as a type where it is used
    """Depends on the caller, refused without one of these scopes."""
    return Depends(CallerWith(*scopes))
