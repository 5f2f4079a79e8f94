"""What intake says: what customers told us, and what the mail and telephone systems report."""

from typing import Annotated, ClassVar

from pydantic import Field

from shared.events.envelope import Payload
from shared.events.values import (
    About,
    AbsorbedAnswer,
    AgentId,
    Attachment,
    Contact,
    CustomerFacts,
    Instant,
    LongText,
    Money,
    Person,
    RemedySought,
)
from shared.events.vocabulary import Channel, Kind, Signal, Source, Via


class IntakePayload(Payload):
    """Said by intake."""

    source: ClassVar[Source] = "intake"


class ComplaintReceived(IntakePayload):
    """A complaint is ours from now on. What: everything the customer told us. When: after it is stored.

    `started_at` is where the clocks start: the earliest of `received_at`, the call's ringing and
    `customer_contacted_at`. `historical` complaints start no clock, no acknowledgement and no alert.
    """

    type: ClassVar[str] = "complaint.received"

    number: str
    channel: Channel
    via: Via
    source_system: str
    kind: Kind
    category: str | None = None
    subject: str | None = None
    text: str | None = None
    product: str | None = None
    product_reference: str | None = None
    place: str | None = None
    amount_at_stake: Money | None = None
    signals: tuple[Signal, ...] = ()
    remedy_sought: RemedySought | None = None
    about: tuple[About, ...] = ()
    complainant: Person
    on_behalf_of: Person | None = None
    occurred_at: Instant | None = None
    customer_contacted_at: Instant | None = None
    received_at: Instant
    started_at: Instant
    contact: Contact | None = None
    external_reference: str | None = None
    metadata: dict[str, str] = Field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    customer_id: str | None = None
    contacts_before: Annotated[int, Field(ge=0)] = 0
    historical: bool = False
    import_format: str | None = None
    customer: CustomerFacts | None = None
    split_from: str | None = None


class MessageReceived(IntakePayload):
    """The customer said something more about this complaint, or in another one that goes on in it (`said_in`)."""

    type: ClassVar[str] = "complaint.message_received"

    message_id: str
    channel: Channel
    text: LongText
    occurred_at: Instant | None = None
    received_at: Instant
    attachments: tuple[Attachment, ...] = ()
    said_in: str | None = None
    signals: tuple[Signal, ...] = ()


class ComplaintWithdrawn(IntakePayload):
    """The customer takes the complaint back. `said_at`: when they said so, where that was before the event's time."""

    type: ClassVar[str] = "complaint.withdrawn"

    by: str = "customer"
    reason: LongText | None = None
    said_at: Instant | None = None


class ComplaintMerged(IntakePayload):
    """This complaint goes on inside another one."""

    type: ClassVar[str] = "complaint.merged"

    into: str
    by: AgentId


class ComplaintUnmerged(IntakePayload):
    """A merge is undone: this complaint stands on its own again."""

    type: ClassVar[str] = "complaint.unmerged"

    out_of: str
    by: AgentId


class ComplaintAbsorbed(IntakePayload):
    """Another complaint of the same matter goes on inside this one, from its start on.

    Said by the complaint that remains, after the other one's `complaint.merged`. What was promised in the other one
    stays promised there. What was answered in it is an answer here too, until `response.failed` names its `reference`,
    also after the merge is undone. Without `answers`, what came at `answered_at` goes by `absorbed/` and its id.
    Said again when any of it stands otherwise; then the newest holds.
    `about`: they own, edit and close nothing here either, until the merge is undone.
    """

    type: ClassVar[str] = "complaint.absorbed"

    absorbed: str
    number: str
    started_at: Instant
    answered_at: Instant | None = None
    answers: tuple[AbsorbedAnswer, ...] = ()
    about: tuple[About, ...] = ()
    by: AgentId


class ComplaintReleased(IntakePayload):
    """A merge is undone: the other complaint does not go on inside this one any more."""

    type: ClassVar[str] = "complaint.released"

    absorbed: str
    by: AgentId


class ComplaintRematched(IntakePayload):
    """This complaint comes from another customer than was thought; `before` is who it was thought to be.

    `customer`: what is known of the right one. `complainant`: who speaks, as the complaint says it, without anything
    that was known of the wrong one.
    """

    type: ClassVar[str] = "complaint.rematched"

    customer_id: str
    before: str | None = None
    by: AgentId
    customer: CustomerFacts | None = None
    complainant: Person | None = None
    represented: bool = False


class CustomerChanged(IntakePayload):
    """The customer of this complaint wants to be addressed, reached or asked otherwise from now on.

    Said by each of their complaints. What: all that is known of them now. When: after the change is stored.
    """

    type: ClassVar[str] = "customer.changed"

    customer_id: str
    customer: CustomerFacts
    represented: bool = False


class ComplaintSplit(IntakePayload):
    """Parts of this complaint go on as complaints of their own, with the same start of the clocks."""

    type: ClassVar[str] = "complaint.split"

    parts: tuple[str, ...]
    by: AgentId


class ComplaintLinked(IntakePayload):
    """This complaint has to do with another one; neither changes."""

    type: ClassVar[str] = "complaint.linked"

    to: str
    why: LongText
    by: AgentId


class ComplaintErased(IntakePayload):
    """Personal data of this complaint is destroyed; marks and counts remain."""

    type: ClassVar[str] = "complaint.erased"

    by: AgentId
    reason: LongText | None = None


class ResponseDelivered(IntakePayload):
    """A channel confirms that a response reached the customer."""

    type: ClassVar[str] = "response.delivered"

    response_id: str
    occurred_at: Instant


class ResponseFailed(IntakePayload):
    """A channel reports that a response did not reach the customer: it counts as never sent.

    `failure_class` is the report's own class, such as the enhanced status code of RFC 3463 (`5.1.1`).
    """

    type: ClassVar[str] = "response.failed"

    response_id: str
    failure_class: str | None = None
    occurred_at: Instant
