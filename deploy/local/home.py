"""A stack's folder: its state, its logs, and the ports it takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from deploy.local import net, state
from deploy.local.state import ClockState, Running, State


class Progress(Protocol):
    """Shows a person what goes on."""

    def doing(self, text: str) -> None:
        """This is being done now."""

    def done(self, text: str) -> None:
        """This is done; it stays on the screen."""


class Silent:
    """Shows nothing."""

    def doing(self, text: str) -> None:
        """Nothing."""

    def done(self, text: str) -> None:
        """Nothing."""


@dataclass(slots=True)
class Home:
    """The folder `path` and what is remembered there."""

    path: Path
    state: State
    first_ports: Mapping[str, int]

    @classmethod
    def open(cls, path: Path, *, rate: float | None, first_ports: Mapping[str, int]) -> "Home":
        """What is there, or a new stack. Another rate than the one before takes effect from now on."""
        found = state.load(path) or State(clock=ClockState.new(rate or 1))
        found.clock = found.clock.at_rate(rate)
        return cls(path, found, first_ports)

    def log(self, name: str) -> Path:
        """Where that process logs."""
        return self.path / "logs" / f"{name}.log"

    def port(self, name: str, *, keep: bool = False) -> int:
        """Its own port, or the next free one where that is taken. `keep`: the one it had before comes first."""
        before = self.state.last_ports.get(name)
        if keep and before is not None and net.is_free(before):
            return before
        others = {port for other, port in self.first_ports.items() if other != name}
        others |= {running.port for other, running in self.state.running.items() if other != name}
        return net.next_free(self.first_ports[name], avoid=others)

    def remember(self, name: str, running: Running) -> None:
        """It runs now; saved at once, so that nothing is left running unknown."""
        self.state.running[name] = running
        self.state.last_ports[name] = running.port
        self.save()

    def save(self) -> None:
        """Write the state down."""
        state.save(self.path, self.state)
