"""What `palabra status --json` prints: a contract with other programs."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pydantic import BaseModel

from deploy.local import services
from deploy.local.stack import Stack
from deploy.local.state import State


class ServiceStatus(BaseModel):
    """One service; null where it never ran."""

    url: str | None = None
    pid: int | None = None
    ready: bool = False


class KafkaStatus(BaseModel):
    """The Kafka in use."""

    address: str | None = None
    server: str | None = None


class MongoStatus(BaseModel):
    """The MongoDB in use."""

    uri: str | None = None
    server: str | None = None


class Status(BaseModel):
    """The whole of it. A figure is null while the service that knows it does not answer."""

    ready: bool = False
    key: str | None = None
    clock_rate: int | float = 1
    services: dict[str, ServiceStatus]
    kafka: KafkaStatus = KafkaStatus()
    mongodb: MongoStatus = MongoStatus()
    lag: dict[str, int | None]
    outbox: dict[str, int | None]
    parked: int | None = None


def status(stack: Stack) -> Status:
    """How the stack is now, as its processes and its services say."""
    state = stack.state()
    names = list(stack.commands)
    with ThreadPoolExecutor(len(names)) as threads:
        ready = dict(zip(names, threads.map(lambda name: _service(state, name), names), strict=True))
        said = dict(zip(names, threads.map(lambda name: _said(ready[name], state, name), names), strict=True))
    parked = [one.get("parked") for one in said.values()]
    report = Status(
        services=ready,
        # Metrics publishes nothing; intake hears the others only to show a complaint's whole life.
        lag={name: said[name].get("lag") for name in sorted(names, key=lambda name: name == "intake")},
        outbox={name: said[name].get("outbox") for name in names if name != "metrics"},
        parked=None if None in parked else sum(count for count in parked if count is not None),
    )
    return report if state is None else _with_servers(report, state)


def _with_servers(report: Status, state: State) -> Status:
    alive = all(state.alive(name) for name in ("kafka", "mongodb") if name in state.running)
    used = state.kafka is not None and state.mongodb is not None
    figures = [*report.lag.values(), *report.outbox.values(), report.parked]
    known = all(figure is not None and figure >= 0 for figure in figures)
    report.ready = alive and used and known and all(service.ready for service in report.services.values())
    report.key = state.key
    rate = state.clock.rate
    report.clock_rate = int(rate) if rate.is_integer() else rate
    if state.kafka is not None:
        report.kafka = KafkaStatus(address=state.kafka.address, server=state.kafka.server)
    if state.mongodb is not None:
        report.mongodb = MongoStatus(uri=state.mongodb.address, server=state.mongodb.server)
    return report


def _service(state: State | None, name: str) -> ServiceStatus:
    running = state.running.get(name) if state is not None else None
    if running is None:
        return ServiceStatus()
    alive = running.process.alive()
    return ServiceStatus(
        url=services.url(running.port),
        pid=running.process.pid if alive else None,
        ready=alive and services.not_ready(running.port) is None,
    )


def _said(service: ServiceStatus, state: State | None, name: str) -> dict[str, Any]:
    return services.status(state.running[name].port) if state is not None and service.pid is not None else {}
