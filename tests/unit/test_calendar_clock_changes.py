"""Business time on the days on which a zone's clocks change."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.calendar import Calendar
from shared.calendar.hours import WEEKDAYS

HOUR = timedelta(hours=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def daily(zone: str, opens: str, closes: str) -> Calendar:
    return Calendar(time_zone=zone, weekly=dict.fromkeys(WEEKDAYS, ((opens, closes),)))


@pytest.mark.parametrize(
    ("zone", "before", "day", "wall_hours", "real_hours"),
    [
        ("Europe/Madrid", "2026-03-29T00:00+01:00", date(2026, 3, 29), ("00:00", "08:00"), 7),
        ("Europe/Madrid", "2026-10-25T00:00+02:00", date(2026, 10, 25), ("00:00", "08:00"), 9),
        ("America/New_York", "2026-03-08T00:00-05:00", date(2026, 3, 8), ("00:00", "08:00"), 7),
        ("America/New_York", "2026-11-01T00:00-04:00", date(2026, 11, 1), ("00:00", "08:00"), 9),
    ],
)
def test_a_clock_change_inside_a_span_counts_as_it_passes(
    zone: str, before: str, day: date, wall_hours: tuple[str, str], real_hours: int
) -> None:
    calendar, start = daily(zone, *wall_hours), datetime.fromisoformat(before)
    assert calendar.between(start, start + 12 * HOUR) == real_hours * HOUR
    assert calendar.add(start, real_hours * HOUR) == calendar.closing_of_day(day)
    opening, closing = calendar.day(day)[0]
    assert closing - opening == real_hours * HOUR


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 7), (date(2026, 10, 24), 9), (date(2026, 6, 5), 8)])
def test_a_night_shift_over_a_clock_change_is_shorter_or_longer(day: date, hours: int) -> None:
    opening, closing = daily("Europe/Madrid", "22:00", "06:00").day(day)[0]
    assert closing - opening == hours * HOUR


def test_office_hours_keep_to_the_wall_clock_over_a_clock_change() -> None:
    calendar = daily("America/New_York", "09:00", "17:00")
    assert calendar.next_open(utc("2026-03-07T23:00")) == utc("2026-03-08T13:00")
    assert calendar.next_open(utc("2026-03-06T23:00")) == utc("2026-03-07T14:00")


def test_a_time_that_the_change_skips_is_the_instant_of_the_change() -> None:
    jump = utc("2026-03-29T01:00")
    assert daily("Europe/Madrid", "02:30", "05:00").opening_of_day(date(2026, 3, 29)) == jump
    assert daily("Europe/Madrid", "01:00", "02:30").closing_of_day(date(2026, 3, 29)) == jump
    assert daily("Europe/Madrid", "02:15", "02:45").day(date(2026, 3, 29)) == []
    assert not daily("Europe/Madrid", "02:15", "02:45").is_working_day(date(2026, 3, 29))


def test_a_time_that_happens_twice_is_the_first_of_the_two() -> None:
    assert daily("Europe/Madrid", "02:30", "05:00").opening_of_day(date(2026, 10, 25)) == utc("2026-10-25T00:30")
    assert daily("Europe/Madrid", "00:00", "02:30").closing_of_day(date(2026, 10, 25)) == utc("2026-10-25T00:30")


def test_a_clock_that_goes_back_over_midnight_shows_a_date_twice_and_counts_it_once() -> None:
    calendar = daily("America/St_Johns", "00:00", "24:00")
    start, end = utc("2010-11-06T12:00"), utc("2010-11-08T12:00")
    assert calendar.between(start, end) == end - start
    assert list(calendar.spans(start, end)) == [(start, end)]


def test_a_date_that_a_zone_left_out_is_no_working_day() -> None:
    calendar = daily("Pacific/Apia", "09:00", "17:00")
    assert calendar.day(date(2011, 12, 30)) == []
    assert calendar.working_days_between(date(2011, 12, 28), date(2012, 1, 2)) == 4
    assert calendar.add_working_days(date(2011, 12, 29), 1) == date(2011, 12, 31)
