"""The days of a recurrence rule (RFC 5545, RRULE) as feeds of holidays have them: yearly or monthly. Pure.

Not a library's, because those follow a rule that fits no day for eight thousand years, and anybody's feed may hold one.
Here a rule ends with the last day that is asked about. Not understood: BYWEEKNO, BYYEARDAY, a weekday's number in the
whole year, and whatever recurs within a month.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Final

_PARTS: Final = frozenset(["FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS", "WKST"])
_FREQUENCIES: Final = frozenset({"YEARLY", "MONTHLY"})
_OFTEN: Final = frozenset({"WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"})
_WITHIN_A_DAY: Final = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})
_WEEKDAY: Final = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DATE: Final = re.compile(r"\d{8}")

Parts = Mapping[str, str]


class TooOften(ValueError):  # noqa: N818 - named after what is true
    """It recurs more often than holidays do: a weekday belongs into a calendar's `weekly`."""


def days_of_series(rule: str, start: date, *, last: date) -> list[date]:
    """The days of an RRULE that begins on `start`, up to and including `last`, in order.

    Raises:
        TooOften: it recurs within a month.
        ValueError: it cannot be read, or has a part that is not understood here.
    """
    parts = dict(part.split("=", 1) for part in rule.upper().split(";") if part)
    if parts.get("FREQ") in _OFTEN or _WITHIN_A_DAY & parts.keys():
        raise TooOften("it recurs more often than every month: a weekday belongs into `weekly`")
    if parts.get("FREQ") not in _FREQUENCIES or parts.keys() - _PARTS:
        raise ValueError(f"{rule!r} is not understood")
    end = min(last, _until(parts) or last)
    found = (day for days in _periods(parts, start, end) for day in days if start <= day <= end)
    return list(islice(found, int(parts["COUNT"])) if "COUNT" in parts else found)


def _periods(parts: Parts, start: date, end: date) -> Iterator[list[date]]:
    """The days of each year or month of the rule, in order, from that of `start` to that of `end`."""
    months, positions = _numbers(parts, "BYMONTH"), _numbers(parts, "BYSETPOS")
    step = int(parts.get("INTERVAL", "1"))
    if step < 1:
        raise ValueError("an interval is at least 1")
    if parts["FREQ"] == "MONTHLY":
        every = range(start.year * 12 + start.month - 1, end.year * 12 + end.month, step)
        periods = [[(n // 12, n % 12 + 1)] for n in every]
    else:
        all_year = range(1, 13) if {"BYMONTHDAY", "BYDAY"} & parts.keys() else (start.month,)
        periods = [[(year, month) for month in months or all_year] for year in range(start.year, end.year + 1, step)]
    fits = _Fits(parts, start)
    for period in periods:
        days = [
            day for year, month in sorted(period) if not months or month in months for day in fits.days(year, month)
        ]
        yield sorted({days[n - 1 if n > 0 else n] for n in positions if 0 < abs(n) <= len(days)}) if positions else days


class _Fits:
    """Which days of a month the rule means."""

    def __init__(self, parts: Parts, start: date) -> None:
        self._month_days = _numbers(parts, "BYMONTHDAY")
        self._weekdays = _weekdays(parts)
        if not self._month_days and not self._weekdays:
            self._month_days = {start.day}
        if parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts and any(n for n, _ in self._weekdays):
            raise ValueError("a weekday's number in the whole year is not understood")

    def days(self, year: int, month: int) -> Iterator[date]:
        """Them, in order."""
        length = monthrange(year, month)[1]
        for number in range(1, length + 1):
            day = date(year, month, number)
            from_end = number - length - 1
            weeks = (0, (number + 6) // 7, -((-from_end + 6) // 7))
            if self._month_days and not self._month_days & {number, from_end}:
                continue
            if not self._weekdays or any((n, day.weekday()) in self._weekdays for n in weeks):
                yield day


def _numbers(parts: Parts, name: str) -> set[int]:
    return {int(number) for number in parts[name].split(",")} if name in parts else set()


def _weekdays(parts: Parts) -> set[tuple[int, int]]:
    """(which one of the month, 0 for each; weekday) of BYDAY.

    Raises:
        ValueError: it cannot be read.
    """
    found = set()
    for text in parts["BYDAY"].split(",") if "BYDAY" in parts else ():
        match = _WEEKDAY.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is no weekday")
        found.add((int(match[1] or 0), _WEEKDAYS.index(match[2])))
    return found


def _until(parts: Parts) -> date | None:
    """The last day that the rule itself allows; a UTC time counts as that day's end."""
    if "UNTIL" not in parts:
        return None
    match = _DATE.match(parts["UNTIL"])
    if match is None:
        raise ValueError(f"{parts['UNTIL']!r} is no date")
    return date.fromisoformat(match[0])
