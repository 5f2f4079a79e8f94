"""Whose complaint it is, and how they want to be spoken to: as the complaint says, else as is known of the customer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.followup.domain.case import Case
from services.followup.domain.parts import evolve
from services.followup.domain.step_parts import Address
from services.followup.domain.world import World
from shared.decision import Decision
from shared.events import Event, Payload
from shared.events.intake import ComplaintRematched, CustomerChanged
from shared.events.values import CustomerFacts, Person

_ADDRESS: Final = tuple(Address.model_fields)


def address_of(complainant: Person) -> Address:
    """How they want to be spoken to, as the complaint says."""
    return Address(**{name: getattr(complainant, name) for name in _ADDRESS})


def addressed(complainant: Person, known: CustomerFacts | None, *, represented: bool) -> Person:
    """Who speaks; what the complaint does not say of them is as known of the customer, if that is who speaks."""
    if known is None or represented:
        return complainant
    return evolve(complainant, **{name: getattr(complainant, name) or getattr(known, name) for name in _ADDRESS})


def rematched(case: Case, event: Event[ComplaintRematched], *, now: datetime, world: World) -> Decision[Case]:
    """It is another customer's, and nothing that was known of the first one holds any more.

    Whom that one complained about before is not barred by that any more.
    """
    del now
    told = event.data
    known = told.customer or CustomerFacts()
    case = case.with_steps(barred=world.barred(told.customer_id, case.received_at), customer=known)
    who = case.complainant
    if told.complainant is not None:
        who = addressed(told.complainant, known, represented=told.represented)
        case = case.with_steps(address=address_of(told.complainant))
    return Decision(evolve(case, customer_id=told.customer_id, complainant=who))


def changed(case: Case, event: Event[CustomerChanged], *, now: datetime, world: World) -> Decision[Case]:
    """What the customer has changed holds from now on, also against what this complaint said before.

    What they say no more is as this complaint says.
    """
    del now, world
    told, before = event.data, case.steps.customer
    if told.customer_id != case.customer_id:
        return Decision(case)
    news = {name: getattr(told.customer, name) for name in _ADDRESS}
    news = {
        name: value or getattr(case.steps.address, name)
        for name, value in news.items()
        if value != getattr(before, name)
    }
    yearly = told.customer.expected_yearly_purchases
    known = evolve(
        told.customer, expected_yearly_purchases=before.expected_yearly_purchases if yearly is None else yearly
    )
    who = case.complainant if told.represented else evolve(case.complainant, **news)
    return Decision(evolve(case, complainant=who).with_steps(customer=known))


RULES: Final[Mapping[type[Payload], Any]] = {ComplaintRematched: rematched, CustomerChanged: changed}
"""What a case makes of each of them."""
