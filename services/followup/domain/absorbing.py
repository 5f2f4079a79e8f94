"""What other complaints of the same customer do to a case: merged into it, linked with it."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from services.followup.domain.answering import record
from services.followup.domain.case import KEPT, Case
from services.followup.domain.clocks import with_deadlines
from services.followup.domain.parts import Response, evolve
from services.followup.domain.saying import then
from services.followup.domain.step_parts import Inside
from services.followup.domain.subjects import agents_meant
from services.followup.domain.targets import deadlines_after_reopening
from services.followup.domain.world import World
from shared.decision import Decision
from shared.events import Event, Payload
from shared.events.intake import ComplaintAbsorbed, ComplaintLinked, ComplaintReleased
from shared.events.values import AbsorbedAnswer
from shared.events.vocabulary import ResponseChannel, Status

OVER: Final[frozenset[Status]] = frozenset({"closed", "withdrawn", "merged"})


def absorbed(case: Case, event: Event[ComplaintAbsorbed], *, now: datetime, world: World) -> Decision[Case]:
    """The other complaint goes on here: from the earliest start of both, and with the answers of both.

    What was promised there is still owed there. An answer that was taken over once is one, however often it is told.
    A later cycle keeps its own start, and was not answered by what was said before it. Whom the other one is about keep
    off this one too.
    """
    told = event.data
    others = tuple(one for one in case.steps.absorbed if one.complaint_id != told.absorbed)
    one = Inside(
        complaint_id=told.absorbed,
        number=told.number,
        started_at=told.started_at,
        answered_at=told.answered_at,
        about_agents=agents_meant(told.about, world),
    )
    case = case.with_steps(absorbed=(*others, one)[-KEPT:])
    if case.historical or case.status in OVER:
        return Decision(case)
    known = {each.external_reference for each in case.responses}
    decision = Decision(case if case.cycle.number > 1 else _from(case, _earliest(case), world))
    start = max(told.started_at, decision.state.cycle.started_at)
    for answer in _answers(told):
        if answer.reference not in known and answer.occurred_at >= start:
            response_id = event.derive_id(answer.reference)
            decision = then(decision, partial(_answered, answer, response_id, now=now, world=world))
    return decision


def _answers(told: ComplaintAbsorbed) -> tuple[AbsorbedAnswer, ...]:
    """What was answered there; events of before `answers` was told have the first alone."""
    if told.answers or told.answered_at is None:
        return told.answers
    return (AbsorbedAnswer(reference=f"absorbed/{told.absorbed}", occurred_at=told.answered_at),)


def _answered(answer: AbsorbedAnswer, response_id: str, case: Case, *, now: datetime, world: World) -> Decision[Case]:
    response = Response(
        id=response_id,
        channel=_channel(case),
        occurred_at=answer.occurred_at,
        told_at=now,
        external_reference=answer.reference,
    )
    return record(case, response, now=now, world=world)[0]


def _earliest(case: Case) -> datetime:
    return min([case.steps.own_start or case.cycle.started_at, *(one.started_at for one in case.steps.absorbed)])


def _from(case: Case, start: datetime, world: World) -> Case:
    """Its clocks run from `start`; routing says the deadlines of its own policy soon, and may say others."""
    if start == case.cycle.started_at:
        return case
    case = case.in_cycle(started_at=start)
    counted = deadlines_after_reopening(case, start, world)
    known = {clock: getattr(case.cycle.deadlines, clock) for clock in ("acknowledge", "legal")}
    return with_deadlines(case, evolve(counted, **known), world)


def _channel(case: Case) -> ResponseChannel:
    return "other" if case.channel == "referral" else case.channel


def released(case: Case, event: Event[ComplaintReleased], *, now: datetime, world: World) -> Decision[Case]:
    """The other complaint stands on its own again, and this one runs from its own start.

    What was answered there was said to the same customer: it stays an answer here, until it is said to have failed.
    """
    del now
    others = tuple(one for one in case.steps.absorbed if one.complaint_id != event.data.absorbed)
    case = case.with_steps(absorbed=others)
    if case.historical or case.cycle.number > 1 or case.status in OVER:
        return Decision(case)
    return Decision(_from(case, _earliest(case), world))


def linked(case: Case, event: Event[ComplaintLinked], *, now: datetime, world: World) -> Decision[Case]:
    """It has to do with another one; nothing else changes."""
    del now, world
    related = tuple(dict.fromkeys((*case.steps.related, event.data.to)))[-KEPT:]
    return Decision(case.with_steps(related=related))


RULES: Final[Mapping[type[Payload], Any]] = {
    ComplaintAbsorbed: absorbed,
    ComplaintReleased: released,
    ComplaintLinked: linked,
}
"""What a case makes of each of them."""
