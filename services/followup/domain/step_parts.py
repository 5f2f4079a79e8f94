"""What the seven steps leave in a case: summary, offer, compensation, links, survey, replies, merges. Frozen values."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from shared.events.values import AgentId, CustomerFacts, Frozen, Instant, LongText, Money, ShortText
from shared.events.vocabulary import AddressForm, Reading, SurveyResult

LinkPurpose = Literal["summary", "solutions", "verification", "survey"]
"""What a link lets the customer do; each link one thing."""

CompensationStatus = Literal["requested", "approved", "refused"]


class Summary(Frozen):
    """How we understood it, as told to the customer, and what they said to it."""

    at: Instant
    by: AgentId
    text: LongText
    confirmed: bool | None = None
    correction: LongText | None = None
    answered_at: Instant | None = None


class Option(Frozen):
    """One way to put it right. `why`: the reason for recommending it."""

    id: ShortText
    text: LongText
    grants_remedy_sought: bool = False
    cost: Money | None = None
    recommended: bool = False
    why: LongText | None = None


class Offer(Frozen):
    """What the customer was offered, and their choice: an option's id, or `none`."""

    at: Instant
    by: AgentId
    options: tuple[Option, ...]
    answer_by: Instant | None = None
    choice: ShortText | None = None
    chosen_at: Instant | None = None

    @property
    def recommended(self) -> Option | None:
        """The option that we advise."""
        return next((option for option in self.options if option.recommended), None)

    @property
    def accepted_at(self) -> datetime | None:
        """When the customer took one of the options; None while they took none."""
        return self.chosen_at if any(option.id == self.choice for option in self.options) else None


class Compensation(Frozen):
    """Money for the customer: who asks, how much, and who allowed or refused it."""

    id: str
    at: Instant
    by: AgentId
    amount: Money
    why: LongText | None = None
    status: CompensationStatus = "requested"
    decided_at: Instant | None = None
    decided_by: AgentId | None = None
    decided_why: LongText | None = None


class Link(Frozen):
    """A way in for the customer without login, for one purpose. Only the SHA-256 of its token is known here."""

    sha256: str
    purpose: LinkPurpose
    expires_at: Instant
    used_at: Instant | None = None


class Survey(Frozen):
    """What the customer was asked afterwards, what for, and their answer."""

    at: Instant
    by: AgentId
    purpose: LongText
    questions: tuple[ShortText, ...]
    result: SurveyResult | None = None
    answers: tuple[LongText, ...] = ()
    problem: LongText | None = None
    never_again: bool = False
    answered_at: Instant | None = None


class Reply(Frozen):
    """How a customer's message was read, and why; `read_by`: who corrected it."""

    message_id: str
    at: Instant
    reading: Reading
    why: ShortText
    read_by: AgentId | None = None


class Absorbed(Frozen):
    """Another complaint that goes on inside this one. `about_agents`: whom it, and what goes on in it, is about."""

    complaint_id: str
    number: str
    started_at: Instant
    answered_at: Instant | None = None
    about_agents: tuple[AgentId, ...] = ()


class Inside(Absorbed):
    """The same as the case keeps it. `knows`: the newest news of the case that it has; see `domain.outside`."""

    knows: str = ""


class Address(Frozen):
    """How somebody wants to be spoken to, as a complaint itself says."""

    language: str | None = None
    address_form: AddressForm | None = None
    time_zone: str | None = None


class Steps(Frozen):
    """What the seven steps have left so far.

    `barred`: whom this customer complained about before this case, as far as was known when it was last decided about.
    `own_start`: where its clocks started before another complaint was merged into it. `address`: of who speaks, from
    before what is known of the customer was added.
    """

    summary: Summary | None = None
    offer: Offer | None = None
    compensations: tuple[Compensation, ...] = ()
    links: tuple[Link, ...] = ()
    survey: Survey | None = None
    replies: tuple[Reply, ...] = ()
    absorbed: tuple[Inside, ...] = ()
    related: tuple[str, ...] = ()
    own_start: Instant | None = None
    split_from: str | None = None
    customer: CustomerFacts = CustomerFacts()
    address: Address = Address()
    barred: tuple[AgentId, ...] = ()

    def granted(self, currency: str) -> Decimal:
        """All that was approved for this case in that currency."""
        approved = (each.amount for each in self.compensations if each.status == "approved")
        return sum((amount.value for amount in approved if amount.currency == currency), Decimal(0))
