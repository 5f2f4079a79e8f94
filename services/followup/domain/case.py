"""Follow-up's view of one complaint: the document that every rule reads and gives back."""

from collections.abc import Callable
from typing import Any, Final

from services.followup.domain.clock_parts import Spell
from services.followup.domain.parts import (
    AnsweredCall,
    Cycle,
    DeliveryReport,
    Fact,
    LedgerEntry,
    Note,
    Owner,
    Resolution,
    Response,
    TimelineEntry,
    Verified,
    Waiting,
    evolve,
)
from services.followup.domain.step_parts import Steps
from shared.events.values import AgentId, Frozen, Instant, Person, RemedySought
from shared.events.vocabulary import Channel, Kind, Priority, Severity, Status, Verification

KEPT: Final = 200
"""Lists filled by events keep so many, and a count, so that no document grows for ever."""

UNTOUCHED: Final[frozenset[Status]] = frozenset({"received", "acknowledged"})
WAITING: Final[frozenset[Status]] = frozenset({"waiting_customer", "waiting_internal"})
ACTIVE: Final[frozenset[Status]] = UNTOUCHED | WAITING | {"in_progress"}
"""Somebody has work to do on it."""


class Case(Frozen):
    """One complaint from its receipt to its end.

    A promise never leaves `promises`, a cycle never leaves `cycles`. `answers_outside`: what was answered, since this
    one began, in the case in which it goes on; that counts for what the system promised here. `owner_before_merge`: as
    routing says also while it goes on there; None in what was merged before this was kept.

    The fields behind `changed_at` say nothing new: they are what lists and sweeps look for, worked out from the rest
    whenever a decision is saved.
    """

    complaint_id: str
    number: str
    status: Status = "received"
    channel: Channel
    kind: Kind
    subject: str | None = None
    product: str | None = None
    category: str | None = None
    severity: Severity | None = None
    priority: Priority | None = None
    complainant: Person
    customer_id: str | None = None
    language: str | None = None
    about_agents: tuple[AgentId, ...] = ()
    received_at: Instant
    historical: bool = False
    anonymous: bool = False

    team: str | None = None
    agent: AgentId | None = None
    calendar: str | None = None
    policy: str | None = None
    level: int = 0

    acknowledged_at: Instant | None = None
    remedy_sought: RemedySought | None = None
    cycles: tuple[Cycle, ...]
    responses: tuple[Response, ...] = ()
    promises: tuple[LedgerEntry, ...] = ()
    notes: tuple[Note, ...] = ()
    facts: tuple[Fact, ...] = ()
    steps: Steps = Steps()
    waiting: Waiting | None = None
    resolution: Resolution | None = None
    verified: Verified | None = None
    verification: Verification | None = None
    close_at: Instant | None = None
    closed_at: Instant | None = None
    withdrawn_at: Instant | None = None
    merged_at: Instant | None = None
    merged_into: str | None = None
    answers_outside: tuple[Response, ...] = ()
    status_before_merge: Status | None = None
    owner_before_merge: Owner | None = None

    answered_call: AnsweredCall | None = None
    patience_until: Instant | None = None
    messages: int = 0
    last_message_at: Instant | None = None
    asked_at: tuple[Instant, ...] = ()
    spells: tuple[Spell, ...] = ()
    policy_version: int = 0
    calendar_version: int = 0
    reports: tuple[DeliveryReport, ...] = ()

    timeline: tuple[TimelineEntry, ...] = ()
    timeline_count: int = 0
    changed_at: Instant

    rank: int = 9
    next_due: Instant | None = None
    due_order: Instant | None = None
    overdue: tuple[str, ...] = ()
    at_risk: bool = False
    to_pass_on: bool | None = None
    found_by: tuple[str, ...] = ()

    @property
    def cycle(self) -> Cycle:
        """The cycle that runs, or ran last."""
        return self.cycles[-1]

    @property
    def ended_at(self) -> Instant | None:
        """When the customer took it back, or it went on inside another one; its clocks end there."""
        return min((at for at in (self.withdrawn_at, self.merged_at) if at is not None), default=None)

    @property
    def subjects(self) -> frozenset[AgentId]:
        """Whom this complaint, one that goes on in it, or an earlier one of this customer is about.

        They own, edit and close nothing here.
        """
        others = (agent for one in self.steps.absorbed for agent in one.about_agents)
        return frozenset((*self.about_agents, *others, *self.steps.barred))

    @property
    def open_promises(self) -> tuple[LedgerEntry, ...]:
        """Promises whose end is not known yet, in the order in which they were made."""
        return tuple(entry for entry in self.promises if entry.status == "open")

    def promise_today(self, promise_id: str | None) -> LedgerEntry | None:
        """The promise of that id as it stands today: what was moved is what took its place."""
        known = {each.id: each for each in self.promises}
        entry = known.get(promise_id or "")
        while entry is not None and entry.replaced_by is not None:
            entry = known.get(entry.replaced_by)
        return entry

    def first_response(self, cycle: int | None = None) -> Response | None:
        """The earliest valid response of that cycle (the newest one's by default), by when it happened."""
        number = cycle or self.cycle.number
        valid = (each for each in self.responses if each.valid and each.cycle == number)
        return min(valid, key=lambda each: each.occurred_at, default=None)

    def in_cycle(self, **changes: Any) -> "Case":
        """The same, with fields of the running cycle replaced; earlier cycles never change."""
        return evolve(self, cycles=(*self.cycles[:-1], evolve(self.cycle, **changes)))

    def with_steps(self, **changes: Any) -> "Case":
        """The same, with fields of the seven steps replaced."""
        return evolve(self, steps=evolve(self.steps, **changes))

    def with_entry(self, promise_id: str, change: Callable[[LedgerEntry], LedgerEntry]) -> "Case":
        """The same, with that promise changed."""
        changed = tuple(change(entry) if entry.id == promise_id else entry for entry in self.promises)
        return evolve(self, promises=changed)

    def with_response(self, response: Response) -> "Case":
        """The same, with that response in the place of the one of the same id."""
        changed = tuple(response if each.id == response.id else each for each in self.responses)
        return evolve(self, responses=changed)
