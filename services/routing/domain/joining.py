"""What routing makes of other complaints of the same matter, or of another customer. Pure."""

from datetime import datetime

from services.routing.domain.assignment import Absorbed, Assignment, kept
from services.routing.domain.receiving import assigned
from services.routing.domain.renewing import renewed
from services.routing.domain.world import World
from shared.decision import Decision
from shared.events import Event
from shared.events.intake import ComplaintAbsorbed, ComplaintReleased, ComplaintRematched


def on_absorbed(
    case: Assignment, event: Event[ComplaintAbsorbed], *, now: datetime, world: World
) -> Decision[Assignment]:
    """The earliest start of both counts from now on, and the other one's answers are answers here too."""
    del now
    said = event.data
    if case.historical or case.cycle > 1:
        return Decision(case)
    answers = [answer.reference for answer in said.answers]
    if not answers and said.answered_at is not None:
        answers = [f"absorbed/{said.absorbed}"]
    one = Absorbed(complaint_id=said.absorbed, started_at=said.started_at)
    case = case.but(
        own_start=case.own_start or case.started_at,
        absorbed=kept(_others(case, said.absorbed), one),
        answers=kept(case.answers, *answers),
    )
    return _from_the_earliest(case, world)


def on_released(
    case: Assignment, event: Event[ComplaintReleased], *, now: datetime, world: World
) -> Decision[Assignment]:
    """The other one stands on its own again, and this one runs from its own start; what was answered there stays."""
    del now
    if event.data.absorbed not in [one.complaint_id for one in case.absorbed]:
        return Decision(case)
    case = case.but(absorbed=_others(case, event.data.absorbed))
    return Decision(case) if case.cycle > 1 else _from_the_earliest(case, world)


def _others(case: Assignment, complaint_id: str) -> tuple[Absorbed, ...]:
    return tuple(one for one in case.absorbed if one.complaint_id != complaint_id)


def _from_the_earliest(case: Assignment, world: World) -> Decision[Assignment]:
    """Its clocks run from the earliest start of all that go on in it; what moves by that is said."""
    start = min([case.own_start or case.started_at, *(one.started_at for one in case.absorbed)])
    case, moved = renewed(case.but(started_at=start), world)
    return Decision(case, [assigned(case, moved=moved)] if moved and case.open else [])


def on_rematched(
    case: Assignment, event: Event[ComplaintRematched], *, now: datetime, world: World
) -> Decision[Assignment]:
    """It is another customer's, who has other owners and subjects."""
    del now, world
    return Decision(case.but(customer_id=event.data.customer_id))
