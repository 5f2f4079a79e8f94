"""A row becomes a complaint, as a line of a batch: dates read, empties left out, a reference that stays the same."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from deploy.cli.importing.maps import Map
from deploy.cli.importing.rows import Row

EMPTY: Final = frozenset({"", "none", "n/a", "null", "nan", "none provided", "not provided", "not available"})
_DATES: Final = ("received_at", "occurred_at", "customer_contacted_at")
_STYLES: Final = ("%m/%d/%Y", "%m/%d/%y")
_TIMES: Final = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_KNOWN_BY: Final = ("name", "email", "phone", "external_id")
_FLAGS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_FLAG_FIELDS: Final = ("anonymous", "internal")


class Unreadable(ValueError):  # noqa: N818 - says what is wrong with the row, not with us
    """The row cannot become a complaint; says why."""


class Maker:
    """Makes lines of rows. Counts equal rows, so that the second of two gets a reference of its own."""

    def __init__(self, *, live: bool, zone: tzinfo, mapping: Map | None) -> None:
        self._live = live
        self._zone = zone
        self._map = mapping
        self._seen: Counter[str] = Counter()

    def line(self, row: Row) -> dict[str, Any]:
        """The complaint, ready to be sent.

        Raises:
            Unreadable: the row cannot be read.
        """
        if row.problem is not None:
            raise Unreadable(row.problem)
        told = dict(row.cells) if self._map is None else self._mapped(row.cells, self._map)
        for field in _DATES:
            if isinstance(told.get(field), str):
                told[field] = self._instant(field, told[field])
        if self._live:
            self._as_live(told)
        else:
            told["historical"] = True
        reference = self._reference(row)
        if told.get("external_reference") is None:
            told["external_reference"] = reference
        person = told.get("complainant") or {}
        if isinstance(person, dict) and not any(person.get(field) for field in _KNOWN_BY):
            told["complainant"] = person | {"anonymous": True}
        return told

    def _mapped(self, cells: Mapping[str, str], mapping: Map) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for field, value in mapping.constants.items():
            _put(told, field, value)
        for field, source in mapping.fields.items():
            parts = [part for column in source.columns if (part := _value(cells[column])) is not None]
            if parts:
                text, words = source.join.join(parts), mapping.values.get(field, {})
                _put(told, field, words.get(text, words.get("*", text)))
        return told

    def _as_live(self, told: dict[str, Any]) -> None:
        """It comes in now; the date in the file says when it happened."""
        received = told.pop("received_at", None)
        told.pop("historical", None)
        if received is not None:
            told.setdefault("occurred_at", received)

    def _reference(self, row: Row) -> str:
        content = json.dumps([*row.cells.items()], ensure_ascii=True, default=str)
        digest = hashlib.sha256(content.encode()).hexdigest()[:32]
        self._seen[digest] += 1
        return f"row-{digest}-{self._seen[digest]}"

    def _instant(self, field: str, text: str) -> str:
        at = self._read_date(text.strip())
        if at is None:
            raise Unreadable(f"{field}: {text[:40]!r} is no date that can be read")
        if at.tzinfo is None:
            at = at.replace(tzinfo=self._zone)
        return at.astimezone(UTC).isoformat()

    def _read_date(self, text: str) -> datetime | None:
        if self._map is not None and self._map.date_format is not None:
            return _parsed(text, self._map.date_format)
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            styles = (day + clock for day in _STYLES for clock in _TIMES)
            return next((at for style in styles if (at := _parsed(text, style)) is not None), None)


def _parsed(text: str, style: str) -> datetime | None:
    try:
        return datetime.strptime(text, style)  # noqa: DTZ007 - the zone is the file's, put on afterwards
    except ValueError:
        return None


def _value(cell: str) -> str | None:
    text = cell.strip()
    return None if text.casefold() in EMPTY else text


def _put(told: dict[str, Any], field: str, value: str) -> None:
    outer, _, inner = field.partition(".")
    if inner:
        told.setdefault(outer, {})[inner] = _FLAGS.get(value.casefold(), value) if inner in _FLAG_FIELDS else value
    elif field == "signals":
        told[field] = [part.strip() for part in value.replace(";", ",").split(",") if part.strip()]
    else:
        told[field] = value
