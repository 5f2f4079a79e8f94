"""What follow-up says: how the customer was answered, what was promised, and how it ended."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.events.envelope import Payload
from shared.events.values import (
    AgentId,
    Deadlines,
    Evidence,
    Instant,
    LongText,
    Money,
    RemedySought,
    ShortText,
)
from shared.events.vocabulary import (
    Clock,
    Language,
    Outcome,
    Recipient,
    RemedyMatch,
    ReopenReason,
    ResponseChannel,
    Source,
    Verification,
)


class FollowupPayload(Payload):
    """Said by follow-up."""

    source: ClassVar[Source] = "followup"


class ComplaintAcknowledged(FollowupPayload):
    """The customer is told, by name, that we have it, under which number, what happens next, and when.

    Never an answer. `promise_id` is None when no time could be named.
    """

    type: ClassVar[str] = "complaint.acknowledged"

    text: LongText
    language: Language
    promise_id: str | None = None


class ResponseSent(FollowupPayload):
    """Somebody, or the system (`automatic`), said something to somebody.

    `is_first` only for the first contact of this cycle by a person, to the customer, with content. `elapsed_seconds`
    and `business_seconds` run from the cycle's start to `occurred_at`, for each response by a person to the customer,
    so that the next one can take its place when the first fails. `within_target` is None where no target applies.
    """

    type: ClassVar[str] = "response.sent"

    response_id: str
    by: AgentId | None = None
    channel: ResponseChannel
    text: LongText | None = None
    to: Recipient = "customer"
    automatic: bool = False
    apology: bool = False
    occurred_at: Instant
    external_reference: str | None = None
    cycle: Annotated[int, Field(ge=1)] = 1
    is_first: bool = False
    elapsed_seconds: float | None = None
    business_seconds: float | None = None
    within_target: bool | None = None
    holding: bool = False
    reasons: LongText | None = None


class DeadlineWarned(FollowupPayload):
    """A deadline comes near; said before it. `rule` and `term` name the term of a law, where it is one."""

    type: ClassVar[str] = "deadline.warned"

    clock: Clock
    deadline: Instant
    cycle: int = 1
    age_seconds: float
    rule: ShortText | None = None
    term: ShortText | None = None


class DeadlineOverdue(FollowupPayload):
    """A deadline passed unmet. `time` of the envelope is when we said so, `deadline` when it fell.

    `rule` and `term` name the term of a law, where it is one. A law's clock is the first cycle's, however late it ends.
    """

    type: ClassVar[str] = "deadline.overdue"

    clock: Clock
    deadline: Instant
    cycle: int = 1
    age_seconds: float
    rule: ShortText | None = None
    term: ShortText | None = None


class DeadlineMoved(FollowupPayload):
    """The deadline of a clock that starts and stops many times is another one now: its target or its hours changed.

    Those of the other clocks move with `complaint.triaged` and `complaint.assigned`.
    """

    type: ClassVar[str] = "deadline.moved"

    clock: Clock
    deadline: Instant
    before: Instant
    cycle: int = 1
    why: LongText


class DeadlineCorrected(FollowupPayload):
    """A deadline was said to be overdue, and was not: it had ended, or was met, before, and we heard of that late."""

    type: ClassVar[str] = "deadline.corrected"

    clock: Clock
    deadline: Instant
    cycle: int = 1
    why: LongText
    rule: ShortText | None = None
    term: ShortText | None = None


class FactsAsked(FollowupPayload):
    """The customer was asked for facts. `again`: those among them that had been asked before."""

    type: ClassVar[str] = "facts.asked"

    by: AgentId
    facts: tuple[str, ...]
    again: tuple[str, ...] = ()


class FactsGiven(FollowupPayload):
    """Facts are known from now on."""

    type: ClassVar[str] = "facts.given"

    by: AgentId | None = None
    facts: dict[str, str]


class RemedySoughtStated(FollowupPayload):
    """What would put it right, in the customer's eyes, is known."""

    type: ClassVar[str] = "remedy.sought"

    by: AgentId | None = None
    remedy: RemedySought


class SummarySent(FollowupPayload):
    """We told the customer how we understood it."""

    type: ClassVar[str] = "summary.sent"

    by: AgentId
    text: LongText


class SummaryConfirmed(FollowupPayload):
    """The customer said whether we understood it, or corrected us."""

    type: ClassVar[str] = "summary.confirmed"

    confirmed: bool
    correction: LongText | None = None
    by: AgentId | None = None


class SolutionProposed(FollowupPayload):
    """The customer was offered what they asked for, or options."""

    type: ClassVar[str] = "solution.proposed"

    by: AgentId
    options: tuple[str, ...]
    recommended: str | None = None
    why: LongText | None = None
    grants_remedy_sought: bool = False
    answer_by: Instant | None = None


class SolutionChosen(FollowupPayload):
    """The customer chose an option; `none` is a choice."""

    type: ClassVar[str] = "solution.chosen"

    option: str
    by: AgentId | None = None


class CompensationRequested(FollowupPayload):
    """Somebody asks to give the customer money."""

    type: ClassVar[str] = "compensation.requested"

    by: AgentId
    amount: Money
    why: LongText | None = None


class CompensationApproved(FollowupPayload):
    """Whoever may, allowed it."""

    type: ClassVar[str] = "compensation.approved"

    by: AgentId
    amount: Money


class CompensationRefused(FollowupPayload):
    """Whoever may, refused it."""

    type: ClassVar[str] = "compensation.refused"

    by: AgentId
    amount: Money
    why: LongText | None = None


class ComplaintWaiting(FollowupPayload):
    """We wait for the customer, or for somebody inside."""

    type: ClassVar[str] = "complaint.waiting"

    by: AgentId
    waiting_for: Literal["customer", "internal"]
    until: Instant | None = None


class ComplaintResumed(FollowupPayload):
    """We go on: somebody said so, the customer wrote, or the time was up."""

    type: ClassVar[str] = "complaint.resumed"

    by: AgentId | None = None
    why: Literal["command", "customer_message", "until"]


class ComplaintResolved(FollowupPayload):
    """The customer has our result. Its text was said as `response.sent` in the same decision."""

    type: ClassVar[str] = "complaint.resolved"

    by: AgentId
    outcome: Outcome
    text: LongText
    remedy_given: RemedySought | None = None
    remedy_match: RemedyMatch | None = None
    reasons: LongText | None = None
    next_step: LongText | None = None
    apology: bool = False
    cycle: int = 1
    elapsed_seconds: float


class ComplaintVerified(FollowupPayload):
    """The customer was asked whether it is solved."""

    type: ClassVar[str] = "complaint.verified"

    answer: Literal["yes", "no", "declined"]
    via: Literal["link", "call", "agent"]
    by: AgentId | None = None
    evidence: Evidence | None = None
    satisfaction: Annotated[int, Field(ge=1, le=5)] | None = None
    comment: LongText | None = None


class ComplaintReopened(FollowupPayload):
    """It was not over. A new cycle begins, with its own clocks; the first cycle's values never change.

    Its clocks start at `started_at`: when the message that reopened it was received; absent: at the event's time.
    `deadlines` are those of the new cycle.
    """

    type: ClassVar[str] = "complaint.reopened"

    by: AgentId | None = None
    reason: ReopenReason
    cycle: int
    started_at: Instant | None = None
    deadlines: Deadlines | None = None


class ComplaintClosed(FollowupPayload):
    """It is over. Silence is `unverified`, and never counted as satisfaction."""

    type: ClassVar[str] = "complaint.closed"

    by: AgentId | None = None
    verification: Verification
