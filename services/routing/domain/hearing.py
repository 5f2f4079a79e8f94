"""What routing makes of the rest of a complaint's life. Pure; an event is a fact and is never refused."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from services.routing.domain.assignment import Assignment, Given, OpenPromise, kept
from services.routing.domain.candidates import barred
from services.routing.domain.commanding import WAITS_FOR_ANOTHER, wanted
from services.routing.domain.escalating import heard_out, on_promise_broken, without_promise
from services.routing.domain.receiving import assigned
from services.routing.domain.renewing import renewed
from services.routing.domain.world import Grant, World
from shared.decision import Decision
from shared.events import Event
from shared.events.followup import ComplaintReopened, ResponseSent
from shared.events.intake import ResponseFailed
from shared.events.promises import PromiseCorrected, PromisePayload
from shared.events.values import About


def on_ended(case: Assignment, _: Event[Any], *, now: datetime, world: World) -> Decision[Assignment]:
    """Resolved, withdrawn or closed: its agent has the place back."""
    del now, world
    return Decision(case.but(over=True).ended())


def on_merged(case: Assignment, _: Event[Any], *, now: datetime, world: World) -> Decision[Assignment]:
    """It goes on inside another one: its agent has the place back."""
    del now, world
    return Decision(case.ended())


def on_reopened(
    case: Assignment, event: Event[ComplaintReopened], *, now: datetime, world: World
) -> Decision[Assignment]:
    """A new cycle begins with its own deadlines, with the same agent if there is room on this shift.

    Else with another one, or in the queue. The clocks of the new cycle start where follow-up says.
    """
    if case.historical:
        return Decision(case)
    start = event.data.started_at or event.time
    cycle = max(event.data.cycle, case.cycle)
    fresh = case.but(over=False, cycle=cycle, started_at=start, answers=(), given=())
    return _back(fresh, event, now=now, world=world)


def on_unmerged(case: Assignment, event: Event[Any], *, now: datetime, world: World) -> Decision[Assignment]:
    """It stands on its own again, in the same cycle and with the same start; what was over before stays so."""
    if case.historical or case.open or case.over:
        return Decision(case)
    return _back(case, event, now=now, world=world)


def _back(case: Assignment, event: Event[Any], *, now: datetime, world: World) -> Decision[Assignment]:
    case, moved = renewed(case.but(open=True), world)
    grant = _grant(case, event.complaint_id, world)
    case = case.with_agent(grant.agent, grant.turn, at=now, why=grant.why)
    return Decision(case, [assigned(case, moved=moved)])


def _grant(case: Assignment, complaint_id: str, world: World) -> Grant:
    """The place that was kept for it, unless its agent is barred by what was heard after that."""
    grant = world.grant(complaint_id)
    if grant.agent is None:
        return grant
    reason = barred(grant.agent, wanted(case, world.accused(case)), world.reference)
    return Grant(None, (reason, WAITS_FOR_ANOTHER), grant.turn) if reason else grant


def on_acknowledged(case: Assignment, _: Event[Any], *, now: datetime, world: World) -> Decision[Assignment]:
    """The acknowledgement's clock has stopped."""
    del now, world
    return Decision(case.but(acknowledged=True))


def on_response(case: Assignment, event: Event[ResponseSent], *, now: datetime, world: World) -> Decision[Assignment]:
    """The first contact by a person stops the first response's clock; who was angry by then is heard out.

    What follow-up does not measure is no answer: a colleague who complains cannot answer themself.
    """
    said = event.data
    measured = said.is_first or said.elapsed_seconds is not None
    by_person = said.to == "customer" and not said.automatic and measured
    name, reference = _name(said), said.external_reference
    failed = name in case.failed or (reference is not None and reference in case.failed)
    if not by_person or failed or said.cycle != case.cycle:
        return Decision(case)
    given = kept(case.given, Given(name=name, reference=reference, at=said.occurred_at))
    return heard_out(case.but(answers=kept(case.answers, name), given=given), now=now, world=world)


def _name(said: ResponseSent) -> str:
    """What an answer is known by: its id, or that of the complaint in which it was given; see `joining.on_absorbed`."""
    reference = said.external_reference or ""
    return reference if reference.startswith("absorbed/") else said.response_id


def on_response_failed(
    case: Assignment, event: Event[ResponseFailed], *, now: datetime, world: World
) -> Decision[Assignment]:
    """The response, named by its id or the channel's reference, counts as never sent, also if we hear of it later."""
    del now, world
    told = event.data.response_id
    gone = {told, *(each.name for each in case.given if each.reference == told)}
    answers = tuple(answer for answer in case.answers if answer not in gone)
    return Decision(case.but(answers=answers, failed=kept(case.failed, told)))


def on_promise(case: Assignment, event: Event[PromisePayload], *, now: datetime, world: World) -> Decision[Assignment]:
    """An open promise weighs on its owner's day; one that is not open any more does not."""
    del now, world
    promise = event.data.promise
    case = without_promise(case, promise.id)
    if promise.status == "open":
        task = OpenPromise(id=promise.id, owner=promise.owner, due=promise.due)
        case = case.but(promises=kept(case.promises, task))
    return Decision(case)


def on_promise_corrected(
    case: Assignment, event: Event[PromiseCorrected], *, now: datetime, world: World
) -> Decision[Assignment]:
    """What turns out to be broken is passed up like any break; a break that was none does not count any more."""
    promise = event.data.promise
    if promise.status == "broken":
        return on_promise_broken(case, event, now=now, world=world)
    case = case.but(broken=tuple(broken for broken in case.broken if broken != promise.id))
    return on_promise(case, event, now=now, world=world)


def on_erased(case: Assignment, _: Event[Any], *, now: datetime, world: World) -> Decision[Assignment]:
    """Nothing here says who complained. Our own people whom it was about stay barred, by their id alone."""
    del now, world
    absorbed = tuple(one.model_copy(update={"about": _known_by_id(one.about)}) for one in case.absorbed)
    return Decision(case.but(about=_known_by_id(case.about), absorbed=absorbed, complainant=(), customer_id=None))


def _known_by_id(about: Iterable[About]) -> tuple[About, ...]:
    return tuple(About(agent=subject.agent) for subject in about if subject.agent is not None)
