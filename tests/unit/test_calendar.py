"""Business time: each convention of `shared.calendar`, and what a day is."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.calendar import AROUND_THE_CLOCK, Calendar, NeverOpen
from shared.calendar.hours import WEEKDAYS

WORKDAYS = WEEKDAYS[:5]
OFFICE = Calendar(time_zone="UTC", weekly=dict.fromkeys(WORKDAYS, (("09:00", "17:00"),)))
NIGHTS = Calendar(time_zone="UTC", weekly=dict.fromkeys(WORKDAYS, (("22:00", "06:00"),)))
NEVER = Calendar(time_zone="Europe/Madrid")
HOUR = timedelta(hours=1)
MONDAY, FRIDAY, SATURDAY, SUNDAY = (date(2026, 6, day) for day in (1, 5, 6, 7))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def daily(zone: str, opens: str, closes: str) -> Calendar:
    return Calendar(time_zone=zone, weekly=dict.fromkeys(WEEKDAYS, ((opens, closes),)))


def test_the_last_minute_on_a_closing_lands_on_the_closing() -> None:
    assert OFFICE.add(utc("2026-06-05T09:00"), 8 * HOUR) == utc("2026-06-05T17:00")


def test_backward_the_last_minute_on_an_opening_lands_on_the_opening() -> None:
    assert OFFICE.add(utc("2026-06-08T09:00"), -8 * HOUR) == utc("2026-06-05T09:00")


def test_adding_nothing_is_the_next_opening() -> None:
    assert OFFICE.add(utc("2026-06-06T12:33"), timedelta(0)) == utc("2026-06-08T09:00")
    assert OFFICE.add(utc("2026-06-05T17:00"), timedelta(0)) == utc("2026-06-08T09:00")
    assert OFFICE.add(utc("2026-06-05T16:59"), timedelta(0)) == utc("2026-06-05T16:59")


def test_the_opening_is_open_and_the_closing_is_not() -> None:
    assert OFFICE.is_open(utc("2026-06-05T09:00"))
    assert OFFICE.is_open(utc("2026-06-05T16:59:59.999999"))
    assert not OFFICE.is_open(utc("2026-06-05T17:00"))


def test_previous_close_mirrors_next_open() -> None:
    assert OFFICE.previous_close(utc("2026-06-08T09:00")) == utc("2026-06-05T17:00")
    assert OFFICE.previous_close(utc("2026-06-05T17:00")) == utc("2026-06-05T17:00")
    assert OFFICE.previous_close(utc("2026-06-05T12:00")) == utc("2026-06-05T12:00")


def test_between_is_negative_backward() -> None:
    assert OFFICE.between(utc("2026-06-08T10:00"), utc("2026-06-05T16:00")) == -2 * HOUR


def test_microseconds_survive() -> None:
    assert OFFICE.add(utc("2026-06-05T16:59:59.999999"), timedelta(microseconds=2)) == utc("2026-06-08T09:00:00.000001")


def test_an_instant_in_another_zone_is_the_same_instant() -> None:
    lima = datetime.fromisoformat("2026-06-05T11:00:00-05:00")
    assert OFFICE.add(lima, 2 * HOUR) == utc("2026-06-08T10:00")
    assert OFFICE.next_open(lima).tzinfo is UTC


def test_a_naive_datetime_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        OFFICE.is_open(datetime(2026, 6, 5))  # noqa: DTZ001 - the point
    with pytest.raises(ValueError, match="no time zone"):
        OFFICE.spans(utc("2026-06-05"), datetime(2026, 6, 5))  # noqa: DTZ001 - the point


def test_an_instant_is_no_date() -> None:
    with pytest.raises(TypeError, match="a date is needed"):
        OFFICE.day(utc("2026-06-05"))


def test_a_span_over_midnight_belongs_to_its_opening_day() -> None:
    assert NIGHTS.day(FRIDAY) == [(utc("2026-06-05T22:00"), utc("2026-06-06T06:00"))]
    assert NIGHTS.is_open(utc("2026-06-06T05:59"))
    assert not NIGHTS.is_open(utc("2026-06-01T05:59"))
    assert NIGHTS.day(SATURDAY) == []
    assert NIGHTS.between(utc("2026-06-01T00:00"), utc("2026-06-08T00:00")) == 40 * HOUR
    assert NIGHTS.add(utc("2026-06-05T23:00"), 8 * HOUR) == utc("2026-06-08T23:00")


def test_a_holiday_has_no_open_time_not_even_from_the_evening_before() -> None:
    calendar = NIGHTS.model_copy(update={"holidays": [SATURDAY, MONDAY]})
    assert calendar.closing_of_day(FRIDAY) == utc("2026-06-06T00:00")
    assert not calendar.is_open(utc("2026-06-06T01:00"))
    assert not calendar.is_open(utc("2026-06-02T01:00"))
    assert calendar.between(utc("2026-06-01T00:00"), utc("2026-06-08T00:00")) == 26 * HOUR


def test_an_override_is_all_there_is_that_day_and_opens_a_holiday() -> None:
    hours = {MONDAY: [["10:00", "12:00"], ["23:00", "01:00"]], SUNDAY: [["09:00", "10:00"]], FRIDAY: []}
    calendar = OFFICE.model_copy(update={"date_overrides": hours, "holidays": [MONDAY]})
    assert calendar.day(MONDAY)[0] == (utc("2026-06-01T10:00"), utc("2026-06-01T12:00"))
    assert calendar.between(utc("2026-06-01T00:00"), utc("2026-06-02T00:00")) == 3 * HOUR
    assert calendar.is_open(utc("2026-06-02T00:59"))
    assert calendar.next_open(utc("2026-06-04T17:00")) == utc("2026-06-07T09:00")
    assert calendar.add_working_days(date(2026, 6, 4), 1) == SUNDAY


def test_spans_that_touch_over_midnight_are_one() -> None:
    pieces = Calendar(time_zone="UTC", weekly={"mon": [("20:00", "24:00")], "tue": [("00:00", "04:00")]})
    assert list(pieces.spans(utc("2026-06-01T00:00"), utc("2026-06-03T00:00"))) == [
        (utc("2026-06-01T20:00"), utc("2026-06-02T04:00"))
    ]
    overlapping = Calendar(time_zone="UTC", weekly={"mon": [("20:00", "06:00")], "tue": [("05:00", "08:00")]})
    assert overlapping.between(utc("2026-06-01T00:00"), utc("2026-06-03T00:00")) == 12 * HOUR


def test_spans_are_cut_to_what_was_asked() -> None:
    assert list(OFFICE.spans(utc("2026-06-05T16:00"), utc("2026-06-08T10:00"))) == [
        (utc("2026-06-05T16:00"), utc("2026-06-05T17:00")),
        (utc("2026-06-08T09:00"), utc("2026-06-08T10:00")),
    ]


@pytest.mark.parametrize("whole", [("00:00", "24:00"), ("00:00", "00:00")])
def test_a_whole_day_may_be_written_both_ways(whole: tuple[str, str]) -> None:
    calendar = Calendar(time_zone="UTC", weekly={"mon": [whole]})
    assert calendar.day(MONDAY) == [(utc("2026-06-01T00:00"), utc("2026-06-02T00:00"))]


def test_a_close_at_23_59_leaves_the_last_minute_closed() -> None:
    calendar = daily("UTC", "00:00", "23:59")
    assert not calendar.is_open(utc("2026-06-01T23:59:30"))
    assert calendar.between(utc("2026-06-01T00:00"), utc("2026-06-03T00:00")) == 48 * HOUR - timedelta(minutes=2)


def test_around_the_clock_is_elapsed_time() -> None:
    start = utc("2026-03-28T12:34:56")
    assert AROUND_THE_CLOCK.add(start, timedelta(days=4000)) == start + timedelta(days=4000)
    assert AROUND_THE_CLOCK.add(start, -timedelta(days=4000)) == start - timedelta(days=4000)
    assert list(AROUND_THE_CLOCK.spans(start, start + timedelta(days=9))) == [(start, start + timedelta(days=9))]
    assert daily("Europe/Madrid", "00:00", "24:00").add(start, timedelta(days=400)) == start + timedelta(days=400)


def test_the_first_and_last_instant_of_a_day() -> None:
    split = Calendar(time_zone="Europe/Madrid", weekly={"fri": [("16:00", "19:00"), ("09:00", "14:00")]})
    assert split.opening_of_day(FRIDAY) == utc("2026-06-05T07:00")
    assert split.closing_of_day(FRIDAY) == utc("2026-06-05T17:00")
    assert split.opening_of_day(SATURDAY) is None
    assert split.closing_of_day(SATURDAY) is None


@pytest.mark.parametrize(
    ("day", "number", "expected"),
    [
        (FRIDAY, 1, date(2026, 6, 8)),
        (FRIDAY, 0, FRIDAY),
        (FRIDAY, -5, date(2026, 5, 29)),
        (SATURDAY, 1, date(2026, 6, 8)),
        (SATURDAY, 0, date(2026, 6, 8)),
        (SATURDAY, -1, FRIDAY),
        (MONDAY, -1, date(2026, 5, 29)),
        (FRIDAY, 260 * 10, date(2036, 5, 23)),
    ],
)
def test_working_days_are_counted_from_the_day_after(day: date, number: int, expected: date) -> None:
    assert OFFICE.add_working_days(day, number) == expected


def test_working_days_between_leave_out_the_start_and_take_in_the_end() -> None:
    assert OFFICE.working_days_between(FRIDAY, date(2026, 6, 8)) == 1
    assert OFFICE.working_days_between(date(2026, 6, 8), FRIDAY) == -1
    assert OFFICE.working_days_between(SATURDAY, SUNDAY) == 0
    holiday = OFFICE.model_copy(update={"holidays": [date(2026, 6, 9), SUNDAY]})
    assert holiday.working_days_between(FRIDAY, date(2026, 6, 10)) == 2


def test_a_calendar_that_never_opens_says_so() -> None:
    now = utc("2026-06-05T12:00")
    for amount in (HOUR, -HOUR, 0 * HOUR):
        with pytest.raises(NeverOpen, match="never open"):
            NEVER.add(now, amount)
    with pytest.raises(NeverOpen, match="never open"):
        NEVER.previous_close(now)
    with pytest.raises(NeverOpen, match="never open"):
        NEVER.add_working_days(FRIDAY, 1)
    assert NEVER.between(now, now + timedelta(days=9999)) == timedelta(0)
    assert NEVER.working_days_between(FRIDAY, date(2100, 1, 1)) == 0
    assert list(NEVER.spans(now, now + timedelta(days=9999))) == []
    assert not NEVER.is_open(now)


def test_a_calendar_of_overrides_alone_runs_out_both_ways() -> None:
    once = Calendar(time_zone="UTC", date_overrides={date(2030, 12, 31): [("22:00", "02:00")]})
    assert once.next_open(utc("2026-06-05T12:00")) == utc("2030-12-31T22:00")
    assert once.add(utc("2026-06-05T12:00"), 4 * HOUR) == utc("2031-01-01T02:00")
    assert once.add(utc("2040-06-05T12:00"), -4 * HOUR) == utc("2030-12-31T22:00")
    with pytest.raises(NeverOpen, match="after 2026-06-05"):
        once.add(utc("2026-06-05T12:00"), 5 * HOUR)
    with pytest.raises(NeverOpen, match="before 2040-06-05"):
        once.add(utc("2040-06-05T12:00"), -5 * HOUR)


def test_beyond_the_end_of_time_there_is_no_open_time() -> None:
    with pytest.raises(NeverOpen):
        OFFICE.add(utc("2026-06-05T12:00"), timedelta(days=999_999_999))
    with pytest.raises(NeverOpen):
        OFFICE.add_working_days(FRIDAY, 10**12)
    with pytest.raises(NeverOpen):
        OFFICE.add(utc("2026-06-05T12:00"), -timedelta(days=700_000))
    with pytest.raises(ValueError, match="outside the years"):
        OFFICE.is_open(datetime.max.replace(tzinfo=UTC))
    with pytest.raises(ValueError, match="outside the years"):
        OFFICE.day(date.max)


def test_more_years_than_are_kept_are_summed_again() -> None:
    first, last = date(1900, 1, 1), date(2100, 1, 1)
    plainly = sum(date.fromordinal(day).isoweekday() <= 5 for day in range(first.toordinal() + 1, last.toordinal() + 1))
    assert OFFICE.working_days_between(first, last) == plainly
    assert OFFICE.working_days_between(last, first) == -plainly
