"""A case that goes on inside another one: who has that one, and what is answered in it, is so for the promises here.

The outer case knows by a mark (`news`) who inside it has not heard of it; a sweep (`services.followup.within`) carries
it here, and from here on to what goes on in this one. Source: `domain.md`, Promises: no merge ends one, and all are
handed over with the case.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Final

from services.followup.domain.case import KEPT, Case
from services.followup.domain.handing import inherited
from services.followup.domain.parts import Response, evolve
from services.followup.domain.renewing import renewed
from services.followup.domain.saying import then
from services.followup.domain.settling import answered
from services.followup.domain.unsettling import ended_by, taken_back, unsettled
from services.followup.domain.world import World
from shared.decision import Decision
from shared.events.values import AgentId

_APART: Final = "it was answered in another complaint, from which this one has parted"


def news(case: Case) -> str:
    """A mark of who has the case and what was answered in it: another one whenever any of it is another."""
    names = (each.id for each in _answers(case))
    return sha256("/".join((case.agent or "", *names)).encode()).hexdigest()


def to_pass_on(case: Case) -> bool:
    """Whether something that goes on in this case does not know its news yet."""
    return bool(case.steps.absorbed) and {one.knows for one in case.steps.absorbed} != {news(case)}


def passed_on(case: Case, *, told: str, to: str, now: datetime, world: World) -> Decision[Case]:
    """That one knows this news; what has changed here meanwhile is news again."""
    del now, world
    absorbed = tuple(evolve(one, knows=told) if one.complaint_id == to else one for one in case.steps.absorbed)
    return Decision(case.with_steps(absorbed=absorbed))


def agrees(case: Case, outer: Case) -> bool:
    """Whether this case goes on in that one, and stands as follows from it."""
    same = case.agent == _owner(case, outer) and case.answers_outside == _answers_for(case, outer)
    return case.merged_into == outer.complaint_id and same


def follow(case: Case, *, outer: Case, now: datetime, world: World) -> Decision[Case]:
    """The outer case's owner has it, and every open promise of the owner before; its answers are answers for these.

    What failed there keeps nothing here. While nobody has the outer case, or somebody whom this one is about, this
    one's owner keeps what was promised. Nothing changes where it agrees already, or does not go on there.
    """
    if case.merged_into != outer.complaint_id or agrees(case, outer):
        return Decision(case)
    before, known, said, owner = case.agent, case.answers_outside, _answers_for(case, outer), _owner(case, outer)
    case = evolve(case, agent=owner, team=outer.team if owner and owner == outer.agent else case.team)
    decision = inherited(evolve(case, answers_outside=said), before, now=now)
    gone = _names(known) - _names(said)
    decision = then(decision, partial(taken_back, names=gone, at=now, now=now))
    for response in said:
        if response not in known:
            decision = then(decision, partial(answered, response=response, now=now))
    decision = then(decision, partial(renewed, now=now, world=world))
    return Decision(evolve(decision.state, changed_at=now), decision.events)


def apart(case: Case, *, at: datetime, now: datetime) -> Decision[Case]:
    """It goes on in no other one: what was answered there keeps nothing of what the system promised here."""
    by_these = ended_by(case, _names(case.answers_outside))
    of_system = [entry for entry in by_these if entry.said_by == "system"]
    return unsettled(evolve(case, answers_outside=()), of_system, at=at, now=now, why=_APART)


def _owner(case: Case, outer: Case) -> AgentId | None:
    """Who has the outer case, else this one; never whom this one is about."""
    return next((each for each in (outer.agent, case.agent) if each and each not in case.subjects), None)


def _answers(case: Case) -> Iterator[Response]:
    yield from (each for each in (*case.responses, *case.answers_outside) if each.answers)


def _answers_for(case: Case, outer: Case) -> tuple[Response, ...]:
    """The earliest answers there since this one began, without their words; its own, which count there, are none."""
    own, start = f"absorbed/{case.complaint_id}", case.cycles[0].started_at
    others = (each for each in _answers(outer) if not (each.external_reference or "").startswith(own))
    said = (evolve(each, text=None, reasons=None) for each in others if each.occurred_at >= start)
    return tuple(said)[:KEPT]


def _names(answers: tuple[Response, ...]) -> set[str | None]:
    return {name for each in answers for name in (each.id, each.external_reference) if name is not None}
