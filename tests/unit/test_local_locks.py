"""Lock files: current, without addresses, and held to."""

import hashlib
import shutil
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from deploy.local import jars, locks
from deploy.local.errors import UserError

LOCKED = '[[jar]]\ngroup = "org.example"\nartifact = "word"\nversion = "1.0"\nsha256 = "{}"\n'


def test_the_locks_are_current_and_name_no_address() -> None:
    assert locks.problems() == []


def test_a_lock_that_names_an_address_is_found(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(locks.FOLDER, tmp_path / "requirements"))
    lock = folder / "local.txt"
    address = "https://example.org/simple"
    lock.write_text(f"--index-url {address}\n{lock.read_text()}")
    assert any("local.txt names an address" in problem for problem in locks.problems(folder))


def test_a_change_of_the_dependencies_is_found(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(locks.FOLDER, tmp_path / "requirements"))
    (folder / "locked.json").write_text("{}")
    assert any("make lock" in problem for problem in locks.problems(folder))


def test_every_jar_of_kafka_is_locked_by_its_hash() -> None:
    locked = jars.read(jars.LOCK)
    assert any(jar.name == f"kafka_2.13-{jars.KAFKA}.jar" for jar in locked)
    assert all(len(jar.sha256) == 64 for jar in locked)
    assert len({jar.name for jar in locked}) == len(locked)


class Quiet(SimpleHTTPRequestHandler):
    """Says nothing of what it serves."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Nothing."""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A Maven repository with one jar, served over HTTP; the path of the jar."""
    jar = tmp_path / "maven" / "org" / "example" / "word" / "1.0" / "word-1.0.jar"
    jar.parent.mkdir(parents=True)
    jar.write_bytes(b"as published")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "maven"))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("PALABRA_MAVEN", f"http://127.0.0.1:{server.server_address[1]}")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield jar
        server.shutdown()


def lock(folder: Path) -> Path:
    """A lock of that one jar as published."""
    path = folder / "lock.toml"
    path.write_text(LOCKED.format(hashlib.sha256(b"as published").hexdigest()))
    return path


def test_a_jar_is_fetched_once_and_again_when_it_was_damaged(tmp_path: Path, repository: Path) -> None:
    said: list[str] = []
    (path,) = jars.fetch(tmp_path / "cache", said.append, lock(tmp_path))
    assert path.read_bytes() == repository.read_bytes()
    assert said
    said.clear()
    jars.fetch(tmp_path / "cache", said.append, lock(tmp_path))
    assert not said
    path.write_bytes(b"as pub")
    jars.fetch(tmp_path / "cache", said.append, lock(tmp_path))
    assert path.read_bytes() == b"as published"


def test_a_jar_that_is_not_the_locked_one_is_refused(tmp_path: Path, repository: Path) -> None:
    repository.write_bytes(b"as somebody else would like it")
    with pytest.raises(UserError, match=r"word:1\.0 is not the file that was locked"):
        jars.fetch(tmp_path / "cache", lambda _: None, lock(tmp_path))
    assert not list((tmp_path / "cache").rglob("*.jar"))


def test_without_network_it_says_what_to_do(tmp_path: Path, repository: Path) -> None:
    repository.unlink()
    with pytest.raises(UserError, match="PALABRA_KAFKA"):
        jars.fetch(tmp_path / "cache", lambda _: None, lock(tmp_path))
