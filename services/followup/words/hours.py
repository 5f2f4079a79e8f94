"""The time of day that pieces name, in seconds of the local clock.

Conventions: an hour from one to seven without more is in the afternoon; "morning" ends at noon, "afternoon" at 18:00,
"tarde" at 20:00, evening and night with the day; "first thing" is by 10:00, close of business 18:00.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from services.followup.words.found import Language
from services.followup.words.numbers import amount
from services.followup.words.pieces import Marker, Piece, Spoken

HOUR: Final = 3600
DAY: Final = 24 * HOUR
LAST: Final = DAY - 1
"""The last second of a day."""
NOON: Final = 12

How = Literal["moment", "window", "by"]


@dataclass(frozen=True, slots=True)
class Hours:
    """A moment, a window, or a time by which; `turns`: seconds later, were the same words meant after noon."""

    how: How
    start: int
    end: int
    marker: Marker
    vague: bool = False
    this_one: bool = False
    turns: int = 0


_PARTS: Final[Mapping[str, tuple[How, int, int]]] = {
    "midnight": ("moment", DAY, DAY),
    "noon": ("moment", 12 * HOUR, 12 * HOUR),
    "early": ("window", 0, 10 * HOUR),
    "close": ("by", 0, 18 * HOUR),
    "dayend": ("by", 0, LAST),
    "late": ("by", 0, 18 * HOUR),
    "early_afternoon": ("window", 12 * HOUR, 16 * HOUR),
    "morning": ("window", 0, 12 * HOUR),
    "afternoon": ("window", 12 * HOUR, 18 * HOUR),
    "evening": ("window", 18 * HOUR, LAST),
}
"""The more precise, the earlier."""
_TARDE: Final = 20 * HOUR
_AFTER_NOON: Final = frozenset({"afternoon", "evening", "late", "early_afternoon"})
_PM: Final = re.compile(r"^p|tarde|noche|afternoon|evening|night|medio")
_NIGHT: Final = re.compile(r"noche|night")
_MINUTES: Final[Mapping[str, int]] = {
    "media": 30,
    "half": 30,
    "cuarto": 15,
    "quarter": 15,
    "cinco": 5,
    "five": 5,
    "diez": 10,
    "ten": 10,
    "veinte": 20,
    "twenty": 20,
    "veinticinco": 25,
    "twenty-five": 25,
}
_NO_GUESS: Final = 7
"""Up to this hour, a clock without more is read in the afternoon."""
_LATEST: Final = 20 * HOUR


def hours_of(time: Spoken, language: Language) -> Hours | None:
    """What its pieces say about the time of day; None where they say nothing that exists."""
    parts = [piece for piece in time.pieces if piece.what == "part"]
    clock = time.of("clock", "hour", "range")
    if clock is not None:
        return _clock(clock, _hint(parts), language)
    for name in _PARTS:
        for part in parts:
            if name in part.said:
                return _part(name, part, language)
    return None


def _part(name: str, part: Piece, language: Language) -> Hours:
    how, start, end = _PARTS[name]
    if language == "es" and end == 18 * HOUR and name != "close":
        end = _TARDE
    if language == "es" and name == "evening":
        start = _TARDE
    if part.marker == "before" and name in ("afternoon", "evening"):
        end = start
    this_one = bool(re.search(r"\b(?:this|esta|tonight|tonite)\b", " ".join(part.said.values()))) or "this" in part.said
    return Hours(how, start, end, part.marker, vague=how != "moment", this_one=this_one)


def _hint(parts: list[Piece]) -> str:
    """Which half of the day the words beside a clock speak of."""
    said = {name for part in parts for name in part.said}
    if said & _AFTER_NOON:
        return "noche" if "evening" in said else "pm"
    return "am" if said & {"morning", "early"} else ""


def _clock(clock: Piece, hint: str, language: Language) -> Hours | None:
    said = clock.said
    half_of_day = said.get("ap") or hint
    end, turns = _seconds(said, "", half_of_day, language)
    if not 0 <= end <= DAY:
        return None
    if clock.what != "range":
        return Hours("moment", end, end, clock.marker, turns=turns)
    start, _ = _seconds(said, "1", said.get("ap1") or half_of_day, language)
    if start >= end and not said.get("ap"):
        end += 12 * HOUR
    if start >= end:
        start -= 12 * HOUR
    return Hours("window", start, end, "between") if 0 <= start < end <= DAY else None


def _seconds(said: Mapping[str, str], which: str, half_of_day: str, language: Language) -> tuple[int, int]:
    """Seconds from midnight; and how much later it may be meant, where the words leave it open."""
    if f"noon{which}" in said:
        return NOON * HOUR, 0
    told = said[f"h{which}"]
    hour = int(amount(told, language))
    minutes = int(said.get(f"m{which}") or 0)
    if past := said.get(f"past{which}") or ("half" if "half" in said else ""):
        minutes += _MINUTES.get(past) or int(past)
    if to := said.get("to") if not which else None:
        minutes -= _MINUTES.get(to) or int(to)
    is_open = False
    if hour <= NOON and not told.startswith("0"):
        hour, is_open = _half(hour, half_of_day)
    return hour * HOUR + minutes * 60, 12 * HOUR if is_open else 0


def _half(hour: int, half_of_day: str) -> tuple[int, bool]:
    if not half_of_day:
        return (hour + NOON, False) if hour <= _NO_GUESS else (hour, hour < NOON)
    if hour == NOON:
        return (
            24 if _NIGHT.search(half_of_day) else NOON if _PM.search(half_of_day) else _noon_of_am(half_of_day)
        ), False
    return (hour + NOON if _PM.search(half_of_day) else hour), False


def _noon_of_am(half_of_day: str) -> int:
    """Twelve a.m. is midnight; twelve "in the morning" is noon."""
    return 0 if half_of_day.startswith("a") and half_of_day != "am" else NOON


def later_today(hours: Hours, now: int) -> Hours | None:
    """The same words meant after noon, where the time before noon has passed: "at eight", said at three."""
    end = hours.end + hours.turns
    if hours.turns and now < end <= _LATEST:
        return Hours(hours.how, hours.start + hours.turns, end, hours.marker)
    return None
