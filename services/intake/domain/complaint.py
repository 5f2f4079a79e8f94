"""Intake's view of one complaint: what was told, and what the other services have made of it since. Frozen.

Lists that are filled by events keep the last `KEPT` entries and a count, so that the document stays small.
"""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field

from shared.events.intake import ComplaintReceived
from shared.events.values import About, AgentId, Attachment, Deadlines, Frozen, Money, Promise, RemedySought
from shared.events.vocabulary import (
    Channel,
    Kind,
    Outcome,
    Priority,
    RemedyMatch,
    ResponseChannel,
    Severity,
    Signal,
    Source,
    Status,
    Verification,
)

KEPT: Final = 200
MAX_MESSAGES: Final = 1000
MAX_TEXT: Final = 500_000
"""Characters of the customer's words in one complaint. Source: `architecture.md`, Saving."""

OVER: Final[frozenset[Status]] = frozenset({"closed", "withdrawn", "merged"})
UNTOUCHED: Final[frozenset[Status]] = frozenset({"received", "acknowledged"})
"""States in which no person has done anything yet."""


def _known(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value is not None}


class TimelineEntry(Frozen):
    """One thing that happened. `summary` is English and holds no personal data."""

    id: str
    at: datetime
    type: str
    source: Source
    by: str | None = None
    summary: str
    data: Annotated[dict[str, str | bool | int | float | datetime], BeforeValidator(_known)] = Field(
        default_factory=dict
    )


class Triage(Frozen):
    """How routing read it."""

    category: str
    severity: Severity
    priority: Priority
    language: str


class Assigned(Frozen):
    """With whom it stands; without an agent it waits in the team's queue."""

    team: str
    agent: str | None = None


class FirstResponse(Frozen):
    """A contact by a person with the customer that may count as the first one. `reference`: its channel's name.

    `also_in`: the complaints in which it counts too, because this one went on, or goes on, in them.
    """

    response_id: str
    reference: str | None = None
    at: datetime
    by: str | None = None
    channel: ResponseChannel
    elapsed_seconds: float | None = None
    business_seconds: float | None = None
    within_target: bool | None = None
    also_in: tuple[str, ...] = ()


class Spoken(Frozen):
    """A person spoke to the customer, which is not known to have failed. `reference`: its channel's name."""

    response_id: str
    reference: str | None = None
    at: datetime


class Message(Frozen):
    """Something more that the customer said. `said_in`: in another complaint, which goes on in this one."""

    id: str
    channel: Channel
    text: str
    occurred_at: datetime | None = None
    received_at: datetime
    attachments: tuple[Attachment, ...] = ()
    said_in: str | None = None
    signals: tuple[Signal, ...] = ()


class DeliveryReport(Frozen):
    """The last that a channel said about one response."""

    response_id: str
    delivered: bool


class Resolution(Frozen):
    """Our result, and what the customer said to it."""

    at: datetime
    by: str
    outcome: Outcome
    text: str
    reasons: str | None = None
    next_step: str | None = None
    remedy_given: RemedySought | None = None
    remedy_match: RemedyMatch | None = None
    apology: bool = False
    answer: str | None = None
    satisfaction: int | None = None
    verification: Verification | None = None


class Part(Frozen):
    """What a part of a split complaint says for itself; the rest is as in the whole."""

    kind: Kind | None = None
    category: str | None = None
    subject: str | None = None
    text: str | None = None
    product: str | None = None
    product_reference: str | None = None
    amount_at_stake: Money | None = None
    remedy_sought: RemedySought | None = None


class Owed(Frozen):
    """What must follow in another complaint, and is not known to be done; done twice it is done once, by `id`.

    `by` None: nobody decided it. A channel reported it of `response_id`, at `occurred_at`, or the customer said it in
    `message_id`, or took the complaint back at `occurred_at`. `renew`: what the other one knows of this one, which goes
    on in it, is not so any more.
    """

    id: str
    what: Literal["absorb", "renew", "release", "link", "part", "unanswered", "message", "withdraw"]
    to: str
    by: AgentId | None = None
    response_id: str | None = None
    message_id: str | None = None
    occurred_at: datetime | None = None
    why: str | None = None
    part: Part | None = None


