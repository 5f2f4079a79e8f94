"""Says on the log what was saved: each document's outbox from its head, in order, until it is acknowledged.

Source: "Publishing" in the architecture. Repeats are harmless; an event never overtakes an earlier one of its document,
because whoever publishes one publishes everything before it first, and any error ends in a fresh read of the outbox.

A round costs the log about the same whether it takes one event or fifty. So after one that took several, the next waits
a moment until there is as much again; an event that comes alone goes at once. What is on the log is removed beside
that, and the more it is, the later: nobody waits for it.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import structlog

from shared import metrics
from shared.clock import real_now
from shared.events.cloudevents import encode_headers
from shared.kafka import LogError, Message, Producer, partition_of
from shared.mongo import Collection, Document, StoreError, pull_acknowledged
from shared.runtime.lease import Lease
from shared.runtime.store import OUTBOX_WAITING

_MOST_AT_ONCE: Final = 2_000
_CHARACTERS_PENDING: Final = 32_000_000
_CHARACTERS_AT_ONCE: Final = 8_000_000
"""Of the events' data: what lies in memory stays bounded however long the log is away, and however large they are."""
_SWEEP_SECONDS: Final = 1.0
_LEFT_OVER_AFTER: Final = timedelta(seconds=4)
_LONGEST_BACKOFF: Final = 5.0
_REMEMBERED: Final = 50_000
_UNREMOVED_FOR_EACH: Final = 0.002
_LONGEST_UNREMOVED: Final = 1.5
"""Seconds; within the time after which another process's sweep takes what it finds for left over."""
_LINGER_FOR_EACH: Final = 0.005
_LONGEST_LINGER: Final = 0.1
_ENOUGH: Final = 500
"""Documents that make a round worth its while: with so many nothing is waited for."""

log = structlog.get_logger()


