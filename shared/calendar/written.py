"""The days of a calendar that say all about themselves, whatever their weekday says. Days are ordinals."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from shared.calendar.hours import Wall
from shared.calendar.public import PublicHolidays

Hours = tuple[Wall, ...]

_CLOSED: Final[Hours] = ()


class Written:
    """Own dates with their hours, and public holidays, which are closed unless they are own dates as well.

    Public holidays are looked up a year at a time, when somebody asks about that year.
    """

    def __init__(self, own: Mapping[int, Hours], public: PublicHolidays | None = None) -> None:
        self._own = own
        self._public = public
        self.open_years = frozenset(date.fromordinal(day).year for day, hours in own.items() if hours)
        """Years with an own date that has hours."""

    def get(self, day: int) -> Hours | None:
        """The day's own hours, empty when closed; None where its weekday counts."""
        hours = self._own.get(day)
        if hours is None and self._public is not None and day in self._public.of_year(date.fromordinal(day).year):
            return _CLOSED
        return hours

    def __contains__(self, day: int) -> bool:
        """Whether the day says all about itself."""
        return self.get(day) is not None

    def between(self, first: int, end: int) -> Iterator[int]:
        """Those from `first` to before `end`; some perhaps twice."""
        yield from (day for day in self._own if first <= day < end)
        if self._public is not None:
            for year in range(date.fromordinal(first).year, date.fromordinal(end).year + 1):
                yield from (day for day in self._public.of_year(year) if first <= day < end)


NOTHING: Final = Written({})
"""Every day is as its weekday says."""
