"""A service's process: builds the clients, wires the rooms, runs the API and the worker, and stops in good order."""

import argparse
import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Literal, TypeVar

import structlog
import uvicorn
from fastapi import APIRouter, FastAPI
from prometheus_client import Metric
from pydantic import BaseModel, ValidationError

from shared import ids, logs, metrics, tracing
from shared.clock import Clock
from shared.events import PAYLOADS
from shared.events.reference import Reference
from shared.events.vocabulary import Source
from shared.http import create_app
from shared.http.protocol import bounded
from shared.kafka import Consumer, LogError, Producer, Reader, ensure_topics
from shared.mongo import Client, Database, Index, StoreError, connect, database, ensure_indexes
from shared.runtime import parking, store
from shared.runtime.desk import Desk
from shared.runtime.health import Health, topics
from shared.runtime.hearing import Hearing, Listener
from shared.runtime.lease import Lease
from shared.runtime.parking import Parking
from shared.runtime.publisher import Publisher
from shared.runtime.reference import ReferenceFollower, ReferenceStore
from shared.runtime.service import Service
from shared.runtime.store import Store
from shared.runtime.timer import Timer
from shared.settings import Settings

S = TypeVar("S", bound=BaseModel)
W = TypeVar("W")
Only = Literal["api", "worker", "all"]

_MEASURE_SECONDS: Final = 2.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Blueprint(Generic[S, W]):
    """What a service hands to the runtime.

    * `build`: makes the `Service`; its `prepare` may close over the runtime it is given.
    * `more_indexes`: those of the service's further collections, by collection.
    * `loops`: further loops of the worker, each run for ever.
    * `metrics`: further metric families at each scrape; raising means 503.
    * `listen`: takes the place of the usual hearing (the metrics service counts in a transaction).
    * `look`: run before somebody looks at the desk's documents or the parking (metrics may have rebuilt its own).
    * `owns_reference`: this service keeps the reference data and says it (routing).
    * `seed`: run once by the worker before it starts.
    """

    name: Source
    build: "Callable[[Runtime], Service[S, W]]"
    routers: Sequence[APIRouter]
    indexes: Sequence[Index] = ()
    more_indexes: Mapping[str, Sequence[Index]] = field(default_factory=dict)
    loops: "Sequence[Callable[[Runtime], Awaitable[None]]]" = ()
    metrics: "Callable[[Runtime], Awaitable[Iterable[Metric]]] | None" = None
    listen: "Callable[[Runtime], Callable[..., Awaitable[None]]] | None" = None
    look: "Callable[[Runtime], Awaitable[object]] | None" = None
    owns_reference: bool = False
    seed: "Callable[[Runtime], Awaitable[None]] | None" = None


@dataclass(slots=True)
class Runtime:
    """Everything a service's rooms may ask for."""

    blueprint: Blueprint[Any, Any]
    settings: Settings
    clock: Clock
    client: Client
    database: Database
    publisher: Publisher
    follower: ReferenceFollower
    reference_store: ReferenceStore
    health: Health
    desk: Desk[Any, Any] = field(init=False)
    parking: Parking[Any] = field(init=False)
    listener: Listener = field(init=False)

    @property
    def name(self) -> str:
        """The service's name."""
        return self.blueprint.name

    @property
    def reference(self) -> Reference:
        """Calendars, teams, agents, policies and keys as known now."""
        return self.follower.reference


def assemble(blueprint: Blueprint[Any, Any], settings: Settings, clock: Clock | None = None) -> Runtime:
    """The runtime of a service, wired and not started."""
    clock = clock or settings.clock()
    client = connect(settings.mongodb_uri)
    own = database(client, settings.database(blueprint.name))
    producer = Producer(settings.kafka)
    publisher = Publisher(blueprint.name, own["complaints"], producer, settings.lifecycle_topic)
    reader = Reader(settings.kafka, settings.reference_topic)
    changed: list[Callable[..., Awaitable[None]]] = []

    async def on_change(*datum: Any) -> None:
        for react in changed:
            await react(*datum)

    runtime = Runtime(
        blueprint=blueprint,
        settings=settings,
        clock=clock,
        client=client,
        database=own,
        publisher=publisher,
        follower=ReferenceFollower(own["reference"], reader, on_change),
        reference_store=ReferenceStore(own["reference"]),
        health=Health(blueprint.name, client, settings, clock),
    )
    service = blueprint.build(runtime)
    documents: Store[Any] = Store(own["complaints"], service.state)
    runtime.desk = Desk(service, documents, publisher, runtime.follower, runtime.reference_store, clock, own)
    runtime.parking = Parking(own["parked"], documents, service, publisher, clock)
    hearing = Hearing(service, documents, runtime.parking, publisher, clock)
    take = blueprint.listen(runtime) if blueprint.listen else hearing.take
    group = f"{settings.topic_prefix}palabra-{blueprint.name}"
    consumer = Consumer(settings.kafka, settings.lifecycle_topic, group)
    runtime.listener = Listener(blueprint.name, consumer, take, settings.batch_size)
    changed.append(_marker(runtime))
    return runtime


