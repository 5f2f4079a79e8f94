"""Processes that outlive the command which started them, found again without taking a stranger for one of them."""

import functools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from deploy.local import files

TERM = signal.SIGTERM

# PR_SET_PDEATHSIG, SIGKILL; it holds across exec. Whose parent is gone before that goes too.
_TIE = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 9)
if os.getppid() == int(sys.argv[1]):
    os.execvp(sys.argv[2], sys.argv[2:])
"""

_children: dict[int, subprocess.Popen[bytes]] = {}
"""Those this very process started; they must be waited for, or they stay as zombies."""


class Process(BaseModel):
    """One process of the machine. `born` (boot and start time) tells it from a later one with the same pid."""

    model_config = ConfigDict(frozen=True)

    pid: int
    born: str

    def alive(self) -> bool:
        """Whether it still runs. A zombie does not."""
        child = _children.get(self.pid)
        if child is not None and child.poll() is not None:
            del _children[self.pid]
            return False
        return birth(self.pid) == self.born

    def send(self, number: signal.Signals) -> None:
        """Pass the signal on; nothing happens if the process is gone."""
        if self.alive():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it and its children at once, as a crash would (SIGKILL to its session's group)."""
        if self.alive():
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self.wait(10)

    def wait(self, seconds: float) -> bool:
        """Whether it has ended within that time."""
        end = time.monotonic() + seconds
        while self.alive():
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True

    def stop(self, seconds: float) -> bool:
        """Ask it to end, and make it end after the deadline. True when it went by itself."""
        self.send(signal.SIGTERM)
        if self.wait(seconds):
            return True
        self.kill()
        return False


def spawn(command: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None, tied: bool = False) -> Process:
    """Start a process in a session of its own, so that neither our end nor Ctrl-C in our terminal ends it.

    Both its outputs are appended to `log`; `env` is added to our environment. `tied`: for tests, it is killed when the
    thread that starts it ends, however it ends.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    files.rotate(log)
    with log.open("ab") as out:
        child = subprocess.Popen(  # noqa: S603 - our own commands, no shell
            [*([sys.executable, "-c", _TIE, str(os.getpid())] if tied else []), *command],
            cwd=files.ROOT,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    born = birth(child.pid)
    _children[child.pid] = child
    return Process(pid=child.pid, born=born or "gone")


def run(command: Sequence[str]) -> tuple[int, str]:
    """Run a short command to its end: its exit code and all that it said."""
    done = subprocess.run(list(command), capture_output=True, text=True, check=False)  # noqa: S603 - our own commands
    return done.returncode, done.stdout + done.stderr


def birth(pid: int) -> str | None:
    """When a living process began, as boot id and clock ticks since boot; None where there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # After the name, which may hold anything and ends at the last bracket: state first, start time as the 20th.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" and _threads(pid) < 2 else f"{_boot()}/{fields[19]}"  # noqa: PLR2004


def _threads(pid: int) -> int:
    """How many threads there are; a killed process is a zombie while its others still hold its files and ports."""
    try:
        return len(list(Path(f"/proc/{pid}/task").iterdir()))
    except OSError:
        return 0


@functools.cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return "boot"
