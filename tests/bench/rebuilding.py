"""(d) Metrics counted again from the beginning of the log."""

import asyncio
import time
from typing import Any, Final

import httpx

from tests.bench import backlog, proc
from tests.bench.figures import SERVERS, Row, middles, per
from tests.bench.paper import REBUILD
from tests.bench.progress import group_of
from tests.bench.world import AUTH, Server, World

_LOOK_SECONDS: Final = 0.2
_LONGEST_SECONDS: Final = 1800.0
_COLUMNS: Final = {"events/s": 0, "seconds": 1, "CPU us process": 0, "CPU us MongoDB": 0, "CPU us Kafka": 0}


async def measure(world: World) -> dict[str, list[Row]]:
    """Three times of 100,000 events (10,000 with --quick), and with --full once of a million.

    The live set stands still meanwhile.
    """
    sizes = [10_000] if world.quick else [100_000]
    if world.full:
        sizes.append(1_000_000)
    rows = world.known[REBUILD] = []
    for size in sizes:
        rows += [await _of(world, size, 3 if size <= 100_000 else 1)]
    return {REBUILD: rows}


async def _of(world: World, events: int, runs: int) -> Row:
    settings = world.fresh()
    told = await backlog.publish([settings], backlog.lives(events))
    found: list[dict[str, float]] = []
    with world.service("metrics", settings, ready=False) as server:
        async with group_of(settings, "metrics", told) as group:
            await group.through()
        for run in range(runs):
            meter = proc.Meter.of({"process": server.pid, **proc.servers()})
            seconds = await _rebuilt(server)
            spent = per(meter.spent(), told.events, {"process": "process", **SERVERS})
            found.append({"events/s": told.events / seconds, "seconds": seconds, **spent})
            world.say(f"(d) {told.events:,} events, {run + 1}/{runs}: {told.events / seconds:,.0f} events/s")
        memory = proc.memory_mb(server.pid)
    world.remember("metrics", "(d)", memory)
    return {"events": told.events, "runs": runs, **middles(found, _COLUMNS), "memory MB": round(memory)}


async def _rebuilt(server: Server) -> float:
    """Seconds that it took, from the asking on.

    Raises:
        RuntimeError: it failed, or counted something else than before.
    """
    async with httpx.AsyncClient(base_url=server.url, headers=AUTH, timeout=30, trust_env=False) as http:
        begun = time.monotonic()
        asked = (await http.post("/v1/rebuilds")).raise_for_status().json()
        while time.monotonic() - begun < _LONGEST_SECONDS:
            now: dict[str, Any] = (await http.get(f"/v1/rebuilds/{asked['id']}")).raise_for_status().json()
            if now["state"] in ("done", "failed"):
                break
            await asyncio.sleep(_LOOK_SECONDS)
        if now["state"] != "done" or now["differences"]:
            raise RuntimeError(f"the rebuild ended as {str(now)[:500]}")
        return time.monotonic() - begun
