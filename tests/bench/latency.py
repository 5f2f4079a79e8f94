"""(c) From POST to the first words of the other services: idle, and beside a load of a quarter and a half of accept."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Final

import httpx

from shared.kafka import Reader
from shared.settings import Settings
from tests.bench import proc, wrk
from tests.bench.figures import SERVERS, Row, line, middle, middles, per, percentile, value_of
from tests.bench.paper import ACCEPT, LATENCY
from tests.bench.world import AUTH, Server, World

_AWAITED: Final = ("complaint.assigned", "complaint.acknowledged")
_SERVICES: Final = ("intake", "routing", "followup")
_PATIENCE: Final = 60.0
_CONNECTIONS: Final = 32
_PAUSE: Final = 0.1
_SHARES: Final = {"a quarter of accept": 0.25, "a half of accept": 0.5}
FORM: Final = {
    "channel": "web", "kind": "product", "subject": "Charged twice", "product": "card",
    "text": "You took 49.90 from my card twice for the same order.",
    "complainant": {"name": "Ana Ruiz", "external_id": "c-1"},
}  # fmt: skip
_COLUMNS: Final = {
    "load/s": 0, "probes": 0, "answer p50 ms": 1, "answer p99 ms": 1, "assigned p50 ms": 1, "assigned p99 ms": 1,
    "acknowledged p50 ms": 1, "acknowledged p99 ms": 1,
    "CPU us intake": 0, "CPU us routing": 0, "CPU us followup": 0, "CPU us MongoDB": 0, "CPU us Kafka": 0,
}  # fmt: skip


@dataclass(slots=True)
class _Heard:
    """When each awaited event of a complaint came, by (type, complaint)."""

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

    async def quiet(self) -> None:
        """Nothing new was said for a second: what came before is behind us."""
        before = -1
        while before != len(self.at):
            before = len(self.at)
            await asyncio.sleep(1)


@dataclass(frozen=True, slots=True)
class _Bench:
    """The three services at work, and who listens."""

    servers: Mapping[str, Server]
    heard: _Heard
    probes: int

    @property
    def url(self) -> str:
        """Where complaints go."""
        return f"{self.servers['intake'].url}/v1/complaints"

    def meter(self) -> proc.Meter:
        """Of all five processes."""
        return proc.Meter.of({**{name: one.pid for name, one in self.servers.items()}, **proc.servers()})


async def measure(world: World) -> dict[str, list[Row]]:
    """Ten probes a second, each on its own; what a probe waits for is read from the log.

    `accept` is here what intake takes in while the other two work beside it on the same processors. The load that was
    reached is said, for `wrk` can only wait between two requests; beside it, what part it is of what intake accepts
    alone, where (a) was measured in the same run. Processor time is that of one complaint, load and probes alike; it is
    left out of the idle row, where it would mostly be what the processes spend anyway.
    """
    probes, runs = (30, 2) if world.quick else (120, 3)
    found: dict[str, list[dict[str, float]]] = {name: [] for name in ("idle", *_SHARES)}
    with ExitStack() as stack:
        settings = world.fresh()
        servers = {name: stack.enter_context(world.service(name, settings)) for name in _SERVICES}
        async with _listening(settings) as heard:
            bench = _Bench(servers, heard, probes)
            await _probed(bench, 10)
            full = await _full(world, bench)
            delays = await _delays(bench, full)
            for run in range(runs):
                for name, delay in delays.items():
                    found[name].append(await _once(bench, delay))
                    said = line({n: round(value) for n, value in found[name][-1].items()})
                    world.say(f"(c) {run + 1}/{runs} {name}: {said}")
        for name, server in servers.items():
            world.remember(name, "(c)", proc.memory_mb(server.pid))
    alone = accepted_alone(world.known.get(ACCEPT, ()))
    return {LATENCY: [row(name, full, alone, each) for name, each in found.items() if each]}


def row(beside: str, full: float, alone: float | None, runs: Sequence[Mapping[str, float]]) -> Row:
    """`full` and `alone`: how many intake accepts a second beside the other services and, if known, without them."""
    made: Row = {"beside": beside, "accepts/s beside the others": round(full), **middles(runs, _COLUMNS)}
    if alone and any(run["load/s"] for run in runs):
        made["load x (a)"] = middle([run["load/s"] / alone for run in runs], 2)
    return made


def accepted_alone(rows: Iterable[Row]) -> float | None:
    """What (a) said that intake accepts a second over as many connections."""
    wanted = {"connections": _CONNECTIONS, "what": "accept"}
    return next((value_of(row["requests/s"]) for row in rows if wanted.items() <= row.items()), None)


@asynccontextmanager
async def _listening(settings: Settings) -> AsyncIterator[_Heard]:
    reader = Reader(settings.kafka, settings.lifecycle_topic)
    await reader.start(from_end=True)
    heard = _Heard(reader)
    task = asyncio.create_task(heard.listen())
    try:
        yield heard
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await reader.close()


async def _full(world: World, bench: _Bench) -> float:
    """Accepts a second beside the other services; 0 where there is no `wrk`."""
    if lack := wrk.why_not():
        world.say(f"(c) without a load: {lack}")
        return 0
    rate = (await wrk.run(bench.url, connections=_CONNECTIONS, seconds=3 if world.quick else 8)).rate
    world.say(f"(c) accept beside routing and followup: {rate:,.0f}/s")
    return rate


async def _delays(bench: _Bench, full: float) -> dict[str, int | None]:
    """By load, how many milliseconds each connection waits between two requests; none where there is no load."""
    idle: dict[str, int | None] = {"idle": None}
    return idle | {name: await _delay(bench, full * share) for name, share in _SHARES.items() if full}


async def _once(bench: _Bench, delay: int | None) -> dict[str, float]:
    """The probes, and beside them a load if there is a delay for it: it begins before them and ends after them."""
    await bench.heard.quiet()
    meter = bench.meter()
    load = None
    if delay is not None:
        seconds = bench.probes * _PAUSE + 3
        running = wrk.run(bench.url, connections=_CONNECTIONS, seconds=seconds, delay_ms=delay)
        load = asyncio.create_task(running)
        await asyncio.sleep(1)
    times = await _probed(bench, bench.probes)
    loaded = await load if load else None
    await bench.heard.quiet()
    row: dict[str, float] = {"load/s": loaded.rate if loaded else 0, "probes": len(times["answer"])}
    for what, each in times.items():
        row |= {f"{what} p50 ms": median(each), f"{what} p99 ms": percentile(each, 0.99)}
    if loaded:
        complaints = len(times["answer"]) + loaded.accepted
        row |= per(meter.spent(), complaints, {**{name: name for name in _SERVICES}, **SERVERS})
    return row


async def _delay(bench: _Bench, rate: float) -> int:
    """With which the connections come near this rate together: what an answer takes is tried, and not waited."""
    await bench.heard.quiet()
    wanted = _CONNECTIONS / rate * 1000
    tried = await wrk.run(bench.url, connections=_CONNECTIONS, seconds=3, delay_ms=round(wanted))
    return max(1, round(wanted - tried.p50))


async def _probed(bench: _Bench, probes: int) -> dict[str, list[float]]:
    """Milliseconds to the answer and to each event; a probe whose event did not come in time counts as that time.

    Raises:
        httpx.HTTPError: one was not answered.
    """
    begun: dict[str, float] = {}
    answered: list[float] = []

    async def probe(http: httpx.AsyncClient) -> None:
        start = time.perf_counter()
        answer = await http.post(bench.url, json=FORM)
        answered.append((time.perf_counter() - start) * 1000)
        begun[answer.raise_for_status().json()["id"]] = start

    async with httpx.AsyncClient(headers=AUTH, timeout=30, trust_env=False) as http, asyncio.TaskGroup() as group:
        for _ in range(probes):
            group.create_task(probe(http))
            await asyncio.sleep(_PAUSE)
    end = time.perf_counter() + _PATIENCE
    found = {"answer": answered}
    for kind in _AWAITED:
        while any((kind, one) not in bench.heard.at for one in begun) and time.perf_counter() < end:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        times = [(bench.heard.at.get((kind, one), end) - start) * 1000 for one, start in begun.items()]
        found[kind.removeprefix("complaint.")] = times
    return found
