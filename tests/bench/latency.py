"""(c) From POST to the first words of the other services: idle, and beside a load of a quarter and a half of accept."""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median
from typing import Final

import httpx

from shared.kafka import Reader
from tests.bench import proc, wrk
from tests.bench.figures import Row, percentile
from tests.bench.world import AUTH, World

_AWAITED: Final = ("complaint.assigned", "complaint.acknowledged")
_PATIENCE: Final = 60.0
_CONNECTIONS: Final = 32
FORM: Final = {
    "channel": "web", "kind": "product", "subject": "Charged twice", "product": "card",
    "text": "You took 49.90 from my card twice for the same order.",
    "complainant": {"name": "Ana Ruiz", "external_id": "c-1"},
}  # fmt: skip


@dataclass(slots=True)
class _Heard:
    """When each awaited event of a probe came, by (type, complaint)."""

    reader: Reader
    at: dict[tuple[str, str], float] = field(default_factory=dict)

    async def listen(self) -> None:
        """For ever."""
        while True:
            records = await self.reader.poll(seconds=0.5)
            now = time.perf_counter()
            for record in records:
                kind = dict(record.headers).get("ce_type", b"").decode()
                if kind in _AWAITED:
                    self.at.setdefault((kind, (record.key or b"").decode()), now)


async def measure(world: World) -> dict[str, list[Row]]:
    """Probes ten times a second; what a probe waits for is read from the log."""
    settings = world.fresh()
    probes = 50 if world.quick else 300
    rows = []
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(world.service(name, settings)) for name in ("intake", "routing", "followup")
        }
        reader = Reader(settings.kafka, settings.lifecycle_topic)
        await reader.start(from_end=True)
        heard = _Heard(reader)
        listening = asyncio.create_task(heard.listen())
        url = f"{servers['intake'].url}/v1/complaints"
        try:
            await _probed(url, heard, 10, 0.2)
            rows.append(_row("idle", 0, await _probed(url, heard, probes, 0.1)))
            if wrk.why_not() is None:
                rows += await _loaded(world, url, heard, probes)
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening
            await reader.close()
        for name, server in servers.items():
            world.remember(f"{name} (whole) after (c)", proc.memory_mb(server.pid))
    return {"(c) from POST to": rows}


async def _loaded(world: World, url: str, heard: _Heard, probes: int) -> list[Row]:
    """Beside a load; the rate that it reached is said, for `wrk` can only wait between two requests."""
    full = (await wrk.run(url, connections=_CONNECTIONS, seconds=3 if world.quick else 10)).rate
    rows = []
    for name, share in (("quarter", 0.25), ("half", 0.5)):
        await _quiet(heard)
        delay = round(_CONNECTIONS / (full * share) * 1000)
        seconds = max(5, probes * 0.1)
        load = asyncio.create_task(wrk.run(url, connections=_CONNECTIONS, seconds=seconds, delay_ms=delay))
        found = await _probed(url, heard, probes, 0.1)
        rows.append(_row(f"a {name} of accept", (await load).rate, found))
        world.say(f"(c) {rows[-1]}")
    return rows


async def _quiet(heard: _Heard) -> None:
    """Nothing new was said for a second: what came before is behind us."""
    before = -1
    while before != len(heard.at):
        before = len(heard.at)
        await asyncio.sleep(1)


async def _probed(url: str, heard: _Heard, probes: int, pause: float) -> Mapping[str, list[float]]:
    """Milliseconds to the answer and to each event; a probe whose event did not come in time counts as that time."""
    begun: dict[str, float] = {}
    found: dict[str, list[float]] = {"the answer": [], **{kind: [] for kind in _AWAITED}}
    async with httpx.AsyncClient(headers=AUTH, timeout=30, trust_env=False) as http:
        for _ in range(probes):
            start = time.perf_counter()
            answer = await http.post(url, json=FORM)
            if answer.status_code == httpx.codes.CREATED:
                begun[answer.json()["id"]] = start
                found["the answer"].append((time.perf_counter() - start) * 1000)
            await asyncio.sleep(pause)
    end = time.perf_counter() + _PATIENCE
    for kind in _AWAITED:
        while any((kind, one) not in heard.at for one in begun) and time.perf_counter() < end:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        found[kind] = [(heard.at.get((kind, one), end) - start) * 1000 for one, start in begun.items()]
    return found


def _row(name: str, rate: float, found: Mapping[str, list[float]]) -> Row:
    row: Row = {"beside": name, "load/s": round(rate), "probes": len(found["the answer"])}
    for what, times in found.items():
        short = what.removeprefix("complaint.")
        row[f"{short} p50 ms"] = round(median(times), 1) if times else "-"
        row[f"{short} p99 ms"] = round(percentile(times, 0.99), 1)
    return row
