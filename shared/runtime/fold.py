"""The inbox: which events are applied, in which order, exactly once. Pure; works on a loaded document.

Source: "Hearing" in the architecture. Marks are per source: `applied[source]` is the last `seq` taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar

from pydantic import BaseModel

from shared.events import Event, Payload
from shared.events.cloudevents import pack, unpack
from shared.events.envelope import BrokenPayload
from shared.runtime.loaded import Loaded, Saying
from shared.runtime.service import Service

S = TypeVar("S", bound=BaseModel)

_EARLY_CHARACTERS: Final = 500_000
"""What came early is kept in the document, up to so much; the rest is parked. Source: a document stays under 1 MB."""

Outcome: TypeAlias = Literal["applied", "repeated", "skipped", "parked", "early"]


@dataclass(frozen=True, slots=True)
class Letter:
    """An event, and where on the log it stands (`topic/partition/offset`)."""

    event: Event[Any]
    ref: str


@dataclass(frozen=True, slots=True)
class Poison:
    """An event that could not be folded: it, and every later one of its complaint, is kept aside."""

    letter: Letter
    error: str


@dataclass(slots=True)
class Folder(Generic[S]):
    """Folds events into documents for one service."""

    service: Service[S, Any]
    new_id: Any
    now: datetime
    world: Any
    careful: bool = False

    def fold_all(self, loaded: Loaded[S], letters: Sequence[Letter]) -> list[tuple[Outcome, Poison | None]]:
        """Folds them in order and finishes the document; answers what became of each.

        Where finishing fails, all is done again with the document finished after each event, so that it is known whose
        fault it is.
        """
        before = loaded.mark()
        outcomes = [self.fold(loaded, letter) for letter in letters]
        try:
            loaded.finish(self.service)
        except Exception:  # noqa: BLE001 - out of a pure function: found and kept aside below
            loaded.go_back_to(before)
            careful = replace(self, careful=True)
            outcomes = [careful.fold(loaded, letter) for letter in letters]
        return outcomes

    def fold(self, loaded: Loaded[S], letter: Letter) -> tuple[Outcome, Poison | None]:
        """The document knows the event from now on, whatever becomes of it.

        `parked` with a `Poison` when it is the event's fault, without when it only waits behind one.
        """
        event = letter.event
        mark = loaded.applied.get(event.source, 0)
        if event.seq <= mark:
            return "repeated", None
        if loaded.parked:
            loaded.touched = True
            return "parked", None
        if event.seq > mark + 1:
            return self._keep_early(loaded, letter)
        return self._apply(loaded, letter)

    def catch_up(self, loaded: Loaded[S]) -> list[Poison]:
        """What had come early and is next now is applied; answers what of it is poison. Needed after a discard."""
        found: list[Poison] = []
        for source in sorted({str(kept["source"]) for kept in loaded.early}):
            poison = self._catch_up(loaded, source)
            if poison is not None:
                found.append(poison)
        return found

    def _keep_early(self, loaded: Loaded[S], letter: Letter) -> tuple[Outcome, Poison | None]:
        event = letter.event
        if any(kept["source"] == event.source and kept["seq"] == event.seq for kept in loaded.early):
            return "repeated", None
        loaded.touched = True
        if isinstance(event.data, BrokenPayload):
            loaded.parked = True
            return "parked", Poison(letter, f"UnreadableEvent: {event.data.reason}")
        record = {**pack(event), "ref": letter.ref}
        if sum(len(kept["data"]) for kept in [*loaded.early, record]) > _EARLY_CHARACTERS:
            loaded.parked = True
            return "parked", Poison(letter, "more came early than a document may hold")
        loaded.early.append(record)
        return "early", None

    def _apply(self, loaded: Loaded[S], letter: Letter) -> tuple[Outcome, Poison | None]:
        before = loaded.mark()
        try:
            outcome = self._react(loaded, letter)
            if self.careful:
                loaded.finish(self.service)
        except Exception as error:  # noqa: BLE001 - out of a pure function: the event's fault, kept aside whole
            loaded.go_back_to(before)
            loaded.parked = loaded.touched = True
            return "parked", Poison(letter, f"{type(error).__name__}: {_reason(error)}")
        return outcome, self._catch_up(loaded, letter.event.source)

    def _react(self, loaded: Loaded[S], letter: Letter) -> Outcome:
        event = letter.event
        if isinstance(event.data, BrokenPayload):
            raise UnreadableEvent(event.data.reason)
        loaded.applied[event.source] = event.seq
        loaded.touched = True
        reaction = self.service.reactions.get(type(event.data))
        if reaction is None:
            return "skipped"
        if loaded.state is None and type(event.data) not in self.service.births:
            loaded.held.append({**pack(event), "ref": letter.ref})
            return "applied"
        self._decide(loaded, event)
        held, loaded.held = loaded.held, []
        for record in held:
            self._decide(loaded, unpack(record))
        return "applied"

    def _decide(self, loaded: Loaded[S], event: Event[Any]) -> None:
        if not isinstance(event.data, Payload):
            return  # its type is not known: the mark has moved
        reaction = self.service.reactions[type(event.data)]
        decision = reaction(loaded.state, event, now=self.now, world=self.world)
        loaded.take(decision, self.service, Saying(self.now, self.new_id, event.id, event.traceparent))

    def _catch_up(self, loaded: Loaded[S], source: str) -> Poison | None:
        """What had come early and is next now, by seq."""
        while not loaded.parked:
            following = loaded.applied.get(source, 0) + 1
            record = next((r for r in loaded.early if r["source"] == source and r["seq"] == following), None)
            if record is None:
                return None
            loaded.early = [kept for kept in loaded.early if kept is not record]
            _, poison = self._apply(loaded, Letter(unpack(record), record["ref"]))
            if poison is not None:
                return poison
        return None


class UnreadableEvent(ValueError):  # noqa: N818 - names the event, as parking does
    """The data of an event is not what its type asks for."""


def _reason(error: Exception) -> str:
    """What went wrong, bounded; a validation error without the values, which may be personal."""
    from pydantic import ValidationError

    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5])
    return str(error)[:500]
