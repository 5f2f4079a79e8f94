"""What a case is made of. Frozen values; every instant is UTC with milliseconds."""

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field

from services.followup.domain.clock_parts import LegalTerm, Pause
from shared.events.values import (
    AgentId,
    Deadlines,
    Evidence,
    Frozen,
    Instant,
    LongText,
    Promise,
    RemedySought,
    ShortText,
)
from shared.events.vocabulary import Clock, Outcome, Recipient, RemedyMatch, ResponseChannel

M = TypeVar("M", bound=BaseModel)


def evolve(model: M, **changes: Any) -> M:
    """The same value with these fields replaced; their types are not checked again.

    Raises:
        KeyError: a field of that name does not exist.
    """
    for name in changes:
        if name not in model.__dict__:
            raise KeyError(name)
    return model.model_copy(update=changes)


class Response(Frozen):
    """Something said to somebody, as told to us.

    `counts`: by a person, to the customer, told in its cycle, so that it can be the first of it. `elapsed_seconds`,
    `business_seconds` and `within_target` are as they were said in the event and never change.
    """

    id: str
    by: AgentId | None = None
    channel: ResponseChannel
    to: Recipient = "customer"
    automatic: bool = False
    apology: bool = False
    text: str | None = None
    occurred_at: Instant
    told_at: Instant
    external_reference: str | None = None
    cycle: int = 1
    counts: bool = False
    elapsed_seconds: float | None = None
    business_seconds: float | None = None
    target: Instant | None = None
    within_target: bool | None = None
    delivered_at: Instant | None = None
    failed_at: Instant | None = None
    failure_class: str | None = None
    by_complainant: bool = False
    """A colleague complained, and says something more: that answers nobody."""
    result: bool = False
    """It gives the customer our result."""
    holding: bool = False
    reasons: LongText | None = None
    """Of a holding reply: why the result is not ready."""

    @property
    def valid(self) -> bool:
        """It can be a first response, and is not known to have failed."""
        return self.counts and self.failed_at is None

    @property
    def answers(self) -> bool:
        """A person told the customer something, and it is not known to have failed."""
        by_us = not self.automatic and not self.by_complainant
        return by_us and self.to == "customer" and self.failed_at is None

    @property
    def holds(self) -> bool:
        """The customer knows why it takes longer; said by a machine too."""
        return self.holding and self.to == "customer" and not self.by_complainant and self.failed_at is None


class Check(Frozen):
    """Whoever must keep a promise was asked before it fell due."""

    at: Instant
    by: AgentId | None = None
    on_track: bool
    note: LongText | None = None


class LedgerEntry(Promise):
    """A promise with what the ledger knows about it besides: attempts, checks, refused changes, reminders.

    `planned_for`: the owner for whom the reminders are planned (None while it is nobody's), since `planned_from`, in
    the calendar `planned_in` of version `planned_version`; `remind_at`, `remind_fallback_at`: their instants, None once
    they are past. `reminded_at`: the newest one. `inner_late_at`: when its owner is, or was, told that a promise it
    depends on is late. `at_risk` follows from the rest.
    """

    overridden: bool = False
    attempts: tuple[Evidence, ...] = ()
    checks: tuple[Check, ...] = ()
    refused_changes: int = 0
    planned_for: AgentId | None = None
    planned_from: Instant | None = None
    planned_in: str | None = None
    planned_version: int = 0
    remind_at: Instant | None = None
    remind_fallback_at: Instant | None = None
    reminded_at: Instant | None = None
    inner_late_at: Instant | None = None
    inner_late_told: bool = False
    at_risk: bool = False

    @property
    def promise(self) -> Promise:
        """The promise as it is told to others."""
        return Promise.model_validate({name: getattr(self, name) for name in Promise.model_fields})

    def window_holds(self, at: Instant) -> bool:
        """Whether the instant lies inside the promised window; due itself does."""
        return at <= self.due and (self.not_before is None or at >= self.not_before)


class Cycle(Frozen):
    """From the start, or a reopening, to the next reopening. Its deadlines are those in force.

    `warn_at`: when a quarter of a deadline's time is left. `resolution_unpaused`: the resolution's deadline before the
    time waited for the customer was added; `paused_*` is that time, of waits that are over; `pauses`: the newest.
    `terms`: what laws want; `own_legal`: the legal deadline is none of theirs, but the policy's own target.
    `accepted_at`: when the customer said that it is solved.
    """

    number: int
    started_at: Instant
    deadlines: Deadlines = Deadlines()
    warn_at: Deadlines = Deadlines()
    resolution_unpaused: Instant | None = None
    paused_seconds: float = 0
    paused_business_seconds: float = 0
    pauses: tuple[Pause, ...] = ()
    warned: tuple[Clock, ...] = ()
    breached: tuple[Clock, ...] = ()
    resolved_at: Instant | None = None
    accepted_at: Instant | None = None
    terms: tuple[LegalTerm, ...] = ()
    own_legal: bool = True


class AnsweredCall(Frozen):
    """An answered inbound call by which the complaint came; it becomes a first response once the target is known."""

    response_id: str
    reference: str
    answered_at: Instant
    by: AgentId | None = None


class Waiting(Frozen):
    """For whom we wait, since when, and until when at the longest."""

    waiting_for: Literal["customer", "internal"]
    since: Instant
    until: Instant | None = None


class Resolution(Frozen):
    """The result the customer was given, and what they said when asked."""

    at: Instant
    by: AgentId
    outcome: Outcome
    text: LongText
    response_id: str
    remedy_given: RemedySought | None = None
    remedy_match: RemedyMatch | None = None
    reasons: LongText | None = None
    next_step: LongText | None = None
    apology: bool = False


class Verified(Frozen):
    """What the customer said when asked whether it is solved."""

    at: Instant
    answer: Literal["yes", "no", "declined"]
    via: Literal["link", "call", "agent"]
    by: AgentId | None = None
    satisfaction: Annotated[int, Field(ge=1, le=5)] | None = None
    comment: LongText | None = None


class Owner(Frozen):
    """Who has a case; a team alone where nobody in it does."""

    agent: AgentId | None = None
    team: str | None = None


class Note(Frozen):
    """Words for colleagues; the customer never sees them."""

    id: str
    at: Instant
    by: AgentId
    text: LongText


class Fact(Frozen):
    """A fact about the complaint: asked for, given, or both. `asked_at`: the newest time of `asked_times`."""

    name: ShortText
    value: LongText | None = None
    asked_at: Instant | None = None
    given_at: Instant | None = None
    asked_times: int = 0


class DeliveryReport(Frozen):
    """What a channel said about a response that we had not heard of then."""

    response_id: str
    failed: bool
    failure_class: str | None = None
    occurred_at: Instant
    heard_at: Instant


class TimelineEntry(Frozen):
    """One thing that happened, for people to read. `about` is the id of the promise, response or note."""

    n: int
    at: Instant
    type: str
    source: str = "followup"
    by: str | None = None
    summary: str = ""
    about: str | None = None
