"""A file of complaints, row by row: plain or gzip, CSV or NDJSON, also when it breaks off in mid-row."""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from deploy.local.errors import UserError

csv.field_size_limit(1_000_000)

_GZIP: Final = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `line`: where it begins in the file, from 1. `problem`: why it cannot be read, else None."""

    line: int
    cells: dict[str, Any]
    raw: list[str]
    problem: str | None = None


@dataclass(slots=True)
class Lines:
    """The lines of a text, counted; remembers the lines of the record being read and how the file ended."""

    text: io.TextIOBase
    number: int = 0
    record: list[str] = field(default_factory=list)
    broken: str | None = None

    def __iter__(self) -> Iterator[str]:
        """Until the end, or until a packed file breaks off."""
        while True:
            try:
                line = self.text.readline()
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                self.broken = f"the compressed file is broken off here ({error})"
                return
            if not line:
                return
            self.number += 1
            self.record.append(line)
            yield line


class File:
    """An open file of complaints. `columns` are known once its rows have been asked for."""

    def __init__(self, path: Path) -> None:
        self.size = path.stat().st_size
        self.columns: list[str] = []
        self._bytes: BinaryIO = path.open("rb")
        packed = self._bytes.peek(2)[:2] == _GZIP
        plain: Any = gzip.GzipFile(fileobj=self._bytes) if packed else self._bytes
        # What is no UTF-8 comes through as surrogates, and is rejected with its row.
        self._text = io.TextIOWrapper(plain, encoding="utf-8-sig", errors="surrogateescape", newline="")

    def read(self) -> int:
        """How many bytes of the file have been read."""
        return self._bytes.tell()

    def csv_rows(self, delimiter: str | None = None) -> Iterator[Row]:
        """The rows under the heading. One with too few or too many cells, or an open quote, comes with its problem."""
        lines = Lines(self._text)
        source = iter(lines)
        heading = next(source, "")
        if not heading.strip():
            raise UserError("the file is empty, or its first line does not name the columns")
        if delimiter is None:
            delimiter = max(",;\t", key=heading.count)
        self.columns = [name.strip() for name in next(csv.reader([heading], delimiter=delimiter))]
        return self._under_heading(lines, csv.reader(source, delimiter=delimiter))

    def _under_heading(self, lines: Lines, reader: Iterator[list[str]]) -> Iterator[Row]:
        held: Row | None = None
        while True:
            lines.record, begins = [], lines.number + 1
            try:
                cells: list[str] = next(reader)
                problem = None
            except StopIteration:
                break
            except csv.Error as error:
                cells, problem = ["".join(lines.record)[:2000]], f"cannot be read as CSV: {error}"
            if held is not None:
                yield held
            held = self._row(begins, cells, problem) if cells else None
        if held is not None:
            yield _ended(held, lines)

    def _row(self, line: int, cells: list[str], problem: str | None) -> Row:
        if problem is None and len(cells) != len(self.columns):
            problem = f"has {len(cells)} of {len(self.columns)} columns"
        if problem is None and any(map(_not_utf8, cells)):
            problem = "is not UTF-8"
        return Row(line, dict(zip(self.columns, cells, strict=False)), cells, problem)

    def json_rows(self) -> Iterator[Row]:
        """The objects, one a line."""
        lines = Lines(self._text)
        self.columns = ["row"]
        return self._objects(lines)

    def _objects(self, lines: Lines) -> Iterator[Row]:
        for text in lines:
            if not text.strip():
                continue
            problem, cells = None, {}
            try:
                cells = json.loads(text)
            except (ValueError, RecursionError) as error:
                problem = f"is not JSON: {error}"
            if not isinstance(cells, dict):
                cells, problem = {}, "is not a JSON object"
            if problem is None and _not_utf8(text):
                problem = "is not UTF-8"
            yield Row(lines.number, cells, [text.rstrip("\n")], problem)


def _ended(row: Row, lines: Lines) -> Row:
    """The last row: whether the file broke off inside it."""
    text = "".join(lines.record)
    if lines.broken:
        return Row(row.line, row.cells, row.raw, lines.broken)
    if row.problem and not text.endswith("\n"):
        return Row(row.line, row.cells, row.raw, f"{row.problem}: the file breaks off here")
    return row


def _not_utf8(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text)
