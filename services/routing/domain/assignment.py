"""Routing's view of one complaint: how it was read, by when what is due, and with whom it stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self, TypeVar

from services.routing.domain.legal import Concerned
from services.routing.domain.targets import Measured, TargetClock
from services.routing.domain.triage import PRIORITIES
from shared.events.routing import PolicyVersion
from shared.events.values import About, Deadlines, Frozen, Instant, LegalClock
from shared.events.vocabulary import Channel, EscalationReason, Kind, Priority, Severity, TreatmentDimension

KEPT: Final = 200
"""Entries that a list filled by events keeps."""

T = TypeVar("T")


def kept(entries: Sequence[T], *more: T) -> tuple[T, ...]:
    """The last entries, each once, in the order in which they came."""
    return tuple(dict.fromkeys((*entries, *more)))[-KEPT:]


class Given(Frozen):
    """An answer: the response, by our id and by its channel's reference, and when it was given."""

    name: str
    reference: str | None = None
    at: Instant


class OpenPromise(Frozen):
    """A promise that is neither kept nor broken: what its owner still has to do."""

    id: str
    owner: str | None = None
    due: Instant


class Escalation(Frozen):
    """Somebody one level up was told; `of` is what it was about, so that the same thing is said once."""

    level: int
    reason: EscalationReason
    of: str
    to: str | None = None
    at: Instant


class Absorbed(Frozen):
    """Another complaint that goes on inside this one, where its clocks started, and whom it is about."""

    complaint_id: str
    started_at: Instant
    about: tuple[About, ...] = ()


@dataclass(frozen=True, slots=True)
class Accused:
    """Somebody whom a complaint is about, and when its customer told us of that complaint."""

    about: About
    told_at: datetime


def accused_by(accused: Iterable[Accused], told_at: datetime) -> tuple[About, ...]:
    """Whom complaints of no later than this are about: nobody of them has what their customer told us of then."""
    return tuple(one.about for one in accused if one.told_at <= told_at)


class Assignment(Frozen):
    """Routing's document of one complaint.

    * `open`: it takes one of its agent's places; from the start to resolved, withdrawn, merged or closed.
    * `over`: a result, a withdrawal or closing ended it, so that it stays ended when a merge is undone.
    * `waiting`: it stands in its team's queue; open and without an agent.
    * `turn` moves on whenever the complaint changes hands or a reservation is taken back; a reservation made in one
      turn can only be used in that turn. `place`: the turn in which the agent's place was kept.
    * `answers`: responses of this cycle by a person to the customer that are not known to have failed; `given`: what is
      known of them. `failed`: responses, or references, that failed, kept for those whose sending is heard of later.
    * `legal_clocks`: terms of laws, of the first cycle only: a law is answered once. `legal_calendar`: whose holidays
      they were counted with.
    * `received_at`: when it came to us; None in what an older build stored.
    * `absorbed`: complaints that go on inside this one; `own_start`: where its clocks started before the first of them.
    * `angry`: the customer is, or was; `angry_since`: when they showed it, None where the complaint itself does.
    * `accusing`: since when it says of whom it is about; None once its customer's later complaints have been looked
      through for them, or where it accuses nobody.
    * `complainant`: agent ids that the complainant goes by. Personal data, as are `about` and `customer_id`.
    """

    number: str
    customer_id: str | None = None
    kind: Kind
    channel: Channel
    product: str | None = None
    language: str
    category: str
    severity: Severity
    priority: Priority
    priority_rank: int
    treatment: tuple[TreatmentDimension, ...] = ()
    started_at: Instant
    received_at: Instant | None = None
    own_start: Instant | None = None
    absorbed: tuple[Absorbed, ...] = ()
    historical: bool = False
    anonymous: bool = False
    angry: bool = False
    angry_since: Instant | None = None
    about: tuple[About, ...] = ()
    complainant: tuple[str, ...] = ()
    accusing: Instant | None = None
    why: tuple[str, ...]

    policy: PolicyVersion
    calendar: str
    calendar_version: int
    deadlines: Deadlines
    legal_clocks: tuple[LegalClock, ...] = ()
    legal_calendar: str | None = None
    legal_calendar_version: int = 0

    team: str | None = None
    team_version: int = 0
    agent: str | None = None
    assigned_at: Instant | None = None
    assigned_why: tuple[str, ...] = ()
    open: bool = False
    over: bool = False
    waiting: bool = False
    turn: int = 0
    place: int | None = None

    cycle: int = 1
    acknowledged: bool = False
    answers: tuple[str, ...] = ()
    given: tuple[Given, ...] = ()
    failed: tuple[str, ...] = ()
    promises: tuple[OpenPromise, ...] = ()
    broken: tuple[str, ...] = ()
    escalations: tuple[Escalation, ...] = ()

    def but(self, **changes: Any) -> Self:
        """The same with these fields changed; the caller gives values of the right types."""
        return self.model_copy(update=changes)

    def measured(self) -> Measured:
        """What the policy is asked about it."""
        return Measured(self.channel, self.category, self.priority)

    def meant(self) -> tuple[About, ...]:
        """Whom it is about, and whom those that go on inside it are about."""
        return (*self.about, *(subject for one in self.absorbed for subject in one.about))

    @property
    def told_at(self) -> datetime:
        """When this customer told us of it: by this, one complaint is earlier than another."""
        return self.received_at or self.own_start or self.started_at

    def before(self, other: Self) -> bool:
        """Whether this customer told us of it no later than of the other one."""
        return self.told_at <= other.told_at

    def concerned(self) -> Concerned:
        """What the law is asked about it."""
        return Concerned(self.kind, self.started_at, self.anonymous)

    def answered_at(self) -> datetime | None:
        """When the newest answer of this cycle was given, of which we heard ourselves."""
        return max((each.at for each in self.given if each.name in self.answers), default=None)

    def open_clocks(self) -> tuple[TargetClock, ...]:
        """Clocks that still run, so that a new policy, calendar or team may move their deadlines."""
        if not self.open:
            return ()
        runs: dict[TargetClock, bool] = {
            "acknowledge": not self.acknowledged and self.cycle == 1,
            "first_response": not self.answers,
            "resolution": True,
        }
        return tuple(clock for clock, running in runs.items() if running)

    def escalated(self, of: str) -> bool:
        """Whether this was passed up already."""
        return any(escalation.of == of for escalation in self.escalations)

    def with_agent(self, agent: str | None, place: int | None, *, at: datetime, why: Sequence[str]) -> Self:
        """The same, owned by that agent, whose place was kept in turn `place`; or waiting in its team's queue."""
        return self.but(
            agent=agent,
            place=place if agent else None,
            waiting=agent is None,
            open=True,
            assigned_at=at,
            assigned_why=tuple(why),
            turn=self.turn + 1,
        )

    def ended(self) -> Self:
        """It takes no place any more. Team and agent stay, so that the same agent may go on if it comes back."""
        return self.but(open=False, waiting=False, place=None, turn=self.turn + 1) if self.open else self


def rank(priority: Priority) -> int:
    """0 is the most urgent; queues are ordered by it."""
    return PRIORITIES.index(priority)
