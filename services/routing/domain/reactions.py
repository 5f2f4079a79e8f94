"""Which events routing reacts to, and how. Anything else moves the mark and changes nothing."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, Final

from services.routing.domain import escalating, hearing, joining, receiving
from services.routing.domain.assignment import Assignment
from services.routing.domain.renewing import refreshed
from services.routing.domain.world import World
from shared.decision import Decision
from shared.events import Event, Payload, followup, intake, promises

Reaction = Callable[..., Decision[Assignment]]

BIRTHS: Final[frozenset[type[Payload]]] = frozenset({intake.ComplaintReceived})


def _with_newest(reaction: Reaction) -> Reaction:
    @wraps(reaction)
    def react(state: Any, event: Event[Any], *, now: datetime, world: World) -> Decision[Assignment]:
        return refreshed(reaction(state, event, now=now, world=world), now=now, world=world)

    return react


_BY_TYPE: Final[Mapping[type[Payload], Reaction]] = {
    intake.ComplaintReceived: receiving.on_received,
    intake.MessageReceived: escalating.on_message,
    intake.ComplaintWithdrawn: hearing.on_ended,
    intake.ComplaintMerged: hearing.on_merged,
    intake.ComplaintUnmerged: hearing.on_unmerged,
    intake.ComplaintAbsorbed: joining.on_absorbed,
    intake.ComplaintReleased: joining.on_released,
    intake.ComplaintRematched: joining.on_rematched,
    intake.ComplaintErased: hearing.on_erased,
    intake.ResponseFailed: hearing.on_response_failed,
    followup.ComplaintAcknowledged: hearing.on_acknowledged,
    followup.ResponseSent: hearing.on_response,
    followup.DeadlineOverdue: escalating.on_overdue,
    promises.PromiseMade: hearing.on_promise,
    promises.PromiseKept: hearing.on_promise,
    promises.PromiseAttempted: hearing.on_promise,
    promises.PromiseRenegotiated: hearing.on_promise,
    promises.PromiseWithdrawn: hearing.on_promise,
    promises.PromiseHandedOver: hearing.on_promise,
    promises.PromiseCorrected: hearing.on_promise_corrected,
    promises.PromiseBroken: escalating.on_promise_broken,
    followup.ComplaintResolved: hearing.on_ended,
    followup.ComplaintVerified: escalating.on_verified,
    followup.ComplaintReopened: hearing.on_reopened,
    followup.ComplaintClosed: hearing.on_ended,
}

REACTIONS: Final[Mapping[type[Payload], Reaction]] = {
    payload: _with_newest(reaction) for payload, reaction in _BY_TYPE.items()
}
