"""An iCal feed read as dates that it would close; which of them count is for a person to decide (`entries`).

Pure: the text is an argument. Only days that an event covers as a whole are proposed (23:59 counts as the day's end);
everything else that the feed holds is named with the reason why it is not proposed. Each day of a series is an entry.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from icalendar import Calendar as Feed
from icalendar import Event

from shared.calendar.entries import FeedEntry
from shared.calendar.series import TooOften, days_of_series

_ONE_DAY: Final = timedelta(days=1)
_LONGEST: Final = timedelta(days=366)
_FIRST_YEAR: Final = 1970
_MOST_EVENTS: Final = 2000
_MOST_SERIES: Final = 100
_MOST_OF_A_SERIES: Final = 75
"""Days of one series: a little more than one a month as far as is looked."""
_LAST_MINUTE: Final = time(23, 59)
_TEXT: Final = 200
_UID: Final = 270


_UNREADABLE: Final = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""What the parser lets out about text that is no calendar, or an event that is none."""


class NoFeed(ValueError):  # noqa: N818 - named after what is true
    """The text is no iCalendar, or nothing like a feed of holidays."""


class _NotProposed(ValueError):  # noqa: N818 - named after what is true
    """Why an event closes no day."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """An event that is not proposed, and why."""

    uid: str
    summary: str
    why: str


@dataclass(frozen=True, slots=True)
class Proposals:
    """What a feed would close, nothing of it decided, and what of it is left out."""

    entries: tuple[FeedEntry, ...]
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class _Window:
    """The zone in which days begin and end, and the first and last date that anybody asks about."""

    zone: ZoneInfo
    first: date
    last: date
    moved: dict[str, set[date]] = field(default_factory=dict)

    def day(self, at: date) -> date:
        """The local date of a date or an instant; a time without a zone is local."""
        if not isinstance(at, datetime):
            return at
        return (at.astimezone(self.zone) if at.tzinfo else at).date()

    def shows(self, dates: Sequence[date]) -> bool:
        """Whether one of the dates is asked about."""
        return dates[0] <= self.last and dates[-1] >= self.first


def proposals(text: str, *, time_zone: str, first: date, last: date) -> Proposals:
    """The feed's entries with a date from `first` to `last`, in the days of that zone.

    Raises:
        NoFeed: the text is no iCalendar, or holds far more than holidays.
    """
    events = _events(text)
    window = _Window(ZoneInfo(time_zone), first, last)
    for event in events:
        with suppress(*_UNREADABLE):
            if (moved := _stands_for(event, window)) is not None:
                window.moved.setdefault(_uid(event), set()).add(moved)
    entries: dict[str, FeedEntry] = {}
    skipped = []
    for event in events:
        try:
            entries |= {entry.uid: entry for entry in _entries(event, window)}
        except _NotProposed as reason:
            skipped.append(Skipped(_uid(event), _summary(event), str(reason)))
        except _UNREADABLE:
            skipped.append(Skipped(_uid(event), _summary(event), "its dates cannot be read"))
    return Proposals(tuple(entries.values()), tuple(skipped))


def _events(text: str) -> list[Event]:
    """All events of all calendars in the text.

    Raises:
        NoFeed: as `proposals`.
    """
    try:
        feeds = [feed for feed in Feed.from_ical(text, multiple=True) if feed.name == "VCALENDAR"]
        events = [event for feed in feeds for event in feed.walk("VEVENT") if isinstance(event, Event)]
    except _UNREADABLE as error:
        raise NoFeed(f"this is no iCalendar: {str(error)[:_TEXT]}") from error
    if not feeds:
        raise NoFeed("this is no iCalendar: it has no VCALENDAR")
    series = sum("RRULE" in event for event in events)
    if len(events) > _MOST_EVENTS or series > _MOST_SERIES:
        raise NoFeed(f"this is no feed of holidays: it has {len(events)} events, {series} of them series")
    return events


def _entries(event: Event, window: _Window) -> Iterator[FeedEntry]:
    """What the event proposes inside the window."""
    uid = _uid(event)
    if not 0 < len(uid) <= _UID:
        raise _NotProposed("it has no usable UID, so no decision about it could be kept")
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        raise _NotProposed("it is cancelled")
    dates = _whole_days(event, window)
    moved = _stands_for(event, window)
    if moved is not None:
        yield from _shown(event, f"{uid}/{moved.isoformat()}", dates, window)
    elif not event.rrules and not event.rdates:
        yield from _shown(event, uid, dates, window)
    else:
        for start in _starts(event, dates[0], window):
            shifted = [day + (start - dates[0]) for day in dates]
            yield from _shown(event, f"{uid}/{start.isoformat()}", shifted, window)


def _shown(event: Event, uid: str, dates: Sequence[date], window: _Window) -> Iterator[FeedEntry]:
    if window.shows(dates):
        yield FeedEntry(uid=uid, dates=tuple(dates), summary=_summary(event), note=_note(event))


def _whole_days(event: Event, window: _Window) -> list[date]:
    """The days that the event covers from midnight to midnight, in order.

    Raises:
        _NotProposed: there is none, or there are too many.
    """
    start, end = event.start, event.end
    if start.year < _FIRST_YEAR:
        raise _NotProposed(f"it begins before {_FIRST_YEAR}")
    if isinstance(start, datetime) and isinstance(end, datetime):
        first, end = _rounded(start, window, up=False), _rounded(end, window, up=True)
    else:
        first, end = window.day(start), max(window.day(end), window.day(start) + _ONE_DAY)
    if end - first > _LONGEST:
        raise _NotProposed("it lasts longer than a year")
    if end <= first:
        raise _NotProposed("it covers no whole day")
    return [first + n * _ONE_DAY for n in range((end - first).days)]


def _rounded(at: datetime, window: _Window, *, up: bool) -> date:
    """The first day that begins at or after a start; the day at whose midnight an end stands, 23:59 being its end."""
    local = at.astimezone(window.zone) if at.tzinfo else at
    goes_on = local.time() >= _LAST_MINUTE if up else local.time() > time(0)
    return local.date() + _ONE_DAY if goes_on else local.date()


def _starts(event: Event, first: date, window: _Window) -> list[date]:
    """The days near the window on which an event of the series begins, without those taken out or moved.

    Raises:
        _NotProposed: it recurs more often than holidays do.
    """
    days = {first, *(window.day(_first_of(each)) for each in event.rdates)}
    for rule in event.rrules:
        try:
            days.update(days_of_series(rule.to_ical().decode(), first, last=window.last))
        except TooOften as reason:
            raise _NotProposed(str(reason)) from reason
    days = {day for day in days if window.first - _LONGEST <= day <= window.last}
    if len(days) > _MOST_OF_A_SERIES:
        raise _NotProposed("it recurs more often than holidays do: a weekday belongs into `weekly`")
    taken_out = {window.day(each) for each in event.exdates} | window.moved.get(_uid(event), set())
    return sorted(days - taken_out)


def _stands_for(event: Event, window: _Window) -> date | None:
    """The day of its series in whose place the event stands; None where it stands for itself."""
    moved = event.get("RECURRENCE-ID")
    return None if moved is None else window.day(moved.dt)


def _first_of(each: Any) -> date:
    """The start of a period; anything else is its own start."""
    start: date = each[0] if isinstance(each, tuple) else each
    return start


def _uid(event: Event) -> str:
    return str(event.get("UID", "")).strip()


def _summary(event: Event) -> str:
    return str(event.get("SUMMARY", "")).strip()[:_TEXT].strip() or "(without a name)"


def _note(event: Event) -> str | None:
    """The first line of what the feed says about it: public feeds tell a day off from a commemoration here."""
    lines = str(event.get("DESCRIPTION", "")).strip().splitlines()
    return lines[0][:_TEXT].strip() or None if lines else None
