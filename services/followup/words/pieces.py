"""Where in a sentence times are spoken of: pieces such as a day, an hour or "within three days", not yet understood."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

What = Literal["day", "clock", "hour", "range", "part", "span", "period", "past", "habit"]
Marker = Literal["at", "before", "by", "after", "around", "until", "between", "of", ""]

_REACH: Final = 45
"""How many characters before a piece may belong to its marker."""
_HOURS: Final[frozenset[What]] = frozenset({"clock", "hour", "range"})
HOURLY: Final[tuple[What, ...]] = (*_HOURS, "part")
"""Pieces that say what time of day."""
_SPOILS: Final[frozenset[What]] = frozenset({"past", "habit"})
_RELATIVE: Final = frozenset({"today", "tomorrow", "after_next"})


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

    `shapes` in the order in which they are tried; `markers` end where a piece begins ("before"); `between` may stand
    between two pieces of one time, `either` and `up_to` between two days of which the later counts; `latest` follows
    a time; `runs_from` follows an amount that runs from something not yet known ("of receiving the form"); `zone`
    follows an hour and says where it is meant ("hora de Lima").
    """

    shapes: Sequence[tuple[What, re.Pattern[str]]]
    markers: Sequence[tuple[Marker, re.Pattern[str]]]
    between: re.Pattern[str]
    either: re.Pattern[str]
    up_to: re.Pattern[str]
    latest: re.Pattern[str]
    runs_from: re.Pattern[str]
    zone: re.Pattern[str]


@dataclass(slots=True)
class Spoken:
    """Pieces that together name one time, in the text's order. `foreign`: it dates something else, or is an end."""

    pieces: list[Piece]
    latest: re.Match[str] | None = None
    zone: re.Match[str] | None = None
    runs_from: bool = False
    foreign: bool = False

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.pieces[0].start

    @property
    def end(self) -> int:
        """Where it ends, but for "at the latest" and its zone."""
        return self.pieces[-1].end

    @property
    def told_end(self) -> int:
        """Where it ends, "at the latest" and all."""
        return max([self.end, *(each.end() for each in (self.latest, self.zone) if each)])

    @property
    def place(self) -> str:
        """The words that say in which zone it is meant; empty where none do."""
        return "" if self.zone is None else self.zone["place"] or self.zone["code"] or ""

    def has(self, *whats: What) -> bool:
        """Whether one of its pieces is of these."""
        return any(piece.what in whats for piece in self.pieces)

    def of(self, *whats: What) -> Piece | None:
        """The first piece that is of these."""
        return next((piece for piece in self.pieces if piece.what in whats), None)

    @property
    def spoiled(self) -> bool:
        """Whether it is over, or comes again and again."""
        return self.has("past", "habit")


def times_in(text: str, start: int, end: int, words: TimeWords) -> list[Spoken]:
    """The times that the text between the two speaks of, in order."""
    times: list[Spoken] = []
    for piece in _pieces(text, start, end, words):
        if times and _taken(times[-1], piece, text, words):
            continue
        if piece.what != "hour" or piece.marker not in ("", "between"):
            times.append(Spoken([piece], foreign=piece.marker in ("of", "until")))
    for time in times:
        time.zone = _zone(time, text, end, words)
        time.latest = words.latest.match(text, time.told_end, end)
        time.runs_from = time.has("span") and bool(words.runs_from.match(text, time.end, end))
    return [time for time in times if not time.foreign]


def _zone(time: Spoken, text: str, end: int, words: TimeWords) -> re.Match[str] | None:
    """What behind all of it, or behind its hour, says where that hour is meant."""
    hours = [piece for piece in time.pieces if piece.what in _HOURS]
    found = (words.zone.match(text, piece.end, end) for piece in (*time.pieces[-1:], *hours) if hours)
    return next(filter(None, found), None)


def _pieces(text: str, start: int, end: int, words: TimeWords) -> list[Piece]:
    found: list[Piece] = []
    for what, match in _matches(text, start, end, words):
        if not any(piece.start < match.end() and match.start() < piece.end for piece in found):
            said = {name: value for name, value in match.groupdict().items() if value is not None}
            found.append(Piece(what, *match.span(), _marker(text, start, match.start(), words), said))
    return sorted(found, key=lambda piece: piece.start)


def _matches(text: str, start: int, end: int, words: TimeWords) -> Iterator[tuple[What, re.Match[str]]]:
    for what, shape in words.shapes:
        for match in shape.finditer(text, start, end):
            yield what, match


def _marker(text: str, start: int, place: int, words: TimeWords) -> Marker:
    before = text[max(start, place - _REACH) : place]
    return next((marker for marker, shape in words.markers if shape.search(before)), "")


def _taken(last: Spoken, piece: Piece, text: str, words: TimeWords) -> bool:
    """Whether the piece belongs to the time before it, which then has it."""
    before = last.pieces[-1]
    zone = words.zone.match(text, last.end, piece.start) if before.what in _HOURS else None
    gap = text[zone.end() if zone else last.end : piece.start]
    if words.between.fullmatch(gap) and _joins(last, piece):
        last.pieces.append(piece)
        return True
    later = words.either.fullmatch(gap) or (
        words.up_to.fullmatch(gap) and ({before.marker, last.pieces[0].marker} & {"between", "after"})
    )
    if later and before.what == piece.what and piece.what in ("day", "part", "clock"):
        last.pieces[-1] = Piece(piece.what, before.start, piece.end, before.marker, piece.said)
        return True
    return False


def _joins(last: Spoken, piece: Piece) -> bool:
    """Two hours or two amounts never make one time; a second day only says the first one again."""
    if piece.what in _SPOILS:
        return True
    if piece.what in _HOURS:
        return not last.has("clock", "hour", "range")
    if piece.what == "span" or last.has("span"):
        return False
    days = [each for each in last.pieces if each.what == "day"]
    return piece.what != "day" or not days or (bool(_RELATIVE & set(days[0].said)) and not _RELATIVE & set(piece.said))
