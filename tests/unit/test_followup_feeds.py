"""The calendar feed as calendar programs want it. Source: RFC 5545."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from services.followup.feeds import Entry, written
from tests.unit.followup_life import HOUR, MONDAY, begun


def shown(zone: str = "Europe/Madrid", **changes: Any) -> tuple[Any, Any]:
    """The calendar and its only event."""
    life = begun()
    life.promise(**changes)
    promise = life.entry().promise.model_copy(update={"time_zone": zone})
    calendar: Any = Calendar.from_ical(written("ana", [Entry(number="2026-1", promise=promise)], life.now))
    (event,) = calendar.walk("VEVENT")
    return calendar, event


@pytest.mark.parametrize("zone", ["Europe/Madrid", "America/New_York", "Asia/Kolkata"])
def test_every_zone_that_is_named_is_explained(zone: str) -> None:
    calendar, event = shown(zone)
    (explained,) = calendar.walk("VTIMEZONE")
    assert explained["tzid"] == event["dtstart"].params["tzid"] == zone
    assert event["dtstart"].dt == MONDAY + 5 * HOUR


def test_utc_needs_no_explanation() -> None:
    calendar, event = shown("UTC")
    assert calendar.walk("VTIMEZONE") == []
    assert event["dtstart"].dt.utcoffset() == timedelta(0)


def test_what_is_due_by_an_instant_has_no_end() -> None:
    assert "dtend" not in shown()[1]


def test_a_window_ends_after_it_starts() -> None:
    four = MONDAY + 6 * HOUR
    _, event = shown(due=four + HOUR, not_before=four)
    start, end = event["dtstart"].dt, event["dtend"].dt
    assert isinstance(start, datetime)
    assert (start, end) == (four, four + HOUR)


def test_nothing_promised_is_an_empty_calendar() -> None:
    assert b"VEVENT" not in written("ana", [], MONDAY)
