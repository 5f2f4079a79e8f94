"""Which set of documents and totals is the live one. A rebuild fills another set and then takes its place."""

from dataclasses import dataclass
from typing import Any, Final

from shared.mongo import Collection, Database, Document, DuplicateKey, Index, ensure_indexes, insert
from shared.runtime import parking, store

LIVE: Final = "live"

INDEXES: Final = (
    *store.INDEXES,
    Index("received", [("state.received_at", 1)], "reports on complaints: those received in a span"),
    Index("promise_due", [("state.promises.due", 1)], "the report on promises: those that fall due in a span"),
    Index(
        "unanswered",
        [("state.unanswered_since", 1), ("state.channel", 1), ("state.priority", 1)],
        "the gauge of the unanswered by age, and the oldest of them",
        where={"state.unanswered_since": {"$type": "date"}},
    ),
    Index(
        "unassigned",
        [("state.unassigned", 1), ("state.team", 1)],
        "the gauge of complaints that wait for an agent",
        where={"state.unassigned": True},
    ),
    Index(
        "promises_open",
        [("state.open_promises", 1)],
        "the gauges of open promises and of those at risk",
        where={"state.open_promises.0": {"$exists": True}},
    ),
    Index(
        "inner_promises_open",
        [("state.inner_open_promises", 1)],
        "the gauge of open promises to colleagues",
        where={"state.inner_open_promises.0": {"$exists": True}},
    ),
)


@dataclass(frozen=True, slots=True)
class Generation:
    """One set: documents, totals, and what was kept aside while it was filled."""

    number: int
    database: Database

    @property
    def complaints(self) -> Collection:
        """The facts of each complaint."""
        return self.database[f"complaints_{self.number}"]

    @property
    def totals(self) -> Collection:
        """The totals of each partition and team."""
        return self.database[f"totals_{self.number}"]

    @property
    def parked(self) -> Collection:
        """What was kept aside."""
        return self.database[f"parked_{self.number}"]

    async def make(self) -> None:
        """Its collections and indexes are there: a transaction must not have to make them."""
        await ensure_indexes(self.complaints, INDEXES)
        await ensure_indexes(self.parked, parking.INDEXES)
        by_partition = Index("by_partition", [("partition", 1), ("team", 1)], "a scrape: all totals of a partition")
        await ensure_indexes(self.totals, [by_partition])

    async def drop(self) -> None:
        """Its collections are gone."""
        for collection in (self.complaints, self.totals, self.parked):
            await collection.drop()


def meta(database: Database) -> Collection:
    """Holds one document: the number of the live set, and the highest number given."""
    return database["meta"]


async def live(database: Database) -> Generation:
    """The live set; the first one is made where there is none.

    Raises:
        StoreError: MongoDB cannot be read.
    """
    found = await meta(database).find_one({"_id": LIVE})
    if found is None:
        first = Generation(1, database)
        await first.make()
        try:
            await insert(meta(database), {"_id": LIVE, "generation": 1, "newest": 1})
        except DuplicateKey:
            return await live(database)  # another process was first
        return first
    return Generation(found["generation"], database)


async def new(database: Database) -> Generation:
    """An empty set beside the live one, with a number never used before; sets left over from before are dropped."""
    current = await live(database)
    change: Document = {"$inc": {"newest": 1}}
    found: dict[str, Any] | None = await meta(database).find_one_and_update({"_id": LIVE}, change, return_document=True)
    number: int = (found or {})["newest"]
    for old in range(max(1, number - 20), number):
        if old != current.number:
            await Generation(old, database).drop()
    made = Generation(number, database)
    await made.make()
    return made
