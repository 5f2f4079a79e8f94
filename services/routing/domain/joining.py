"""What routing makes of other complaints of the same matter, or of another customer. Pure."""

from datetime import datetime

from services.routing.domain.assignment import Absorbed, Assignment, kept
from services.routing.domain.candidates import barred
from services.routing.domain.commanding import WAITS_FOR_ANOTHER, wanted
from services.routing.domain.receiving import assigned
from services.routing.domain.renewing import renewed
from services.routing.domain.targets import TargetClock
from services.routing.domain.world import World
from shared.decision import Decision
from shared.events import Event, Payload
from shared.events.intake import ComplaintAbsorbed, ComplaintReleased, ComplaintRematched


def on_absorbed(
    case: Assignment, event: Event[ComplaintAbsorbed], *, now: datetime, world: World
) -> Decision[Assignment]:
    """The earliest start of both counts from now on, and the other one's answers are answers here too.

    Whom the other one is about does not keep this one: it waits in its team's queue for somebody else.
    """
    said = event.data
    after = _in_good_hands(_with(case, said), ousted(case, said, world), now)
    if case.historical or case.cycle > 1:
        return _told(case, after)
    answers = [answer.reference for answer in said.answers]
    if not answers and said.answered_at is not None:
        answers = [f"absorbed/{said.absorbed}"]
    after = after.but(own_start=case.own_start or case.started_at, answers=kept(case.answers, *answers))
    return _from_the_earliest(case, after, world)


def on_released(
    case: Assignment, event: Event[ComplaintReleased], *, now: datetime, world: World
) -> Decision[Assignment]:
    """The other one stands on its own again, and this one runs from its own start; what was answered there stays.

    Whom the other one is about may have this one again.
    """
    del now
    if event.data.absorbed not in [one.complaint_id for one in case.absorbed]:
        return Decision(case)
    after = case.but(absorbed=_others(case, event.data.absorbed))
    return Decision(after) if case.cycle > 1 else _from_the_earliest(case, after, world)


def on_rematched(
    case: Assignment, event: Event[ComplaintRematched], *, now: datetime, world: World
) -> Decision[Assignment]:
    """It is another customer's, who has other owners and subjects; one of those does not keep it."""
    said = event.data
    accusing = now if case.about and case.kind != "praise" else None
    theirs = case.but(customer_id=said.customer_id, accusing=accusing)
    return _told(case, _in_good_hands(theirs, ousted(case, said, world), now))


def ousted(case: Assignment, said: Payload, world: World) -> str | None:
    """Why its agent must not own it any more once this is said; None where they may, or nobody has it."""
    if not case.open or case.agent is None:
        return None
    if isinstance(said, ComplaintAbsorbed):
        return barred(case.agent, wanted(_with(case, said)), world.reference)
    if isinstance(said, ComplaintRematched):
        theirs = case.but(customer_id=said.customer_id)
        return barred(case.agent, wanted(case, world.accused(theirs)), world.reference)
    return None


def _with(case: Assignment, said: ComplaintAbsorbed) -> Assignment:
    one = Absorbed(complaint_id=said.absorbed, started_at=said.started_at, about=said.about)
    return case.but(absorbed=kept(_others(case, said.absorbed), one))


def _others(case: Assignment, complaint_id: str) -> tuple[Absorbed, ...]:
    return tuple(one for one in case.absorbed if one.complaint_id != complaint_id)


def _in_good_hands(case: Assignment, reason: str | None, now: datetime) -> Assignment:
    """The same; in its team's queue if there is a reason why its agent must not own it.

    A place that was kept for it while it waited was kept for somebody who may be barred now: its turn is over.
    """
    if reason is not None:
        return case.with_agent(None, None, at=now, why=(reason, WAITS_FOR_ANOTHER))
    return case.but(turn=case.turn + 1) if case.waiting else case


def _from_the_earliest(before: Assignment, case: Assignment, world: World) -> Decision[Assignment]:
    """Its clocks run from the earliest start of all that go on in it; what moves by that is said."""
    start = min([case.own_start or case.started_at, *(one.started_at for one in case.absorbed)])
    case, moved = renewed(case.but(started_at=start), world)
    return _told(before, case, moved)


def _told(before: Assignment, case: Assignment, moved: tuple[TargetClock, ...] = ()) -> Decision[Assignment]:
    """What moved, and who has it no more, is said of what is open."""
    news = moved or case.agent != before.agent
    return Decision(case, [assigned(case, moved=moved)] if news and case.open else [])
