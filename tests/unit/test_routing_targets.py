"""By when: which target counts, and in whose time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.routing.domain.targets import Measured, deadline, deadlines, target_for
from shared.calendar import AROUND_THE_CLOCK, Calendar
from shared.events.reference import Policy, Target
from tests.support.routing import MONDAY, OFFICE


def target(minutes: int, **fields: Any) -> Target:
    return Target(clock=fields.pop("clock", "first_response"), minutes=minutes, **fields)


POLICY = Policy(
    name="p",
    targets=(
        target(480),
        target(240, priority="high"),
        target(120, channel="phone"),
        target(60, category="Fraud"),
        target(30, channel="phone", priority="high"),
        target(20, category="fraud", priority="high"),
        target(10, category="fraud", channel="phone", priority="high"),
        target(5, clock="acknowledge", business=False),
    ),
)


@pytest.mark.parametrize(
    ("channel", "category", "priority", "minutes"),
    [
        ("web", "card", "normal", 480),
        ("web", "card", "high", 240),
        ("phone", "card", "normal", 120),
        ("phone", "fraud", "normal", 60),
        ("phone", "card", "high", 30),
        ("web", "fraud", "high", 20),
        ("phone", "fraud", "high", 10),
    ],
)
def test_the_most_specific_target_counts(channel: Any, category: str, priority: Any, minutes: int) -> None:
    found = target_for(POLICY, "first_response", Measured(channel, category, priority))
    assert found is not None
    assert found.minutes == minutes


def test_of_two_equal_targets_the_first_counts() -> None:
    found = target_for(Policy(name="p", targets=(target(1), target(2))), "first_response", Measured("web", "x", "low"))
    assert found is not None
    assert found.minutes == 1


def test_business_minutes_are_counted_in_the_hours_of_the_team() -> None:
    friday = datetime(2026, 3, 6, 16, 30, tzinfo=UTC)  # 17:30 in Madrid
    assert deadline(target(60), OFFICE, friday) == datetime(2026, 3, 9, 8, 30, tzinfo=UTC)
    assert deadline(target(60, business=False), OFFICE, friday) == friday + timedelta(hours=1)


def test_a_calendar_that_never_opens_counts_elapsed_time() -> None:
    never = Calendar(time_zone="UTC")
    assert deadline(target(60), never, MONDAY) == MONDAY + timedelta(hours=1)


def test_no_deadline_lies_beyond_what_an_event_can_say() -> None:
    late = datetime(2199, 12, 1, tzinfo=UTC)
    assert deadline(target(5_256_000), AROUND_THE_CLOCK, late) == datetime(2199, 12, 31, tzinfo=UTC)


def test_a_clock_without_a_target_has_no_deadline() -> None:
    found, why = deadlines(POLICY, Measured("web", "card", "low"), AROUND_THE_CLOCK, MONDAY)
    assert found.resolution is None
    assert found.legal is None
    assert found.acknowledge == MONDAY + timedelta(minutes=5)
    assert why == ("acknowledge within 5 elapsed minutes", "first_response within 480 business minutes")


def test_nobody_can_be_answered_who_is_not_known() -> None:
    policy = Policy(name="p", targets=(target(5, clock="acknowledge"), target(9), target(60, clock="resolution")))
    found, why = deadlines(policy, Measured("web", "card", "low"), AROUND_THE_CLOCK, MONDAY, anonymous=True)
    assert (found.acknowledge, found.first_response) == (None, None)
    assert found.resolution == MONDAY + timedelta(hours=1)
    assert why[:2] == ("no acknowledge: anonymous", "no first_response: anonymous")
