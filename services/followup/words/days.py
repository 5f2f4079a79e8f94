"""The day, or the days, that pieces name, seen from the message's own day.

Conventions: a weekday is the coming one, never today; a week ends with its Friday (on a weekend: its Sunday), a month
with its last day; a date without a year lies ahead of us.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from services.followup.words import reader
from services.followup.words.found import Language
from services.followup.words.pieces import Marker, Piece, Spoken

_ONE: Final = timedelta(days=1)
_FRIDAY: Final = 4
_SUNDAY: Final = 6
_FAR: Final = timedelta(days=300)
"""A date without a year that lies further ahead was more likely meant in the past."""
_WEEKDAYS: Final = {
    "es": ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo"),
    "en": ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
}
_TODAY: Final = {"es": "hoy", "en": "today"}
_TOMORROW: Final = {"es": "mañana", "en": "tomorrow"}


@dataclass(frozen=True, slots=True)
class Days:
    """From the first of them to the last; `first` None: from now."""

    first: date | None
    last: date
    marker: Marker


@dataclass(frozen=True, slots=True)
class Seen:
    """From where it is seen: the message's local day, its language, and whether months come first in figures."""

    today: date
    language: Language
    month_first: bool = False
    this: bool = False

    @property
    def base(self) -> datetime:
        """The local midnight of the message's day."""
        return datetime.combine(self.today, time())

    def read(self, phrase: str) -> date | None:
        """The date that the phrase names, with month and day the other way round where it is none else."""
        orders = (self.month_first, not self.month_first)
        read = (reader.day(phrase, language=self.language, base=self.base, month_first=order) for order in orders)
        return next((found for found in read if found is not None), None)


def days_of(spoken: Spoken, seen: Seen) -> Days | None:
    """The days that are named; None where none is, or none that exists."""
    found = [piece for piece in spoken.pieces if piece.what == "day"]
    period = spoken.of("period")
    if found and period is not None and "weekday" in found[0].said and "week" in period.said:
        monday = _monday(seen.today) + timedelta(days=7 * _ahead(period))
        that_day = monday + timedelta(days=_weekday(found[0].said["weekday"], seen.language))
        return Days(that_day, that_day, found[0].marker)
    if found:
        day = _date(found[0], seen)
        return None if day is None else Days(day, day, found[0].marker)
    return None if period is None else _period(period, seen)


def _date(piece: Piece, seen: Seen) -> date | None:
    said = {name.rstrip("2"): value for name, value in piece.said.items()}
    if "after_next" in said:
        return seen.today + 2 * _ONE
    if "numeric" in said:
        return _figures(said["numeric"], seen)
    if "month" in said:
        found = seen.read(f"{said['number']} {said['month']} {said.get('year', '')}")
        return found if "year" in said else _near(found, seen.today)
    if "number" in said:
        return reader.coming(_number(said["number"]), seen.today)
    return seen.read(_phrase(said, seen.language))


def _phrase(said: Mapping[str, str], language: Language) -> str:
    """A single word for the day, in the words that are known to be read."""
    if "weekday" in said:
        return _WEEKDAYS[language][_weekday(said["weekday"], language)]
    return said.get("iso") or (_TODAY if "today" in said else _TOMORROW)[language]


def _figures(text: str, seen: Seen) -> date | None:
    """A date in figures; without a year it is the coming one."""
    if text.count("/") != 1:
        return seen.read(text)
    found = (seen.read(f"{text}/{year}") for year in (seen.today.year, seen.today.year + 1))
    return _near(next((each for each in found if each and each >= seen.today), None), seen.today)


def _number(text: str) -> int:
    figures = "".join(letter for letter in text if letter.isdigit())
    return int(figures or 1)


def _near(found: date | None, today: date) -> date | None:
    return found if found is not None and found - today < _FAR else None


def _weekday(name: str, language: Language) -> int:
    return next(place for place, each in enumerate(_WEEKDAYS[language]) if name.startswith(each[:3]))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _ahead(period: Piece) -> int:
    return 1 if {"next", "next2"} & set(period.said) else 0


def _period(period: Piece, seen: Seen) -> Days | None:
    if "week" in period.said or "weekend" in period.said:
        first, last = _week(period, seen.today)
    else:
        first, last = _month(period, seen)
    marker = period.marker
    if marker == "before" and "end" not in period.said:
        return Days(None, first - _ONE, "by")
    if "end" in period.said:
        return Days(None, last, "by")
    return Days(first if first > seen.today else None, last, marker)


def _week(period: Piece, today: date) -> tuple[date, date]:
    monday = _monday(today) + timedelta(days=7 * _ahead(period))
    if "weekend" in period.said:
        return monday + 5 * _ONE, monday + _SUNDAY * _ONE
    last = 1 if "begin" in period.said else 2 if "middle" in period.said else _FRIDAY
    if monday + last * _ONE < today:
        last = _SUNDAY
    return monday, monday + last * _ONE


def _month(period: Piece, seen: Seen) -> tuple[date, date]:
    today, ahead = seen.today, _ahead(period)
    if "named" in period.said:
        named = seen.read(f"1 {period.said['named']}")
        ahead = 0 if named is None else (named.year - today.year) * 12 + named.month - today.month
        ahead %= 12
    end = reader.month_end(today, ahead)
    if "year" in period.said:
        end = date(today.year, 12, 31)
    if "begin" in period.said:
        return end.replace(day=1), end.replace(day=10)
    if "middle" in period.said:
        return end.replace(day=10), end.replace(day=15)
    return end.replace(day=1), end
