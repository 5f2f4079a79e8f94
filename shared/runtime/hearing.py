"""Hears the log: a batch is decoded, loaded in one query, folded in memory, saved with one bulk write, committed."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, Generic, TypeVar

import structlog
from pydantic import BaseModel

from shared import ids, metrics, tracing
from shared.clock import Clock
from shared.events.cloudevents import NotAnEvent, decode, unpack
from shared.events.envelope import UnknownPayload
from shared.kafka import Consumer, LogError, Record, in_lanes
from shared.mongo import StoreError, Unstorable
from shared.runtime.fold import Folder, Letter, Outcome, Poison
from shared.runtime.loaded import Loaded
from shared.runtime.parking import Parking
from shared.runtime.publisher import Publisher
from shared.runtime.service import Heard, Service
from shared.runtime.store import Store
from shared.tasks import all_of

S = TypeVar("S", bound=BaseModel)
Letters = Mapping[str, Sequence[Letter]]

_POLL_SECONDS: Final = 0.5
_DOCUMENTS_AT_ONCE: Final = 250
"""A batch may speak of a thousand documents; so many are in memory at the same time, in each lane."""
_LONGEST_BACKOFF: Final = 10.0

log = structlog.get_logger()


@dataclass(slots=True)
class Hearing(Generic[S]):
    """One service's way of taking a batch of messages in."""

    service: Service[S, Any]
    store: Store[S]
    parking: Parking[S]
    publisher: Publisher
    clock: Clock

    async def take(self, records: Sequence[Record]) -> None:
        """Every record is applied, dropped as a repeat, or kept aside, and saved. Taking it twice is taking it once.

        Raises:
            StoreError: the world's fault; take the batch again.
        """
        letters: dict[str, list[Letter]] = {}
        with tracing.Handling(self.service.name) as handling:
            for record in records:
                event = decode(record.key, record.headers, record.value)
                if isinstance(event, NotAnEvent):
                    log.warning("not_an_event", ref=record.ref, reason=event.reason)
                    await self.parking.keep(record, "not_an_event", event.reason)
                elif self._listens_to(event.source):
                    letters.setdefault(event.complaint_id, []).append(Letter(handling.traced(event), record.ref))
            by_ref = {record.ref: record for record in records}
            for part in _parts(letters):
                try:
                    await self._take_letters(part, by_ref)
                except Unstorable:
                    await self._take_one_by_one(part, by_ref)

    async def _take_letters(self, letters: Letters, by_ref: Mapping[str, Record]) -> None:
        kept: set[str] = set()
        while letters:
            stale = await self._fold_and_save(letters, by_ref, kept)
            letters = {complaint_id: letters[complaint_id] for complaint_id in stale}

    async def _take_one_by_one(self, letters: Letters, by_ref: Mapping[str, Record]) -> None:
        """Some event of the batch leads to a document that no save can hold; only that event is kept aside."""
        for complaint_id, queue in letters.items():
            for letter in queue:
                try:
                    await self._take_letters({complaint_id: [letter]}, by_ref)
                except Unstorable as error:
                    await self._park_unstorable(letter, by_ref[letter.ref], str(error))

    async def _park_unstorable(self, letter: Letter, record: Record, error: str) -> None:
        log.error("event_parked", event_id=letter.event.id, complaint_id=letter.event.complaint_id, reason=error)
        await self.parking.keep(record, "poison", error, letter.event)
        stale = {letter.event.complaint_id}
        while stale:
            loaded = (await self.store.load_many(stale))[letter.event.complaint_id]
            loaded.parked = True
            stale = await self.store.save([loaded])

    def _listens_to(self, source: str) -> bool:
        """A service does not hear itself, but for the types it says it reacts to."""
        return source != self.service.name or any(cls.source == source for cls in self.service.reactions)

    async def _fold_and_save(self, letters: Letters, by_ref: Mapping[str, Record], kept: set[str]) -> set[str]:
        loaded = await self.store.load_many(letters)
        world = await self.service.prepare(_heard(loaded, letters))
        folder = Folder(self.service, ids.uuid7, self.clock.now(), world)
        outcomes: dict[str, list[tuple[Letter, Outcome]]] = {}
        aside: list[tuple[Letter, Poison | None]] = []
        for complaint_id, queue in letters.items():
            results = folder.fold_all(loaded[complaint_id], queue)
            outcomes[complaint_id] = [(letter, outcome) for letter, (outcome, _) in zip(queue, results, strict=True)]
            for letter, (outcome, poison) in zip(queue, results, strict=True):
                if outcome == "parked" or poison is not None:
                    aside.append((letter, poison))
        parked = await self._keep_aside(aside, by_ref)
        changed = [document for document in loaded.values() if document.touched]
        stale = await self.store.save(changed)
        for document in changed:
            if document.id not in stale:
                self.publisher.offer(document.id, document.whole_outbox())
        self._count(outcomes, stale)
        # What an earlier, stale try had put aside and this one applied is not kept twice.
        await self.parking.forget({ref for ref in kept - parked if _complaint(by_ref[ref]) not in stale})
        kept |= parked
        return stale

    async def _keep_aside(
        self, aside: Sequence[tuple[Letter, Poison | None]], by_ref: Mapping[str, Record]
    ) -> set[str]:
        refs: set[str] = set()
        for letter, poison in aside:
            if poison is not None and poison.letter.ref not in by_ref:
                await self.parking.keep_letter(poison.letter, poison.error)
                continue
            reason, error = ("behind", "waits behind a parked event") if poison is None else ("poison", poison.error)
            culprit = letter if poison is None else poison.letter
            log.error("event_parked", event_id=culprit.event.id, complaint_id=culprit.event.complaint_id,
                      type=culprit.event.type, ref=culprit.ref, reason=error)  # fmt: skip
            await self.parking.keep(by_ref[culprit.ref], reason, error, culprit.event)  # type: ignore[arg-type]
            refs.add(culprit.ref)
        return refs

    def _count(self, outcomes: Mapping[str, Sequence[tuple[Letter, Outcome]]], stale: set[str]) -> None:
        name, now = self.service.name, self.clock.now()
        metrics.SAVES_STALE.labels(name, "event").inc(len(stale))
        age, counted = metrics.EVENT_AGE.labels(name), Counter[tuple[str, str]]()
        for complaint_id, results in outcomes.items():
            if complaint_id in stale:
                continue
            for letter, outcome in results:
                event = letter.event
                kind = "unknown" if isinstance(event.data, UnknownPayload) else event.type
                counted[kind, "parked" if outcome == "early" else outcome] += 1
                if outcome == "early":
                    metrics.EVENT_GAPS.labels(name).inc()
                    log.error("event_gap", event_id=event.id, complaint_id=complaint_id, seq=event.seq)
                elif outcome == "applied":
                    age.observe(max(0.0, (now - event.time).total_seconds()))
        for (kind, became), count in counted.items():
            metrics.EVENTS.labels(name, kind, became).inc(count)


