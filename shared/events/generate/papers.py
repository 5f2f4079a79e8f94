"""Which files there are, what stands in them, and whether they are as they must be."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shared.events.generate.asyncapi import document
from shared.events.generate.compatible import incompatibilities
from shared.events.generate.markdown import page
from shared.events.generate.schemas import Spoken, lifecycle, reference, schema_of

SCHEMAS: Final = "shared/events/schemas"


@dataclass(frozen=True, slots=True)
class Paper:
    """A generated file: its place under the project's root, and its text. `frozen`: a published schema."""

    path: str
    text: str
    frozen: bool = False


def papers() -> list[Paper]:
    """Every generated file as it must be."""
    events, data = lifecycle(), reference()
    found = [paper for spoken in (*events, *data) for paper in _of(spoken)]
    found.append(Paper("docs/asyncapi.json", _json(document(events, data))))
    found.append(Paper("docs/events.md", page(events, data)))
    return found


def stale(root: Path, wanted: Iterable[Paper]) -> list[Paper]:
    """The files that are missing or say something else."""
    return [paper for paper in wanted if _read(root / paper.path) != paper.text]


def leftovers(root: Path, wanted: Iterable[Paper]) -> list[str]:
    """Files among the schemas that no class stands behind any more."""
    known = {paper.path for paper in wanted}
    there = (path.relative_to(root).as_posix() for path in (root / SCHEMAS).rglob("*") if path.is_file())
    return sorted(path for path in there if path not in known)


def frozen_breaks(root: Path, wanted: Iterable[Paper]) -> list[str]:
    """What a published schema may not change, and would; empty when every change is a new optional field."""
    return [*_changed(root, [paper for paper in wanted if paper.frozen]), *_gone(root, wanted)]


def _changed(root: Path, schemas: Iterable[Paper]) -> Iterator[str]:
    for paper in schemas:
        published = _read(root / paper.path)
        if published is None:
            continue
        try:
            old = json.loads(published)
        except ValueError:
            yield f"{paper.path}: is not JSON; take it from the version control"
            continue
        yield from (f"{paper.path}: {found}" for found in incompatibilities(old, json.loads(paper.text)))


def _gone(root: Path, wanted: Iterable[Paper]) -> list[str]:
    gone = [path for path in leftovers(root, wanted) if path.endswith("/schema.json")]
    return [f"{path}: no class says this any more, and it stays on the log for ever" for path in gone]


def _of(spoken: Spoken) -> list[Paper]:
    folder = f"{SCHEMAS}/{spoken.name}/{spoken.version}"
    return [
        Paper(f"{folder}/schema.json", _json(schema_of(spoken)), frozen=True),
        Paper(f"{folder}/example.json", _json(spoken.example)),
    ]


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
