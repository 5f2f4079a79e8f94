"""Where things lie, and who may change them now."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The project's checkout."""

HOME = ROOT / ".local"
"""Data, logs and state of the normal stack."""

CACHE = HOME / "cache"
"""What was downloaded; shared by all stacks of this checkout."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Nobody else holds the lock at `path` while the block runs. Waits for it; the system frees it if we die."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def rotate(log: Path, limit: int = 10_000_000) -> None:
    """Make room: a log over `limit` bytes becomes `NAME.log.1`, in the place of the one before it."""
    if log.exists() and log.stat().st_size > limit:
        log.replace(log.with_name(log.name + ".1"))


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, empty if there is none."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - 300 * lines))
            return last(file.read().decode(errors="replace"), lines)
    except FileNotFoundError:
        return ""


def last(text: str, lines: int = 15) -> str:
    """The last lines of a text."""
    return "\n".join(text.splitlines()[-lines:])
