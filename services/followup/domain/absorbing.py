"""What other complaints of the same customer do to a case: merged into it, linked with it, found to be another's."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.followup.domain.case import KEPT, Case
from services.followup.domain.parts import evolve
from services.followup.domain.step_parts import Absorbed
from services.followup.domain.world import World
from shared.decision import Decision
from shared.events import Event, Payload
from shared.events.intake import ComplaintAbsorbed, ComplaintLinked, ComplaintReleased, ComplaintRematched


def absorbed(case: Case, event: Event[ComplaintAbsorbed], *, now: datetime, world: World) -> Decision[Case]:
    """The other complaint goes on here; what was promised there is still owed there."""
    del now, world
    told = event.data
    others = tuple(one for one in case.steps.absorbed if one.complaint_id != told.absorbed)
    one = Absorbed(
        complaint_id=told.absorbed, number=told.number, started_at=told.started_at, answered_at=told.answered_at
    )
    return Decision(case.with_steps(absorbed=(*others, one)[-KEPT:]))


def released(case: Case, event: Event[ComplaintReleased], *, now: datetime, world: World) -> Decision[Case]:
    """The other complaint stands on its own again."""
    del now, world
    others = tuple(one for one in case.steps.absorbed if one.complaint_id != event.data.absorbed)
    return Decision(case.with_steps(absorbed=others))


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
