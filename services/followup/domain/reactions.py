"""What follow-up makes of what intake and routing say. An event is a fact: nothing here refuses.

Facts count by the time at which they happened (the event's), not by when we hear of them: after a stop, a withdrawal
said before a promise's due is heard before the timer breaks it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final, Protocol, TypeAlias

from services.followup.domain import absorbing, terms, whose
from services.followup.domain.acknowledge import acknowledge
from services.followup.domain.answering import with_answered_call
from services.followup.domain.birth import received
from services.followup.domain.case import KEPT, Case
from services.followup.domain.clocks import with_deadlines
from services.followup.domain.erasing import erased
from services.followup.domain.handing import inherited
from services.followup.domain.merging import merged, unmerged
from services.followup.domain.parts import DeliveryReport, Owner, Response, evolve
from services.followup.domain.pausing import resume, without_waiting
from services.followup.domain.reading import read_reply
from services.followup.domain.renewing import renewed
from services.followup.domain.replies import replied
from services.followup.domain.saying import remember, then
from services.followup.domain.settling import all_withdrawn
from services.followup.domain.spells import asked, silent_since
from services.followup.domain.targets import AFTER_REOPENING, deadlines_after_reopening
from services.followup.domain.unsettling import taken_back
from services.followup.domain.world import World
from shared.decision import Decision
from shared.events import Event, Payload
from shared.events.intake import (
    ComplaintErased,
    ComplaintMerged,
    ComplaintReceived,
    ComplaintUnmerged,
    ComplaintWithdrawn,
    MessageReceived,
    ResponseDelivered,
    ResponseFailed,
)
from shared.events.routing import ComplaintAssigned, ComplaintEscalated, ComplaintTriaged
from shared.events.values import Deadlines

Rule: TypeAlias = Callable[..., Decision[Case]]
"""`(case, event, now, world) -> decision`."""


class Hear(Protocol):
    """What the runtime calls. `state` is None for a birth."""

    def __call__(self, state: Any, event: Any, *, now: datetime, world: Any) -> Decision[Case]:
        """What becomes of the case."""


def _triaged(case: Case, event: Event[ComplaintTriaged], *, now: datetime, world: World) -> Decision[Case]:
    """Read and given its deadlines; the acknowledgement can name a time now."""
    told = event.data
    case = evolve(
        case,
        category=told.category,
        severity=told.severity,
        priority=told.priority,
        language=told.language,
        policy=told.policy.id,
        calendar=told.calendar,
    )
    case = terms.told(with_deadlines(case, _deadlines(case, told, world), world), told, world)
    recorded = with_answered_call(case, now=now, world=world)
    promise_id = event.derive_id("acknowledgement")
    return then(recorded, partial(acknowledge, promise_id=promise_id, now=now, world=world))


def _assigned(case: Case, event: Event[ComplaintAssigned], *, now: datetime, world: World) -> Decision[Case]:
    """The new owner inherits every open promise of the case and of the owner before; none is lost on the way.

    What the customer was told keeps its due, also when the deadline moved. Where it goes on inside another case
    meanwhile, whoever has that one has it (`domain.outside`), and the new owner after they part.
    """
    told, before, same_hours = event.data, case.agent, event.data.calendar == case.calendar
    case = evolve(case, calendar=told.calendar)
    if case.merged_into is None:
        case = evolve(case, team=told.team, agent=told.agent)
    else:
        case = evolve(case, owner_before_merge=Owner(agent=told.agent, team=told.team))
    handed = inherited(case, before, now=now)
    case = with_deadlines(handed.state, _deadlines(case, told, world), world, same_hours=same_hours)
    return Decision(terms.told(case, told, world, same_hours=same_hours), handed.events)


def _deadlines(case: Case, said: ComplaintTriaged | ComplaintAssigned, world: World) -> Deadlines:
    """Those that routing names for the running cycle; a cycle of which it has not heard yet is held to the policy.

    A later cycle is acknowledged already, and its legal clock ended with the first result.
    """
    told = said.deadlines
    if case.cycle.number == 1:
        return told
    if said.cycle == case.cycle.number:
        return Deadlines(**{clock: getattr(told, clock) for clock in AFTER_REOPENING})
    return Deadlines() if case.historical else deadlines_after_reopening(case, case.cycle.started_at, world)


def _escalated(case: Case, event: Event[ComplaintEscalated], *, now: datetime, world: World) -> Decision[Case]:
    """Somebody one level up knows; no promise changes hands by that."""
    del now, world
    return Decision(evolve(case, level=max(case.level, event.data.level)))


def _message(case: Case, event: Event[MessageReceived], *, now: datetime, world: World) -> Decision[Case]:
    """The customer wrote: what waited for them goes on. "Thanks" reopens and cancels nothing, and needs no answer.

    What they wrote in a complaint that goes on here, before the last word here, that word did not answer: nobody here
    had read it. It waits since it came here.
    """
    received, thanks = event.data.received_at, read_reply(event.data.text).reading == "thanks"
    unread = event.data.said_in is not None and received <= silent_since(case)
    at = event.time if unread else received
    case = evolve(
        case if thanks else asked(case, at),
        messages=case.messages + 1,
        last_message_at=max(case.last_message_at or received, received),
    )
    read = partial(replied, told=event.data, at=at, now=now, world=world)
    if case.status != "waiting_customer" or case.waiting is None:
        return read(case)
    resumed = resume(case, "customer_message", at=max(at, case.waiting.since), now=now, world=world)
    return then(resumed, read)


def _withdrawn(case: Case, event: Event[ComplaintWithdrawn], *, now: datetime, world: World) -> Decision[Case]:
    """The customer takes it back, and with it what was promised; the clocks end where they are, or where it was merged.

    Also one that goes on inside another one, which was taken back.
    """
    if case.status in ("closed", "withdrawn"):
        return Decision(case)
    at = event.data.said_at or event.time
    case = without_waiting(case, max(at, case.waiting.since) if case.waiting else at, world)
    case = evolve(case, status="withdrawn", withdrawn_at=at, patience_until=None, close_at=None)
    return all_withdrawn(case, at=at, now=now, words=event.data.reason)


def _delivered(case: Case, event: Event[ResponseDelivered], *, now: datetime, world: World) -> Decision[Case]:
    """A response has reached the customer; one not heard of yet is kept in mind."""
    del world
    told = event.data
    response = _response(case, told.response_id)
    if response is None:
        return Decision(_kept_in_mind(case, told, now))
    return Decision(case.with_response(evolve(response, delivered_at=told.occurred_at)))


def _failed(case: Case, event: Event[ResponseFailed], *, now: datetime, world: World) -> Decision[Case]:
    """The response counts as never sent: the clock runs on, and what it kept is not kept by it.

    It may name a message that is no response here, but evidence for a promise (a wrong number, a bounced letter).
    """
    del world
    told = event.data
    response = _response(case, told.response_id)
    if response is None:
        return taken_back(_kept_in_mind(case, told, now), {told.response_id}, at=event.time, now=now)
    if response.failed_at is not None:
        return Decision(case)
    failed = evolve(response, failed_at=told.occurred_at, failure_class=told.failure_class)
    names = {failed.id, failed.external_reference} - {None}
    return taken_back(case.with_response(failed), names, at=event.time, now=now)


def _response(case: Case, told: str) -> Response | None:
    """The response that a channel speaks of: by our id, or by the channel's own reference."""
    return next((each for each in case.responses if told in (each.id, each.external_reference)), None)