def _heard(loaded: Mapping[str, Loaded[S]], letters: Letters) -> list[Heard[S]]:
    """What will be folded into each document: what is new to it, and what came early; nothing behind poison."""
    heard = []
    for key, queue in letters.items():
        document = loaded[key]
        new = [x.event for x in queue if x.event.seq > document.applied.get(x.event.source, 0)]
        events = [] if document.parked else new + [unpack(record) for record in document.early]
        heard.append(Heard(key, document.state, events))
    return heard


def _parts(letters: Letters) -> Iterator[Letters]:
    queues = iter(letters.items())
    while part := dict(islice(queues, _DOCUMENTS_AT_ONCE)):
        yield part


def _complaint(record: Record) -> str:
    return (record.key or b"").decode("utf-8", "replace")


@dataclass(slots=True)
class Listener:
    """Polls the log for ever and hands batches on; commits what was taken."""

    name: str
    consumer: Consumer
    take: Any
    batch_size: int
    lanes: int = 1
    caught_up: asyncio.Event = field(default_factory=asyncio.Event)
    _ends: dict[int, int] = field(default_factory=dict)

    async def run(self) -> None:
        """Listens for ever. What fails is the world's fault: tried again, with backoff, nothing lost."""
        failures = 0
        while True:
            try:
                await self.consumer.start()
                await self._listen()
            except (LogError, OSError) as error:
                failures += 1
                log.warning("listening_failed", service=self.name, error=repr(error), failures=failures)
            finally:
                await self.consumer.close()
            await asyncio.sleep(min(_LONGEST_BACKOFF, 0.2 * 2 ** min(failures, 10)))

    async def _listen(self) -> None:
        behind = asyncio.create_task(self._commit([]))
        try:
            while True:
                records = await self.consumer.poll(at_most=self.batch_size, seconds=_POLL_SECONDS)
                if records:
                    await self._take(records)
                    await behind
                    behind = asyncio.create_task(self._commit(records))
                elif behind.done():
                    behind.result()
                await self._look_whether_caught_up()
        finally:
            behind.cancel()
            for outcome in await asyncio.gather(behind, return_exceptions=True):
                if isinstance(outcome, Exception):
                    log.warning("commit_failed", service=self.name, error=repr(outcome))

    async def _take(self, records: Sequence[Record]) -> None:
        """While one lane waits for the store, another is folded."""
        await all_of(self._take_until_taken(lane) for lane in in_lanes(records, self.lanes))

    async def _commit(self, records: Sequence[Record]) -> None:
        """Beside the taking of the next ones, for nobody waits for it: what is not committed comes again."""
        if records and not await self.consumer.commit(records):
            log.info("commit_came_too_late", service=self.name, records=len(records))

    async def _look_whether_caught_up(self) -> None:
        """What stood on the log when we first looked has been taken; what came since does not hold the timer up."""
        if self.caught_up.is_set() or not self.consumer.assigned():
            return
        if not self._ends:
            self._ends = await self.consumer.ends()
        positions = await self.consumer.positions()
        if all(positions[partition] >= end for partition, end in self._ends.items() if partition in positions):
            self.caught_up.set()

    async def _take_until_taken(self, records: Sequence[Record]) -> None:
        failures = 0
        while True:
            try:
                await self.take(records)
            except (StoreError, LogError, OSError, TimeoutError, Unstorable) as error:
                failures += 1
                log.warning(
                    "batch_failed", service=self.name, records=len(records), error=repr(error), failures=failures
                )
                await asyncio.sleep(min(_LONGEST_BACKOFF, 0.1 * 2 ** min(failures, 10)))
            else:
                return

    async def measure(self, topic: str) -> None:
        """The lag gauges show what lies ahead."""
        for partition, lag in (await self.consumer.lags()).items():
            metrics.CONSUMER_LAG.labels(self.name, topic, str(partition)).set(lag)
