"""(d) Metrics counted again from the beginning of the log."""

import asyncio
import time
from statistics import median
from typing import Any, Final

import httpx

from tests.bench import backlog, drain, proc
from tests.bench.figures import Row, middle
from tests.bench.world import AUTH, Server, World

_LOOK_SECONDS: Final = 0.2
_LONGEST_SECONDS: Final = 1800.0


async def measure(world: World) -> dict[str, list[Row]]:
    """Of 100,000 events (10,000 with --quick), and of a million with --full; the live set stands still meanwhile."""
    sizes = [10_000] if world.quick else [100_000]
    if world.full:
        sizes.append(1_000_000)
    return {"(d) metrics rebuilt": [await _of(world, size) for size in sizes]}


async def _of(world: World, events: int) -> Row:
    settings = world.fresh()
    said = await backlog.publish(settings, events, "metrics")
    with world.service("metrics", settings, ready=False) as server:
        await drain.drained(settings, f"{settings.topic_prefix}palabra-metrics", said)
        rates, costs = [], []
        for _ in range(1 if world.quick or events > 100_000 else 3):
            meter = proc.Meter.of({"process": server.pid, **proc.servers()})
            rates.append(said / await _rebuilt(server))
            costs.append(meter.spent()["process"] / said * 1e6)
        memory = proc.memory_mb(server.pid)
    world.remember("metrics (whole) after (d)", memory)
    return {
        "events": said,
        "events/s": middle(rates),
        "CPU us process": round(median(costs)),
        "memory MB": round(memory),
    }


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
