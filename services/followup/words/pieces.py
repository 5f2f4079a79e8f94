"""Where in a sentence times are spoken of: pieces such as a day, an hour or "within three days", not yet understood."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

What = Literal["day", "clock", "hour", "range", "part", "span", "period", "past", "habit"]
Marker = Literal["before", "by", "after", "around", "until", "between", "of", ""]

_REACH: Final = 45
"""How many characters before a piece may belong to its marker."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the text that speaks of a time; `said` holds what the pattern's groups matched."""

    what: What
    start: int
    end: int
    marker: Marker
    said: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TimeWords:
    """How one language speaks of times.

    `shapes` in the order in which they are tried; `markers` end where a piece begins; `between` is what may stand
    between two pieces of one time; `latest` follows a piece; `freed` follows a span that runs from something unknown.
    """

    shapes: Sequence[tuple[What, re.Pattern[str]]]
    markers: Sequence[tuple[Marker, re.Pattern[str]]]
    between: re.Pattern[str]
    either: re.Pattern[str]
    latest: re.Pattern[str]
    runs_from: re.Pattern[str]


@dataclass(slots=True)
class Spoken:
    """Pieces that together name one time, in the text's order."""

    pieces: list[Piece]
    latest: bool = False
    runs_from: bool = False
    either: bool = False
    owners: list[int] = field(default_factory=list)

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.pieces[0].start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.pieces[-1].end

    def has(self, *whats: What) -> bool:
        """Whether one of its pieces is of these."""
        return any(piece.what in whats for piece in self.pieces)


def times_in(text: str, start: int, end: int, words: TimeWords) -> list[Spoken]:
    """The times that the text between the two speaks of, in order."""
    pieces = [piece for piece in _pieces(text, start, end, words) if _holds(piece)]
    times: list[Spoken] = []
    for piece in pieces:
        last = times[-1] if times else None
        gap = text[last.end : piece.start] if last else ""
        if last and words.between.fullmatch(gap) and piece.marker != "of" and _joins(last, piece):
            last.pieces.append(piece)
        elif last and words.either.fullmatch(gap) and last.pieces[-1].what == piece.what:
            last.pieces[-1] = _later(last.pieces[-1], piece)
            last.either = True
        elif last and piece.marker == "of" and words.between.fullmatch(gap):
            last.pieces.append(piece)
        elif piece.marker != "of" and (piece.what != "hour" or piece.marker):
            times.append(Spoken([piece]))
    for time in times:
        time.latest = bool(words.latest.match(text, time.end, end))
        time.runs_from = bool(words.runs_from.match(text, time.end, end))
    return times


def _pieces(text: str, start: int, end: int, words: TimeWords) -> list[Piece]:
    found: list[Piece] = []
    for what, shape in words.shapes:
        for match in shape.finditer(text, start, end):
            if match.start() < match.end() and not any(_overlap(piece, match) for piece in found):
                said = {name: value for name, value in match.groupdict().items() if value is not None}
                found.append(Piece(what, *match.span(), _marker(text, start, match.start(), words), said))
    return sorted(found, key=lambda piece: piece.start)


def _overlap(piece: Piece, match: re.Match[str]) -> bool:
    return piece.start < match.end() and match.start() < piece.end


def _marker(text: str, start: int, place: int, words: TimeWords) -> Marker:
    before = text[max(start, place - _REACH) : place]
    return next((marker for marker, shape in words.markers if shape.search(before)), "")


def _holds(piece: Piece) -> bool:
    return piece.marker != "until" or piece.what == "habit"


def _joins(last: Spoken, piece: Piece) -> bool:
    """Two hours or two spans never make one time; a second day only says the first one again."""
    alone: tuple[What, ...] = ("clock", "hour", "range")
    if piece.what in alone:
        return not last.has(*alone)
    return piece.what not in ("span", "past", "habit") and not last.has("span", "past", "habit")


def _later(first: Piece, second: Piece) -> Piece:
    return Piece(second.what, first.start, second.end, first.marker, second.said)
