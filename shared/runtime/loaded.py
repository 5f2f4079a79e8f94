"""A stored document in memory: this service's view of one complaint, and the runtime's marks beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Generic, NamedTuple, TypeVar

from pydantic import BaseModel

from shared.decision import Decision
from shared.events import Event
from shared.events.cloudevents import MOST_BYTES, pack, too_large
from shared.mongo import Document, Save, stored_size
from shared.runtime.commands import TooLarge
from shared.runtime.service import Service

S = TypeVar("S", bound=BaseModel)

_SPARSE: Final = ("early", "held", "parked", "stale")
"""Fields that a stored document only has when they say something."""

COMMANDS_KEPT: Final = timedelta(days=7)
"""How long a command's answer is remembered, in real time. Source: the Idempotency-Key of the API."""


@dataclass(slots=True)
class Loaded(Generic[S]):
    """The document as loaded, with what was decided since. Saved as a whole, guarded by `version`."""

    id: str
    version: int = 0
    seq: int = 0
    applied: dict[str, int] = field(default_factory=dict)
    state: S | None = None
    outbox: list[Document] = field(default_factory=list)
    said: list[Document] = field(default_factory=list)
    commands: list[Document] = field(default_factory=list)
    early: list[Document] = field(default_factory=list)
    held: list[Document] = field(default_factory=list)
    parked: bool = False
    due_at: datetime | None = None
    failures: int = 0
    stale: bool = False
    touched: bool = False
    decided: bool = False
    stored: S | None = None

    def take(self, decision: Decision[S], service: Service[S, Any], said: "Saying") -> None:
        """The decision's state and events are this document's from now on; not finished, not saved yet."""
        self.state = decision.state
        self.touched = self.decided = True
        for payload in decision.events:
            self.seq += 1
            event = Event(
                id=said.new_id(said.now),
                type=payload.type,
                source=service.name,
                seq=self.seq,
                complaint_id=self.id,
                time=said.now,
                data=payload,
                version=payload.version,
                cause=said.cause,
                traceparent=said.traceparent,
            )
            record = pack(event)
            if too_large(record["data"]):
                raise TooLarge(f"what {payload.type} would say is larger than an event may be ({MOST_BYTES:,} bytes)")
            self.said.append(record)

    def finish(self, service: Service[S, Any]) -> None:
        """Works out, once for all that was decided, what lists need and when the timer must look again."""
        if not self.decided or self.state is None:
            return
        self.state = service.listed(self.state)
        if not self.stale:  # a tick is owed, whatever happens before it; only the tick itself settles that
            self.due_at = service.due_at(self.state)

    def _changes(self) -> dict[str, Any]:
        """What is to be set of the state: all of it, or only the fields that are not what is stored.

        What is None is left out: every field that may be None is None when it is missing.
        """
        state, stored = self.state, self.stored
        if state is None or stored is None:
            return {"state": None if state is None else state.model_dump(mode="python", exclude_none=True)}
        new, known, kind = state.__dict__, stored.__dict__, type(state)
        kept = [name for name, field in kind.model_fields.items() if not field.exclude]
        changed = {name for name in kept if new[name] is not known[name] and new[name] != known[name]}
        if not changed:
            return {}
        changed.update(kind.model_computed_fields)
        values = state.model_dump(mode="python", include=changed, exclude_none=True)
        return {f"state.{name}": values.get(name) for name in changed}

    def save(self, real: datetime) -> Save:
        """The guarded save of all that changed. `real` is real time, kept in the outbox for its age."""
        values: dict[str, Any] = {
            "seq": self.seq,
            "applied": self.applied,
            "due_at": self.due_at,
            "commands": self.commands,
            **self._changes(),
        }
        unset = ["retry_at", "failures"]
        for name in _SPARSE:
            if content := getattr(self, name):
                values[name] = content
            else:
                unset.append(name)
        outgoing = [{**record, "saved_at": real} for record in self.said]
        return Save(self.id, self.version, values, {"outbox": outgoing}, unset)

    def document(self, real: datetime) -> Document:
        """The same as a whole new document, for an insert."""
        whole = self if self.stored is None else replace(self, stored=None)
        save = whole.save(real)
        return {"_id": self.id, "version": self.version + 1, **save.set, "outbox": save.push["outbox"]}

    def mark(self) -> "Mark[S]":
        """How it stands now, to go back to."""
        return Mark(
            self.seq, dict(self.applied), self.state, self.due_at, list(self.said), list(self.early), list(self.held),
            self.parked, self.touched, self.decided,
        )  # fmt: skip

    def go_back_to(self, mark: "Mark[S]") -> None:
        """What was decided since is undone. A mark is gone back to once."""
        for name, value in zip(Mark._fields, mark, strict=True):
            setattr(self, name, value)

    def size(self, real: datetime) -> int:
        """Bytes of the document as it would be stored, without its outbox, which empties again."""
        return stored_size({**self.document(real), "outbox": []})

    def outbox_size(self) -> int:
        """Characters that wait to be published."""
        return sum(len(record["data"]) for record in self.whole_outbox())

    def whole_outbox(self) -> list[Document]:
        """What is to be published once it is saved, from its head."""
        return self.outbox + self.said

    def answered(self, command_id: str) -> Document | None:
        """What this command was answered before, if it was."""
        return next((record for record in self.commands if record["id"] == command_id), None)

    def remember(self, command_id: str, fingerprint: str, answer: str | None, real: datetime) -> None:
        """The command's answer is kept by the same save; those of more than seven days are forgotten."""
        kept = [record for record in self.commands if record["at"] > real - COMMANDS_KEPT]
        record = {"id": command_id, "fingerprint": fingerprint, "answer": answer, "at": real}
        self.commands = [*kept, {**record, "version": self.version + 1}]


class Mark(NamedTuple, Generic[S]):
    """What folding changes of a document."""

    seq: int
    applied: dict[str, int]
    state: S | None
    due_at: datetime | None
    said: list[Document]
    early: list[Document]
    held: list[Document]
    parked: bool
    touched: bool
    decided: bool


@dataclass(frozen=True, slots=True)
class Saying:
    """What the envelope of an event takes from whoever asked for it."""

    now: datetime
    new_id: Any
    cause: str | None = None
    traceparent: str | None = None


def read(document: Mapping[str, Any], model: type[S]) -> Loaded[S]:
    """The document as stored."""
    raw = document.get("state")
    state = None if raw is None else model.model_validate(raw)
    return Loaded(
        id=document["_id"],
        version=document["version"],
        seq=document.get("seq", 0),
        applied=dict(document.get("applied", {})),
        state=state,
        stored=state,
        outbox=list(document.get("outbox", ())),
        commands=list(document.get("commands", ())),
        early=list(document.get("early", ())),
        held=list(document.get("held", ())),
        parked=bool(document.get("parked", False)),
        due_at=document.get("due_at"),
        failures=document.get("failures", 0),
        stale=bool(document.get("stale", False)),
    )
