"""A calendar says when somebody works, and counts in that time.

As in the API: a zone, a week, dates without open time (own, public holidays, what a person accepted of a feed), and
dates with hours of their own. Conventions where designs differ, each held by a test:

* Time is counted as it really passes: eight wall-clock hours over the spring change are seven hours.
* A time that a clock change skips is the instant of the change; one that happens twice is the first of the two.
* Going forward, the last minute may fall exactly on a closing: the answer is the closing instant, not the next
  opening. Going backward it is the opening instant. To add nothing is to ask for the next opening.
* A holiday or an override says all about its date: what the evening before would bring over midnight is not open.
  A date that is both has the override's hours, so that one can open on a holiday.
* A working day is a date on which something opens. The first working day after a Saturday is the Monday, the first
  before it the Friday; zero working days from a Saturday are the Monday.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.calendar.days import Day, Days, in_reach
from shared.calendar.entries import MOST_ENTRIES, FeedEntry
from shared.calendar.hours import WEEKDAYS, Spans, Weekday, seconds_of, wall
from shared.calendar.plan import Plan, plan_of
from shared.calendar.public import PublicHolidays
from shared.calendar.written import Hours
from shared.calendar.zones import day_of, instant, known_zone, moment, ticks

_MICROSECOND = timedelta(microseconds=1)


class Calendar(BaseModel):
    """Open hours in one zone; every instant given is aware, every instant answered is in UTC.

    A naive datetime is a ValueError. An answer that lies further away than any opening raises NeverOpen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    name: str | None = Field(default=None, min_length=1, max_length=200)
    time_zone: Annotated[str, AfterValidator(known_zone)] = Field(examples=["Europe/Madrid"])
    weekly: Mapping[Weekday, Spans] = Field(default={}, examples=[{"mon": [["09:00", "14:00"], ["16:00", "19:00"]]}])
    holidays: Days = ()
    date_overrides: Annotated[Mapping[Day, Spans], Field(max_length=10_000)] = {}
    public_holidays: PublicHolidays | None = None
    feed_entries: Annotated[tuple[FeedEntry, ...], Field(max_length=MOST_ENTRIES)] = ()

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """The instant until which `amount` of open time has passed since `start`; the earliest such.

        A negative amount goes backward, to the latest such instant. An amount of zero is `next_open(start)`.
        """
        steps = amount // _MICROSECOND
        if steps > 0:
            return moment(self._plan.reached(ticks(start), steps))
        # The latest instant before which so much is open is where the next bit of open time begins.
        return moment(self._plan.reached(ticks(start), steps + 1) - 1)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Open time in [start, end); negative when end is the earlier."""
        return self._plan.open_between(ticks(start), ticks(end)) * _MICROSECOND

    def is_open(self, at: datetime) -> bool:
        """Whether the instant lies in a span; the opening does, the closing does not."""
        return next(self._plan.spans(ticks(at), ticks(at) + 1), None) is not None

    def next_open(self, at: datetime) -> datetime:
        """The instant itself if open, else the next opening."""
        return self.add(at, timedelta(0))

    def previous_close(self, at: datetime) -> datetime:
        """The instant itself if it is open until then, else the closing before: `next_open` backward in time."""
        return moment(self._plan.reached(ticks(at), 0))

    def spans(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """What is open in [start, end), in order, cut to it; spans that touch are one, also over midnight."""
        pieces = self._plan.spans(ticks(start), ticks(end))
        return ((moment(opens), moment(closes)) for opens, closes in pieces)

    def day(self, day: date) -> list[tuple[datetime, datetime]]:
        """The spans that open on that local date, in order; the last may close on the date after. Empty: closed."""
        return [(moment(opens), moment(closes)) for opens, closes in self._plan.own_pieces(in_reach(day).toordinal())]

    def opening_of_day(self, day: date) -> datetime | None:
        """When the first span of that local date opens; None when none does."""
        return next((opens for opens, _ in self.day(day)), None)

    def closing_of_day(self, day: date) -> datetime | None:
        """When the last span that opened on that local date closes; None when none opened."""
        return next((closes for _, closes in reversed(self.day(day))), None)

    def is_working_day(self, day: date) -> bool:
        """Whether something opens on that local date."""
        return bool(self.day(day))

    def add_working_days(self, day: date, number: int) -> date:
        """The working day of that number after the date; a negative number counts before it.

        Zero is the date itself when it is a working day, else the next one.
        """
        first = in_reach(day).toordinal() + (1 if number > 0 else 0)
        return date.fromordinal(self._plan.working_day(first, number if number > 0 else number + 1))

    def working_days_between(self, start: date, end: date) -> int:
        """Working days in (start, end]; negative when end is the earlier."""
        return self._plan.working_between(in_reach(start).toordinal() + 1, in_reach(end).toordinal() + 1)

    def local_date(self, at: datetime) -> date:
        """The date of the calendar's zone between whose midnights the instant lies."""
        return date.fromordinal(day_of(self._plan.zone, ticks(at)))

    def instant(self, day: date, at: str) -> datetime:
        """The instant of a wall-clock time, `HH:MM` from 00:00 to 24:00, on that local date.

        Raises:
            ValueError: it is no time of day.
        """
        return moment(instant(self._plan.zone, in_reach(day).toordinal(), seconds_of(at)))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A calendar with these fields replaced, checked like any other."""
        del deep  # nothing in it can be changed
        return type(self).model_validate({**self.model_dump(), **(update or {})})

    @cached_property
    def own_closed_dates(self) -> tuple[date, ...]:
        """Dates that this calendar itself names as closed, in order: holidays, accepted feed entries, empty overrides.

        Public holidays are not in it, nor is a date whose override has hours.
        """
        named = {*self.holidays, *(day for entry in self.feed_entries if entry.closes for day in entry.dates)}
        opened = {day for day, spans in self.date_overrides.items() if spans}
        return tuple(sorted((named | set(self.date_overrides)) - opened))

    @cached_property
    def _plan(self) -> Plan:
        own: dict[int, Hours] = dict.fromkeys((day.toordinal() for day in self.own_closed_dates), ())
        own |= {day.toordinal(): tuple(map(wall, spans)) for day, spans in self.date_overrides.items()}
        week = tuple(tuple(map(wall, self.weekly.get(day, ()))) for day in WEEKDAYS)
        return plan_of(ZoneInfo(self.time_zone), week, tuple(sorted(own.items())), self.public_holidays)


AROUND_THE_CLOCK = Calendar(
    name="around the clock", time_zone="UTC", weekly=dict.fromkeys(WEEKDAYS, (("00:00", "24:00"),))
)
"""Always open: business time is elapsed time."""
