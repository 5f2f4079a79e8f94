"""The envelope round every event. Wire form: `cloudevents.py`."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from shared.events.values import Frozen
from shared.events.vocabulary import Source


class Payload(Frozen):
    """What an event says, beyond its envelope. One class per type; a published class only gains optional fields."""

    type: ClassVar[str]
    version: ClassVar[int] = 1
    source: ClassVar[Source]


class UnknownPayload(Frozen):
    """What an event of a type that this build does not know says, untouched."""

    raw: dict[str, Any]


class BrokenPayload(Frozen):
    """The data of an event could not be read as its type asks. `reason` names the fields, never their values."""

    reason: str


P_co = TypeVar("P_co", bound=Payload | UnknownPayload | BrokenPayload, covariant=True)


@dataclass(frozen=True, slots=True)
class Event(Generic[P_co]):
    """One fact about one complaint.

    `seq` counts from 1 without a gap per (complaint, source). `cause` is the id of the event or command that led to it.
    """

    id: str
    type: str
    source: Source
    seq: int
    complaint_id: str
    time: datetime
    data: P_co
    version: int = 1
    cause: str | None = None
    traceparent: str | None = None

    def derive_id(self, name: str) -> str:
        """An id for something that follows from this event: the same each time this event is folded."""
        return str(uuid.uuid5(uuid.UUID(self.id) if _is_uuid(self.id) else uuid.NAMESPACE_OID, f"{self.id}/{name}"))

    def with_seq(self, seq: int) -> "Event[P_co]":
        """The same event with another sequence number."""
        return replace(self, seq=seq)


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