def _marker(runtime: Runtime) -> Callable[..., Awaitable[None]]:
    async def mark_stale(kind: Any, datum_id: str, version: int) -> None:
        """Documents computed with an older version of this datum are due at once; a slow save of theirs is stale."""
        where = runtime.desk.service.stale(kind, datum_id, version)
        if where is not None:
            due = {"$set": {"due_at": runtime.clock.now(), "stale": True}, "$inc": {"version": 1}}
            await runtime.desk.documents.update_many(dict(where), due)

    return mark_stale


async def prepare(runtime: Runtime) -> None:
    """Indexes and the copy of the reference data are there.

    Raises:
        StoreError: MongoDB cannot be reached.
    """
    own = runtime.database
    await ensure_indexes(own["complaints"], [*store.INDEXES, *runtime.blueprint.indexes])
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
    """All that needs Kafka; waits for it as long as it takes, while the API accepts."""
    await _make_topics(runtime)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(runtime.follower.run())
        tasks.create_task(runtime.publisher.run())
        if runtime.blueprint.owns_reference:
            producer = Producer(runtime.settings.kafka)
            tasks.create_task(runtime.reference_store.publish(producer, runtime.settings.reference_topic))
        if only != "api":
            for loop in worker_loops(runtime):
                tasks.create_task(loop)


def worker_loops(runtime: Runtime) -> list[Any]:
    """What a worker runs for ever."""
    name = f"{socket.gethostname()}-{os.getpid()}-{ids.uuid7(runtime.clock.now())[-6:]}"
    lease = Lease(runtime.database["leases"], "publisher-sweep", name)
    timer: Timer[Any] = Timer(runtime.desk.service, runtime.desk.store, runtime.publisher, runtime.clock)
    return [
        runtime.listener.run(),
        runtime.publisher.sweep(lease),
        timer.run(runtime.listener.caught_up, runtime.settings.drain_seconds),
        *(loop(runtime) for loop in runtime.blueprint.loops),
    ]


async def _measure(runtime: Runtime, only: Only) -> None:
    while True:
        try:
            await runtime.publisher.measure()
            await runtime.health.measure(runtime.parking, runtime.desk.documents)
            if only != "api":
                await runtime.listener.measure(runtime.settings.lifecycle_topic)
        except (StoreError, LogError, OSError) as error:
            log.info("not_measured", service=runtime.name, error=str(error)[:200])
        await asyncio.sleep(_MEASURE_SECONDS)


@asynccontextmanager
async def running(runtime: Runtime, only: Only = "all") -> AsyncIterator[FastAPI]:
    """The service runs inside; at the end it stops, having published what it can.

    Raises:
        ExceptionGroup: a loop failed in a way that is ours; the process must end.
    """
    await _prepare_until_done(runtime)
    metrics.begin(runtime.name, PAYLOADS)
    metrics.CLOCK_RATE.labels(runtime.name).set(runtime.clock.rate)
    if runtime.blueprint.seed is not None and only != "api":
        await runtime.blueprint.seed(runtime)
    app = create_app(runtime)
    runtime.health.watch(runtime, worker=only != "api")
    async with AsyncExitStack() as stack:
        stack.push_async_callback(runtime.publisher.producer.close)
        tasks = [asyncio.create_task(_log_side(runtime, only)), asyncio.create_task(_measure(runtime, only))]
        stack.push_async_callback(_stop, runtime, tasks)
        runtime.health.tasks = tasks
        yield app
    runtime.client.close()


async def _stop(runtime: Runtime, tasks: Sequence[asyncio.Task[None]]) -> None:
    await runtime.publisher.drain(2.0)
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError):
            log.error("loop_failed", service=runtime.name, error=repr(result))


async def serve(runtime: Runtime, only: Only) -> int:
    """Runs until told to stop (0) or until a loop of ours fails (1)."""
    async with running(runtime, only) as app:
        config = uvicorn.Config(
            app, host=runtime.settings.host, port=runtime.settings.port, log_config=None, access_log=False,
            loop="uvloop", http=bounded(runtime.settings.body_seconds), timeout_keep_alive=65,
            timeout_graceful_shutdown=5, server_header=False,
        )  # fmt: skip
        server = uvicorn.Server(config)
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        _stop_on_signal(server)
        log.info("started", service=runtime.name, port=runtime.settings.port, only=only, clock_rate=runtime.clock.rate)
        serving = asyncio.create_task(server.serve())
        await asyncio.wait([serving, *runtime.health.tasks], return_when=asyncio.FIRST_COMPLETED)
        failed = [task for task in runtime.health.tasks if task.done() and not task.cancelled()]
        for task in failed:
            log.error("loop_failed", service=runtime.name, exc_info=task.exception())
        server.should_exit = True
        await serving
    return 1 if failed else 0


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
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        code = runner.run(_start(blueprint, settings, only))
    tracing.close()
    sys.exit(code)


async def _start(blueprint: Blueprint[Any, Any], settings: Settings, only: Only) -> int:
    return await serve(assemble(blueprint, settings), only)
