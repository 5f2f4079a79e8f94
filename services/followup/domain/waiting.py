"""Commands on waiting: for the customer, or for somebody inside; and going on."""

from datetime import datetime
from typing import Literal

from services.followup.domain.asking import Ask, person
from services.followup.domain.case import ACTIVE, WAITING, Case
from services.followup.domain.parts import Waiting
from services.followup.domain.pausing import pause, resume, without_waiting
from services.followup.domain.refusals import Conflict
from services.followup.domain.saying import say
from services.followup.domain.world import World
from shared.decision import Decision, Invalid
from shared.events.followup import ComplaintWaiting
from shared.events.values import Instant


class Wait(Ask):
    """We wait for somebody; until then at the longest."""

    waiting_for: Literal["customer", "internal"]
    until: Instant | None = None


class Resume(Ask):
    """We go on."""


def wait(case: Case, ask: Wait, *, now: datetime, world: World) -> Decision[Case]:
    """The case waits. For the customer the resolution's clock and that of our next response stand still; no other."""
    by = person(ask)
    if case.status not in ACTIVE:
        raise Conflict(f"this complaint is {case.status}: nobody is waited for")
    if ask.until is not None and ask.until <= now:
        raise Invalid("we cannot wait until the past", errors=[("until", "lies in the past")])
    case = pause(without_waiting(case, now, world), Waiting(waiting_for=ask.waiting_for, since=now, until=ask.until))
    return say(case, ComplaintWaiting(by=by, waiting_for=ask.waiting_for, until=ask.until), now=now)


def go_on(case: Case, ask: Resume, *, now: datetime, world: World) -> Decision[Case]:
    """The case is in progress again."""
    if case.status not in WAITING:
        raise Conflict(f"this complaint is {case.status}: nobody is waited for")
    return resume(case, "command", at=now, now=now, world=world, by=person(ask))
