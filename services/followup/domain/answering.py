"""A response becomes part of the case: measured, said, and evidence for what the system promised; or taken back."""

from datetime import datetime

from services.followup.domain.case import UNTOUCHED, Case
from services.followup.domain.clocks import waited
from services.followup.domain.parts import Cycle, Response, evolve
from services.followup.domain.saying import say, then
from services.followup.domain.settling import answered
from services.followup.domain.world import World
from shared.decision import Decision
from shared.events.followup import ResponseSent


def record(case: Case, response: Response, *, now: datetime, world: World) -> tuple[Decision[Case], bool]:
    """The response is the last of `responses`, with its times; and whether it is the first of the running cycle.

    It belongs to the cycle in which it happened. One that is told after that cycle is over is not measured: an earlier
    cycle's value never changes.
    """
    cycle = _cycle_at(case, response.occurred_at)
    response = evolve(response, by_complainant=_own_words(case, response))
    response = _reported(case, _measured(case, response, cycle, world))
    earlier = case.first_response()
    first = response.valid and (earlier is None or response.occurred_at < earlier.occurred_at)
    case = evolve(case, responses=(*case.responses, response))
    said = say(case, _sent(response, first=first), now=now)
    return then(said, lambda state: answered(state, response, now=now)), first


def with_answered_call(case: Case, *, now: datetime, world: World) -> Decision[Case]:
    """The answered call by which the complaint came is a first response; the wait is the time to answer.

    Recorded when the targets are known (or will not be in time), so that it can be measured against them.
    """
    call = case.answered_call
    if call is None:
        return Decision(case)
    status = "in_progress" if case.status in UNTOUCHED else case.status
    response = Response(
        id=call.response_id,
        by=call.by,
        channel="phone",
        occurred_at=call.answered_at,
        told_at=now,
        external_reference=call.reference,
    )
    return record(evolve(case, answered_call=None, status=status), response, now=now, world=world)[0]


def _own_words(case: Case, response: Response) -> bool:
    """Whether the colleague who answers is the one who complains: that is a further word, and no answer."""
    person = case.complainant
    names = {name.casefold() for name in (person.external_id, person.email) if name}
    return person.internal and response.by is not None and response.by.casefold() in names


def _cycle_at(case: Case, at: datetime) -> Cycle:
    begun = [cycle for cycle in case.cycles if cycle.started_at <= at]
    return begun[-1] if begun else case.cycles[0]


def _measured(case: Case, response: Response, cycle: Cycle, world: World) -> Response:
    in_life = case.ended_at is None or response.occurred_at <= case.ended_at
    if not response.answers or not in_life or cycle.number != case.cycle.number:
        return evolve(response, cycle=cycle.number)
    elapsed, business = waited(cycle.started_at, response.occurred_at, world.calendar_of(case))
    target = None if case.anonymous else cycle.deadlines.first_response
    return evolve(
        response,
        cycle=cycle.number,
        counts=True,
        elapsed_seconds=elapsed,
        business_seconds=business,
        target=target,
        within_target=None if target is None else response.occurred_at <= target,
    )


def _reported(case: Case, response: Response) -> Response:
    """The response with what a channel had said about it before we knew it."""
    names = (response.id, response.external_reference)
    for report in case.reports:
        if report.response_id in names and report.failed:
            response = evolve(response, failed_at=report.occurred_at, failure_class=report.failure_class)
        elif report.response_id in names:
            response = evolve(response, delivered_at=report.occurred_at)
    return response


def _sent(response: Response, *, first: bool) -> ResponseSent:
    return ResponseSent(
        response_id=response.id,
        by=response.by,
        channel=response.channel,
        text=response.text,
        to=response.to,
        automatic=response.automatic,
        apology=response.apology,
        occurred_at=response.occurred_at,
        external_reference=response.external_reference,
        cycle=response.cycle,
        is_first=first,
        elapsed_seconds=response.elapsed_seconds,
        business_seconds=response.business_seconds,
        within_target=response.within_target,
        holding=response.holding,
        reasons=response.reasons,
    )
