"""(b) Events a second through each consumer, draining a backlog, beside a bare loop over the same."""

import sys
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Final

from shared.mongo import connect
from shared.settings import Settings
from tests.bench import backlog, proc
from tests.bench.figures import SERVERS, Row, line, middle, middles, per
from tests.bench.grown import collection, copies, settle, store, template
from tests.bench.paper import DRAIN
from tests.bench.progress import SPEAKING, group_of
from tests.bench.world import Server, World

BARE: Final = "bare"
SERVICES: Final = ("routing", "followup", "metrics", "intake")
_COLUMNS: Final = {
    "events/s": 0, "x bare loop": 2, "events/s until all is said": 0, "heard/s": 0,
    "CPU us process": 0, "CPU us MongoDB": 0, "CPU us Kafka": 0,
}  # fmt: skip


async def measure(world: World) -> dict[str, list[Row]]:
    """The bare loop and each service, in turns, on logs of their own that hold the same events.

    `events/s` ends with the last commit, `until all is said` when the outboxes are empty, too; the processor time is
    taken until then. `heard/s` leaves out a service's own events, which it only decodes.
    """
    events, runs = (10_000, 1) if world.quick else (100_000, 3)
    results: dict[str, list[Mapping[str, float]]] = {who: [] for who in (BARE, *SERVICES)}
    for run in range(runs):
        logs = {who: world.fresh() for who in results}
        told = await backlog.publish(list(logs.values()), backlog.lives(events))
        await _known_to_intake(world, logs["intake"], told)
        for who, settings in logs.items():
            found = await _one(world, settings, who, told)
            bare = results[BARE][run]["events/s"] if who != BARE else found["events/s"]
            results[who].append({**found, "x bare loop": found["events/s"] / bare})
            world.say(f"(b) {run + 1}/{runs} {who}: " + line({n: round(value, 2) for n, value in found.items()}))
        await world.clean()
    return {DRAIN: [_row(who, found) for who, found in results.items()]}


def _row(who: str, found: list[Mapping[str, float]]) -> Row:
    what = "bare loop" if who == BARE else who
    return {"what": what, **middles(found, _COLUMNS), "memory MB": middle([one["memory"] for one in found])}


async def _known_to_intake(world: World, settings: Settings, told: backlog.Backlog) -> None:
    """Intake made these complaints itself before anybody could speak of them."""
    client = connect(settings.mongodb_uri)
    like = {"intake": await template(world, settings)}
    await store({"intake": collection(client, settings, "intake")}, copies(like, told.complaints, customers=()))
    await settle(client)
    client.close()


async def _one(world: World, settings: Settings, who: str, told: backlog.Backlog) -> Mapping[str, float]:
    with _worker(world, settings, who) as server:
        meter = proc.Meter.of({"process": server.pid, **proc.servers()})
        async with group_of(settings, who, told) as group:
            way = await group.through(meter.restart)
            found = {"events/s": way.rate}
            if who in SPEAKING:
                begun = time.monotonic()
                await group.said()
                found["events/s until all is said"] = way.events / (way.seconds + time.monotonic() - begun)
            if who != BARE:
                found["heard/s"] = way.rate * backlog.heard_by(who) / backlog.heard_by(BARE)
        found |= per(meter.spent(), way.events, {"process": "process", **SERVERS})
        found["memory"] = proc.memory_mb(server.pid)
        if who != BARE:
            world.remember(f"{who} --only worker", "(b)", found["memory"])
        return found


def _worker(world: World, settings: Settings, who: str) -> AbstractContextManager[Server]:
    if who == BARE:
        return world.started("bare-loop", [sys.executable, "-m", "tests.bench.bare_loop"], settings)
    return world.service(who, settings, "worker", ready=False)