def _kept_in_mind(case: Case, told: ResponseDelivered | ResponseFailed, now: datetime) -> Case:
    failure = told if isinstance(told, ResponseFailed) else None
    report = DeliveryReport(
        response_id=told.response_id,
        failed=failure is not None,
        failure_class=failure.failure_class if failure else None,
        occurred_at=told.occurred_at,
        heard_at=now,
    )
    return evolve(case, reports=(*case.reports, report)[-KEPT:])


def _heard(rule: Rule) -> Hear:
    """The rule, with what every event does: it stands in the timeline."""

    def hear(state: Case | None, event: Any, *, now: datetime, world: Any) -> Decision[Case]:
        before = None if state is None else _noted(state, event)
        decision = rule(before, event, now=now, world=world)
        after = _noted(decision.state, event) if state is None else decision.state
        decision = then(Decision(after, decision.events), partial(renewed, now=now, world=world))
        return Decision(evolve(decision.state, changed_at=now), decision.events)

    return hear


def _noted(case: Case, event: Event[Any]) -> Case:
    told = vars(event.data)
    return remember(
        case,
        event.type,
        at=event.time,
        by=told.get("by"),
        summary=str(told.get("reason") or told.get("channel") or ""),
        about=told.get("response_id"),
        source=event.source,
    )


_RULES: Final[Mapping[type[Payload], Rule]] = {
    ComplaintReceived: received,
    ComplaintTriaged: _triaged,
    ComplaintAssigned: _assigned,
    ComplaintEscalated: _escalated,
    MessageReceived: _message,
    **absorbing.RULES,
    **whose.RULES,
    ComplaintWithdrawn: _withdrawn,
    ComplaintMerged: merged,
    ComplaintUnmerged: unmerged,
    ResponseDelivered: _delivered,
    ResponseFailed: _failed,
    ComplaintErased: erased,
}
REACTIONS: Final[Mapping[type[Payload], Hear]] = {kind: _heard(rule) for kind, rule in _RULES.items()}
"""What follow-up does on each event that it hears."""

BIRTHS: Final[frozenset[type[Payload]]] = frozenset({ComplaintReceived})
