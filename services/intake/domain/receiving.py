"""A complaint comes in: the rules between its fields, and where its clocks start."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from services.intake.domain.complaint import Complaint, TimelineEntry
from services.intake.domain.told import Told
from shared.decision import Decision, Invalid, ScopeMissing
from shared.events.intake import ComplaintReceived
from shared.events.values import CustomerFacts, Frozen, Instant, Person
from shared.events.vocabulary import Status, Via

SKEW: Final = timedelta(minutes=5)
"""How far another machine's clock may be ahead of ours before we say that it speaks of the future."""

CONTACTED_AT_MOST: Final = timedelta(days=30)
A_DAY: Final = timedelta(days=1)
"""When the trouble happened is often told as a date: it may lie ahead by what lies between two time zones."""
_AS_TOLD: Final = tuple(name for name in Told.model_fields if name != "received_at")


@dataclass(frozen=True, slots=True)
class Order:
    """Everything that `receive` needs: what was told, which is checked, and what only we can say about it."""

    complaint_id: str
    entry_id: str
    number: str
    told: Told
    source_system: str
    via: Via = "http"
    import_format: str | None = None
    customer_id: str | None = None
    customer: CustomerFacts | None = None
    customer_version: int = 0
    contacts_before: int = 0
    may_write_history: bool = False


class Receipt(Frozen):
    """The answer to whoever handed in the complaint. Nothing in it ever changes."""

    id: str
    number: str
    status: Status = "received"
    received_at: Instant
    status_url: str


def customer_of(told: Told) -> Person:
    """The person behind the complaint: whom somebody speaks for, else who speaks."""
    return told.on_behalf_of or told.complainant


def not_later(occurred_at: datetime | None, now: datetime) -> None:
    """It happened by now, as far as clocks agree.

    Raises:
        Invalid: it lies in the future.
    """
    if occurred_at is not None and occurred_at > now + SKEW:
        raise Invalid("The time cannot be.", errors=[("occurred_at", "lies in the future")])


def receive(state: None, *, order: Order, now: datetime, world: object = None) -> Decision[Complaint]:  # noqa: ARG001 - the shape of every decision
    """The complaint is ours. Nothing is promised about when anybody looks at it: that is routing's to say.

    Clocks start at the earliest of when we received it, when the call rang and when the customer first told it.
    """
    told = order.told
    check(told, may_write_history=order.may_write_history, now=now)
    received_at = told.received_at or now
    event = ComplaintReceived(
        **_as_told(told),
        number=order.number,
        via=order.via,
        source_system=order.source_system,
        received_at=received_at,
        started_at=_start(told, received_at),
        customer_id=order.customer_id,
        customer=order.customer,
        contacts_before=order.contacts_before,
        import_format=order.import_format,
    )
    entry = TimelineEntry(
        id=order.entry_id,
        at=received_at,
        type=ComplaintReceived.type,
        source="intake",
        by="customer",
        summary=f"Received by {told.channel} as {order.number}",
        data={"channel": told.channel, "via": order.via},
    )
    state_ = Complaint(
        id=order.complaint_id,
        number=order.number,
        received=event,
        customer_version=order.customer_version,
        changed_at=now,
        timeline=(entry,),
        timeline_count=1,
    )
    return Decision(state_, [event], receipt(state_))


def check(told: Told, *, may_write_history: bool, now: datetime) -> None:
    """The complaint can be taken.

    Raises:
        Refusal: a rule between its fields forbids it; the fields are named.
    """
    _check_scope(told, may_write_history=may_write_history)
    _check_content(told)
    _check_times(told, told.received_at or now, now)


def receipt(complaint: Complaint) -> Receipt:
    """What was answered when it came in."""
    received = complaint.received
    return Receipt(
        id=complaint.id,
        number=complaint.number,
        received_at=received.received_at,
        status_url=f"/v1/complaints/{complaint.id}",
    )


def _as_told(told: Told) -> dict[str, Any]:
    """The fields as they are; their values are frozen already and need no second reading."""
    fields = told.__dict__
    return {name: fields[name] for name in _AS_TOLD}


def _check_scope(told: Told, *, may_write_history: bool) -> None:
    fields = [name for name in ("received_at", "historical") if getattr(told, name)]
    if fields and not may_write_history:
        raise ScopeMissing(
            "Only a key with the scope history:write may set this.",
            errors=[(name, "needs the scope history:write") for name in fields],
            scope="history:write",
        )


def _check_content(told: Told) -> None:
    errors = []
    if told.text is None and told.subject is None and told.category is None:
        errors.append(("text", "give at least one of text, subject and category"))
    who = told.complainant
    known = who.name or who.email or who.phone or who.external_id
    if who.anonymous and known:
        errors.append(("complainant.anonymous", "is true, but the complainant is named; leave out one of the two"))
    if not who.anonymous and not known:
        errors.append(("complainant", "give name, email, phone or external_id, or say anonymous: true"))
    if errors:
        raise Invalid("The complaint cannot be taken as it is.", errors=errors)


def _check_times(told: Told, received_at: datetime, now: datetime) -> None:
    latest = {
        "received_at": (told.received_at, now + SKEW),
        "customer_contacted_at": (told.customer_contacted_at, now + SKEW),
        "contact.ringing_at": (told.contact and told.contact.ringing_at, now + SKEW),
        "occurred_at": (told.occurred_at, now + A_DAY),
    }
    errors = [(name, "lies in the future") for name, (at, limit) in latest.items() if at and at > limit]
    for name in ("customer_contacted_at", "contact.ringing_at"):
        at = latest[name][0]
        if at and at < received_at - CONTACTED_AT_MOST:
            errors.append((name, f"lies more than {CONTACTED_AT_MOST.days} days before the complaint"))
    if errors:
        raise Invalid("The times of the complaint cannot be.", errors=errors)


def _start(told: Told, received_at: datetime) -> datetime:
    rang = told.contact.ringing_at if told.contact else received_at
    return min(received_at, rang, told.customer_contacted_at or received_at)
