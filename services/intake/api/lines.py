"""A stream of bytes, cut into lines as they come in; a line that is too long is not kept."""

from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from typing import Final

_AT_ONCE: Final = 100_000
"""Bytes that are cut at once: cut into the shortest lines, they take seventy times as much memory."""


@dataclass(frozen=True, slots=True)
class TooLong:
    """In the place of a line of more than `most` bytes."""

    most: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank. `number` counts from 1, blank lines too."""

    number: int
    content: bytes | TooLong


class Cutter:
    """Cuts what it is fed; `most` bytes a line."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._rest = bytearray()
        self._skipping = False
        self._number = 0

    def feed(self, chunk: bytes) -> list[Line]:
        """The lines that end in this chunk."""
        *whole, rest = chunk.split(b"\n")
        found = [line for part in whole if (line := self._end(part)) is not None]
        self._keep(rest)
        return found

    def end(self) -> list[Line]:
        """The last line, if it had no end of its own."""
        line = self._end(b"")
        return [] if line is None else [line]

    def _end(self, part: bytes) -> Line | None:
        self._keep(part)
        self._number += 1
        content, skipped = bytes(self._rest), self._skipping
        self._rest.clear()
        self._skipping = False
        if skipped:
            return Line(self._number, TooLong(self._most))
        return Line(self._number, content) if content.strip() else None

    def _keep(self, part: bytes) -> None:
        if self._skipping or len(self._rest) + len(part) > self._most:
            self._skipping = True
            self._rest.clear()
        else:
            self._rest += part


async def lines(chunks: AsyncIterable[bytes], most: int) -> AsyncIterator[list[Line]]:
    """Lines in the groups in which they arrive, so that whoever sends one and waits is answered."""
    cutter = Cutter(most)
    async for chunk in chunks:
        for start in range(0, len(chunk), _AT_ONCE):
            if found := cutter.feed(chunk[start : start + _AT_ONCE]):
                yield found
    if found := cutter.end():
        yield found
