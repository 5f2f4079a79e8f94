"""(a) Durable accept beside a bare `insert_one` and beside nothing, over and over in turns."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Final

from shared.mongo import Collection, connect
from tests.bench import proc, wrk
from tests.bench.figures import SERVERS, Row, line, middle, middles, per
from tests.bench.grown import collection
from tests.bench.paper import ACCEPT
from tests.bench.progress import said
from tests.bench.world import Server, World, wait_ready

CONNECTIONS: Final = (1, 8, 32, 128)
_PATHS: Final = {"no-op": "/noop", "bare insert": "/bare", "accept": "/v1/complaints"}


async def measure(world: World) -> dict[str, list[Row]]:
    """Medians of interleaved runs; intake is `--only api`, so its own publisher works beside it."""
    if lack := wrk.why_not():
        world.say(f"(a) left out: {lack}")
        return {}
    settings = world.fresh()
    runs, seconds = (3, 2) if world.quick else (5, 3)
    rows = []
    client = connect(settings.mongodb_uri)
    complaints = collection(client, settings, "intake")
    with ExitStack() as stack:
        # A worker makes the topics' readers known; the API alone is measured.
        api = stack.enter_context(world.service("intake", settings, "api"))
        bare = stack.enter_context(world.started("bare", [sys.executable, "-m", "tests.bench.bare"], settings))
        wait_ready(bare, "/openapi.json")
        for name, path in _PATHS.items():
            await wrk.run(f"{_server(name, api, bare).url}{path}", connections=32, seconds=3)
        await said(complaints)
        for connections in CONNECTIONS:
            rows += await _at(world, (api, bare), complaints, connections, runs, seconds)
        world.remember("intake --only api", "(a)", proc.memory_mb(api.pid))
    client.close()
    return {ACCEPT: rows}


def _server(name: str, api: Server, bare: Server) -> Server:
    return api if name == "accept" else bare


async def _at(
    world: World, servers: tuple[Server, Server], complaints: Collection, connections: int, runs: int, seconds: float
) -> list[Row]:
    loads: dict[str, list[wrk.Load]] = {name: [] for name in _PATHS}
    costs: dict[str, list[dict[str, float]]] = {name: [] for name in _PATHS}
    for _ in range(runs):
        for name, path in _PATHS.items():
            server = _server(name, *servers)
            meter = proc.Meter.of({"server": server.pid, **proc.servers()})
            load = await wrk.run(f"{server.url}{path}", connections=connections, seconds=seconds)
            await said(complaints)  # the publishing belongs to this run
            loads[name].append(load)
            costs[name].append(per(meter.spent(), load.accepted, {"server": "server", **SERVERS}))
    rows = [_row(name, connections, loads[name], costs[name], loads["bare insert"]) for name in _PATHS]
    for row in rows:
        world.say(f"(a) {line(row)}")
    return rows


def _row(
    name: str, connections: int, loads: Sequence[wrk.Load], costs: Sequence[dict[str, float]], bare: Sequence[wrk.Load]
) -> Row:
    beside = list(zip(loads, bare, strict=True))
    return {
        "connections": connections,
        "what": name,
        "requests/s": middle([one.rate for one in loads]),
        "x bare": middle([one.rate / other.rate for one, other in beside], 2),
        "p50 ms": middle([one.p50 for one in loads], 1),
        "p99 ms": middle([one.p99 for one in loads], 1),
        "p99 x bare": middle([one.p99 / other.p99 for one, other in beside], 2),
        "bad": sum(one.bad for one in loads),
        **middles(costs, dict.fromkeys(("CPU us server", "CPU us MongoDB", "CPU us Kafka"), 0)),
    }
