"""The rows that were not taken, kept beside the file they came from: where they stand, why, and as they were."""

import csv
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO


class Rejects:
    """Written from the first rejected row on; a file left by an earlier import of the same file is replaced."""

    def __init__(self, source: Path) -> None:
        self._source = source
        self._file: TextIO | None = None
        self.path: Path | None = None

    def add(self, columns: Sequence[str], line: int, reason: str, cells: Sequence[str]) -> None:
        """One row more."""
        if self._file is None:
            self._file = self._open()
            csv.writer(self._file).writerow(["line", "reason", *columns])
        csv.writer(self._file).writerow([line, reason, *map(_writable_text, cells)])

    def close(self) -> None:
        """All of it is on disk."""
        if self._file is not None:
            self._file.close()

    def _open(self) -> TextIO:
        name = f"{self._source.name}.rejects.csv"
        beside = self._source.parent
        if may_write(beside):
            try:
                self.path = beside / name
                return self.path.open("w", encoding="utf-8", newline="")
            except OSError:
                pass  # said to be writable, and is not: a read-only disk
        self.path = Path.cwd() / name
        return self.path.open("w", encoding="utf-8", newline="")


def may_write(folder: Path) -> bool:
    """Whether the folder is meant to be written to; for root the system itself never says no."""
    anybody = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
    return os.access(folder, os.W_OK) and bool(folder.stat().st_mode & anybody)


def _writable_text(cell: str) -> str:
    return cell.encode("utf-8", "replace").decode()
