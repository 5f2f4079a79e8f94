"""The load generator: `wrk` (Debian's), with a script that makes each request its own."""

import asyncio
import json
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.world import KEY

_SCRIPT: Final = Path(__file__).with_name("load.lua")
CUSTOMERS: Final = 20_000
"""How many different people complain."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a run gave. Milliseconds."""

    requests: int
    """That were answered."""
    refused: int
    """Of these: answered with an error."""
    seconds: float
    p50: float
    p99: float
    bad: int
    """Refused, not answered, or not sent."""

    @property
    def accepted(self) -> int:
        """Good answers."""
        return self.requests - self.refused

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return self.accepted / self.seconds


def why_not() -> str | None:
    """None when wrk is there; else what to do."""
    return None if shutil.which("wrk") else "wrk is not on PATH (Debian, Ubuntu: apt-get install wrk)"


async def run(url: str, *, connections: int, seconds: float, delay_ms: int = 0, customers: int = CUSTOMERS) -> Load:
    """POSTs for that time, each connection one after the other.

    Raises:
        RuntimeError: it said nothing that can be read.
    """
    threads = min(2, connections)
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "10s"]
    arguments = [KEY, secrets.token_hex(4), str(customers), str(delay_ms)]
    child = await asyncio.create_subprocess_exec(
        *command, "-s", str(_SCRIPT), url, "--", *arguments, stdout=asyncio.subprocess.PIPE
    )
    try:
        out, _ = await child.communicate()
    except BaseException:
        child.kill()
        raise
    _, found, result = out.decode().partition("RESULT ")
    if not found:
        raise RuntimeError(f"wrk said nothing of use: {out.decode()[-500:]}")
    return Load(**json.loads(result.splitlines()[0]))
