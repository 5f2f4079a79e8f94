"""What is sent to follow-up. Unknown fields are refused, and so are blank texts."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field

from shared.calendar.zones import known_zone
from shared.events.values import AgentId, Evidence, Instant, LongText, Money, RemedySought, ShortText
from shared.events.vocabulary import (
    MadeTo,
    Outcome,
    PromiseKind,
    Recipient,
    ReopenReason,
    ResponseChannel,
)
from shared.http import Form


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("is blank")
    return text


Words = Annotated[LongText, AfterValidator(_not_blank)]
TimeZone = Annotated[str, AfterValidator(known_zone), Field(max_length=64, examples=["Europe/Madrid"])]
_STRICT = ConfigDict(frozen=True, extra="forbid")


class Acting(Form):
    """`by`: the agent who does this; the key's own person by default."""

    by: AgentId | None = None


class EvidenceForm(Evidence):
    """What shows it. `occurred_at` by default: now."""

    model_config = _STRICT

    def value(self) -> Evidence:
        """As the domain knows it."""
        return Evidence(**self.model_dump())


class RemedyForm(RemedySought):
    """What would put it right, in the customer's eyes."""

    model_config = _STRICT

    def value(self) -> RemedySought:
        """As the domain knows it."""
        return RemedySought(**self.model_dump(include=set(RemedySought.model_fields)))


class ResponseForm(Acting):
    """Something that was said to somebody.

    `holding`: it tells the customer why the result is not ready; the `reasons` are needed then. Where a law allows a
    delay of which the customer is told in time, its longer term holds from then on.
    """

    channel: ResponseChannel
    text: Words
    automatic: bool = False
    to: Recipient = "customer"
    occurred_at: Instant | None = None
    external_reference: ShortText | None = None
    apology: bool = False
    holding: bool = False
    reasons: Words | None = None


class MoneyForm(Money):
    """An amount of money."""

    model_config = _STRICT


class PromiseForm(Form):
    """What is to be promised. `made_by`: who gives our word; the key's own person by default.

    When: "before twelve" is `due` alone; "at four" is `not_before` and `due` at the same instant, to which the policy's
    grace is added; "between four and six" names both; "on Friday" is `on`, the owner's opening to closing that day,
    instead of `due`.
    """

    kind: PromiseKind
    words: Words
    due: Instant | None = None
    not_before: Instant | None = None
    on: date | None = None
    amount: MoneyForm | None = None
    time_zone: TimeZone | None = None
    owner: AgentId | None = None
    fallback_owner: AgentId | None = None
    channel: ResponseChannel | None = None
    number: ShortText | None = None
    made_by: AgentId | None = None
    made_in: ShortText | None = None
    made_to: MadeTo = "customer"
    depends_on: ShortText | None = None
    why_not_now: Words | None = None
    override_reason: Words | None = None


class FulfilmentForm(Acting):
    """It was done. `settles_it`: of something done before `not_before`, the customer said that this settles it."""

    evidence: EvidenceForm
    settles_it: bool = False


class AttemptForm(Acting):
    """Somebody tried and could not reach the customer."""

    evidence: EvidenceForm


class CheckForm(Acting):
    """Is it on track?"""

    on_track: bool
    note: Words | None = None


class RenegotiationForm(Acting):
    """Another time was asked for."""

    due: Instant
    not_before: Instant | None = None
    words: Words
    agreed_by_customer: bool
    evidence: EvidenceForm | None = None
    override_reason: Words | None = None


class PromiseWithdrawalForm(Acting):
    """The customer's words. `evidence`: what shows when they said them; by default: now."""

    words: Words
    evidence: EvidenceForm | None = None


class NoteForm(Acting):
    """Words for colleagues."""

    text: Words


class QuestionsForm(Acting):
    """Which facts the customer was asked for. Left out: the key questions of its category that are still open."""

    facts: Annotated[tuple[ShortText, ...], Field(min_length=1, max_length=50)] | None = None


FactsForm = Annotated[dict[ShortText, Words], Field(min_length=1, max_length=50)]


class RemedySoughtForm(RemedyForm):
    """What would put it right, and who wrote it down."""

    by: AgentId | None = None


class WaitingForm(Acting):
    """For whom we wait, and until when at the longest."""

    waiting_for: Annotated[Literal["customer", "internal"], Field(alias="for")]
    until: Instant | None = None


class ResolutionForm(Acting):
    """The result for the customer. `channel` by default: the one by which they came."""

    outcome: Outcome
    text: Words
    channel: ResponseChannel | None = None
    remedy_given: RemedyForm | None = None
    reasons: Words | None = None
    next_step: Words | None = None
    apology: bool = False


class VerificationForm(Acting):
    """What the customer said when asked. `by`: who asked."""

    answer: Literal["yes", "no", "declined"]
    via: Literal["link", "call", "agent"]
    evidence: EvidenceForm | None = None
    satisfaction: Annotated[int, Field(ge=1, le=5)] | None = None
    comment: Words | None = None


class ReopeningForm(Acting):
    """Why it was not over."""

    reason: ReopenReason


def fields_of(form: Form, *besides: str) -> dict[str, Any]:
    """The form's fields but those named, as values, for the command of the same field names."""
    return {name: getattr(form, name) for name in type(form).model_fields if name not in besides}


def evidence_of(form: EvidenceForm | None) -> Evidence | None:
    """The evidence, if there is any."""
    return None if form is None else form.value()
