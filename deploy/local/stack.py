"""The whole system on this machine: MongoDB, Kafka and the four services, started, looked after and stopped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from deploy.local import files, net, process, services, state
from deploy.local.home import Home, Progress, Silent
from deploy.local.servers import Servers
from deploy.local.state import Running, State

STOP_ORDER = ("kafka", "mongodb")
"""After the services, which need both to end well."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack whose data, logs and state lie in `home`. Another home is another stack, beside it.

    `rate` None keeps the clock's rate (1 at first). `prefix` keeps stacks apart on servers that they share.
    """

    home: Path = files.HOME
    rate: float | None = None
    commands: Mapping[str, Sequence[str]] = field(default_factory=lambda: services.COMMANDS)
    first_ports: Mapping[str, int] = field(default_factory=lambda: services.PORTS)
    log_format: str = "json"
    database_prefix: str = "palabra"
    topic_prefix: str = ""
    ready_seconds: float = 90

    def up(self, progress: Progress | None = None) -> tuple[State, list[str]]:
        """Everything runs and is ready; the names of what had to be started. What ran already goes on running.

        If anything cannot be started, what this call started is stopped again.
        """
        progress = progress or Silent()
        with files.locked(self.home / "stack.lock"):
            home = Home.open(self.home, rate=self.rate, first_ports=self.first_ports)
            servers = Servers(home, progress)
            started = servers.started
            try:
                servers.up()
                self._services(home, progress, started)
            except BaseException:
                progress.doing("stopping what was started")
                _stop(home, started)
                raise
            home.save()
            return home.state, started

    def down(self, progress: Progress | None = None) -> list[str]:
        """Nothing of this stack runs; the names of what did. Data, key and clock stay."""
        progress = progress or Silent()
        if state.load(self.home) is None:
            return []
        with files.locked(self.home / "stack.lock"):
            home = Home.open(self.home, rate=None, first_ports=self.first_ports)
            running = [name for name in home.state.running if home.state.alive(name)]
            _stop(home, list(home.state.running), progress)
            return running

    def state(self) -> State | None:
        """What is remembered of it; None if it was never started."""
        return state.load(self.home)

    def _services(self, home: Home, progress: Progress, started: list[str]) -> None:
        told = services.environment(
            home.state,
            log_format=self.log_format,
            database_prefix=self.database_prefix,
            topic_prefix=self.topic_prefix,
        )
        settings = services.fingerprint(told)
        for name in self.commands:
            running = home.state.alive(name)
            if running is not None and running.settings == settings:
                continue
            if running is not None:
                progress.doing(f"stopping {name}, whose settings have changed")
                running.process.stop(20)
            home.state.running.pop(name, None)
            port = home.port(name)
            env = {**told, "PALABRA_PORT": str(port)}
            born = process.spawn(self.commands[name], log=home.log(name), env=env)
            started.append(name)
            home.remember(name, Running(process=born, port=port, log=home.log(name), settings=settings))
        for name in self.commands:
            self._wait(name, home.state.running[name], progress, fresh=name in started)

    def _wait(self, name: str, running: Running, progress: Progress, *, fresh: bool) -> None:
        progress.doing(f"waiting for {name}")
        missing = partial(services.not_ready, running.port)
        net.wait_for(name, missing, process=running.process, log=running.log, seconds=self.ready_seconds)
        if fresh:
            progress.done(f"{name} on {services.url(running.port)}")


def _stop(home: Home, names: Sequence[str], progress: Progress | None = None) -> None:
    """Services first and together, then Kafka, then MongoDB; killed after a deadline."""
    progress = progress or Silent()
    together = [name for name in names if name not in STOP_ORDER]
    were = [name for name in names if home.state.alive(name)]
    for name in together:
        home.state.running[name].process.send(process.TERM)
    for name in [*together, *(name for name in STOP_ORDER if name in names)]:
        running = home.state.running.get(name)
        if running is None:
            continue
        progress.doing(f"stopping {name}")
        gently = running.process.stop(20)
        del home.state.running[name]
        home.save()
        if name in were:
            progress.done(f"{name} stopped" if gently else f"{name} did not stop by itself and was killed")
