"""What a stack remembers between commands, in `stack.json`: its key, its clock, and what runs for it."""

import secrets
from datetime import datetime
from pathlib import Path
from typing import Self

from pydantic import BaseModel, Field, ValidationError

from deploy.local.errors import UserError
from deploy.local.process import Process
from shared.clock import ProductClock, real_now


class ClockState(BaseModel):
    """The product clock: `origin` was shown at `real_origin`, and it runs at `rate` since."""

    rate: float
    real_origin: datetime
    origin: datetime

    @classmethod
    def new(cls, rate: float) -> Self:
        """Starts at the machine's time."""
        now = real_now()
        return cls(rate=rate, real_origin=now, origin=now)

    def at_rate(self, rate: float | None) -> "ClockState":
        """The same clock, from now on at another rate; it goes on from what it shows."""
        if rate is None or rate == self.rate:
            return self
        shows = ProductClock(self.rate, self.real_origin, self.origin).now()
        return ClockState(rate=rate, real_origin=real_now(), origin=shows)


class Server(BaseModel):
    """The Kafka or MongoDB in use. `address` is what clients are given; `why` says why this one."""

    address: str
    server: str
    why: str


class Running(BaseModel):
    """A process of the stack. `settings` is a fingerprint of what it was started with."""

    process: Process
    port: int
    log: Path
    settings: str = ""


class State(BaseModel):
    """The whole of `stack.json`."""

    key: str = Field(default_factory=lambda: f"palabra_dev_{secrets.token_urlsafe(24)}")
    clock: ClockState
    kafka: Server | None = None
    mongodb: Server | None = None
    running: dict[str, Running] = {}
    last_ports: dict[str, int] = {}

    def alive(self, name: str) -> Running | None:
        """The process of that name, if it still runs."""
        found = self.running.get(name)
        return found if found is not None and found.process.alive() else None


def load(home: Path) -> State | None:
    """What was remembered there, if anything."""
    try:
        return State.model_validate_json((home / "stack.json").read_text())
    except FileNotFoundError:
        return None
    except ValidationError as problem:
        raise UserError(f"{home / 'stack.json'} cannot be read; `make clean` removes the stack. {problem}") from problem


def save(home: Path, state: State) -> None:
    """Remember it; whole or not at all, and for this user only, for it holds a key."""
    home.mkdir(parents=True, exist_ok=True)
    fresh = home / "stack.json.new"
    fresh.touch(mode=0o600)
    fresh.write_text(state.model_dump_json(indent=2))
    fresh.replace(home / "stack.json")
