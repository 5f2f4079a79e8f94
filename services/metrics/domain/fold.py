"""One event, folded into the facts of its complaint."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.metrics.domain import handled, promised, received, routed
from services.metrics.domain.facts import Facts
from services.metrics.domain.first_response import on_response
from services.metrics.domain.series import Increment
from shared.events import Event, followup, intake, promises, routing
from shared.events.envelope import Payload

HANDLERS: Final[Mapping[type[Payload], Callable[[Any, Any], Facts]]] = {
    intake.ComplaintReceived: received.on_received,
    intake.MessageReceived: received.on_message,
    intake.ResponseFailed: received.on_failed,
    intake.ComplaintWithdrawn: received.on_withdrawn,
    intake.ComplaintMerged: received.on_merged,
    intake.ComplaintUnmerged: received.on_unmerged,
    intake.ComplaintAbsorbed: received.on_absorbed,
    intake.ComplaintReleased: received.on_released,
    routing.ComplaintTriaged: routed.on_triaged,
    routing.ComplaintAssigned: routed.on_assigned,
    routing.ComplaintEscalated: routed.on_escalated,
    followup.ComplaintAcknowledged: handled.on_acknowledged,
    followup.ResponseSent: on_response,
    followup.DeadlineOverdue: handled.on_overdue,
    followup.DeadlineCorrected: handled.on_deadline_corrected,
    promises.PromiseMade: promised.on_made,
    promises.PromiseChecked: promised.on_checked,
    promises.PromiseReminded: promised.on_reminded,
    promises.PromiseFulfilledLate: promised.on_fulfilled_late,
    promises.PromiseRenegotiated: promised.on_renegotiated,
    promises.PromiseCorrected: promised.on_corrected,
    **dict.fromkeys(promised.SETTLED, promised.on_settled),
    followup.FactsAsked: handled.on_asked,
    followup.FactsGiven: handled.on_facts,
    followup.RemedySoughtStated: handled.on_remedy,
    followup.SummaryConfirmed: handled.on_summary,
    followup.SolutionProposed: handled.on_solution,
    followup.SolutionChosen: handled.on_solution,
    followup.ComplaintResolved: handled.on_resolved,
    followup.ComplaintVerified: handled.on_verified,
    followup.ComplaintReopened: handled.on_reopened,
    followup.ComplaintClosed: handled.on_closed,
}
"""Which events metrics listens to; the others only move the mark."""
BIRTHS: Final[frozenset[type[Payload]]] = frozenset({intake.ComplaintReceived})


def fold(facts: Facts | None, event: Event[Any]) -> tuple[Facts, tuple[Increment, ...]]:
    """The facts after this event, and what it adds to the totals.

    Follows from facts and event alone. Not idempotent by itself: the inbox lets each event through once.

    Raises:
        KeyError: metrics does not listen to this event.
    """
    before = () if facts is None else facts.counts
    after = HANDLERS[type(event.data)](facts, event)
    heard_at = max(event.time, after.heard_at or event.time)
    return after.model_copy(update={"heard_at": heard_at}), after.counts[len(before) :]
