"""What a service hands to the runtime, and what its rooms may ask for: the wiring, nothing started."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from fastapi import APIRouter
from prometheus_client import Metric
from pydantic import BaseModel

from shared.clock import Clock
from shared.events.reference import Reference
from shared.events.vocabulary import Source
from shared.kafka import Consumer, Producer, Reader
from shared.mongo import Client, Database, Index, connect, database
from shared.runtime.desk import Desk
from shared.runtime.health import Health
from shared.runtime.hearing import Hearing, Listener
from shared.runtime.loops import Loops
from shared.runtime.parking import Parking
from shared.runtime.publisher import Publisher
from shared.runtime.reference import ReferenceFollower, ReferenceStore
from shared.runtime.service import Service
from shared.runtime.store import NUMBER, Store
from shared.settings import Settings

S = TypeVar("S", bound=BaseModel)
W = TypeVar("W")


@dataclass(frozen=True)
class Blueprint(Generic[S, W]):
    """What a service hands to the runtime.

    * `build`: makes the `Service`; its `prepare` may close over the runtime it is given.
    * `more_indexes`: those of the service's further collections, by collection.
    * `number`: the field of its documents that holds the number; if not the usual one, `indexes` has one on it.
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
    number: str = NUMBER
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
    loops: Loops = field(default_factory=Loops)
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
    documents: Store[Any] = Store(own["complaints"], service.state, blueprint.number)
    runtime.desk = Desk(service, documents, publisher, runtime.follower, runtime.reference_store, clock, own)
    runtime.parking = Parking(own["parked"], documents, service, publisher, clock)
    hearing = Hearing(service, documents, runtime.parking, publisher, clock)
    take = blueprint.listen(runtime) if blueprint.listen else hearing.take
    group = f"{settings.topic_prefix}palabra-{blueprint.name}"
    consumer = Consumer(settings.kafka, settings.lifecycle_topic, group)
    runtime.listener = Listener(blueprint.name, consumer, take, settings.batch_size, service.lanes)
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
