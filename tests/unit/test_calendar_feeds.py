"""iCal feeds propose dates; a person accepts or refuses each, and only then does it count."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.calendar import WEEKDAYS, Calendar, FeedEntry
from shared.calendar.entries import MOST_ENTRIES, TooManyEntries, decided, merged
from shared.calendar.feeds import NoFeed, Proposals, proposals

FIRST, LAST = date(2026, 1, 1), date(2029, 12, 31)
NEW_YEAR, EASTER_MONDAY = date(2027, 1, 1), date(2027, 3, 29)


NAMES = (
    "DTSTART",
    "DTEND",
    "DURATION",
    "RRULE",
    "EXDATE",
    "RDATE",
    "RECURRENCE-ID",
    "STATUS",
    "UID",
    "SUMMARY",
    "BEGIN",
)
PARAMETERS = (
    "",
    ";VALUE=DATE",
    ";VALUE=PERIOD",
    ";VALUE=FOO",
    ";TZID=Europe/Madrid",
    ";TZID=Nowhere/X",
    ";TZID=",
    ";;",
)
VALUES = (
    "20260101", "20260101T000000Z", "99991231", "00000101", "99999999", "P1D", "-P1D", "P99999999D", "20260101/P1D",
    "20260101,20260102", "FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=13", "FREQ=YEARLY;INTERVAL=0", "FREQ=FOO", "INTERVAL=2",
    "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2", "FREQ=YEARLY;BYDAY=XX", "FREQ=YEARLY;UNTIL=2026", "CANCELLED", "VEVENT", "",
)  # fmt: skip


def event(*lines: str, uid: str = "a@feed") -> str:
    return "\n".join(("BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT"))


def day(start: date, *lines: str, uid: str = "a@feed", name: str = "Closed") -> str:
    return event(f"DTSTART;VALUE=DATE:{start:%Y%m%d}", f"SUMMARY:{name}", *lines, uid=uid)


def read(*events: str, zone: str = "Europe/Madrid", first: date = FIRST, last: date = LAST) -> Proposals:
    text = "\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *events, "END:VCALENDAR"))
    return proposals(text, time_zone=zone, first=first, last=last)


def dates(*events: str, zone: str = "Europe/Madrid") -> list[str]:
    return [each.isoformat() for entry in read(*events, zone=zone).entries for each in entry.dates]


def entry(uid: str, *days: date, accepted: bool | None = None) -> FeedEntry:
    return FeedEntry(uid=uid, dates=days, summary=uid, accepted=accepted)


def test_nothing_of_a_feed_counts_before_a_person_accepted_it() -> None:
    found = read(day(NEW_YEAR, uid="off"), day(EASTER_MONDAY, "DESCRIPTION:Observance\\nTo hide", uid="feast"))
    office = Calendar(time_zone="Europe/Madrid", weekly=dict.fromkeys(WEEKDAYS, (("09:00", "17:00"),)))
    office = office.model_copy(update={"feed_entries": found.entries})
    assert [each.note for each in found.entries] == [None, "Observance"]
    assert office.is_working_day(NEW_YEAR)
    chosen = office.model_copy(update={"feed_entries": decided(found.entries, ["off"], ["feast"])})
    assert (chosen.is_working_day(NEW_YEAR), chosen.is_working_day(EASTER_MONDAY)) == (False, True)


def test_an_end_date_is_not_closed_and_a_missing_one_is_the_day_after() -> None:
    assert dates(day(date(2026, 12, 24), "DTEND;VALUE=DATE:20261227")) == ["2026-12-24", "2026-12-25", "2026-12-26"]
    assert dates(day(NEW_YEAR)) == ["2027-01-01"]
    assert dates(day(NEW_YEAR, "DTEND;VALUE=DATE:20270101")) == ["2027-01-01"]


@pytest.mark.parametrize(
    ("start", "end", "closed"),
    [
        (";TZID=Europe/Madrid:20261231T000000", ";TZID=Europe/Madrid:20270101T000000", ["2026-12-31"]),
        (";TZID=Europe/Madrid:20261231T000000", ";TZID=Europe/Madrid:20261231T235900", ["2026-12-31"]),
        (":20261230T230000Z", ":20261231T230000Z", ["2026-12-31"]),
        (":20261231T000000", ":20270102T000000", ["2026-12-31", "2027-01-01"]),
        (":20261230T150000", ":20270101T090000", ["2026-12-31"]),
        (":20261231T090000", ":20261231T140000", []),
    ],
)
def test_only_days_that_are_covered_as_a_whole_are_proposed(start: str, end: str, closed: list[str]) -> None:
    assert dates(event(f"DTSTART{start}", f"DTEND{end}")) == closed


def test_each_day_of_a_series_is_decided_by_itself_or_all_at_once() -> None:
    found = read(
        day(NEW_YEAR, "RRULE:FREQ=YEARLY;UNTIL=20290101T000000Z", "EXDATE;VALUE=DATE:20280101", uid="y"),
        day(date(2028, 1, 3), "RECURRENCE-ID;VALUE=DATE:20290101", uid="y"),
        day(date(2026, 5, 4), "RDATE;VALUE=DATE:20270503", uid="r"),
    )
    assert {each.uid: each.dates for each in found.entries} == {
        "y/2027-01-01": (NEW_YEAR,),
        "y/2029-01-01": (date(2028, 1, 3),),
        "r/2026-05-04": (date(2026, 5, 4),),
        "r/2027-05-03": (date(2027, 5, 3),),
    }
    one = decided(found.entries, ["y/2027-01-01"], [])
    assert [each.accepted for each in one] == [True, None, None, None]
    assert [each.accepted for each in decided(one, ["r"], ["y"])] == [False, False, True, True]


def test_only_what_lies_near_is_proposed() -> None:
    monthly = day(date(2020, 1, 6), "DTEND;VALUE=DATE:20200108", "RRULE:FREQ=MONTHLY")
    found = read(monthly, day(date(2026, 1, 6), uid="b"), first=date(2026, 1, 7), last=date(2026, 3, 6))
    assert [each.uid for each in found.entries] == ["a@feed/2026-01-06", "a@feed/2026-02-06", "a@feed/2026-03-06"]
    assert len(found.entries[0].dates) == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (day(NEW_YEAR, "STATUS:CANCELLED"), "cancelled"),
        (event("DTSTART:soon"), "cannot be read"),
        (event("SUMMARY:no date"), "cannot be read"),
        (day(NEW_YEAR, uid=""), "no usable UID"),
        (day(NEW_YEAR, uid="x" * 300), "no usable UID"),
        (day(date(1901, 1, 1), "RRULE:FREQ=DAILY"), "before 1970"),
        (day(NEW_YEAR, "DTEND;VALUE=DATE:20290101"), "longer than a year"),
        (day(NEW_YEAR, "RRULE:FREQ=SECONDLY"), "more often than every month"),
        (day(NEW_YEAR, "RRULE:FREQ=WEEKLY"), "more often than every month"),
        (day(NEW_YEAR, "RRULE:FREQ=YEARLY;BYHOUR=1,2,3"), "more often than every month"),
        (day(NEW_YEAR, "RRULE:FREQ=MONTHLY;BYDAY=MO"), "more often than holidays do"),
        (day(NEW_YEAR, "RRULE:FREQ=YEARLY;BYDAY=XX"), "cannot be read"),
        (day(NEW_YEAR, "RECURRENCE-ID:soon"), "cannot be read"),
        (event("DTSTART;VALUE=DATE:99991231"), "cannot be read"),
        (event("DTSTART:20270101T100000", "DURATION:PT2H"), "no whole day"),
    ],
)
def test_what_is_not_proposed_is_named_with_the_reason(text: str, why: str) -> None:
    found = read(text, day(EASTER_MONDAY, uid="good"))
    (skipped,) = found.skipped
    assert why in skipped.why
    assert [each.uid for each in found.entries] == ["good"]


@pytest.mark.parametrize("text", ["", "hello", "BEGIN:VCALENDAR\nnonsense", "BEGIN:VEVENT\nEND:VEVENT", "{}", "\x00"])
def test_what_is_no_calendar_is_refused(text: str) -> None:
    with pytest.raises(NoFeed, match="no iCalendar"):
        proposals(text, time_zone="UTC", first=FIRST, last=LAST)


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=YEARLY;COUNT=2", ["2027-01-01", "2028-01-01"]),
        ("FREQ=YEARLY;INTERVAL=2", ["2027-01-01", "2029-01-01"]),
        ("FREQ=YEARLY;BYMONTH=5;BYDAY=1MO;COUNT=2", ["2027-01-01", "2027-05-03", "2028-05-01"]),
        ("FREQ=YEARLY;UNTIL=20280101", ["2027-01-01", "2028-01-01"]),
        ("FREQ=YEARLY;UNTIL=20260101", ["2027-01-01"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2", ["2027-01-01"]),
    ],
)
def test_a_series_has_the_days_of_its_rule_and_its_own_first_one(rule: str, days: list[str]) -> None:
    assert dates(day(NEW_YEAR, f"RRULE:{rule}")) == days


@pytest.mark.parametrize(("events", "lines"), [(2001, ()), (101, ("RRULE:FREQ=YEARLY",))])
def test_what_holds_far_more_than_holidays_is_refused(events: int, lines: tuple[str, ...]) -> None:
    with pytest.raises(NoFeed, match="no feed of holidays"):
        read(*(day(NEW_YEAR, *lines, uid=str(n)) for n in range(events)))


@pytest.mark.filterwarnings("ignore")
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(PARAMETERS), st.sampled_from(VALUES)), max_size=8))
def test_whatever_an_event_says_is_proposed_or_skipped(lines: list[tuple[str, str, str]]) -> None:
    broken = event(*(f"{name}{parameter}:{value}" for name, parameter, value in lines))
    with suppress(NoFeed):
        assert read(broken, day(EASTER_MONDAY, uid="good"))


def test_a_second_upload_keeps_every_decision() -> None:
    known = (entry("yes", NEW_YEAR, accepted=True), entry("no", EASTER_MONDAY, accepted=False), entry("open", FIRST))
    again = merged(known, [entry("yes", NEW_YEAR), entry("no", EASTER_MONDAY), entry("open", FIRST)], since=FIRST)
    assert {each.uid: each.accepted for each in again.entries} == {"yes": True, "no": False, "open": None}
    assert again.new == ()


def test_what_another_feed_brought_stays_and_what_is_over_and_closes_nothing_goes() -> None:
    past = FIRST - timedelta(days=1)
    known = (entry("other", NEW_YEAR), entry("old", past), entry("refused", past, accepted=False))
    kept = entry("kept", past, accepted=True)
    together = merged((*known, kept), [entry("new", EASTER_MONDAY)], since=FIRST)
    assert [each.uid for each in together.entries] == ["kept", "other", "new"]
    assert together.new == ("new",)


def test_an_accepted_day_that_moves_is_proposed_anew_beside_it() -> None:
    known = (entry("day", NEW_YEAR, accepted=True),)
    moved = merged(known, [entry("day", EASTER_MONDAY)], since=FIRST)
    assert [(each.uid, each.accepted) for each in moved.entries] == [("day", True), ("day/2027-03-29", None)]
    assert moved.new == ("day/2027-03-29",)
    settled = decided(moved.entries, ["day/2027-03-29"], [])
    again = merged(settled, [entry("day", EASTER_MONDAY)], since=FIRST)
    assert (again.entries, again.new) == (settled, ())


@pytest.mark.parametrize("accepted", [None, False])
def test_a_day_that_was_not_accepted_just_moves_and_is_asked_about_again(accepted: bool | None) -> None:
    moved = merged((entry("day", NEW_YEAR, accepted=accepted),), [entry("day", EASTER_MONDAY)], since=FIRST)
    assert [(each.dates, each.accepted) for each in moved.entries] == [((EASTER_MONDAY,), None)]
    assert moved.new == ("day",)


def test_a_feed_with_a_day_for_everything_is_refused() -> None:
    many = [entry(str(n), NEW_YEAR + timedelta(days=n)) for n in range(MOST_ENTRIES + 1)]
    with pytest.raises(TooManyEntries, match="301 entries"):
        merged((), many, since=FIRST)


def test_refusing_wins_and_an_unknown_entry_is_named() -> None:
    known = (entry("a", NEW_YEAR), entry("a/b", NEW_YEAR))
    assert [each.accepted for each in decided(known, ["a"], ["a"])] == [False, None]
    with pytest.raises(KeyError, match="zzz"):
        decided(known, [], ["zzz"])


def test_an_entry_needs_a_date() -> None:
    with pytest.raises(ValidationError, match="dates"):
        FeedEntry(uid="a", dates=(), summary="x")
