"""Laws of business time, over calendars nobody would think of."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared.calendar import Calendar, NeverOpen
from shared.calendar.hours import WEEKDAYS, wall
from shared.calendar.zones import clock_changes

ZONES = ["UTC", "Europe/Madrid", "America/New_York", "America/Havana", "Asia/Kolkata", "Australia/Lord_Howe"]
FIRST = date(2025, 12, 20)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)

Span = tuple[str, str]


def span_of(start: int, length: int) -> Span:
    end = start + length
    return f"{start // 60:02}:{start % 60:02}", f"{end // 60 % 24:02}:{end % 60:02}" if end != 1440 else "24:00"


def spans_of(cuts: list[int]) -> tuple[Span, ...]:
    ordered = sorted(set(cuts))
    return tuple(span_of(a, b - a) for a, b in zip(ordered[::2], ordered[1::2], strict=False))


days_apart = st.integers(0, 400)
dates = days_apart.map(lambda days: FIRST + days * DAY)
quarter_hours = st.integers(0, 95).map(lambda quarter: quarter * 15)
in_the_day = st.lists(quarter_hours, min_size=2, max_size=6).map(spans_of)
over_midnight = st.tuples(quarter_hours, st.integers(1, 96)).map(lambda pair: (span_of(pair[0], pair[1] * 15),))
day_hours = st.one_of(in_the_day, over_midnight, st.just((("00:00", "24:00"),)))
calendars = st.builds(
    Calendar,
    time_zone=st.sampled_from(ZONES),
    weekly=st.dictionaries(st.sampled_from(WEEKDAYS), day_hours, min_size=1),
    holidays=st.lists(dates, max_size=12),
    date_overrides=st.dictionaries(dates, st.one_of(day_hours, st.just(())), max_size=6),
)
instants = st.datetimes(datetime(2025, 12, 15), datetime(2027, 3, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
amounts = st.timedeltas(timedelta(microseconds=1), timedelta(days=200))


@settings(deadline=None)
@given(calendars, instants, amounts)
def test_what_was_added_lies_between(calendar: Calendar, start: datetime, amount: timedelta) -> None:
    assume(any(calendar.weekly.values()))
    later, earlier = calendar.add(start, amount), calendar.add(start, -amount)
    assert calendar.between(start, later) == amount
    assert calendar.between(start, earlier) == -amount
    assert calendar.is_open(later - timedelta(microseconds=1))
    assert calendar.is_open(earlier)


@settings(deadline=None)
@given(calendars, instants, amounts, st.timedeltas(timedelta(0), timedelta(days=9)))
def test_add_is_monotone_in_both(calendar: Calendar, start: datetime, amount: timedelta, more: timedelta) -> None:
    assume(any(calendar.weekly.values()))
    assert calendar.add(start, amount) <= calendar.add(start, amount + more)
    assert calendar.add(start, amount) <= calendar.add(start + more, amount)
    assert calendar.add(start, -amount) <= start <= calendar.add(start, timedelta(0)) <= calendar.add(start, amount)


@settings(deadline=None)
@given(calendars, instants, instants, instants)
def test_between_adds_up_and_is_the_sum_of_the_spans(
    calendar: Calendar, one: datetime, two: datetime, three: datetime
) -> None:
    start, middle, end = sorted([one, two, three])
    assert calendar.between(start, middle) + calendar.between(middle, end) == calendar.between(start, end)
    spans = list(calendar.spans(start, end))
    assert sum((closes - opens for opens, closes in spans), timedelta(0)) == calendar.between(start, end)
    assert all(closes < opens for (_, closes), (opens, _) in pairwise(spans))
    assert all(start <= opens < closes <= end for opens, closes in spans)


@settings(deadline=None)
@given(calendars, instants)
def test_the_next_opening_is_open_and_nothing_is_open_before_it(calendar: Calendar, at: datetime) -> None:
    try:
        opening = calendar.next_open(at)
    except NeverOpen:
        return
    assert calendar.is_open(opening)
    assert calendar.between(at, opening) == timedelta(0)
    assert (opening == at) == calendar.is_open(at)
    assert calendar.previous_close(opening + timedelta(microseconds=1)) == opening + timedelta(microseconds=1)


def hours_on(calendar: Calendar, day: date) -> list[tuple[int, int]]:
    """The local hours of a date, read off the calendar the plainest way."""
    if day in calendar.date_overrides:
        return [wall(span) for span in calendar.date_overrides[day]]
    return [] if day in calendar.holidays else [wall(span) for span in calendar.weekly.get(WEEKDAYS[day.weekday()], ())]


@settings(deadline=None)
@given(calendars, instants)
def test_open_is_what_the_clock_on_the_wall_says(calendar: Calendar, at: datetime) -> None:
    zone = ZoneInfo(calendar.time_zone)
    local = at.astimezone(zone)
    day, second = local.date(), local.hour * 3600 + local.minute * 60 + local.second
    assume(day.toordinal() not in clock_changes(zone, day.year))
    own = any(opens <= second < closes for opens, closes in hours_on(calendar, day))
    written = day in calendar.date_overrides or day in calendar.holidays
    spilt = any(second + 86_400 < closes for _, closes in hours_on(calendar, day - DAY))
    assert calendar.is_open(at) == (own or (spilt and not written))


@settings(deadline=None, max_examples=25)
@given(calendars, st.sampled_from(["2026-03-08", "2026-03-29", "2026-04-04", "2026-10-25", "2026-11-01", "2026-10-04"]))
def test_around_a_clock_change_every_minute_is_counted_once(calendar: Calendar, change: str) -> None:
    start = datetime.fromisoformat(change).replace(tzinfo=UTC)
    minutes = sum(calendar.is_open(start + i * MINUTE) for i in range(1440))
    assert calendar.between(start, start + DAY) == minutes * MINUTE


@settings(deadline=None)
@given(calendars, dates, st.integers(-300, 300))
def test_working_days_added_are_working_days_between(calendar: Calendar, day: date, number: int) -> None:
    assume(any(calendar.weekly.values()))
    found = calendar.add_working_days(day, number)
    assert calendar.is_working_day(found)
    step = (found > day) - (found < day)
    passed = sum(calendar.is_working_day(day + i * step * DAY) for i in range(1, abs((found - day).days) + 1))
    if number:
        assert passed == abs(number)
        assert step == (1 if number > 0 else -1)
    else:
        assert passed == (0 if calendar.is_working_day(day) else 1)
    counted = calendar.working_days_between(min(day, found), max(day, found))
    assert counted == sum(
        calendar.is_working_day(min(day, found) + i * DAY) for i in range(1, abs((found - day).days) + 1)
    )
