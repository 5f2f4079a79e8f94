"""Counts everything again from the beginning of the log, beside the live set, compares, and takes its place.

Compared partition by partition at the very offset where the live set stood when the rebuild began, so that traffic
meanwhile makes no difference. The set takes its place in one transaction, when it stands as far as the live one in
every partition; a batch that is being saved into the live set then fails, and is taken again into the new one.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from services.metrics import generations
from services.metrics.book import CLOSED, Totals, read_totals
from services.metrics.generations import LIVE, Generation
from services.metrics.requests import Difference, Requests, Run, RunLost
from services.metrics.taking import current, take_into
from shared import ids
from shared.blueprint import Runtime
from shared.events.cloudevents import NotAnEvent, decode, encode_headers
from shared.kafka import Reader, Record, in_lanes
from shared.mongo import DuplicateKey, OutcomeUnknown, Session, StoreError, insert, transaction
from shared.tasks import all_of

_NAP_SECONDS: Final = 1.0
_BATCHES: Final = 5
"""A rebuild hurries: it takes so many usual batches at once, and has no one waiting for the first of them."""
_LANES: Final = 2
"""Parts of a batch taken at the same time, by partition: while one waits for the store, the other is counted."""
_GIVEN_UP: Final = "event.discarded"
"""No type of ours: the mark moves, and nothing else happens."""

log = structlog.get_logger()


async def rebuilds(runtime: Runtime) -> None:
    """Runs what was asked for, one at a time over all workers, for ever."""
    requests = Requests(runtime.database)
    holder = ids.uuid7(runtime.clock.now())
    made = False
    while True:
        await asyncio.sleep(_NAP_SECONDS)
        try:
            if not made:
                # Indexes that a newer version of this program asks for.
                await (await current(runtime)).make()
                made = True
            run = await requests.claim(holder)
            if run is not None:
                await rebuild(runtime, run)
        except (StoreError, RunLost) as error:
            # The claim runs out, and somebody begins anew, or has begun.
            log.warning("rebuild_interrupted", error=repr(error)[:300])


async def rebuild(runtime: Runtime, run: Run) -> None:
    """The run ends as done, with its differences, or as failed, with the reason; the live set is whole in either case.

    Raises:
        StoreError: MongoDB went away; the run can be claimed again later.
        RunLost: another worker took it over.
    """
    reader = Reader(runtime.settings.kafka, runtime.settings.lifecycle_topic)
    try:
        await reader.start()
        before = await current(runtime)
        fresh = await generations.new(runtime.database)
        log.info("rebuild_started", rebuild_id=run.id, generation=fresh.number)
        target, discarded = await read_totals(before), await _discarded(before, fresh)
        await _Work(runtime, run, reader, before, fresh, target, discarded).do()
        await current(runtime)
    except (StoreError, RunLost):
        raise
    except Exception as error:
        log.exception("rebuild_failed", rebuild_id=run.id)
        await run.failed(repr(error)[:500])
    finally:
        await reader.close()


async def _discarded(before: Generation, fresh: Generation) -> frozenset[str]:
    """What was given up for good stays so; the new set knows it too."""
    refs = []
    async for entry in before.parked.find({"discarded": True}):
        refs.append(str(entry["_id"]))
        try:
            await insert(fresh.parked, entry)
        except DuplicateKey:
            continue
    return frozenset(refs)


@dataclass(slots=True)
class _Work:
    """One run under way."""

    runtime: Runtime
    run: Run
    reader: Reader
    before: Generation
    fresh: Generation
    target: Totals
    discarded: frozenset[str]
    at: dict[int, int] = field(default_factory=dict)
    to_compare: set[int] = field(default_factory=set)
    differences: list[Difference] = field(default_factory=list)
    read: int = 0

    async def do(self) -> None:
        """Reads, compares, and switches."""
        self.to_compare = {partition for partition, position in self.target.positions.items() if position > 0}
        while True:
            ends = await self.reader.ends()
            records = await self.reader.poll(at_most=_BATCHES * self.runtime.settings.batch_size, seconds=0.2)
            await self._take(records)
            await self.run.progress(self.read, max(sum(ends.values()), self.read), self.fresh.number)
            if self._reached(ends) and not self.to_compare and await self._switch():
                log.info("rebuild_done", rebuild_id=self.run.id, differences=len(self.differences))
                return

    def _reached(self, ends: Mapping[int, int]) -> bool:
        return all(self.at.get(partition, 0) >= end for partition, end in ends.items())

    async def _take(self, records: Sequence[Record]) -> None:
        """Up to where the live set stood; compared there; then the rest."""
        stood = self.target.positions
        await self._into([record for record in records if record.offset < stood.get(record.partition, 0)])
        done = {partition for partition in self.to_compare if self.at.get(partition, 0) >= stood[partition]}
        if done:
            self.differences += differences(self.target, await read_totals(self.fresh), done)
            self.to_compare -= done
        await self._into([record for record in records if record.offset >= stood.get(record.partition, 0)])

    async def _into(self, records: Sequence[Record]) -> None:
        if not records:
            return
        kept = [given_up(record) if record.ref in self.discarded else record for record in records]
        await all_of(take_into(self.runtime, self.fresh, lane, quiet=True) for lane in in_lanes(kept, _LANES))
        for record in records:
            self.at[record.partition] = record.offset + 1
        self.read += len(records)

    async def _switch(self) -> bool:
        """The fresh set is the live one, and the run is done, if it stands as far; else nothing changed."""
        try:
            async with transaction(self.runtime.client) as session:
                if await self._behind(session) or not await self.run.finish(self.differences, session):
                    await session.abort_transaction()
                    return False
                await self._replace(session)
        except OutcomeUnknown:
            return False  # a batch got in between; or it is done, and then the run is not ours any more
        return True

    async def _behind(self, session: Session) -> bool:
        live: list[dict[str, Any]] = [row async for row in self.before.totals.find({"team": ""}, session=session)]
        return any(self.at.get(row["partition"], 0) < row.get("position", 0) for row in live)

    async def _replace(self, session: Session) -> None:
        """No batch can be saved into the old set any more, and the fresh one is live."""
        for partition in sorted({*range(self.runtime.settings.partitions), *self.at}):
            closed = {"$set": {CLOSED: True}, "$setOnInsert": {"partition": partition, "team": ""}}
            await self.before.totals.update_one({"_id": f"{partition}/"}, closed, upsert=True, session=session)
        meta = generations.meta(self.runtime.database)
        await meta.update_one({"_id": LIVE}, {"$set": {"generation": self.fresh.number}}, session=session)


def differences(live: Totals, rebuilt: Totals, partitions: set[int]) -> list[Difference]:
    """What the two sets count differently in these partitions."""
    found = []
    for partition in sorted(partitions):
        old, new = live.counters.get(partition, {}), rebuilt.counters.get(partition, {})
        found += [
            Difference(partition=partition, team=team, series=key, live=old.get((team, key), 0), rebuilt=number)
            for (team, key), number in sorted({**dict.fromkeys(old, 0), **new}.items())
            if number != old.get((team, key), 0)
        ]
    return found


def given_up(record: Record) -> Record:
    """The same place on the log, saying nothing."""
    event = decode(record.key, record.headers, record.value)
    if isinstance(event, NotAnEvent):
        return record
    names = ("id", "source", "seq", "complaint_id", "time", "version", "cause", "traceparent")
    envelope = {name: getattr(event, name) for name in names}
    headers = encode_headers({**envelope, "type": _GIVEN_UP})
    return Record(record.topic, record.partition, record.offset, record.key, headers, b"{}")
