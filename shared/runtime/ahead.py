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
from shared.mongo import Cursor, Document, Save, StoreError
from shared.runtime.loaded import Saying, read
from shared.runtime.service import Service
from shared.runtime.store import Store

S = TypeVar("S", bound=BaseModel)

_MOST: Final = 10_000
_MOST_BYTES: Final = 64_000_000
"""Of those decided and not due yet; usually about 5 kB each."""
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
    size: int

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
    _bytes: int = 0

    async def take(self, now: datetime, at_most: int) -> list[Decided]:
        """What is due by now, in its order; nothing that was decided in another world than that of now."""
        if self._due(now):
            await self._world_of_now()
        taken: list[Decided] = []
        while self._due(now) and len(taken) < at_most:
            taken.append(self._decided.popleft())
            self._bytes -= taken[-1].size
        return taken

    def _due(self, now: datetime) -> bool:
        return bool(self._decided) and self._decided[0].due_at <= now

    async def look(self) -> int:
        """Decides some of those that fall due soon; answers how many were looked at."""
        if not self.service.ahead or len(self._decided) >= _MOST or self._bytes >= _MOST_BYTES:
            return 0
        if self._cursor is None and self._span() is None:
            return 0
        world = await self._world_of_now()
        cursor = self._find() if self._cursor is None else self._cursor
        try:
            found = await cursor.to_list(_AT_ONCE)
        except StoreError:
            self._begin_anew()
            raise
        self._cursor = cursor if len(found) == _AT_ONCE else None
        for document in found:
            self._decide(document, world)
        return len(found)

    def _span(self) -> tuple[datetime, datetime] | None:
        """From where the last span ended, or now, as far as is looked ahead; None while that is not worth a look."""
        now = self.clock.now()
        since, until = max(now, self._until or now), now + self.service.ahead
        return (since, until) if until - since >= min(_STEP, self.service.ahead) else None

    def _find(self) -> Cursor:
        now = self.clock.now()
        since, until = self._span() or (now, now)
        self._until = until
        found = self.store.documents.find(falling_due(since, until)).hint("due")
        return found.sort("due_at", 1).batch_size(_AT_ONCE)

    def _decide(self, stored: Mapping[str, Any], world: Any) -> None:
        try:
            document = read(stored, self.service.state)
            at = document.due_at
            if document.state is None or document.stale or at is None or at <= self.clock.now():
                return
            decision = self.service.tick(document.state, now=at, world=world)
            document.take(decision, self.service, Saying(at, ids.uuid7))
            document.finish(self.service)
            save = document.save(real_now()).packed()
        except Exception as error:  # noqa: BLE001 - of any kind: it is left to the round
            # At its instant the timer decides it afresh, and says so if it still cannot.
            log.debug("not_decided_ahead", service=self.service.name, complaint_id=stored["_id"], error=repr(error))
            return
        outbox = document.whole_outbox()
        size = save.size() + sum(len(record["data"]) for record in outbox)
        self._decided.append(Decided(at, save, outbox, size))
        self._bytes += size

    async def _world_of_now(self) -> Any:
        """The world that decisions are made in. When it is another one, all of them are made anew."""
        world = await self.service.prepare([])
        if world != self._world:
            self._world = world
            self._begin_anew()
        return world

    def _begin_anew(self) -> None:
        self._decided.clear()
        self._bytes, self._cursor, self._until = 0, None, None
