"""Servers of our own for a benchmark, and one process of a service at a time on them."""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local import net, process, services
from deploy.local.backends import Backends
from shared.mongo import connect
from shared.settings import Settings
from tests.bench.figures import Row

KEY: Final = "a-key-for-the-benchmark"
AUTH: Final = {"Authorization": f"Bearer {KEY}"}
_READY_SECONDS: Final = 60.0
_PREFIX: Final = f"bench{os.getpid()}"


@dataclass(slots=True)
class Server:
    """A process that listens."""

    name: str
    port: int
    process: process.Process
    log: Path

    @property
    def url(self) -> str:
        """Where."""
        return services.url(self.port)

    @property
    def pid(self) -> int:
        """Its process."""
        return self.process.pid


@dataclass(slots=True)
class World:
    """The two servers, the folder of the logs, and how much is asked for."""

    backends: Backends
    home: Path
    quick: bool = False
    full: bool = False
    say: Callable[[str], None] = print
    memory: dict[tuple[str, str], float] = field(default_factory=dict)
    known: dict[str, list[Row]] = field(default_factory=dict)
    """The tables so far; those of a part that may fail later, too: what is in them by then is kept."""
    _count: int = 0

    def fresh(self) -> Settings:
        """Settings with topics and databases that nobody has used."""
        self._count += 1
        prefix = f"{_PREFIX}x{self._count}"
        return Settings(
            mongodb_uri=self.backends.mongodb, kafka=self.backends.kafka,
            database_prefix=prefix, topic_prefix=f"{prefix}.",
        )  # fmt: skip

    @contextmanager
    def service(self, name: str, settings: Settings, only: str = "all", *, ready: bool = True) -> Iterator[Server]:
        """One process of the service while the block runs."""
        command = [sys.executable, "-m", f"services.{name}.main", "--only", only]
        with self.started(f"{name}-{only}", command, settings) as server:
            if ready:
                wait_ready(server)
            yield server

    @contextmanager
    def started(self, name: str, command: Sequence[str], settings: Settings) -> Iterator[Server]:
        """The command as a process that is told the settings and a port."""
        port = net.any_free()
        told = {
            "PALABRA_MONGODB_URI": settings.mongodb_uri,
            "PALABRA_KAFKA": settings.kafka,
            "PALABRA_DATABASE_PREFIX": settings.database_prefix,
            "PALABRA_TOPIC_PREFIX": settings.topic_prefix,
            "PALABRA_ADMIN_KEY": KEY,
            "PALABRA_SEED": "sample",
            "PALABRA_PORT": str(port),
        }
        log = self.home / f"{name}.log"
        running = process.spawn(command, log=log, env=told, tied=True)
        try:
            yield Server(name, port, running, log)
        finally:
            running.stop(15)

    def remember(self, process: str, when: str, megabytes: float) -> None:
        """The most memory that a process of this kind took after this part."""
        self.memory[process, when] = max(round(megabytes, 1), self.memory.get((process, when), 0.0))

    async def clean(self) -> None:
        """Databases and topics of the parts so far are gone: what comes next has the servers for itself."""
        client = connect(self.backends.mongodb)
        for name in await client.list_database_names():
            if name.startswith(_PREFIX):
                await client.drop_database(name)
        client.close()
        admin = AIOKafkaAdminClient(bootstrap_servers=self.backends.kafka)
        await admin.start()
        try:
            await admin.delete_topics([name for name in await admin.list_topics() if name.startswith(_PREFIX)])
        finally:
            await admin.close()


def wait_ready(server: Server, path: str = "/readyz") -> None:
    """It says that it is ready.

    Raises:
        RuntimeError: it does not, in a minute.
    """
    end = time.monotonic() + _READY_SECONDS
    while time.monotonic() < end and server.process.alive():
        try:
            if httpx.get(f"{server.url}{path}", timeout=5, trust_env=False).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"{server.name} is not ready; see {server.log}: {server.log.read_text()[-2000:]}")


def folder() -> Path:
    """A scratch folder for logs."""
    return Path(tempfile.mkdtemp(prefix="palabra-bench-"))
