"""By when: a policy's targets, counted in its own hours or those of the team that owns the complaint. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from shared.calendar import Calendar, NeverOpen
from shared.events.reference import Policy, Target
from shared.events.values import LAST_YEAR, Deadlines
from shared.events.vocabulary import Channel, Clock, Priority

TargetClock = Literal["acknowledge", "first_response", "resolution", "legal"]
TARGET_CLOCKS: Final[tuple[TargetClock, ...]] = ("acknowledge", "first_response", "resolution")
"""Clocks whose deadline is known at the start; the legal one comes from `duties`."""

LATEST: Final = datetime(LAST_YEAR - 1, 12, 31, tzinfo=UTC)
"""No deadline lies beyond what an event can say."""

NOT_FOR_ANONYMOUS: Final = frozenset({"acknowledge", "first_response"})
"""Nobody can be told anything who is not known. Source: `domain.md`, Clocks."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a policy is asked about: a complaint's channel, category and priority."""

    channel: Channel
    category: str
    priority: Priority


def target_for(policy: Policy, clock: Clock, case: Measured) -> Target | None:
    """The policy's most specific target for such a complaint."""
    return policy.target(clock, channel=case.channel, category=case.category, priority=case.priority)


def deadline(target: Target, calendar: Calendar, start: datetime) -> datetime:
    """The instant at which the target's time has passed since `start`.

    In a calendar that never opens again business time is counted as elapsed time, so that the customer has a deadline.
    """
    amount = timedelta(minutes=target.minutes)
    if not target.business:
        return min(start + amount, LATEST)
    try:
        return min(calendar.add(start, amount), LATEST)
    except NeverOpen:
        return min(start + amount, LATEST)


def deadlines(
    policy: Policy, case: Measured, calendar: Calendar, start: datetime, *, anonymous: bool = False
) -> tuple[Deadlines, tuple[str, ...]]:
    """All deadlines of a complaint whose clocks start at `start`, and how each came about.

    None where the policy names no target, and for anonymous complaints where nobody could be answered.
    """
    found: dict[str, datetime] = {}
    why = []
    for clock in TARGET_CLOCKS:
        if anonymous and clock in NOT_FOR_ANONYMOUS:
            why.append(f"no {clock}: anonymous")
        elif target := target_for(policy, clock, case):
            found[clock] = deadline(target, calendar, start)
            why.append(f"{clock} within {target.minutes} {'business' if target.business else 'elapsed'} minutes")
    return Deadlines(**found), tuple(why)
