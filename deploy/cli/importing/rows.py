"""A file of complaints, row by row: plain or gzip, CSV or NDJSON, also when it breaks off in mid-row."""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
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


class Unpacked(io.RawIOBase):
    """What a packed file holds; where it is broken off it ends, and `broken` says why."""

    def __init__(self, packed: BinaryIO) -> None:
        self._gzip = gzip.GzipFile(fileobj=packed)
        self.broken: str | None = None

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Some bytes; none at the end."""
        try:
            content = self._gzip.read1(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            self.broken = f"the packed file is broken off here ({error})"
            return 0
        buffer[: len(content)] = content
        return len(content)


@dataclass(slots=True)
class Lines:
    """The lines of a text, counted; remembers those of the record being read."""

    text: io.TextIOBase
    number: int = 0
    record: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[str]:
        """Until the end."""
        while line := self.text.readline():
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
        self._unpacked = Unpacked(self._bytes) if packed else None
        plain: Any = io.BufferedReader(self._unpacked) if self._unpacked else self._bytes
        # What is no UTF-8 comes through as surrogates, and is rejected with its row.
        self._text = io.TextIOWrapper(plain, encoding="utf-8-sig", errors="surrogateescape", newline="")

    def close(self) -> None:
        """Nothing more is read from it."""
        self._text.close()
        self._bytes.close()

    def read(self) -> int:
        """How many bytes of the file have been read."""
        return self.size if self._bytes.closed else self._bytes.tell()

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
        held, record = None, lines.record
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
            held, record = (self._row(begins, cells, problem) if cells else None), lines.record
        if held is not None:
            yield replace(held, problem=self._at_end(held, "".join(record)))

    def _at_end(self, row: Row, text: str) -> str | None:
        """What is wrong with the last row, `text` in the file: whether the file broke off inside it."""
        if self._unpacked is not None and self._unpacked.broken:
            return self._unpacked.broken
        if text.endswith("\n"):
            return row.problem
        if row.problem:
            return f"{row.problem}: the file breaks off here"
        return "the file breaks off here, inside a quoted text" if text.count('"') % 2 else None

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


def _not_utf8(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text)
