"""(e) What an accept, an event, a page of a list and a tick cost when there are many complaints already.

The complaints that are there are copies of real documents under ids, numbers and keys of their own.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any, Final

import httpx

from shared import ids
from shared.events.intake import MessageReceived
from shared.kafka import Message, Producer, partition_of
from shared.mongo import Collection, Document, connect, database
from shared.settings import Settings
from tests.bench import proc, wrk
from tests.bench.figures import Row
from tests.bench.grown import grow, settle, templates
from tests.bench.world import AUTH, Server, World
from tests.support.log import event, message

_PAGES: Final = 200
_EVENTS: Final = 5_000
_TICKS: Final = 2_000


async def measure(world: World) -> dict[str, list[Row]]:
    """At ten thousand and a hundred thousand complaints; a million with --full."""
    sizes = [1_000, 10_000] if world.quick else [10_000, 100_000]
    if world.full:
        sizes.append(1_000_000)
    settings = world.fresh()
    intake, followup = await templates(world, settings)
    client = connect(settings.mongodb_uri)
    rows, there = [], 0
    for size in sizes:
        names = await grow(database(client, settings.database("intake"))["complaints"], intake, size - there)
        cases = database(client, settings.database("followup"))["complaints"]
        await grow(cases, followup, 0, names)
        await settle(client)
        there = size
        rows.append(
            {"complaints": size, **await _intake(world, settings), **await _followup(world, settings, cases, names)}
        )
        world.say(f"(e) {rows[-1]}")
    client.close()
    return {"(e) cost by how many there are": rows}


async def _intake(world: World, settings: Settings) -> Row:
    """An accept at 32 connections, and the pages of the list."""
    row: Row = {}
    with world.service("intake", settings, "api") as server:
        if wrk.why_not() is None:
            await wrk.run(f"{server.url}/v1/complaints", connections=32, seconds=2)
            meter = proc.Meter.of({"process": server.pid, **proc.servers()})
            load = await wrk.run(f"{server.url}/v1/complaints", connections=32, seconds=3 if world.quick else 6)
            row |= {
                "accepts/s": round(load.rate),
                "accept CPU us (all)": round(sum(meter.spent().values()) / load.requests * 1e6),
            }
        times = await _paged(server)
        row |= {"page ms p50": round(median(times) * 1000, 1)}
        world.remember("intake --only api after (e)", proc.memory_mb(server.pid))
    return row


async def _paged(server: Server) -> list[float]:
    times: list[float] = []
    async with httpx.AsyncClient(base_url=server.url, headers=AUTH, timeout=30, trust_env=False) as http:
        cursor: str | None = None
        while len(times) < _PAGES:
            asked: dict[str, Any] = {"limit": 50} | ({"cursor": cursor} if cursor else {})
            begun = time.perf_counter()
            page = (await http.get("/v1/complaints", params=asked)).raise_for_status().json()
            times.append(time.perf_counter() - begun)
            cursor = page["next"]
    return times


async def _followup(world: World, settings: Settings, cases: Collection, names: list[str]) -> Row:
    """An event of a complaint that is there, and a tick. Processor time of all three processes."""
    drawn = random.sample(names, min(len(names), _EVENTS))
    due = drawn[:_TICKS]
    with world.service("followup", settings, "worker") as server:
        heard: Document = {"_id": {"$in": drawn}, "applied.intake": 2}
        await _say(settings, drawn)
        row = await _spent(server, "event", lambda: cases.count_documents(heard), len(drawn))
        now = datetime.now(UTC)  # noqa: TID251 - nothing here is business
        later: Document = {"_id": {"$in": due}, "due_at": {"$not": {"$lte": now}}}
        await cases.update_many({"_id": {"$in": due}}, {"$set": {"due_at": now - timedelta(seconds=1)}})
        row |= await _spent(server, "tick", lambda: cases.count_documents(later), len(due))
        world.remember("followup --only worker after (e)", proc.memory_mb(server.pid))
    return row


async def _say(settings: Settings, names: list[str]) -> None:
    """The customer of each complaint writes again."""
    now = datetime.now(UTC)  # noqa: TID251 - nothing here is business
    queues: dict[int, list[Message]] = {}
    for name in names:
        said = MessageReceived(message_id=ids.uuid7(now), channel="email", text="Is there any news?", received_at=now)
        one = message(event(said, name, 2, time=now))
        queues.setdefault(partition_of(one[0], settings.partitions), []).append(one)
    producer = Producer(settings.kafka)
    try:
        await producer.send(settings.lifecycle_topic, queues)
    finally:
        await producer.close()


async def _spent(server: Server, what: str, done: Callable[[], Awaitable[int]], count: int) -> Row:
    """Until all are done: how many a second, and what each cost.

    Raises:
        TimeoutError: it takes minutes.
    """
    meter, begun = proc.Meter.of({"process": server.pid, **proc.servers()}), time.perf_counter()
    async with asyncio.timeout(300):
        while await done() < count:  # noqa: ASYNC110 - another process works
            await asyncio.sleep(0.2)
    cost = sum(meter.spent().values()) / count * 1e6
    return {f"{what}s/s": round(count / (time.perf_counter() - begun)), f"{what} CPU us": round(cost)}
