"""How a case is shown."""

from datetime import datetime

from services.followup.api.step_views import StepsView, steps_of
from services.followup.domain import clocks, spells, terms
from services.followup.domain.case import Case
from services.followup.domain.clock_parts import ClockView
from services.followup.domain.parts import (
    Cycle,
    Fact,
    Note,
    Resolution,
    Response,
    TimelineEntry,
    Verified,
    Waiting,
)
from services.followup.domain.world import World
from shared.events.values import AgentId, Deadlines, Instant, Person, Promise, RemedySought
from shared.events.vocabulary import Channel, Kind, Priority, Severity, Status, Verification
from shared.http import View


class CaseItem(View):
    """A case in a list. `next_due`: the next deadline or promise; `overdue`: what has run out and is not made good."""

    id: str
    number: str
    status: Status
    kind: Kind
    channel: Channel
    category: str | None
    priority: Priority | None
    severity: Severity | None
    subject: str | None
    product: str | None
    customer_id: str | None
    team: str | None
    agent: AgentId | None
    cycle: int
    started_at: Instant
    received_at: Instant
    changed_at: Instant
    next_due: Instant | None
    overdue: tuple[str, ...]
    at_risk: bool
    open_promises: int
    historical: bool


class FirstResponseView(View):
    """The earliest valid response of the running cycle."""

    id: str
    at: Instant
    by: AgentId | None
    elapsed_seconds: float | None
    business_seconds: float | None
    within_target: bool | None


class PromiseItem(Promise):
    """A promise in a list."""

    at_risk: bool = False


class CaseView(CaseItem, StepsView):
    """All that follow-up knows of a case. `cycles`: earlier cycles' values never change."""

    anonymous: bool
    acknowledged_at: Instant | None
    complainant: Person
    language: str | None
    level: int
    deadlines: Deadlines
    clocks: list[ClockView]
    first_response: FirstResponseView | None
    cycles: tuple[Cycle, ...]
    responses: tuple[Response, ...]
    promises: list[PromiseItem]
    remedy_sought: RemedySought | None
    facts: tuple[Fact, ...]
    notes: tuple[Note, ...]
    waiting: Waiting | None
    resolution: Resolution | None
    verified: Verified | None
    verification: Verification | None
    closed_at: Instant | None
    withdrawn_at: Instant | None
    timeline: tuple[TimelineEntry, ...]
    timeline_count: int


_SAME = set(CaseView.model_fields) & set(Case.model_fields) - {"promises"}
_SAME_IN_LISTS = set(CaseItem.model_fields) & set(Case.model_fields)


def item(case: Case) -> CaseItem:
    """A case in a list."""
    return CaseItem(**_computed(case), **{name: getattr(case, name) for name in _SAME_IN_LISTS})


def whole(case: Case, *, now: datetime, world: World) -> CaseView:
    """The whole case, its clocks as they are at `now`."""
    same = {name: getattr(case, name) for name in _SAME}
    return CaseView(
        **{**same, **_computed(case), **steps_of(case, world)},
        deadlines=case.cycle.deadlines,
        clocks=[each for part in (clocks, terms, spells) for each in part.shown(case, now=now, world=world)],
        first_response=_first(case),
        promises=[PromiseItem(**entry.promise.model_dump(), at_risk=entry.at_risk) for entry in case.promises],
    )


def _computed(case: Case) -> dict[str, object]:
    return {
        "id": case.complaint_id,
        "cycle": case.cycle.number,
        "started_at": case.cycles[0].started_at,
        "open_promises": len(case.open_promises),
    }


def _first(case: Case) -> FirstResponseView | None:
    first = case.first_response()
    if first is None:
        return None
    return FirstResponseView(
        id=first.id,
        at=first.occurred_at,
        by=first.by,
        elapsed_seconds=first.elapsed_seconds,
        business_seconds=first.business_seconds,
        within_target=first.within_target,
    )
