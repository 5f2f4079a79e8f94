"""A whole system of its own in a folder: one Kafka, one or three MongoDB members, replicas of every service.

All processes are tied to ours: they end when we do, however that is. Addresses stay the same over a restart, below the
ports that the system hands out by itself, so that nobody else can sit there meanwhile.
"""

import asyncio
import os
import secrets
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from deploy.local import jars, kafka, mongodb, net, process, services, state
from deploy.local.errors import UserError
from deploy.local.files import CACHE
from deploy.local.state import ClockState, Running, Server, State
from shared.settings import Settings
from tests.support import replica_set

_LOWEST: Final = 20_000
_SPREAD: Final = 9_000
_READY_SECONDS: Final = 300.0


@dataclass(slots=True)
class Replica:
    """One process of a service."""

    service: str
    number: int
    port: int
    log: Path
    running: process.Process | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return services.url(self.port)


@dataclass(slots=True)
class House:
    """Everything that runs. `broken` names a deliberate fault that the services are given (see `broken.py`).

    `prefix` tells one world of topics and databases from another one on the same servers.
    """

    home: Path
    members: int
    copies: int
    broken: str | None = None
    prefix: str = "palabra"
    broker: kafka.KafkaServer = field(init=False)
    mongos: list[mongodb.MongoServer] = field(init=False)
    replicas: list[Replica] = field(init=False)
    state: State = field(init=False)
    died: list[str] = field(default_factory=list)
    _ports: "Ports" = field(init=False)

    def __post_init__(self) -> None:
        """Ports and folders are chosen; nothing runs."""
        self._ports = ports = Ports(_LOWEST + os.getpid() * 41 % _SPREAD)
        logs = self.home / "logs"
        paths = jars.fetch(CACHE, lambda _: None)
        self.broker = kafka.KafkaServer(
            paths, self.home / "kafka", next(ports), next(ports), logs / "kafka.log", tied=True
        )
        mongod = mongodb.find()
        self.mongos = [
            mongodb.MongoServer(mongod, self.home / f"mongodb-{n}", next(ports), logs / f"mongodb-{n}.log", tied=True)
            for n in range(self.members)
        ]
        self.replicas = self._replicas()
        self.state = State(key=f"chaos_{secrets.token_urlsafe(16)}", clock=ClockState.new(1))
        self.state.kafka = Server(address=self.broker.address, server="Kafka", why="chaos")

    def _replicas(self) -> list[Replica]:
        logs = self.home / "logs"
        return [
            Replica(name, number, next(self._ports), logs / f"{name}-{number}.log")
            for number in range(self.copies)
            for name in services.NAMES
        ]

    def anew(self, name: str, broken: str | None) -> None:
        """Other services on the same servers, with topics, databases and a folder of their own."""
        self.home, self.prefix, self.broken = self.home.parent / name, name, broken
        self.died = []
        self.state.running = {}
        self.replicas = self._replicas()

    @property
    def settings(self) -> Settings:
        """As the services are told, for reading what they wrote."""
        assert self.state.mongodb is not None
        return Settings(
            mongodb_uri=self.state.mongodb.address, kafka=self.broker.address,
            database_prefix=self.prefix, topic_prefix=f"{self.prefix}.",
        )  # fmt: skip

    def addresses(self) -> dict[str, list[str]]:
        """Where each service's replicas listen."""
        return {name: [each.url for each in self.replicas if each.service == name] for name in services.NAMES}

    async def start(self) -> None:
        """Everything runs and is ready; servers that run already go on."""
        if self.state.mongodb is None:
            await self._start_servers()
        for replica in self.replicas:
            self.spawn(replica)
        await self.until_ready()

    async def _start_servers(self) -> None:
        self.broker.spawn()
        uri = await asyncio.to_thread(replica_set.start, self.mongos)
        self.state.mongodb = Server(address=uri, server="MongoDB", why="chaos")
        await asyncio.to_thread(self.broker.wait, _READY_SECONDS)

    def spawn(self, replica: Replica) -> None:
        """Start it; it is not ready yet."""
        own = {"database_prefix": self.prefix, "topic_prefix": f"{self.prefix}."}
        told = services.environment(self.state, log_format="json", **own)
        command: tuple[str, ...] = services.COMMANDS[replica.service]
        if self.broken:
            command = (sys.executable, "-m", "tests.chaos.broken", replica.service)
            told["PALABRA_CHAOS_BROKEN"] = self.broken
        env = {**told, "PALABRA_PORT": str(replica.port), "PALABRA_SWEEP_SECONDS": "5"}
        replica.running = process.spawn(command, log=replica.log, env=env, tied=True)
        if replica.number == 0:
            self.state.running[replica.service] = Running(process=replica.running, port=replica.port, log=replica.log)
            state.save(self.home, self.state)

    async def until_ready(self) -> None:
        """Every replica says that it is ready.

        Raises:
            UserError: one does not, for minutes; says what it lacks.
        """
        end = time.monotonic() + _READY_SECONDS
        async with httpx.AsyncClient(timeout=15, trust_env=False) as http:
            for replica in self.replicas:
                while lack := await _lacking(http, replica):
                    if time.monotonic() > end:
                        raise UserError(f"{replica.service}-{replica.number} is not ready: {lack}")
                    self.revive(replica)
                    await asyncio.sleep(0.3)

    def revive(self, replica: Replica) -> None:
        """One that ended by itself is remembered, and started again."""
        if replica.running is None or replica.running.alive():
            return
        self.died.append(f"{replica.service}-{replica.number} ended by itself; see {replica.log.name}")
        self.spawn(replica)

    async def stop_services(self) -> None:
        """No service runs any more; the servers go on."""
        for running in [replica.running for replica in self.replicas if replica.running is not None]:
            await asyncio.to_thread(running.kill)

    async def stop(self) -> None:
        """Nothing runs any more."""
        await self.stop_services()
        for kill in (self.broker.kill, *(member.kill for member in self.mongos)):
            await asyncio.to_thread(kill)


class Ports:
    """Free ports, one after the other."""

    def __init__(self, first: int) -> None:
        self._last = first - 1

    def __next__(self) -> int:
        """The next one."""
        self._last = net.next_free(self._last + 1)
        return self._last


async def _lacking(http: httpx.AsyncClient, replica: Replica) -> str | None:
    """What keeps it from being ready, as it says itself; None when nothing does."""
    try:
        answer = await http.get(f"{replica.url}/readyz")
    except httpx.HTTPError as error:
        return type(error).__name__
    return None if answer.is_success else answer.text
