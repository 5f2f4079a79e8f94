"""A complaint was matched with the wrong customer: whose it is can be set right."""

from datetime import datetime

from services.intake.domain.acting import Acting, entry_of, not_its_subject
from services.intake.domain.complaint import Complaint
from shared.decision import Conflict, Decision
from shared.events.intake import ComplaintRematched
from shared.events.values import Frozen


class Rematched(Frozen):
    """The answer: whose complaint it is now, and whose it was thought to be."""

    id: str
    customer_id: str
    before: str | None = None


def rematch(
    state: Complaint, *, customer_id: str, act: Acting, now: datetime, world: object = None
) -> Decision[Complaint]:
    """It comes from another customer than was thought."""
    del world
    not_its_subject(state, act)
    before = state.received.customer_id
    if before == customer_id:
        raise Conflict("The complaint is this customer's already.", customer_id=customer_id)
    event = ComplaintRematched(customer_id=customer_id, before=before, by=act.by)
    entry = entry_of(
        act, event.type, now, "Found to be another customer's", {"customer_id": customer_id, "before": before}
    )
    received = state.received.model_copy(update={"customer_id": customer_id})
    answer = Rematched(id=state.id, customer_id=customer_id, before=before)
    return Decision(state.changed(now, entry, received=received), [event], answer)
