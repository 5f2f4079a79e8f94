"""Facts and totals in one transaction: what is counted was folded, and what was folded is counted, exactly once.

Totals are kept per Kafka partition, so that replicas do not contend, and per team within it, so that no document grows
beyond what the closed vocabularies allow.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from services.metrics.domain.facts import Facts
from services.metrics.generations import Generation
from shared.clock import real_now
from shared.kafka import partition_of
from shared.mongo import Document, Session, Unstorable, save_all, transaction, upsert_all
from shared.runtime.loaded import Loaded
from shared.runtime.store import Store

CLOSED: Final = "closed"


@dataclass(slots=True)
class Reading:
    """How far the log is read once the batch under way is saved: the offset behind it, by partition.

    Kept with the totals by the same transaction, so that two sets can be compared at the same offsets.
    """

    positions: dict[int, int] = field(default_factory=dict)
    saved: bool = False
    in_pieces: bool = False

    def due(self) -> dict[int, int]:
        """What the next save must say."""
        return {} if self.saved or self.in_pieces else self.positions


@dataclass(frozen=True, slots=True)
class Book(Store[Facts]):
    """A store whose saves carry the totals, and how far the log is read, with them."""

    generation: Generation = field(kw_only=True)
    partitions: int = field(kw_only=True)
    reading: Reading = field(default_factory=Reading, kw_only=True)

    @classmethod
    def of(cls, generation: Generation, partitions: int) -> "Book":
        """The book of that set."""
        return cls(generation.complaints, Facts, generation=generation, partitions=partitions)

    async def save(self, changed: Sequence[Loaded[Facts]], session: Session | None = None) -> set[str]:
        """Facts and totals are saved as one; answers all the ids when any was stale: then nothing is.

        Raises:
            OutcomeUnknown: also when this set is not the live one any more; load again.
            Unstorable: the batch comes again in pieces, so none of them is the whole; `reached` ends it.
        """
        del session  # it makes its own
        try:
            return await self._save(changed)
        except Unstorable:
            self.reading.in_pieces = True
            raise

    async def reached(self) -> None:
        """The whole batch is saved: the log is read so far."""
        self.reading.saved = self.reading.in_pieces = False
        await self._save([])

    async def _save(self, changed: Sequence[Loaded[Facts]]) -> set[str]:
        async with transaction(self.generation.database.client) as own:
            real = real_now()
            if await save_all(self.documents, [loaded.save(real) for loaded in changed], own):
                await own.abort_transaction()
                return {loaded.id for loaded in changed}
            await self._add(changed, own)
        self.reading.saved = True
        return set()

    async def _add(self, changed: Iterable[Loaded[Facts]], session: Session) -> None:
        more, newest = self._increments(changed)
        positions = self.reading.due()
        touched = {partition for partition, _ in more} | set(positions)
        writes = []
        for partition in sorted(touched):
            at_most: Document = {"position": positions.get(partition, 0)}
            if partition in newest:
                at_most["as_of"] = newest[partition]
            # The write that a switch of sets waits for, or fails: `saves` always changes.
            always: Document = {"$max": at_most, "$inc": {"saves": 1}}
            writes.append(_addition(partition, "", always, more.pop((partition, ""), {})))
        writes += [_addition(partition, team, {}, counts) for (partition, team), counts in sorted(more.items())]
        if writes:
            await upsert_all(self.generation.totals, writes, session)

    def _increments(
        self, changed: Iterable[Loaded[Facts]]
    ) -> tuple[dict[tuple[int, str], Counter[str]], dict[int, datetime]]:
        more: dict[tuple[int, str], Counter[str]] = {}
        newest: dict[int, datetime] = {}
        for loaded in changed:
            partition = partition_of(loaded.id.encode(), self.partitions)
            more.setdefault((partition, ""), Counter())
            if loaded.state is None:
                continue
            if loaded.state.heard_at is not None:
                newest[partition] = max(newest.get(partition, loaded.state.heard_at), loaded.state.heard_at)
            for team, key, amount in loaded.state.counts:
                more.setdefault((partition, team), Counter())[key] += amount
        return more, newest


def _addition(partition: int, team: str, update: Document, counts: Mapping[str, int]) -> tuple[Document, Document]:
    """(filter, update) that adds these counts."""
    added = {f"counters.{key}": amount for key, amount in counts.items()}
    change: Document = {**update, "$setOnInsert": {"partition": partition, "team": team}}
    change["$inc"] = {**update.get("$inc", {}), **added}
    # A closed set does not match; the upsert then fails on the id, and with it the whole transaction.
    return {"_id": f"{partition}/{team}", CLOSED: {"$exists": False}}, change


@dataclass(frozen=True, slots=True)
class Totals:
    """All totals of one set as they were at one moment."""

    counters: Mapping[int, Mapping[tuple[str, str], int]]
    """By partition: (team, key) to its total."""
    positions: Mapping[int, int]
    as_of: datetime | None

    def summed(self) -> Counter[tuple[str, str]]:
        """Over all partitions."""
        whole: Counter[tuple[str, str]] = Counter()
        for counters in self.counters.values():
            whole.update(counters)
        return whole


async def read_totals(generation: Generation) -> Totals:
    """The totals as one snapshot, majority committed.

    Raises:
        StoreError: they cannot be read.
    """
    counters: dict[int, dict[tuple[str, str], int]] = {}
    positions: dict[int, int] = {}
    newest: list[datetime] = []
    async with transaction(generation.database.client) as session:
        found: list[dict[str, Any]] = [row async for row in generation.totals.find({}, session=session)]
    for row in found:
        counted = counters.setdefault(row["partition"], {})
        counted.update({(row["team"], key): amount for key, amount in row.get("counters", {}).items()})
        if row["team"] == "":
            positions[row["partition"]] = row.get("position", 0)
            newest += [row["as_of"]] if "as_of" in row else []
    return Totals(counters, positions, max(newest, default=None))
