"""Decides what falls due soon before it is due, so that at its instant there is nothing to do but to save it.

People promise for the full hour: thousands of promises fall due in the same second, and to decide them then takes as
many milliseconds. What is decided here is not said before its due instant, and only if nothing has touched the document
since: the guard of the save sees to that. Whatever is in the way of it, it is left to the timer's usual round.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Generic, NamedTuple, TypeVar

import structlog
from pydantic import BaseModel

from shared import ids
from shared.clock import Clock, real_now
from shared.mongo import Cursor, Document, Save
from shared.runtime.loaded import Saying, read
from shared.runtime.service import Service
from shared.runtime.store import Store

S = TypeVar("S", bound=BaseModel)

_MOST: Final = 10_000
"""Of those decided and not due yet: about 5 kB each."""
_AT_ONCE: Final = 50
_STEP: Final = timedelta(seconds=2)

log = structlog.get_logger()


def falling_due(since: datetime, until: datetime) -> Document:
    """Documents due behind `since`, up to `until`. One whose tick failed is left to the round, which waits for it."""
    # The index is partial: no more of it is read than the span only where the question names its condition.
    return {"due_at": {"$gt": since, "$lte": until, "$type": "date"}, "failures": {"$exists": False}}


class Decided(NamedTuple):
    """What is to be saved from `due_at` on, and the whole outbox that the document then has."""

    due_at: datetime
    save: Save
    outbox: Sequence[Document]

    def now(self, real: datetime) -> Save:
        """The save, as of this real time."""
        said = [{**record, "saved_at": real} for record in self.save.push["outbox"]]
        return replace(self.save, push={"outbox": said})


@dataclass(slots=True)
class Ahead(Generic[S]):
    """What one service's timer has decided already."""

    service: Service[S, Any]
    store: Store[S]
    clock: Clock
    _decided: deque[Decided] = field(default_factory=deque)
    _world: Any = None
    _cursor: Cursor | None = None
    _until: datetime | None = None

    async def take(self, now: datetime, at_most: int) -> list[Decided]:
        """What is due by now, in its order; nothing that was decided in another world than that of now."""
        if self._due(now):
            await self._world_of_now()
        taken: list[Decided] = []
        while self._due(now) and len(taken) < at_most:
            taken.append(self._decided.popleft())
        return taken

    def _due(self, now: datetime) -> bool:
        return bool(self._decided) and self._decided[0].due_at <= now

    async def look(self) -> int:
        """Decides some of those that fall due soon; answers how many were looked at."""
        if not self.service.ahead or len(self._decided) >= _MOST:
            return 0
        cursor = self._next_span() if self._cursor is None else self._cursor
        if cursor is None:
            return 0
        world = await self._world_of_now()
        self._cursor = None  # after an error it is not asked again
        found = await cursor.to_list(_AT_ONCE)
        self._cursor = cursor if len(found) == _AT_ONCE else None
        for document in found:
            self._decide(document, world)
        return len(found)

    def _next_span(self) -> Cursor | None:
        """Those that fall due between where the last span ended and as far as is looked ahead."""
        now = self.clock.now()
        since, until = max(now, self._until or now), now + self.service.ahead
        if until - since < min(_STEP, self.service.ahead):
            return None
        self._until = until
        found = self.store.documents.find(falling_due(since, until)).hint("due")
        return found.sort("due_at", 1).batch_size(_AT_ONCE)

    def _decide(self, stored: Mapping[str, Any], world: Any) -> None:
        document = read(stored, self.service.state)
        at = document.due_at
        if document.state is None or document.stale or at is None or at <= self.clock.now():
            return
        try:
            decision = self.service.tick(document.state, now=at, world=world)
            document.take(decision, self.service, Saying(at, ids.uuid7))
            document.finish(self.service)
            save = document.save(real_now()).packed()
        except Exception as error:  # noqa: BLE001 - of any kind: it is left to the round
            # At its instant the timer decides it afresh, and says so if it still cannot.
            log.debug("not_decided_ahead", service=self.service.name, complaint_id=document.id, error=repr(error))
            return
        self._decided.append(Decided(at, save, document.whole_outbox()))

    async def _world_of_now(self) -> Any:
        """The world that decisions are made in. When it is another one, those made before are left to the rounds."""
        world = await self.service.prepare([])
        if world != self._world:
            self._world = world
            self._decided.clear()
        return world
