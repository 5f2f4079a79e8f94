"""Whose complaint it is, which can be set right, and what is known of them by now."""

from datetime import datetime

from services.intake.domain.acting import Acting, entry_of, not_its_subject
from services.intake.domain.complaint import Complaint, TimelineEntry
from shared.decision import Conflict, Decision
from shared.events.intake import ComplaintRematched, CustomerChanged
from shared.events.values import CustomerFacts, Frozen


class Rematched(Frozen):
    """The answer: whose complaint it is now, and whose it was thought to be."""

    id: str
    customer_id: str
    before: str | None = None


class Customer(Frozen):
    """A customer and what is known of them; `version` grows with every change."""

    id: str
    facts: CustomerFacts = CustomerFacts()
    version: int = 1


def rematch(
    state: Complaint, *, customer: Customer, act: Acting, now: datetime, world: object = None
) -> Decision[Complaint]:
    """It comes from another customer than was thought, of whom other things are known.

    Refused to whom an earlier complaint of either of the two is about.
    """
    del world
    not_its_subject(state, act)
    told = state.received
    if told.customer_id == customer.id:
        raise Conflict("The complaint is this customer's already.", customer_id=customer.id)
    if state.status == "merged" or state.absorbed:
        raise Conflict("Merged complaints are one customer's; undo the merge first.", status_now=state.status)
    event = ComplaintRematched(
        customer_id=customer.id,
        before=told.customer_id,
        by=act.by,
        customer=customer.facts,
        complainant=told.complainant,
        represented=told.on_behalf_of is not None,
    )
    data = {"customer_id": customer.id, "before": told.customer_id}
    entry = entry_of(act, event.type, now, "Found to be another customer's", data)
    answer = Rematched(id=state.id, customer_id=customer.id, before=told.customer_id)
    return Decision(of_customer(state, customer).changed(now, entry), [event], answer)


def know(state: Complaint, *, customer: Customer, now: datetime, world: object = None) -> Decision[Complaint]:
    """It says what is known of its customer now. Nothing changes where that is said, or it is another one's by now."""
    del world
    told = state.received
    if told.customer_id != customer.id or state.customer_version >= customer.version:
        return Decision(state)
    event = CustomerChanged(customer_id=customer.id, customer=customer.facts, represented=told.on_behalf_of is not None)
    entry = TimelineEntry(
        id=f"{customer.id}/{customer.version}",
        at=now,
        type=event.type,
        source="intake",
        summary="What is known of the customer changed",
    )
    return Decision(of_customer(state, customer).changed(now, entry), [event])


def of_customer(state: Complaint, customer: Customer) -> Complaint:
    """The same as this customer's, of whom this is known."""
    received = state.received.model_copy(update={"customer_id": customer.id, "customer": customer.facts})
    return state.model_copy(update={"received": received, "customer_version": customer.version})
