"""A calendar made ready for arithmetic: any stretch of years costs a step a year, not a step a day.

A day's open time follows from its weekday alone unless the day is written down (holiday or override), comes after
such a day, or has a clock change. So a year is a table of sums built once, a stretch of time is a difference of sums,
and a moment is found by bisection. Everything here is in whole microseconds; days are ordinals.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate
from typing import Final
from zoneinfo import ZoneInfo

from shared.calendar.hours import DAY, Wall, merged
from shared.calendar.public import PublicHolidays
from shared.calendar.written import NOTHING, Hours, Written
from shared.calendar.zones import FIRST_YEAR, LAST_YEAR, SECOND, clock_changes, day_of, instant

OPEN: Final = 0
WORKING: Final = 1
_YEARS_KEPT: Final = 128
_DAYS_KEPT: Final = 4096
_LAST_DAY: Final = date(LAST_YEAR, 12, 31).toordinal()

Week = tuple[Hours, ...]
Piece = tuple[int, int]


class NeverOpen(LookupError):  # noqa: N818 - named after what is true
    """The calendar has not as much open time, in the direction asked for, as was looked for."""


@dataclass(frozen=True, slots=True)
class _Year:
    """For each day of the year, what lies between 1 January and the day's midnight: open time, working days."""

    first: int
    sums: tuple["array[int]", "array[int]"]

    def before(self, column: int, day: int) -> int:
        return self.sums[column][day - self.first]

    def total(self, column: int) -> int:
        return self.sums[column][-1]


