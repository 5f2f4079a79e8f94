"""Waiting for the customer or for somebody inside, and going on."""

from datetime import datetime
from typing import Literal

from services.followup.domain.case import Case
from services.followup.domain.clocks import after_pause
from services.followup.domain.parts import Waiting, evolve
from services.followup.domain.saying import say
from services.followup.domain.world import World
from shared.decision import Decision
from shared.events.followup import ComplaintResumed
from shared.events.values import AgentId


def pause(case: Case, waiting: Waiting) -> Case:
    """We wait from `waiting.since` on; for the customer, the resolution's clock stands still meanwhile."""
    status: Literal["waiting_customer", "waiting_internal"]
    status = "waiting_customer" if waiting.waiting_for == "customer" else "waiting_internal"
    return evolve(case, waiting=waiting, status=status)


def without_waiting(case: Case, at: datetime, world: World) -> Case:
    """Nobody waits from `at` on; time waited for the customer is given back to the resolution."""
    waiting = case.waiting
    if waiting is None:
        return case
    case = evolve(case, waiting=None, status="in_progress")
    return after_pause(case, waiting.since, at, world) if waiting.waiting_for == "customer" else case


def resume(
    case: Case,
    why: Literal["command", "customer_message", "until"],
    *,
    at: datetime,
    now: datetime,
    world: World,
    by: AgentId | None = None,
) -> Decision[Case]:
    """We go on, as from `at`."""
    return say(without_waiting(case, at, world), ComplaintResumed(by=by, why=why), now=now)
