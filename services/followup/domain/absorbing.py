"""What other complaints of the same customer do to a case: merged into it, linked with it, found to be another's."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.followup.domain.answering import record
from services.followup.domain.case import KEPT, Case
from services.followup.domain.clocks import with_deadlines
from services.followup.domain.parts import Response, evolve
from services.followup.domain.step_parts import Absorbed
from services.followup.domain.targets import deadlines_after_reopening
from services.followup.domain.world import World
from shared.decision import Decision
from shared.events import Event, Payload
from shared.events.intake import ComplaintAbsorbed, ComplaintLinked, ComplaintReleased, ComplaintRematched
from shared.events.vocabulary import ResponseChannel, Status

OVER: Final[frozenset[Status]] = frozenset({"closed", "withdrawn", "merged"})


def absorbed(case: Case, event: Event[ComplaintAbsorbed], *, now: datetime, world: World) -> Decision[Case]:
    """The other complaint goes on here: from the earliest start of both, and with the earliest answer of both.

    What was promised there is still owed there.
    """
    told = event.data
    others = tuple(one for one in case.steps.absorbed if one.complaint_id != told.absorbed)
    one = Absorbed(
        complaint_id=told.absorbed, number=told.number, started_at=told.started_at, answered_at=told.answered_at
    )
    case = case.with_steps(absorbed=(*others, one)[-KEPT:])
    if case.historical or case.cycle.number > 1 or case.status in OVER:
        return Decision(case)
    case = _from(case, min(case.cycle.started_at, told.started_at), world)
    if told.answered_at is None or told.answered_at < told.started_at:
        return Decision(case)
    answer = Response(
        id=event.derive_id("absorbed"),
        channel=_channel(case),
        occurred_at=told.answered_at,
        told_at=now,
        external_reference=f"absorbed/{told.absorbed}",
    )
    return record(case, answer, now=now, world=world)[0]


def _from(case: Case, start: datetime, world: World) -> Case:
    """Its clocks run from `start`; routing says the deadlines of its own policy soon, and may say others."""
    if start == case.cycle.started_at:
        return case
    case = case.in_cycle(started_at=start)
    counted = deadlines_after_reopening(case, start, world)
    known = {clock: getattr(case.cycle.deadlines, clock) for clock in ("acknowledge", "legal")}
    return with_deadlines(case, evolve(counted, **known), world)


def _channel(case: Case) -> ResponseChannel:
    return "other" if case.channel == "referral" else case.channel


def released(case: Case, event: Event[ComplaintReleased], *, now: datetime, world: World) -> Decision[Case]:
    """The other complaint stands on its own again, and this one runs from its own start.

    What was answered there was said to the same customer: it stays an answer here.
    """
    del now
    others = tuple(one for one in case.steps.absorbed if one.complaint_id != event.data.absorbed)
    case = case.with_steps(absorbed=others)
    if case.historical or case.cycle.number > 1 or case.status in OVER:
        return Decision(case)
    starts = [one.started_at for one in others]
    return Decision(_from(case, min([case.steps.own_start or case.cycle.started_at, *starts]), world))


def linked(case: Case, event: Event[ComplaintLinked], *, now: datetime, world: World) -> Decision[Case]:
    """It has to do with another one; nothing else changes."""
    del now, world
    related = tuple(dict.fromkeys((*case.steps.related, event.data.to)))[-KEPT:]
    return Decision(case.with_steps(related=related))


def rematched(case: Case, event: Event[ComplaintRematched], *, now: datetime, world: World) -> Decision[Case]:
    """It is another customer's: whom the first one complained about before is not barred by that any more."""
    del now
    barred = world.barred.get(event.data.customer_id, ())
    return Decision(evolve(case, customer_id=event.data.customer_id).with_steps(barred=barred))


RULES: Final[Mapping[type[Payload], Any]] = {
    ComplaintAbsorbed: absorbed,
    ComplaintReleased: released,
    ComplaintLinked: linked,
    ComplaintRematched: rematched,
}
"""What a case makes of each of them."""