class Complaint(Frozen):
    """One complaint.

    `received` is what was said to everybody when it came in; only whose it is can change, and what is known of that
    customer, as of their `customer_version`.
    `answers` are the earliest responses of the first cycle by a person that have not failed, in the order of their
    time: the first of them is the first response. `spoken`: when a person spoke to the customer, in any cycle, lately.
    `absorbed_about`, `absorbed_from`, `absorbed_of`: by complaint, whom those that go on in this one are about, where
    their clocks started, and whose they are as far as is known. `merged_by`: who decided the merge. `changed_at` moves
    with every change.
    """

    id: str
    number: str
    received: ComplaintReceived
    customer_version: int = 0
    status: Status = "received"
    changed_at: datetime
    cycle: int = 1
    triage: Triage | None = None
    assigned: Assigned | None = None
    deadlines: Deadlines | None = None
    acknowledged_at: datetime | None = None
    answers: tuple[FirstResponse, ...] = ()
    spoken: tuple[Spoken, ...] = ()
    reports: tuple[DeliveryReport, ...] = ()
    promises: tuple[Promise, ...] = ()
    messages: tuple[Message, ...] = ()
    resolution: Resolution | None = None
    before_merge: Status | None = None
    merged_into: str | None = None
    merged_by: AgentId | None = None
    absorbed: tuple[str, ...] = ()
    absorbed_about: dict[str, tuple[About, ...]] = Field(default_factory=dict)
    absorbed_from: dict[str, datetime] = Field(default_factory=dict)
    absorbed_of: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    related: tuple[str, ...] = ()
    split_into: tuple[str, ...] = ()
    owed: tuple[Owed, ...] = ()
    timeline: tuple[TimelineEntry, ...] = ()
    timeline_count: int = 0

    @property
    def first_response(self) -> FirstResponse | None:
        """The first contact by a person, to the customer, with content, not known to have failed."""
        return self.answers[0] if self.answers else None

    @property
    def spoken_at(self) -> datetime | None:
        """When a person last spoke to the customer here."""
        return max((*(one.at for one in self.spoken), *(one.at for one in self.answers)), default=None)

    @property
    def about(self) -> tuple[About, ...]:
        """Whom it is about, and whom those that go on in it are about."""
        return (*self.received.about, *(subject for others in self.absorbed_about.values() for subject in others))

    @property
    def customers(self) -> tuple[str, ...]:
        """Whose it is, and whose those that go on in it are, as far as is known; one, but where older builds merged."""
        own = self.received.customer_id
        others = (one for known in self.absorbed_of.values() for one in known)
        return tuple(dict.fromkeys((*((own,) if own else ()), *others)))

    @property
    def started_at(self) -> datetime:
        """Where its clocks start: its own start, or an earlier one of those that go on in it."""
        return min((self.received.started_at, *self.absorbed_from.values()))

    @property
    def text_length(self) -> int:
        """Characters of the customer's own words."""
        return len(self.received.text or "") + sum(len(message.text) for message in self.messages)

    def name_elsewhere(self, response_id: str | None) -> str:
        """By which name everybody knows its answer in a complaint in which that counts too."""
        return f"absorbed/{self.id}/{response_id}"

    def apart(self) -> "Complaint":
        """The same as it stood before it was merged into another one; itself where it is not."""
        if self.status != "merged":
            return self
        return self.model_copy(update={"status": self.before_merge or "in_progress"})

    def has_failed(self, *names: str | None) -> bool:
        """Whether a channel said that the response that goes by one of these names did not reach the customer."""
        return any(report.response_id in names and not report.delivered for report in self.reports)

    def changed(self, now: datetime, entry: TimelineEntry, **fields: Any) -> "Complaint":
        """The complaint with these fields and one more thing in its timeline."""
        return self.model_copy(
            update={
                **fields,
                "changed_at": now,
                "timeline": (*self.timeline, entry)[-KEPT:],
                "timeline_count": self.timeline_count + 1,
            }
        )
