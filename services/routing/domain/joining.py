"""What routing makes of other complaints of the same matter, or of another customer. Pure."""

from datetime import datetime

from services.routing.domain.assignment import Assignment, kept
from services.routing.domain.receiving import assigned
from services.routing.domain.renewing import renewed
from services.routing.domain.world import World
from shared.decision import Decision
from shared.events import Event
from shared.events.intake import ComplaintAbsorbed, ComplaintRematched


def on_absorbed(
    case: Assignment, event: Event[ComplaintAbsorbed], *, now: datetime, world: World
) -> Decision[Assignment]:
    """The earliest start of both counts from now on, and the other one's answer is an answer here too."""
    del now
    said = event.data
    if case.historical or case.cycle > 1:
        return Decision(case)
    if said.answered_at is not None:
        case = case.but(answers=kept(case.answers, f"absorbed/{said.absorbed}"))
    case, moved = renewed(case.but(started_at=min(case.started_at, said.started_at)), world)
    return Decision(case, [assigned(case, moved=moved)] if moved and case.open else [])


def on_rematched(
    case: Assignment, event: Event[ComplaintRematched], *, now: datetime, world: World
) -> Decision[Assignment]:
    """It is another customer's, who has other owners and subjects."""
    del now, world
    return Decision(case.but(customer_id=event.data.customer_id))
