"""When a promise can be kept: "before twelve", "at four", "on Friday", as instants. Source: `domain.md`, Promises.

* "Before twelve": `due` 12:00; from now on is early enough.
* "At four": `not_before` and `due` both 16:00; due becomes 16:00 and the policy's grace.
* "Between four and six": `not_before` 16:00, `due` 18:00.
* "On Friday": `on`; from the owner's opening to their closing that day. A day on which they do not work is taken whole,
  and is then outside their working hours.
"""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from shared.calendar import Calendar
from shared.decision import Invalid
from shared.events.values import to_instant


class Window(NamedTuple):
    """From when, if it matters, until when."""

    not_before: datetime | None
    due: datetime


def window(
    due: datetime | None, not_before: datetime | None, on: date | None, *, hours: Calendar, grace: timedelta
) -> Window:
    """The window that was meant. `hours`: those of whoever must keep it.

    Raises:
        Invalid: neither a due nor a day is named, or both, or the window has no inside.
    """
    if on is not None:
        if due is not None or not_before is not None:
            raise Invalid("is it a day or a time?", errors=[("on", "goes without due and not_before")])
        return _day(on, hours)
    if due is None:
        raise Invalid("by when?", errors=[("due", "name an instant, or a day in `on`")])
    if not_before is not None and not_before > due:
        raise Invalid("the window has no inside", errors=[("not_before", "must not be after due")])
    return Window(not_before, due + grace if not_before == due else due)


def _day(on: date, hours: Calendar) -> Window:
    opening, closing = hours.opening_of_day(on), hours.closing_of_day(on)
    if opening is None or closing is None:
        zone = ZoneInfo(hours.time_zone)
        opening = datetime.combine(on, time(), zone)
        closing = datetime.combine(on + timedelta(days=1), time(), zone)
    return Window(to_instant(opening), to_instant(closing))
