"""Lists: `{"items": [...], "next": cursor or null}`, by keyset cursors that stay right while things are added."""

import base64
import binascii
import json
from datetime import datetime
from typing import Annotated, Any, Final, Generic, TypeVar

from fastapi import Query

from shared.decision import Invalid
from shared.events.values import to_instant
from shared.http.parts import View

T = TypeVar("T")
_BEYOND: Final = 2**63

Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]


class Page(View, Generic[T]):
    """A piece of a list; `next` asks for the following one, None at the end."""

    items: list[T]
    next: str | None = None


def encode_cursor(*values: Any) -> str:
    """An opaque cursor of the values that the list is ordered by."""
    parts = [{"t": value.isoformat()} if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    """A value of a cursor, if a store can look for it.

    Raises:
        ValueError: a number of more than 64 bits, or half a surrogate pair.
    """
    if isinstance(value, int) and not -_BEYOND <= value < _BEYOND:
        raise ValueError("more than 64 bits")
    if isinstance(value, str):
        value.encode()
    return value


def decode_cursor(text: str, *kinds: type) -> list[Any]:
    """The values of a cursor.

    Args:
        text: what `encode_cursor` made.
        kinds: the types that the values must have.

    Raises:
        Invalid: it is none of ours.
    """
    try:
        parts = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        values = [to_instant(datetime.fromisoformat(p["t"])) if isinstance(p, dict) else _plain(p) for p in parts]
    except (ValueError, TypeError, KeyError, binascii.Error, RecursionError, OverflowError) as error:
        raise Invalid("this cursor is none of ours", errors=[("cursor", "use `next` as it came")]) from error
    fits = not kinds or (
        len(values) == len(kinds) and all(isinstance(v, k) for v, k in zip(values, kinds, strict=True))
    )
    if not fits:
        raise Invalid("this cursor belongs to another list", errors=[("cursor", "use `next` as it came")])
    return values