@dataclass(slots=True)
class Publisher:
    """Publishes the outboxes of one service's documents."""

    service: str
    documents: Collection
    producer: Producer
    topic: str
    _pending: "OrderedDict[str, list[Document]]" = field(default_factory=OrderedDict)
    _acknowledged: "OrderedDict[str, int]" = field(default_factory=OrderedDict)
    _on_the_log: dict[str, list[int]] = field(default_factory=dict)
    _work: asyncio.Event = field(default_factory=asyncio.Event)
    _removable: asyncio.Event = field(default_factory=asyncio.Event)
    _sending: Mapping[str, Sequence[Document]] = field(default_factory=dict)
    _removing: Mapping[str, Sequence[int]] = field(default_factory=dict)
    _characters: int = 0
    _failures: int = 0

    def offer(self, complaint_id: str, outbox: Sequence[Document]) -> None:
        """This document's whole outbox, as just saved, is published soon. Beyond a bound the sweep finds it later."""
        if not outbox or (self._full() and complaint_id not in self._pending):
            return
        known = self._pending.get(complaint_id, [])
        last = known[-1]["seq"] if known else 0
        more = [record for record in outbox if record["seq"] > last]
        self._pending[complaint_id] = known + more
        self._characters += _size(more)
        self._work.set()

    def _full(self) -> bool:
        return self._characters >= _CHARACTERS_PENDING

    async def run(self) -> None:
        """Publishes what is offered, for ever. Beside it runs `remove`."""
        while True:
            await self._work.wait()
            self._work.clear()
            while self._pending:
                await self._linger(await self._round())

    async def _linger(self, events: int) -> None:
        """Waits for company, as long as a round of so many events suggests that some will come."""
        if events > 1 and len(self._pending) < _ENOUGH:
            await asyncio.sleep(min(_LONGEST_LINGER, _LINGER_FOR_EACH * events))

    async def _round(self) -> int:
        """Publishes what there is; how many events that were, 0 after an error."""
        self._sending = taken = self._take()
        try:
            sent = await self._send(taken)
        except (LogError, OSError, TimeoutError) as error:
            await self._give_up(error)
            return 0
        finally:
            self._sending = {}
        if sent < sum(len(records) for records in taken.values()):
            await self._give_up(None)
            return 0
        self._failures = 0
        return sent

    def _take(self) -> dict[str, list[Document]]:
        """The oldest documents offered, without what this process knows to be on the log."""
        taken: dict[str, list[Document]] = {}
        events = characters = 0
        while self._pending and events < _MOST_AT_ONCE and characters < _CHARACTERS_AT_ONCE:
            complaint_id, outbox = self._pending.popitem(last=False)
            size = _size(outbox)
            self._characters -= size
            characters += size
            done = self._acknowledged.get(complaint_id, 0)
            taken[complaint_id] = [record for record in outbox if record["seq"] > done]
            events += len(taken[complaint_id])
        return taken

    async def _send(self, taken: Mapping[str, Sequence[Document]]) -> int:
        """Answers how many events are on the log for sure; they are to be removed."""
        partitions = await self.producer.partitions(self.topic)
        queues: dict[int, list[Document]] = {}
        for complaint_id, records in taken.items():
            queues.setdefault(partition_of(complaint_id.encode(), partitions), []).extend(records)
        queues = {partition: records for partition, records in queues.items() if records}
        batches = {partition: [message_of(record) for record in records] for partition, records in queues.items()}
        counts = await self.producer.send(self.topic, batches)
        sent = [record for partition, count in counts.items() for record in queues[partition][:count]]
        self._remember(sent)
        return len(sent)

    def _remember(self, sent: Sequence[Document]) -> None:
        for record in sent:
            complaint_id = record["complaint_id"]
            self._on_the_log.setdefault(complaint_id, []).append(record["seq"])
            self._acknowledged[complaint_id] = record["seq"]
            self._acknowledged.move_to_end(complaint_id)
        while len(self._acknowledged) > _REMEMBERED:
            self._acknowledged.popitem(last=False)
        self._removable.set()

    async def remove(self) -> None:
        """What is on the log leaves the outboxes, for ever. What is left behind by an error, the sweep says again."""
        while True:
            await self._removable.wait()
            self._removable.clear()
            await asyncio.sleep(min(_LONGEST_UNREMOVED, _UNREMOVED_FOR_EACH * len(self._on_the_log)))
            await self.remove_now()

    async def remove_now(self) -> None:
        """What is known to be on the log leaves the outboxes, as far as the store can be reached."""
        self._removing, self._on_the_log = self._on_the_log, {}
        try:
            await self._clear(self._removing)
        except (StoreError, OSError, TimeoutError) as error:
            log.warning("removal_failed", service=self.service, documents=len(self._removing), error=repr(error))
        finally:
            self._removing = {}

    async def _clear(self, acknowledged: Mapping[str, Sequence[int]]) -> None:
        await pull_acknowledged(self.documents, acknowledged)

    async def _give_up(self, error: Exception | None) -> None:
        """After any error: nothing in memory is trusted, a new producer, and the sweep reads the outboxes again."""
        self._failures += 1
        log.warning("publishing_failed", failures=self._failures, error=repr(error) if error else "not acknowledged")
        self._pending.clear()
        self._characters = 0
        await self.producer.close()
        await asyncio.sleep(min(_LONGEST_BACKOFF, 0.1 * 2**self._failures))

    async def sweep(self, lease: Lease) -> None:
        """Takes up what others left in their outboxes, for ever; one process at a time, for economy only."""
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            try:
                if await lease.held():
                    await self._collect()
            except StoreError as error:
                log.warning("sweep_failed", error=repr(error))

    async def _collect(self) -> None:
        old = {**OUTBOX_WAITING, "outbox.0.saved_at": {"$lt": real_now() - _LEFT_OVER_AFTER}}
        found = self.documents.find(old, {"outbox": 1}).hint("outbox_head").sort("outbox.0.saved_at", 1)
        async for document in found.limit(_MOST_AT_ONCE):
            if any(document["_id"] in ours for ours in self._in_hand()):
                continue
            # Read afresh: what this process remembers as acknowledged may be left over from a lost removal.
            self._acknowledged.pop(document["_id"], None)
            self.offer(document["_id"], document["outbox"])
            if self._full():
                return

    async def drain(self, seconds: float) -> None:
        """Waits until what was offered is published, at most so long; the rest stays in the outbox."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while any(self._in_hand()):  # noqa: ASYNC110 - at the end of the process only
                    await asyncio.sleep(0.02)

    def _in_hand(self) -> Sequence[Mapping[str, object]]:
        """The documents that this process is about to publish, or to clear."""
        return self._pending, self._sending, self._on_the_log, self._removing

    async def measure(self) -> None:
        """The gauges of depth and age show the outbox as it is."""
        depth, oldest = 0, 0.0
        figures: list[Document] = [
            {"$match": OUTBOX_WAITING},
            {"$group": {"_id": None, "depth": {"$sum": {"$size": "$outbox"}}, "oldest": {"$min": "$outbox.saved_at"}}},
        ]
        async for found in self.documents.aggregate(figures, hint="outbox_head"):
            depth, oldest = found["depth"], found["oldest"][0].timestamp()
        metrics.OUTBOX_DEPTH.labels(self.service).set(depth)
        metrics.OUTBOX_OLDEST.labels(self.service).set(oldest)


def _size(records: Sequence[Document]) -> int:
    return sum(len(record["data"]) for record in records)


def message_of(record: Document) -> Message:
    """An outbox entry as a Kafka message."""
    return record["complaint_id"].encode(), record["data"].encode(), encode_headers(record)
