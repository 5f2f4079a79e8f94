"""A service's process: builds the clients, wires the rooms, runs the API and the worker, and stops in good order."""

import argparse
import asyncio
import ctypes
import gc
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final, Literal, TypeVar

import structlog
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, ValidationError

from shared import ids, logs, metrics, tracing
from shared.blueprint import Blueprint, Runtime, assemble
from shared.events import PAYLOADS
from shared.http import create_app
from shared.http.protocol import bounded
from shared.kafka import LogError, Producer, ensure_topics
from shared.mongo import StoreError, ensure_indexes
from shared.runtime import parking, store
from shared.runtime.ahead import Ahead
from shared.runtime.health import topics
from shared.runtime.lease import Lease
from shared.runtime.timer import Timer
from shared.settings import Settings

S = TypeVar("S", bound=BaseModel)
W = TypeVar("W")
Only = Literal["api", "worker", "all"]

_MEASURE_SECONDS: Final = 2.0

_M_TRIM_THRESHOLD: Final = -1
_M_ARENA_MAX: Final = -8

log = structlog.get_logger()


async def prepare(runtime: Runtime) -> None:
    """Indexes and the copy of the reference data are there.

    Raises:
        StoreError: MongoDB cannot be reached.
    """
    own = runtime.database
    usual = [index for index in store.INDEXES if index != store.BY_NUMBER or runtime.blueprint.number == store.NUMBER]
    await ensure_indexes(own["complaints"], [*usual, *runtime.blueprint.indexes])
    await ensure_indexes(own["parked"], parking.INDEXES)
    for collection, indexes in runtime.blueprint.more_indexes.items():
        await ensure_indexes(own[collection], indexes)
    await runtime.follower.load()


async def _prepare_until_done(runtime: Runtime) -> None:
    failures = 0
    while True:
        try:
            await prepare(runtime)
        except StoreError as error:
            failures += 1
            log.warning("waiting_for_mongodb", service=runtime.name, error=str(error)[:200], failures=failures)
            await asyncio.sleep(min(5.0, 0.2 * 2 ** min(failures, 10)))
        else:
            return


async def _make_topics(runtime: Runtime) -> None:
    failures = 0
    while True:
        try:
            await ensure_topics(runtime.settings.kafka, topics(runtime.settings))
        except (LogError, OSError) as error:
            failures += 1
            log.warning("waiting_for_kafka", service=runtime.name, error=str(error)[:200], failures=failures)
            await asyncio.sleep(min(5.0, 0.2 * 2 ** min(failures, 10)))
        else:
            runtime.health.topics_made = True
            return


async def _log_side(runtime: Runtime, only: Only) -> None:
    """Starts all that needs Kafka; waits for it as long as it takes, while the API accepts."""
    await _make_topics(runtime)
    runtime.loops.start(runtime.follower.run())
    runtime.loops.start(runtime.publisher.run())
    runtime.loops.start(runtime.publisher.remove())
    if runtime.blueprint.owns_reference:
        producer = Producer(runtime.settings.kafka)
        runtime.loops.start(runtime.reference_store.publish(producer, runtime.settings.reference_topic))
    if only != "api":
        for loop in worker_loops(runtime):
            runtime.loops.start(loop)


def worker_loops(runtime: Runtime) -> list[Any]:
    """What a worker runs for ever."""
    name = f"{socket.gethostname()}-{os.getpid()}-{ids.uuid7(runtime.clock.now())[-6:]}"
    lease = Lease(runtime.database["leases"], "publisher-sweep", name)
    service, store = runtime.desk.service, runtime.desk.store
    timer = Timer(service, store, runtime.publisher, runtime.clock, Ahead(service, store, runtime.clock))
    return [
        runtime.listener.run(),
        runtime.publisher.sweep(lease),
        timer.run(runtime.listener.caught_up, runtime.settings.drain_seconds),
        *(loop(runtime) for loop in runtime.blueprint.loops),
    ]


async def _measure(runtime: Runtime) -> None:
    while True:
        try:
            await runtime.publisher.measure()
            await runtime.health.measure(runtime.parking, runtime.desk.documents)
        except (StoreError, OSError) as error:
            log.info("not_measured", service=runtime.name, error=str(error)[:200])
        await asyncio.sleep(_MEASURE_SECONDS)


