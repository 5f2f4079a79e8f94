"""What intake answers: a complaint in a list, and one complaint's whole life."""

from collections.abc import Mapping
from typing import Any

from services.intake.domain import Complaint
from services.intake.domain.complaint import Assigned, FirstResponse, Message, Resolution, TimelineEntry, Triage
from shared.events.values import (
    About,
    Attachment,
    Contact,
    Deadlines,
    Instant,
    Money,
    Person,
    Promise,
    RemedySought,
)
from shared.events.vocabulary import Channel, Kind, Signal, Status, Via
from shared.http import View


class ComplaintItem(View):
    """A complaint in a list."""

    id: str
    number: str
    status: Status
    channel: Channel
    via: Via
    source: str
    kind: Kind
    category: str | None
    subject: str | None
    product: str | None
    place: str | None
    external_reference: str | None
    customer_id: str | None
    historical: bool
    received_at: Instant
    started_at: Instant
    changed_at: Instant
    assigned: Assigned | None
    deadlines: Deadlines | None


class ComplaintView(ComplaintItem):
    """All that intake knows of one complaint, also from the other services.

    `timeline` holds the last 200 things that happened, of `timeline_count`.
    """

    text: str | None
    product_reference: str | None
    amount_at_stake: Money | None
    signals: tuple[Signal, ...]
    remedy_sought: RemedySought | None
    about: tuple[About, ...]
    complainant: Person
    on_behalf_of: Person | None
    occurred_at: Instant | None
    customer_contacted_at: Instant | None
    contact: Contact | None
    metadata: dict[str, str]
    attachments: tuple[Attachment, ...]
    contacts_before: int
    import_format: str | None
    cycle: int
    triage: Triage | None
    acknowledged_at: Instant | None
    first_response: FirstResponse | None
    promises: tuple[Promise, ...]
    messages: tuple[Message, ...]
    resolution: Resolution | None
    merged_into: str | None
    absorbed: tuple[str, ...]
    related: tuple[str, ...]
    split_into: tuple[str, ...]
    split_from: str | None
    timeline: tuple[TimelineEntry, ...]
    timeline_count: int


def whole(complaint: Complaint) -> ComplaintView:
    """The complaint as shown to one who may read it."""
    told = {name: getattr(complaint.received, name) for name in type(complaint.received).model_fields}
    ours = {name: getattr(complaint, name) for name in Complaint.model_fields if name != "received"}
    return ComplaintView(
        **{name: value for name, value in (told | ours).items() if name in ComplaintView.model_fields},
        source=complaint.received.source_system,
        first_response=complaint.first_response,
    )


def item(document: Mapping[str, Any]) -> ComplaintItem:
    """A stored document, as shown in a list."""
    state = document["state"]
    seen = {"id": document["_id"], "source": state["received"]["source_system"], **state["received"], **state}
    return ComplaintItem(**{name: seen.get(name) for name in ComplaintItem.model_fields})


ITEM_FIELDS = {
    f"state.{name}" if name in Complaint.model_fields else f"state.received.{name}": 1
    for name in [*ComplaintItem.model_fields, "source_system"]
    if name not in ("id", "source")
}
"""What a list reads of each document."""
