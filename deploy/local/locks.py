"""Whether the lock files belong to what `pyproject.toml` and `jars.py` ask for; `make check` runs this, offline.

`--write` is the last step of `make lock`: it notes in `requirements/locked.json` what was locked.
"""

import hashlib
import json
import re
import sys
import tomllib
from pathlib import Path

from deploy.local import files, jars

FOLDER = files.ROOT / "requirements"
NOTE = FOLDER / "locked.json"
_ADDRESS = re.compile(r"://|^\s*--(index-url|extra-index-url|find-links|trusted-host)", re.MULTILINE)


def asked() -> dict[str, str]:
    """A fingerprint of everything that decides what is locked."""
    project = tomllib.loads((files.ROOT / "pyproject.toml").read_text())
    python = {
        "requires": project["project"]["requires-python"],
        "dependencies": project["project"]["dependencies"],
        "extras": project["project"]["optional-dependencies"],
        "build": project["build-system"]["requires"],
    }
    return {"python": _digest(python), "kafka": _digest(list(jars.ROOTS))}


def problems(folder: Path = FOLDER) -> list[str]:
    """What is wrong with the locks; empty when they are current and name no address."""
    found = []
    note = folder / NOTE.name
    if not note.exists() or json.loads(note.read_text()) != asked():
        found.append("the dependencies have changed since they were locked: run `make lock`")
    for name in ("runtime.txt", "local.txt", "dev.txt", jars.LOCK.name):
        lock = folder / name
        if not lock.exists():
            found.append(f"requirements/{name} is missing: run `make lock`")
        elif _ADDRESS.search(lock.read_text()):
            found.append(f"requirements/{name} names an address; a lock holds versions and hashes only")
    return found


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


if __name__ == "__main__":
    if "--write" in sys.argv:
        NOTE.write_text(json.dumps(asked(), indent=2) + "\n")
    sys.exit("\n".join(problems()) or 0)