class Plan:
    """What a calendar says about days, and the sums over them; calendars that say the same share one."""

    def __init__(self, zone: ZoneInfo, week: Week, written: Written) -> None:
        self.zone = zone
        self._week = week
        self._written = written
        self._open_weekly = any(week)
        years = written.open_years
        # The years to search. One more than written: a span of 31 December may go over midnight.
        self._first, self._last = min(years, default=LAST_YEAR), max(years, default=FIRST_YEAR) + 1
        if self._open_weekly:
            self._first, self._last = FIRST_YEAR, LAST_YEAR
        self._usual = [sum(b - a for a, b in self._wall_pieces(day, NOTHING)) * SECOND for day in range(8, 15)]
        self._years: dict[int, _Year] = {}
        self._days: dict[int, list[Piece]] = {}

    def hours(self, day: int) -> Hours:
        """The spans that open on the day."""
        written = self._written.get(day)
        return self._week[(day - 1) % 7] if written is None else written

    def own_pieces(self, day: int) -> list[Piece]:
        """The spans that open on the day, as instants; they may close on the next day, if that one is not written."""
        end = DAY if day + 1 in self._written else 2 * DAY
        spans = merged([(opens, min(closes, end)) for opens, closes in self.hours(day)])
        return self._instants(day, spans)

    def pieces(self, day: int) -> list[Piece]:
        """The open instants between the day's two midnights, with what the day before brought over midnight."""
        found = self._days.get(day)
        if found is None:
            if len(self._days) >= _DAYS_KEPT:
                self._days.clear()
            found = self._days[day] = self._instants(day, self._wall_pieces(day, self._written))
        return found

    def open_between(self, start: int, end: int) -> int:
        """Open time from start to end; negative when end is the earlier."""
        first, last = day_of(self.zone, start), day_of(self.zone, end)
        return self._sum(OPEN, first, last) + self._open_before(last, end) - self._open_before(first, start)

    def working_between(self, start: int, end: int) -> int:
        """Working days from the day `start` to before the day `end`; negative when end is the earlier."""
        return self._sum(WORKING, start, end)

    def reached(self, at: int, amount: int) -> int:
        """The instant at which the open time counted from `at` has become `amount`: the earliest such.

        An amount of zero or less lies before `at`.

        Raises:
            NeverOpen: there is no such instant.
        """
        day = day_of(self.zone, at)
        found, rest = self._find(OPEN, day, self._open_before(day, at) + amount)
        pieces = iter(self.pieces(found))
        opens, closes = next(pieces)
        while rest > closes - opens:
            rest -= closes - opens
            opens, closes = next(pieces)
        return opens + rest

    def working_day(self, day: int, number: int) -> int:
        """The working day of that number, 1 being the first that is `day` or later, 0 the last before it.

        Raises:
            NeverOpen: there is no such day.
        """
        return self._find(WORKING, day, number)[0]

    def spans(self, start: int, end: int) -> Iterator[Piece]:
        """What is open from start to before end, in order; what touches is one."""
        held: Piece | None = None
        for day in self._open_days(day_of(self.zone, start), day_of(self.zone, end)):
            for opens, closes in self.pieces(day):
                part = (max(opens, start), min(closes, end))
                if part[0] >= part[1]:
                    continue
                if held and part[0] <= held[1]:
                    held = (held[0], part[1])
                    continue
                if held:
                    yield held
                held = part
        if held:
            yield held

    def _open_days(self, first: int, last: int) -> Iterator[int]:
        with suppress(NeverOpen):
            while (day := self._find(OPEN, first, 1)[0]) <= last:
                yield day
                first = day + 1

    def _wall_pieces(self, day: int, written: Written) -> list[Wall]:
        """Seconds of the day that are open; a written day has only its own hours, whatever the day before says."""
        hours = written.get(day)
        if hours is not None:
            return merged([(opens, min(closes, DAY)) for opens, closes in hours])
        own = [(opens, min(closes, DAY)) for opens, closes in self._week[(day - 1) % 7]]
        before = written.get(day - 1)
        brought = self._week[(day - 2) % 7] if before is None else before
        return merged([*own, *((0, closes - DAY) for _, closes in brought)])

    def _instants(self, day: int, spans: list[Wall]) -> list[Piece]:
        pieces = [(instant(self.zone, day, opens), instant(self.zone, day, closes)) for opens, closes in spans]
        # A span that a clock change skips as a whole is empty.
        return [piece for piece in pieces if piece[0] < piece[1]]

    def _open_before(self, day: int, at: int) -> int:
        return sum(max(0, min(closes, at) - opens) for opens, closes in self.pieces(day))

    def _year(self, year: int) -> _Year:
        found = self._years.get(year)
        if found is None:
            if len(self._years) >= _YEARS_KEPT:
                self._years.clear()
            found = self._years[year] = self._table(year)
        return found

    def _table(self, year: int) -> _Year:
        first, end = date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()
        opened = [self._usual[(day - 1) % 7] for day in range(first, end)]
        working = [1 if self._week[(day - 1) % 7] else 0 for day in range(first, end)]
        written = set(self._written.between(first - 1, end))
        for day in (day for day in range(first, end) if day in written or day - 1 in written):
            opened[day - first] = sum(b - a for a, b in self._wall_pieces(day, self._written)) * SECOND
            working[day - first] = 1 if self.hours(day) else 0
        for day in clock_changes(self.zone, year):
            opened[day - first] = sum(b - a for a, b in self.pieces(day))
            working[day - first] = 1 if self.own_pieces(day) else 0
        return _Year(first, (array("q", accumulate(opened, initial=0)), array("q", accumulate(working, initial=0))))

    def _sum(self, column: int, first: int, last: int) -> int:
        if last < first:
            return -self._sum(column, last, first)
        start, end = date.fromordinal(first).year, date.fromordinal(last).year
        whole = sum(self._year(year).total(column) for year in range(start, end))
        return whole + self._year(end).before(column, last) - self._year(start).before(column, first)

    def _find(self, column: int, day: int, amount: int) -> tuple[int, int]:
        """The day on which the sum counted from `day`'s midnight becomes `amount`, and what of it is that day's own."""
        if not 0 < day + amount // (DAY * SECOND if column == OPEN else 1) < _LAST_DAY:
            raise self._never(day, amount)
        year = date.fromordinal(day).year
        amount += self._year(year).before(column, day)
        while amount > self._year(year).total(column):
            amount -= self._year(year).total(column)
            year = max(year + 1, self._first)
            if year > self._last:
                raise self._never(day, 1)
        while amount <= 0:
            year = min(year - 1, self._last)
            if year < self._first:
                raise self._never(day, 0)
            amount += self._year(year).total(column)
        table = self._year(year)
        index = bisect_left(table.sums[column], amount) - 1
        return table.first + index, amount - table.sums[column][index]

    def _never(self, day: int, amount: int) -> NeverOpen:
        if not self._open_weekly and not self._written.open_years:
            return NeverOpen("the calendar is never open")
        side = "after" if amount > 0 else "before"
        return NeverOpen(f"the calendar has not that much open time {side} {date.fromordinal(day)}")


@lru_cache(maxsize=256)
def plan_of(
    zone: ZoneInfo, week: Week, own: tuple[tuple[int, Hours], ...], public: PublicHolidays | None = None
) -> Plan:
    """The plan of such a calendar, with the years that others have already summed."""
    return Plan(zone, week, Written(dict(own), public))
