"""MongoDB and Kafka for a stack: chosen, started where they do not run yet, and ready when this is done."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field

from deploy.local import jars, kafka, mongodb, net, replica_set
from deploy.local.errors import UserError
from deploy.local.files import CACHE
from deploy.local.home import Home, Progress
from deploy.local.state import Running, Server


@dataclass(slots=True)
class Servers:
    """Starts what is missing of the two servers, both at once; `started` names what it started."""

    home: Home
    progress: Progress
    started: list[str] = field(default_factory=list)

    def up(self) -> None:
        """Both answer, and the home's state says where."""
        waits = [self._mongodb(), self._kafka()]
        for wait in waits:
            wait()

    def _mongodb(self) -> Callable[[], None]:
        state = self.home.state
        if given := os.environ.get("PALABRA_MONGODB_URI"):
            name = f"MongoDB {_version_of(given)} (PALABRA_MONGODB_URI)"
            return self._use_given("mongodb", Server(address=given, server=name, why="PALABRA_MONGODB_URI names it"))
        if state.alive("mongodb"):
            return lambda: None
        mongod = mongodb.find()
        port = self.home.port("mongodb", keep=True)
        server = mongodb.MongoServer(mongod, self.home.path / "mongodb", port, self.home.log("mongodb"))
        self._remember("mongodb", Running(process=server.spawn(), port=port, log=server.log))
        name = f"MongoDB {mongod.version} (local)"
        state.mongodb = Server(address=server.uri, server=name, why=mongod.why)

        def wait() -> None:
            self.progress.doing(f"starting MongoDB {mongod.version}")
            server.wait()
            replica_set.initiate([server])
            self.progress.done(f"MongoDB {mongod.version} on {server.address}: {mongod.why}")

        return wait

    def _kafka(self) -> Callable[[], None]:
        state = self.home.state
        if given := os.environ.get("PALABRA_KAFKA"):
            _check_kafka(given)
            server_given = Server(address=given, server="Kafka (PALABRA_KAFKA)", why="PALABRA_KAFKA names it")
            return self._use_given("kafka", server_given)
        if state.alive("kafka"):
            return lambda: None
        port, log = self.home.port("kafka", keep=True), self.home.log("kafka")
        paths = jars.fetch(CACHE, self.progress.doing)
        server = kafka.KafkaServer(paths, self.home.path / "kafka", port, net.any_free(), log)
        self.progress.doing(f"starting Apache Kafka {jars.KAFKA}")
        self._remember("kafka", Running(process=server.spawn(), port=port, log=log))
        why = "from Maven coordinates with a Java from PyPI, because PALABRA_KAFKA is not set"
        state.kafka = Server(address=server.address, server=f"Apache Kafka {jars.KAFKA} (local)", why=why)

        def wait() -> None:
            self.progress.doing(f"starting Apache Kafka {jars.KAFKA}")
            server.wait()
            self.progress.done(f"Apache Kafka {jars.KAFKA} on {server.address}: {why}")

        return wait

    def _remember(self, name: str, running: Running) -> None:
        self.started.append(name)
        self.home.remember(name, running)

    def _use_given(self, name: str, server: Server) -> Callable[[], None]:
        if running := self.home.state.alive(name):
            running.process.stop(30)
        self.home.state.running.pop(name, None)
        setattr(self.home.state, name, server)
        return lambda: self.progress.done(f"{server.server}: {server.why}")


def _check_kafka(given: str) -> None:
    host, _, port = given.split(",", maxsplit=1)[0].rpartition(":")
    if not host or not port.isdigit():
        raise UserError(f"PALABRA_KAFKA={given}: not host:port")
    if lack := net.not_kafka(host, int(port)):
        raise UserError(f"PALABRA_KAFKA={given}: {lack}")


def _version_of(given: str) -> str:
    try:
        return replica_set.version(given)
    except UserError as problem:
        raise UserError(f"PALABRA_MONGODB_URI: {problem}") from problem
