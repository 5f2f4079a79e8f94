"""A complaint comes in: the case is born."""

from datetime import datetime

from services.followup.domain.case import Case
from services.followup.domain.parts import AnsweredCall, Cycle
from services.followup.domain.step_parts import Steps
from services.followup.domain.subjects import agents_meant
from services.followup.domain.whose import address_of, addressed
from services.followup.domain.world import World
from shared.decision import Decision
from shared.events import Event
from shared.events.intake import ComplaintReceived
from shared.events.values import Contact, CustomerFacts


def received(_: None, event: Event[ComplaintReceived], *, now: datetime, world: World) -> Decision[Case]:
    """The case is born, and owes an acknowledgement unless it is history or nobody knows whom to tell."""
    told = event.data
    silent = told.historical or told.complainant.anonymous
    case = Case(
        complaint_id=event.complaint_id,
        number=told.number,
        channel=told.channel,
        kind=told.kind,
        subject=told.subject,
        product=told.product,
        category=told.category,
        complainant=addressed(told.complainant, told.customer, represented=told.on_behalf_of is not None),
        customer_id=told.customer_id,
        about_agents=agents_meant(told.about, world),
        steps=_steps(told, world),
        received_at=told.received_at,
        historical=told.historical,
        anonymous=told.complainant.anonymous,
        remedy_sought=told.remedy_sought,
        cycles=(Cycle(number=1, started_at=told.started_at),),
        answered_call=_answered_call(event),
        patience_until=None if silent else event.time + world.ack_patience,
        changed_at=now,
    )
    return Decision(case)


def _steps(told: ComplaintReceived, world: World) -> Steps:
    barred = world.barred(told.customer_id, told.received_at)
    return Steps(
        own_start=told.started_at,
        customer=told.customer or CustomerFacts(),
        address=address_of(told.complainant),
        split_from=told.split_from,
        barred=barred,
    )


def _answered_call(event: Event[ComplaintReceived]) -> AnsweredCall | None:
    contact: Contact | None = event.data.contact
    if contact is None or contact.direction != "inbound" or contact.answered_at is None:
        return None
    return AnsweredCall(
        response_id=event.derive_id("answered_call"),
        reference=contact.id,
        answered_at=contact.answered_at,
        by=contact.answered_by,
    )
