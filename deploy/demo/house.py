"""The demo's own stack: fresh each time, on other ports and data than the normal one, with a clock that runs fast."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from deploy.local import files, state
from deploy.local.apart import run_apart
from deploy.local.errors import UserError
from deploy.local.home import Progress
from deploy.local.stack import Stack
from deploy.local.state import ClockState, State
from shared import mongo
from shared.clock import real_now

HOME: Final = files.HOME / "demo"
PORTS: Final = {"intake": 8201, "routing": 8202, "followup": 8203, "metrics": 8204, "kafka": 9192, "mongodb": 27117}
ZONE: Final = ZoneInfo("Europe/Madrid")
"""Where the sample teams work."""

_GIVEN: Final = ("PALABRA_KAFKA", "PALABRA_MONGODB_URI")
_FIRST_HOUR: Final = 16
"""Of a Sunday: while the stack starts the night passes, so that the first complaints come on Monday."""


def _prefix() -> str:
    """Apart from everything else on servers that somebody gave us; servers of our own hold nothing else."""
    given = any(os.environ.get(name) for name in _GIVEN)
    return f"palabra_demo_{secrets.token_hex(4)}" if given else "palabra_demo"


@dataclass(frozen=True, slots=True)
class House:
    """Where the demo happens."""

    home: Path
    rate: float
    prefix: str = field(default_factory=_prefix)

    @property
    def stack(self) -> Stack:
        """The stack; its topics and databases have names of their own."""
        return Stack(
            self.home,
            rate=self.rate,
            first_ports=PORTS,
            database_prefix=self.prefix,
            topic_prefix=f"{self.prefix}.",
            ready_seconds=180,
        )

    def enter(self, progress: Progress) -> State:
        """Everything runs, and nothing is left of an earlier demo."""
        self.stack.down(progress)
        for name in ("kafka", "mongodb", "logs"):
            shutil.rmtree(self.home / name, ignore_errors=True)
        state.save(self.home, State(clock=_clock(self.rate)))
        return self.stack.up(progress)[0]

    def leave(self, progress: Progress) -> None:
        """Nothing of it runs; on a MongoDB that was given, nothing of it is left."""
        known = self.stack.state()
        self.stack.down(progress)
        if known and known.mongodb and os.environ.get("PALABRA_MONGODB_URI"):
            run_apart(drop_databases(known.mongodb.address, self.prefix))


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """No other demo uses this folder while the block runs.

    Raises:
        UserError: one does.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UserError(f"another demo is running in {home}") from error
        yield


def _clock(rate: float) -> ClockState:
    """From the last Sunday on, so that the working week begins."""
    now = real_now()
    local = now.astimezone(ZONE)
    sunday = local.date() - timedelta(days=local.isoweekday() % 7)
    origin = datetime(sunday.year, sunday.month, sunday.day, _FIRST_HOUR, tzinfo=ZONE)
    return ClockState(rate=rate, real_origin=now, origin=origin.astimezone(now.tzinfo))


async def drop_databases(uri: str, prefix: str) -> None:
    """That MongoDB holds no database of a stack with this prefix."""
    client = mongo.connect(uri)
    try:
        for name in await client.list_database_names():
            if name.startswith(f"{prefix}_"):
                await client.drop_database(name)
    finally:
        client.close()
