"""By when, for a cycle that follow-up itself begins: a policy's targets in the hours of the case's team.

The first cycle's deadlines come from routing.
"""

from datetime import datetime, timedelta
from typing import Final

from services.followup.domain.case import Case
from services.followup.domain.world import World
from shared.calendar import Calendar, NeverOpen
from shared.events.reference import Policy, Target
from shared.events.values import Deadlines
from shared.events.vocabulary import Clock

AFTER_REOPENING: Final[tuple[Clock, ...]] = ("first_response", "resolution")
"""What a later cycle is held to. It is acknowledged already, and its legal clock ended with the first result."""


def target_for(policy: Policy, clock: Clock, case: Case) -> Target | None:
    """The policy's most specific target for such a case."""
    return policy.target(clock, channel=case.channel, category=case.category, priority=case.priority)


def in_business_time(case: Case, clock: Clock, world: World) -> bool:
    """Whether the case's target for that clock counts working hours only; yes where none is known."""
    target = target_for(world.policy_of(case), clock, case)
    return target is None or target.business


def later(calendar: Calendar, start: datetime, amount: timedelta, *, business: bool) -> datetime:
    """The instant at which so much time has passed; elapsed time in a calendar that never opens again."""
    if not business:
        return start + amount
    try:
        return calendar.add(start, amount)
    except NeverOpen:
        return start + amount


def deadlines_after_reopening(case: Case, start: datetime, world: World) -> Deadlines:
    """The deadlines of a cycle that starts at `start`, in the case's policy and hours as they are now."""
    policy, calendar = world.policy_of(case), world.calendar_of(case)
    found: dict[str, datetime] = {}
    for clock in AFTER_REOPENING:
        if target := target_for(policy, clock, case):
            minutes = timedelta(minutes=target.minutes)
            found[clock] = later(calendar, start, minutes, business=target.business)
    return Deadlines(**found)
