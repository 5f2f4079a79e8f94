"""JSON that all readers read alike names no field twice. Source: RFC 8259, 4."""

import json
from collections.abc import Sequence
from typing import Any


class NamedTwice(ValueError):  # noqa: N818 - says what is wrong with the body
    """A field is there twice, so that two readers would read it in two ways."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the field {name!r} is there twice")
        self.name = name


def names_once(body: bytes) -> None:
    """No object in this JSON names a field twice.

    Raises:
        NamedTwice: one does; names the first such field.
        ValueError: it is no JSON.
    """
    json.loads(body, object_pairs_hook=_once)


def _once(pairs: Sequence[tuple[str, Any]]) -> None:
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise NamedTwice(next(name for place, name in enumerate(names) if name in names[:place]))