async def _measure_lag(runtime: Runtime) -> None:
    """Apart: while Kafka is away each look takes the driver most of a minute, and the outbox grows meanwhile."""
    while True:
        try:
            await runtime.listener.measure(runtime.settings.lifecycle_topic)
        except (LogError, OSError) as error:
            log.info("lag_not_measured", service=runtime.name, error=str(error)[:200])
        await asyncio.sleep(_MEASURE_SECONDS)


@asynccontextmanager
async def running(runtime: Runtime, only: Only = "all") -> AsyncIterator[FastAPI]:
    """The service runs inside; at the end it stops, having published what it can."""
    await _prepare_until_done(runtime)
    metrics.begin(runtime.name, PAYLOADS)
    metrics.CLOCK_RATE.labels(runtime.name).set(runtime.clock.rate)
    if runtime.blueprint.seed is not None and only != "api":
        await runtime.blueprint.seed(runtime)
    app = create_app(runtime)
    runtime.health.watch(runtime, worker=only != "api")
    async with AsyncExitStack() as stack:
        stack.push_async_callback(runtime.publisher.producer.close)
        stack.push_async_callback(runtime.publisher.remove_now)
        stack.push_async_callback(runtime.loops.stop)
        stack.push_async_callback(runtime.publisher.drain, 2.0)
        runtime.loops.start(_log_side(runtime, only))
        runtime.loops.start(_measure(runtime))
        if only != "api":
            runtime.loops.start(_measure_lag(runtime))
        yield app
    runtime.client.close()


async def serve(runtime: Runtime, only: Only) -> int:
    """Runs until told to stop (0) or until a loop of ours fails (1)."""
    async with running(runtime, only) as app:
        config = uvicorn.Config(
            app, host=runtime.settings.host, port=runtime.settings.port, log_config=None, access_log=False,
            loop="uvloop", http=bounded(runtime.settings.body_seconds), timeout_keep_alive=65,
            timeout_graceful_shutdown=5, server_header=False, proxy_headers=bool(runtime.settings.trusted_proxies),
            forwarded_allow_ips=runtime.settings.trusted_proxies,
        )  # fmt: skip
        server = uvicorn.Server(config)
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        _stop_on_signal(server)
        log.info("started", service=runtime.name, port=runtime.settings.port, only=only, clock_rate=runtime.clock.rate)
        serving = asyncio.create_task(server.serve())
        failed = asyncio.create_task(runtime.loops.failed.wait())
        await asyncio.wait([serving, failed], return_when=asyncio.FIRST_COMPLETED)
        failed.cancel()
        server.should_exit = True
        await serving
    return 1 if runtime.loops.failed.is_set() else 0


def _stop_on_signal(server: uvicorn.Server) -> None:
    def stop() -> None:
        server.should_exit = True

    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop)


def run(blueprint: Blueprint[Any, Any], settings_class: type[Settings]) -> None:
    """The process of a service; ends with its exit code."""
    parser = argparse.ArgumentParser(description=f"The {blueprint.name} service. Settings: environment, PALABRA_*.")
    parser.add_argument("--only", choices=["api", "worker", "all"], default="all", help="run one half of the service")
    only: Only = parser.parse_args().only
    try:
        settings = settings_class()
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        sys.exit(f"palabra {blueprint.name}: the environment is not right: {problems}")
    logs.configure(blueprint.name, style=settings.log_format, level=settings.log_level)
    tracing.configure(blueprint.name, settings.otlp_endpoint)
    tune()
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        code = runner.run(_start(blueprint, settings, only))
    tracing.close()
    sys.exit(code)


def tune() -> None:
    """The interpreter, for one busy loop beside threads that wait for the store.

    What was made at start is never searched for cycles again, and the rest seldom: that took a tenth of the time. A
    thread that has its answer gets the interpreter within a millisecond, not five: a group of accepts waits for four.
    What a batch took is given back: glibc would keep it, and an arena of its own for each thread of the driver.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    sys.setswitchinterval(0.001)
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(_M_ARENA_MAX, 2)
        libc.mallopt(_M_TRIM_THRESHOLD, 128 * 1024)


async def _start(blueprint: Blueprint[Any, Any], settings: Settings, only: Only) -> int:
    return await serve(assemble(blueprint, settings), only)
