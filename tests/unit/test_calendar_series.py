"""Recurrence rules of feeds of holidays: the days that RFC 5545 gives them, and an end for each."""

from datetime import date

import pytest

from shared.calendar.series import TooOften, days_of_series

START, LAST = date(2026, 9, 7), date(2028, 12, 31)


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=YEARLY", ["2026-09-07", "2027-09-07", "2028-09-07"]),
        ("freq=yearly;wkst=mo", ["2026-09-07", "2027-09-07", "2028-09-07"]),
        ("FREQ=YEARLY;BYMONTH=9;BYDAY=1MO", ["2026-09-07", "2027-09-06", "2028-09-04"]),
        ("FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO", ["2027-05-31", "2028-05-29"]),
        ("FREQ=YEARLY;BYMONTH=9;BYDAY=MO;BYSETPOS=1", ["2026-09-07", "2027-09-06", "2028-09-04"]),
        ("FREQ=YEARLY;BYMONTH=9,5;BYDAY=MO;BYSETPOS=-1,1;COUNT=3", ["2026-09-28", "2027-05-03", "2027-09-27"]),
        ("FREQ=YEARLY;BYDAY=TU;BYMONTH=11;BYMONTHDAY=2,3,4,5,6,7,8", ["2026-11-03", "2027-11-02", "2028-11-07"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", ["2027-02-28", "2028-02-29"]),
        ("FREQ=YEARLY;BYMONTHDAY=31;COUNT=3", ["2026-10-31", "2026-12-31", "2027-01-31"]),
        ("FREQ=YEARLY;BYDAY=FR;BYMONTHDAY=13;UNTIL=20270901", ["2026-11-13", "2027-08-13"]),
        ("FREQ=MONTHLY;INTERVAL=12;UNTIL=20270907T000000Z", ["2026-09-07", "2027-09-07"]),
        ("FREQ=MONTHLY;BYMONTH=1", ["2027-01-07", "2028-01-07"]),
        ("FREQ=YEARLY;INTERVAL=3", ["2026-09-07"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", []),
        ("FREQ=YEARLY;BYMONTH=9;BYDAY=MO;BYSETPOS=9", []),
    ],
)  # fmt: skip
def test_the_days_of_a_rule(rule: str, days: list[str]) -> None:
    assert [day.isoformat() for day in days_of_series(rule, START, last=LAST)] == days


@pytest.mark.parametrize("rule", ["FREQ=WEEKLY", "FREQ=DAILY;COUNT=2", "FREQ=YEARLY;BYHOUR=1"])
def test_what_recurs_within_a_month_is_no_holiday(rule: str) -> None:
    with pytest.raises(TooOften):
        days_of_series(rule, START, last=LAST)


@pytest.mark.parametrize(
    "rule",
    [
        "", "FREQ=LUNAR", "FREQ=YEARLY;BYWEEKNO=20", "FREQ=YEARLY;BYDAY=20MO", "FREQ=YEARLY;BYDAY=XX", "FREQ=YEARLY;X",
        "FREQ=YEARLY;INTERVAL=0", "FREQ=YEARLY;UNTIL=soon", "FREQ=YEARLY;COUNT=few", "FREQ=YEARLY;BYMONTH=May",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(rule: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its kind is all that is promised
        days_of_series(rule, START, last=LAST)
