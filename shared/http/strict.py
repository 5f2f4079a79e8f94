"""JSON that all readers read alike names no field twice. Source: RFC 8259, 4."""

import json
from collections.abc import Sequence
from typing import Any, Final

CHECKED: Final = "palabra.checked"
"""Set in the scope of a request whose whole body has been found to name no field twice."""


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
    _DECODER.decode(body.decode())


def _once(pairs: Sequence[tuple[str, Any]]) -> None:
    if len(dict(pairs)) < len(pairs):
        names = [name for name, _ in pairs]
        raise NamedTwice(next(name for place, name in enumerate(names) if name in names[:place]))


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_once)
