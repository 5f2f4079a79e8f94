"""(e) What an accept, an event, a page of a list and a tick cost when there are many complaints already.

The complaints that are there are copies of a real one as each of the four services keeps it, under ids, numbers,
references, keys and dates of their own; there are 20,000 customers, or one for every five complaints if that is more.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.intake.customers import COLLECTION as CUSTOMERS
from shared import ids
from shared.mongo import Client, Database, connect, database
from shared.settings import Settings
from tests.bench import pages, proc, working, wrk
from tests.bench.figures import SERVERS, Row, line, middles, per
from tests.bench.grown import COMPLAINTS, Like, add_customers, collection, copies, now, settle, store, templates
from tests.bench.paper import SIZES
from tests.bench.progress import said
from tests.bench.world import World

_RUNS: Final = 3
_SETTLED: Final = 50_000
_AGE_MINUTES: Final = 40_000
"""The oldest complaint came in so long ago: four weeks, all of them open."""
_MILLIS: Final = len("01234567-89ab")
"""How much of a UUIDv7 is its instant."""
_COLUMNS: Final = {
    "a second": 0, "ms p50": 1, "ms p99": 1, "bad": 0, "CPU us process": 0, "CPU us MongoDB": 0, "CPU us Kafka": 0,
}  # fmt: skip


@dataclass(slots=True)
class _Grown:
    """What is there by now."""

    settings: Settings
    client: Client
    like: Like
    customers: list[str]
    """Their ids, by the number that the load gives them; the first is that of the copied complaint."""
    complaints: int = 0

    async def to(self, size: int) -> list[str]:
        """So many complaints are there, and their customers; the new ones' ids."""
        start = now()
        new = [ids.uuid7(start - timedelta(minutes=n % _AGE_MINUTES)) for n in range(size - self.complaints)]
        source = self.like["intake"]["state"]["received"]["source_system"]
        more = range(len(self.customers), max(wrk.CUSTOMERS, size // 5) + 1)
        self.customers += await add_customers(self.intake, source, more)
        to = {name: collection(self.client, self.settings, name) for name in COMPLAINTS}
        made = copies(self.like, new, self.customers)
        for _ in range(0, len(new), _SETTLED):  # all at once would take longer than an answer is waited for
            await store(to, itertools.islice(made, _SETTLED))
            await settle(self.client)
        self.complaints = size
        return new

    @property
    def intake(self) -> Database:
        """Where complaints come in."""
        return database(self.client, self.settings.database("intake"))

    async def back(self, since: datetime) -> None:
        """What intake accepted after that instant is said, and then gone, and so are customers who were made for it."""
        complaints = self.intake[COMPLAINTS["intake"]]
        await said(complaints)
        for documents in (complaints, self.intake[CUSTOMERS]):
            await documents.delete_many({"_id": {"$gte": ids.uuid7(since)[:_MILLIS]}})
        await settle(self.client)

    async def there(self) -> dict[str, int]:
        """How many complaints each service has by now."""
        to = {name: collection(self.client, self.settings, name) for name in COMPLAINTS}
        return {name: await documents.estimated_document_count() for name, documents in to.items()}


async def measure(world: World) -> dict[str, list[Row]]:
    """At ten thousand and a hundred thousand complaints; a million with --full."""
    sizes = [1_000, 10_000] if world.quick else [10_000, 100_000]
    if world.full:
        sizes.append(1_000_000)
    settings = world.fresh()
    like = await templates(world, settings)
    grown = _Grown(settings, connect(settings.mongodb_uri), like, [like["intake"]["state"]["received"]["customer_id"]])
    rows = world.known[SIZES] = []
    for size in sizes:
        new = await grown.to(size)
        world.say(f"(e) {size:,} complaints are there")
        for operation, found in (await _costs(world, grown, new)).items():
            rows.append({"complaints": size, "what": operation, **middles(found, _COLUMNS)})
            world.say(f"(e) {line(rows[-1])}")
    grown.client.close()
    return {SIZES: sorted(rows, key=lambda row: str(row["what"]))}


async def _costs(world: World, grown: _Grown, new: Sequence[str]) -> working.Costs:
    """By operation, each run's."""
    costs = await _accepts(world, grown)
    world.say(f"(e) measured over {line(await grown.there())}")
    for service, lists in pages.LISTS.items():
        with world.service(service, grown.settings, "api") as server:
            for path, asked in lists.items():
                costs[f"page of {path}"] = [await pages.turned(server, path, asked) for _ in range(_RUNS)]
            world.remember(f"{service} --only api", "(e)", proc.memory_mb(server.pid))
    for service in COMPLAINTS:
        costs |= await working.costs(world, _log_of(grown.settings, service), service, grown.like, new, _RUNS)
    return costs


def _log_of(settings: Settings, user: str) -> Settings:
    """The same databases, and a log of its own: what is accepted for its figure is nobody else's work."""
    return settings.model_copy(update={"topic_prefix": f"{settings.topic_prefix}{user}."})


async def _accepts(world: World, grown: _Grown) -> working.Costs:
    """At 32 connections, by the customers that are there. What a run adds is gone before the next."""
    if lack := wrk.why_not():
        world.say(f"(e) no accepts: {lack}")
        return {}
    found: list[dict[str, float]] = []
    known = len(grown.customers) - 1
    with world.service("intake", _log_of(grown.settings, "accept"), "api") as server:
        url = f"{server.url}/v1/complaints"
        begun = now()
        await wrk.run(url, connections=32, seconds=2, customers=known)
        await grown.back(begun)
        for _ in range(_RUNS):
            meter = proc.Meter.of({"process": server.pid, **proc.servers()})
            load = await wrk.run(url, connections=32, seconds=2 if world.quick else 4, customers=known)
            await said(grown.intake[COMPLAINTS["intake"]])
            spent = per(meter.spent(), load.accepted, {"process": "process", **SERVERS})
            found.append({"a second": load.rate, "ms p50": load.p50, "ms p99": load.p99, "bad": load.bad, **spent})
            await grown.back(begun)
        world.remember("intake --only api, accepting", "(e)", proc.memory_mb(server.pid))
    return {"accept": found}
