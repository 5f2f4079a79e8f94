"""What somebody asks for, what they are answered, and what refuses it before any rule does."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from pydantic import BaseModel

from shared.decision import Decision, Refusal

S = TypeVar("S", bound=BaseModel)
Decide: TypeAlias = Callable[..., Decision[S]]


class NotHereYet(Refusal):
    """A complaint so young that this service may not have heard of it yet. Ask again in a second."""

    code = "not_here_yet"
    status = 404
    title = "Not here yet"


class IdempotencyKeyReused(Refusal):
    """The Idempotency-Key came before with another request."""

    code = "idempotency_key_reused"
    status = 422
    title = "Idempotency-Key used for another request"


class Unavailable(Refusal):
    """We cannot say now whether it happened. Ask again with the same Idempotency-Key."""

    code = "unavailable"
    status = 503
    title = "Unavailable"


class TooLarge(Refusal):
    """There is more in it than can be kept."""

    code = "too_large"
    status = 413
    title = "Too large"


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody asked for: `id` names the request, `fingerprint` its content."""

    id: str
    fingerprint: str
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the command was answered, now or the first time. `version` is the document's after it."""

    body: dict[str, Any] | None
    version: int
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Creation(Generic[S]):
    """A new document to be: its id, what to decide, and top-level fields (for unique indexes) beside it."""

    complaint_id: str
    command: Command
    decide: Decide[S]
    extra: Mapping[str, Any]


def replay(known: Mapping[str, Any], command: Command) -> Answer:
    """The first answer again.

    Raises:
        IdempotencyKeyReused: the same key, another request.
    """
    if known["fingerprint"] != command.fingerprint:
        raise IdempotencyKeyReused("this Idempotency-Key came with another request before; use a new one")
    body = known["answer"]
    return Answer(None if body is None else json.loads(body), known["version"], replayed=True)
