"""Metrics' view of one complaint: what the totals and the reports need, and no words that anybody wrote."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal

from pydantic import Field, computed_field

from services.metrics.domain.promise_fact import PromiseFact, risky
from services.metrics.domain.series import Increment
from shared.events.values import Frozen
from shared.events.vocabulary import (
    Channel,
    Clock,
    Kind,
    Outcome,
    Priority,
    PromiseKind,
    Verification,
    Via,
)

MOST: Final = 200
"""Lists filled by events keep so many, so that no document grows for ever."""


_LONGEST_MS: Final = 200 * 366 * 86_400_000
"""No wait is longer than the years that an instant can lie in; so no sum of waits leaves 64 bits."""


def milliseconds(seconds: float) -> int:
    """A wait as it is kept: whole milliseconds, not negative, bounded."""
    return max(0, min(round(seconds * 1000), _LONGEST_MS))


class Response(Frozen):
    """A response by a person to the customer that is not known to have failed.

    `due`, `priority` and `team` are as they were known when it was said, or, if nothing was known, when it was counted.
    `reference`: the channel's own name for it, by which its failure may be told.
    """

    id: str
    reference: str | None = None
    at: datetime
    elapsed_ms: int
    business_ms: int | None = None
    within: bool | None = None
    due: datetime | None = None
    priority: Priority | None = None
    team: str | None = None
    counted: bool = False
    told_late: bool = False
    """In time, and heard of when its deadline had already been counted as overdue."""

    @property
    def counts_within(self) -> bool | None:
        """Under which label it stands in the counter of first responses."""
        return False if self.told_late else self.within

    def goes_by(self, name: str) -> bool:
        """Whether that is its id, or its channel's name for it."""
        return name in (self.id, self.reference)


class Overdue(Frozen):
    """A deadline that passed unmet; `priority` and `team` are those under which it was counted."""

    clock: Clock
    deadline: datetime
    priority: Priority | None = None
    team: str | None = None


class Absorbed(Frozen):
    """Another complaint that goes on inside this one, and where its clocks started."""

    complaint_id: str
    started_at: datetime


class Cycle(Frozen):
    """From the start, or a reopening, to the next reopening. `due`: the newest target of the first response."""

    number: int
    start: datetime
    due: datetime | None = None
    responses: tuple[Response, ...] = ()
    overdue: tuple[Overdue, ...] = ()
    resolved_at: datetime | None = None
    outcome: Outcome | None = None
    resolution_ms: int | None = None

    def first(self) -> Response | None:
        """The earliest valid response, by when it happened; by arrival where two happened at once."""
        return min(self.responses, key=lambda response: response.at, default=None)


class Steps(Frozen):
    """What was done of the steps that leave no other trace here."""

    listened: bool = False
    remedy: bool = False
    summary: bool = False
    solution: bool = False
    verified: bool = False


class Facts(Frozen):
    """One complaint as metrics knows it.

    `counts` are the increments that were decided since the document was loaded; they are added to the totals in the
    transaction that saves the document, and are never stored in it; `heard_at` is the newest event's time since then.
    The computed fields are stored for the gauges' queries only.
    """

    channel: Channel
    kind: Kind
    via: Via
    product: str | None = None
    place: str | None = None
    received_at: datetime
    started_at: datetime
    historical: bool = False
    anonymous: bool = False
    import_format: str | None = None

    triaged: bool = False
    priority: Priority | None = None
    team: str | None = None
    has_agent: bool = False
    cycles: tuple[Cycle, ...]
    promises: tuple[PromiseFact, ...] = ()
    absorbed: tuple[Absorbed, ...] = ()
    failed_early: tuple[str, ...] = ()
    """What was said to have failed, by the names it was told by: none of it is (or stays) among the valid responses."""

    acknowledged_at: datetime | None = None
    reopened_at: datetime | None = None
    closed_at: datetime | None = None
    verification: Verification | None = None
    verified_at: datetime | None = None
    verified_answer: Literal["yes", "no", "declined"] | None = None
    verified_cycle: int | None = None
    """Whose result that answer is about; facts from before that was written down do not say."""
    satisfaction: int | None = None
    withdrawn_at: datetime | None = None
    merged_at: datetime | None = None
    steps: Steps = Steps()

    counts: tuple[Increment, ...] = Field(default=(), exclude=True)
    heard_at: datetime | None = Field(default=None, exclude=True)

    @property
    def current(self) -> Cycle:
        """The cycle that runs, or ran last."""
        return self.cycles[-1]

    @property
    def ended_at(self) -> datetime | None:
        """When it was withdrawn, or went on inside another one."""
        return min((at for at in (self.withdrawn_at, self.merged_at) if at is not None), default=None)

    @property
    def measured(self) -> bool:
        """Whether its first response is waited for: anonymous complaints and history are counted apart."""
        return not self.historical and not self.anonymous

    @computed_field  # type: ignore[prop-decorator]
    @property
    def unanswered_since(self) -> datetime | None:
        """Where the running cycle started, while the customer waits for its first response.

        Also after closing: a response that bounced then leaves the customer waiting.
        """
        if not self.measured or self.ended_at is not None or self.current.responses:
            return None
        return self.current.start

    @computed_field  # type: ignore[prop-decorator]
    @property
    def unassigned(self) -> bool:
        """It waits in a queue, with nobody to answer."""
        over = self.ended_at or self.closed_at or self.current.resolved_at
        return not self.historical and not self.has_agent and over is None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def open_promises(self) -> tuple[PromiseKind, ...]:
        """The kind of each promise that is still open."""
        return tuple(promise.kind for promise in self._open)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def risky_promises(self) -> tuple[PromiseKind, ...]:
        """The kind of each of them that is at risk, also because of one that it depends on."""
        return tuple(promise.kind for promise in self._open if risky(promise, self.promises))

    @computed_field  # type: ignore[prop-decorator]
    @property
    def inner_open_promises(self) -> tuple[PromiseKind, ...]:
        """The kind of each of them that was made to a colleague."""
        return tuple(promise.kind for promise in self._open if promise.inner)

    @property
    def _open(self) -> list[PromiseFact]:
        return [promise for promise in self.promises if promise.status == "open"]

    def counting(self, *increments: Increment) -> "Facts":
        """The same, with more to add to the totals; history is in no live total."""
        if self.historical:
            return self
        return self.model_copy(update={"counts": (*self.counts, *increments)})

    def cycle_number(self, number: int) -> Cycle:
        """That cycle; the running one where its number is not known."""
        return next((cycle for cycle in self.cycles if cycle.number == number), self.current)

    def with_cycle(self, number: int, change: Callable[[Cycle], Cycle]) -> "Facts":
        """The same, with that cycle changed."""
        wanted = self.cycle_number(number).number
        cycles = tuple(change(cycle) if cycle.number == wanted else cycle for cycle in self.cycles)
        return self.model_copy(update={"cycles": cycles})

    def promise(self, promise_id: str) -> PromiseFact | None:
        """That promise, if it was heard of."""
        return next((promise for promise in self.promises if promise.id == promise_id), None)
