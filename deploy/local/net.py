"""Ports of this machine, and whether something answers there."""

import socket
import struct
import time
from collections.abc import Callable, Collection
from pathlib import Path

from deploy.local import files
from deploy.local.errors import UserError
from deploy.local.process import Process

Missing = Callable[[], str | None]
"""Says what is still missing; None when nothing is."""

LOOPBACK = "127.0.0.1"
_HIGHEST = 65_535


def is_free(port: int) -> bool:
    """Whether we could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def next_free(wanted: int, *, avoid: Collection[int] = ()) -> int:
    """`wanted` if it is free, else the next one above that is; `avoid` is kept for others."""
    for port in range(wanted, _HIGHEST + 1):
        if port not in avoid and is_free(port):
            return port
    raise UserError(f"no free port from {wanted} upwards")


def any_free() -> int:
    """A port that the system says is free now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def silent(host: str, port: int) -> str | None:
    """None when something takes connections there, else why not."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError as problem:
        return f"nothing takes connections on {host}:{port} ({problem})"
    return None


def not_kafka(host: str, port: int) -> str | None:
    """None when a broker answers there to the first question of every client (ApiVersions, version 0), else why not."""
    question = struct.pack(">hhih", 18, 0, 7, -1)
    try:
        with socket.create_connection((host, port), timeout=2) as connection:
            connection.sendall(struct.pack(">i", len(question)) + question)
            answer = connection.recv(10)
    except OSError as problem:
        return f"no Kafka answers on {host}:{port} ({problem})"
    # Size, the number of our question, no error.
    right = len(answer) == struct.calcsize(">iih") and struct.unpack(">iih", answer)[1:] == (7, 0)
    return None if right else f"what answers on {host}:{port} is no Kafka"


def wait_for(what: str, missing: Missing, *, process: Process, log: Path, seconds: float) -> None:
    """Return once nothing is `missing` (its answer is None). An error says what is, with the end of the log."""
    end = time.monotonic() + seconds
    while lack := missing():
        if not process.alive():
            raise failure(f"{what} ended while it was starting", log)
        if time.monotonic() > end:
            raise failure(f"{what} was not ready after {seconds:.0f} s: {lack}", log)
        time.sleep(0.05)
    if not process.alive():
        raise failure(f"{what} ended; something else answers in its place", log)


def last_lack(missing: Missing, seconds: float) -> str | None:
    """None as soon as nothing is missing; what still is when the time is up."""
    end = time.monotonic() + seconds
    while (lack := missing()) and time.monotonic() < end:
        time.sleep(0.05)
    return lack


def failure(reason: str, log: Path) -> UserError:
    """The reason with the log's last lines."""
    said = files.tail(log)
    return UserError(f"{reason}. The end of {log}:\n{said}" if said else f"{reason}; {log} is empty")
