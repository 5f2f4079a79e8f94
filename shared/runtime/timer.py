"""Keeps time: picks documents whose due instant has passed and calls the service's tick.

Replicas race harmlessly: the guard lets one win. A tick that fails moves that document's retry instant by backoff.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar

import structlog
from pydantic import BaseModel

from shared import ids, metrics
from shared.clock import Clock, real_now
from shared.mongo import Document, StoreError, Unstorable, update_many
from shared.runtime.ahead import Ahead
from shared.runtime.loaded import Loaded, Saying, read
from shared.runtime.publisher import Publisher
from shared.runtime.service import Service
from shared.runtime.store import Store
from shared.tasks import all_of

S = TypeVar("S", bound=BaseModel)
T = TypeVar("T")

_AT_ONCE: Final = 500
_SAVED_TOGETHER: Final = 250
_SAVERS: Final = 3
"""At the same time, so that the store works while its journal is written."""
_LONGEST_NAP: Final = 0.25
_LONGEST_RETRY: Final = 3600

log = structlog.get_logger()


@dataclass(slots=True)
class Timer(Generic[S]):
    """One service's timer."""

    service: Service[S, Any]
    store: Store[S]
    publisher: Publisher
    clock: Clock
    ahead: Ahead[S]

    async def run(self, caught_up: asyncio.Event, patience: float) -> None:
        """Ticks for ever, once the consumer has read what was said while we were down, or `patience` seconds passed."""
        try:
            async with asyncio.timeout(patience):
                await caught_up.wait()
        except TimeoutError:
            log.warning("timer_starts_behind", service=self.service.name, seconds=patience)
        while True:
            try:
                handled = await self.round() or await self.ahead.look()
            except StoreError as error:
                log.warning("timer_failed", service=self.service.name, error=repr(error))
                handled = 0
            if handled == 0:
                await asyncio.sleep(_LONGEST_NAP)

    async def round(self) -> int:
        """Every document that is due (at most five hundred) is ticked and saved; answers how many were looked at.

        Those that were ticked ahead are only saved. In parts: while the store saves one, the next is decided.
        """
        now, real = self.clock.now(), real_now()
        saved = sum(await all_of(self._save_decided(now) for _ in range(_SAVERS)))
        due = {"due_at": {"$lte": now, "$type": "date"}, "retry_at": {"$not": {"$gt": real}}}
        found = await self.store.documents.find(due).hint("due").sort("due_at", 1).limit(_AT_ONCE).to_list(None)
        if found:
            world = await self.service.prepare([])
            await all_of(self._part(part, world) for part in _parts(found))
        return saved + len(found)

    async def _save_decided(self, now: datetime) -> int:
        """What is stale by now, or cannot be saved, the round finds due still."""
        saved = 0
        while decided := await self.ahead.take(now, _SAVED_TOGETHER):
            saved += len(decided)
            real = real_now()
            try:
                stale = await self.store.write([one.now(real) for one in decided])
            except Unstorable:
                continue
            metrics.SAVES_STALE.labels(self.service.name, "tick").inc(len(stale))
            for one in decided:
                if one.save.id not in stale:
                    self._said(one.save.id, one.outbox, one.due_at)
        return saved

    async def _part(self, found: Sequence[Document], world: Any) -> None:
        loaded = [read(document, self.service.state) for document in found]
        was_due = {document.id: document.due_at for document in loaded}
        failed: list[tuple[Document, Document]] = []
        ticked = [document for document in loaded if self._tick(document, world, failed)]
        try:
            stale = await self.store.save(ticked)
        except Unstorable:
            stale = await self._save_one_by_one(ticked, failed)
        await update_many(self.store.documents, failed)
        metrics.SAVES_STALE.labels(self.service.name, "tick").inc(len(stale))
        self._publish(ticked, stale, was_due)

    async def _save_one_by_one(self, ticked: Sequence[Loaded[S]], failed: list[tuple[Document, Document]]) -> set[str]:
        """Some tick leads to a document that no save can hold; only that one waits. Answers what is not saved here."""
        left: set[str] = set()
        for document in ticked:
            try:
                left |= await self.store.save([document])
            except Unstorable as error:
                log.error("tick_failed", service=self.service.name, complaint_id=document.id, error=str(error))  # noqa: TRY400 - the store's word is enough
                metrics.TICKS_FAILED.labels(self.service.name).inc()
                failed.append(({"_id": document.id, "version": document.version}, _later(document.failures)))
                left.add(document.id)
        return left

    def _tick(self, document: Loaded[S], world: Any, failed: list[tuple[Document, Document]]) -> bool:
        if document.state is None:
            return False
        now = self.clock.now()
        try:
            decision = self.service.tick(document.state, now=now, world=world)
            document.stale = False
            document.take(decision, self.service, Saying(now, ids.uuid7))
            document.finish(self.service)
        except Exception:
            log.exception("tick_failed", service=self.service.name, complaint_id=document.id)
            metrics.TICKS_FAILED.labels(self.service.name).inc()
            failed.append(({"_id": document.id, "version": document.version}, _later(document.failures)))
            return False
        return True

    def _publish(self, ticked: Sequence[Loaded[S]], stale: set[str], was_due: Mapping[str, Any]) -> None:
        for document in ticked:
            if document.id not in stale:
                self._said(document.id, document.whole_outbox(), was_due[document.id])

    def _said(self, complaint_id: str, outbox: Sequence[Document], due_at: datetime | None) -> None:
        self.publisher.offer(complaint_id, outbox)
        if due_at is not None:
            late = max(0.0, (self.clock.now() - due_at).total_seconds())
            metrics.TIMER_LATENESS.labels(self.service.name).observe(late)


def _parts(documents: Sequence[T]) -> Iterator[Sequence[T]]:
    return (documents[start : start + _SAVED_TOGETHER] for start in range(0, len(documents), _SAVED_TOGETHER))


def _later(failures: int) -> Document:
    """The document's next try: after 2, 4, 8 … seconds of real time, an hour at the most."""
    wait = timedelta(seconds=min(_LONGEST_RETRY, 2 ** min(failures + 1, 12)))
    return {"$set": {"retry_at": real_now() + wait}, "$inc": {"failures": 1}}
