"""What a service is to the runtime: its name, its document and its pure functions."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from shared.decision import Decision
from shared.events import Event, Payload
from shared.events.reference import ReferenceKind
from shared.events.vocabulary import Source

S = TypeVar("S", bound=BaseModel)
W = TypeVar("W")


class Reaction(Protocol[S]):
    """`(document, event, now, world) -> decision`. Pure. Never refuses: an event is a fact.

    `state` is None only for the types named in `Service.births`.
    """

    def __call__(self, state: Any, event: Any, *, now: datetime, world: Any) -> Decision[S]:
        """What this service makes of the event."""


@dataclass(frozen=True, slots=True)
class Heard(Generic[S]):
    """What is about to be folded for one complaint: the document as loaded, and the events not applied to it yet."""

    complaint_id: str
    state: S | None
    events: Sequence[Event[Any]]


@dataclass(frozen=True)
class Service(Generic[S, W]):
    """A service, as the runtime sees it.

    * `state`: the pydantic model of this service's view of one complaint, kept under `state` in the stored document.
    * `reactions`: by payload class. An event without one moves the mark and is counted as skipped. A service hears its
      own events only if a reaction is registered for them.
    * `births`: payload classes that may create the document. Anything else that comes before is held in the document
      and folded after the birth, in the same save.
    * `listed(state)`: the state with what lists filter and sort by, worked out once for each save.
    * `due_at(state)`: the next instant at which `tick` must be called; None for never. Indexed.
    * `tick(state, *, now, world)`: a due time passed. It must move `due_at` on, or the timer would come back at once.
    * `prepare(heard)`: I/O before a batch is folded (reference data, reservations). Its result is handed to every
      reaction, tick and command as `world`. Called again for a document whose save came too late. For commands and
      ticks `heard` is empty.
    * `lanes`: how many parts of a batch are taken at the same time; more than one where complaints share nothing.
    * `ahead`: how long before its due instant a tick may be decided, so that it is only saved then. Zero where `tick`
      needs more than the document and what `prepare` answers.
    * `stale(kind, id, version)`: which documents were computed with an older version of this reference datum, as a
      query on stored documents (fields under `state.`); None for none. They become due at once.
    """

    name: Source
    state: type[S]
    reactions: Mapping[type[Payload], Reaction[S]]
    births: frozenset[type[Payload]]
    due_at: Callable[[S], datetime | None]
    tick: Callable[..., Decision[S]]
    prepare: Callable[[Sequence[Heard[S]]], Awaitable[W]]
    listed: Callable[[S], S] = field(default=lambda state: state)
    lanes: int = 1
    ahead: timedelta = timedelta(0)
    stale: Callable[[ReferenceKind, str, int], Mapping[str, Any] | None] = field(default=lambda *_: None)
