"""What a domain gives back: a decision, or a refusal. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel

from shared.events.envelope import Payload

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Decision(Generic[S]):
    """The document as it is from now on, what this service says about it, and the answer to whoever asked.

    The runtime saves all of it in one write, or nothing. `answer` is kept with the command's id, so that a repeat of
    the command gets it again; it is None for events and ticks.
    """

    state: S
    events: Sequence[Payload] = field(default=())
    answer: BaseModel | None = None


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A command that a rule forbids. Becomes a problem+json with `code` and `status`; nothing is saved.

    `facts` become members of the problem (JSON values, instants allowed); `errors` is a list of (field, reason).
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    title: ClassVar[str] = "Refused"

    def __init__(self, detail: str, *, errors: Sequence[tuple[str, str]] = (), **facts: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.facts = facts


class ScopeMissing(Refusal):
    """The key is good, but not for this."""

    code = "scope_missing"
    status = 403
    title = "Scope missing"


class NotFound(Refusal):
    """Nothing of that id is known here."""

    code = "not_found"
    status = 404
    title = "Not found"


class Invalid(Refusal):
    """The request can be read, but says something that cannot be."""

    code = "invalid"
    status = 422
    title = "Invalid"


class Conflict(Refusal):
    """The request does not fit the state the complaint is in."""

    code = "conflict"
    status = 409
    title = "Does not fit the state"


class VersionConflict(Refusal):
    """It is not in the version that the caller saw, or exists already; or no version was named where one must be."""

    code = "version_conflict"
    status = 412
    title = "Version missing or not the newest"


class ComplaintFull(Refusal):
    """So much has been said here that it must go on in a new complaint."""

    code = "complaint_full"
    status = 409
    title = "The complaint is full"


class OwnerIsSubject(Refusal):
    """Whom a complaint is about never owns, edits or closes it."""

    code = "owner_is_subject"
    status = 409
    title = "The complaint is about this person"
