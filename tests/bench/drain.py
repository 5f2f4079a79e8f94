"""(b) Events a second through routing, follow-up and metrics, draining a backlog, beside a bare loop over the same."""

import asyncio
import sys
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from statistics import median
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError

from shared.settings import Settings
from tests.bench import backlog, proc
from tests.bench.figures import Row, middle
from tests.bench.world import Server, World

SERVICES: Final = ("routing", "followup", "metrics")
_LOOK_SECONDS: Final = 0.1
_LONGEST_SECONDS: Final = 600.0


async def measure(world: World) -> dict[str, list[Row]]:
    """Each service and the bare loop, in turns, over a backlog of its own each time."""
    events, runs = (10_000, 1) if world.quick else (100_000, 3)
    rows = []
    for name in SERVICES:
        results: dict[str, list[Mapping[str, float]]] = {name: [], "bare loop": []}
        for _ in range(runs):
            settings = world.fresh()
            said = await backlog.publish(settings, events, name)
            for who in ("bare loop", name):
                results[who].append(await _one(world, settings, who, said))
        rows += [_row(name, who, found, results["bare loop"]) for who, found in results.items()]
        world.say(f"(b) {name}: {rows[-2]['events/s']} events/s, bare loop {rows[-1]['events/s']}")
    return {"(b) draining a backlog": rows}


def _row(service: str, who: str, found: list[Mapping[str, float]], bare: list[Mapping[str, float]]) -> Row:
    ratios = [one["rate"] / other["rate"] for one, other in zip(found, bare, strict=True)]
    return {
        "backlog of": service,
        "what": who,
        "events/s": middle([one["rate"] for one in found]),
        "x bare loop": middle(ratios, 2),
        "CPU us process": round(median([one["process"] for one in found])),
        "CPU us MongoDB": round(median([one.get("mongodb", 0) for one in found])),
        "memory MB": round(max(one["memory"] for one in found)),
    }


async def _one(world: World, settings: Settings, who: str, events: int) -> Mapping[str, float]:
    with _worker(world, settings, who) as server:
        meter = proc.Meter.of({"process": server.pid, **proc.servers()})
        group = f"{settings.topic_prefix}palabra-{'bare' if who == 'bare loop' else who}"
        rate = await drained(settings, group, events)
        spent = {name: seconds / events * 1e6 for name, seconds in meter.spent().items()}
        memory = proc.memory_mb(server.pid)
        if who != "bare loop":
            world.remember(f"{who} --only worker after (b)", memory)
        return {"rate": rate, "memory": memory, **spent}


def _worker(world: World, settings: Settings, who: str) -> AbstractContextManager[Server]:
    if who == "bare loop":
        return world.started("bare-loop", [sys.executable, "-m", "tests.bench.bare_loop"], settings)
    return world.service(who, settings, "worker", ready=False)


async def drained(settings: Settings, group: str, events: int) -> float:
    """Events a second, from the first commit that was seen to the last; the start of the process is not in it."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka)
    await admin.start()
    first: tuple[float, int] | None = None
    end = time.monotonic() + _LONGEST_SECONDS
    try:
        while time.monotonic() < end:
            taken = await _taken(admin, settings.lifecycle_topic, group)
            now = time.monotonic()
            if taken and first is None:
                first = (now, taken)
            if first is not None and taken >= events:
                return (taken - first[1]) / (now - first[0]) if now > first[0] else float("nan")
            await asyncio.sleep(_LOOK_SECONDS)
    finally:
        await admin.close()
    raise RuntimeError(f"{group} did not come to the end of {events} events in {_LONGEST_SECONDS:.0f} s")


async def _taken(admin: AIOKafkaAdminClient, topic: str, group: str) -> int:
    """How many messages the group is through with; none while a young broker knows no groups yet."""
    try:
        committed = await admin.list_consumer_group_offsets(group)
    except GroupCoordinatorNotAvailableError:
        return 0
    return sum(max(0, one.offset) for place, one in committed.items() if place.topic == topic)
