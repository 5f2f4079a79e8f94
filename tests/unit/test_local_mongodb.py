"""Which `mongod` is run, and what is said when none can be."""

from pathlib import Path

import pytest

from deploy.local import mongodb
from deploy.local.errors import UserError

NO_CURL = "mongod: error while loading shared libraries: libcurl.so.4: cannot open shared object file"


def program(folder: Path, said: str, code: int = 0) -> Path:
    """A `mongod` that says that and no more."""
    path = folder / "mongod"
    path.write_text(f"#!/bin/sh\necho '{said}'\nexit {code}\n")
    path.chmod(0o755)
    return path


def test_a_missing_libcurl_is_named_with_its_package(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="apt-get install libcurl4"):
        mongodb.check(program(tmp_path, NO_CURL, 127), "a test")


def test_the_mongod_on_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = program(tmp_path, "db version v8.0.4")
    monkeypatch.setenv("PATH", str(tmp_path))
    found = mongodb.find()
    assert (found.binary, found.version) == (path, "8.0.4")
    assert "PATH" in found.why


def test_an_old_mongod_on_path_is_passed_over_and_it_is_said_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "db version v3.6.8")
    monkeypatch.setenv("PATH", str(tmp_path))
    found = mongodb.find()
    assert found.version == "6.0.5"
    assert "too old (3.6.8)" in found.why
