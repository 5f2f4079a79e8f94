"""What somebody asks of routing: a transfer, or an escalation. Pure; refusals are named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast, get_args

from services.routing.domain.assignment import Assignment
from services.routing.domain.candidates import Wanted, barred
from services.routing.domain.escalating import TOP, escalate
from services.routing.domain.receiving import assigned
from services.routing.domain.renewing import renewed
from services.routing.domain.teams import is_subject
from services.routing.domain.world import World
from shared.decision import Conflict, Decision, Invalid, OwnerIsSubject, Refusal
from shared.events.reference import Reference
from shared.events.values import About
from shared.events.vocabulary import EscalationReason

WAITS_FOR_ANOTHER: Final = "it waits for somebody else"


class AgentFull(Refusal):
    """The agent has as many open cases as they can have."""

    code = "agent_full"
    status = 409
    title = "The agent has no place left"


class NotOpen(Conflict):
    """The complaint takes nobody's place: it is over, or historical."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """Hand the complaint over. `agent` None: to the team's queue. `subjects`: whom its customer complained about."""

    team: str
    agent: str | None
    reason: str
    summary: str
    by: str | None
    subjects: Sequence[About] = ()


def transfer_allowed(case: Assignment, ask: Transfer, world: World) -> None:
    """Nothing is wrong with the transfer but, perhaps, that the agent has no place left.

    Raises:
        NotOpen: there is nothing to hand over.
        Invalid: there is no such team or agent at work, or the agent is in another team.
        OwnerIsSubject: it, or an earlier one of its customer, is about the agent or about whoever asks, or it is the
            agent's own.
    """
    if not case.open:
        raise NotOpen("only an open complaint can be handed over")
    _no_subject(ask.by, case, ask.subjects, world)
    agents, teams = world.reference.agents, world.reference.teams
    team = teams.get(ask.team)
    if team is None or not team.active:
        raise Invalid("there is no such team", errors=[("team", f"no active team {ask.team}")])
    if ask.agent is None:
        return
    agent = agents.get(ask.agent)
    if agent is None or not agent.active or agent.team != ask.team:
        raise Invalid("there is no such agent in the team", errors=[("agent", f"no active agent {ask.agent} in it")])
    if reason := barred(ask.agent, wanted(case, ask.subjects), world.reference):
        raise OwnerIsSubject(reason)


def _no_subject(by: str | None, case: Assignment, subjects: Sequence[About], world: World) -> None:
    """Whoever asks is nobody whom it, or an earlier complaint of its customer, is about.

    Raises:
        OwnerIsSubject: it is about them.
    """
    if by is None:
        return
    agent, teams = world.reference.agents.get(by), world.reference.teams
    if is_subject(by, agent, (*case.meant(), *subjects), teams):
        raise OwnerIsSubject(f"{by} is whom it, or an earlier one of this customer, is about, and keeps off it")


def wanted(
    case: Assignment, subjects: Sequence[About] = (), *, complaint_id: str = "", owner: str | None = None
) -> Wanted:
    """The complaint as one that looks for an agent."""
    return Wanted(
        complaint_id=complaint_id,
        team=case.team or "",
        category=case.category,
        product=case.product,
        language=case.language,
        about=case.meant(),
        subjects=subjects,
        complainant=case.complainant,
        owner=owner,
    )


class TurnMoved(Exception):  # noqa: N818 - not an error: look again
    """The complaint changed hands since a place was kept for it; that place may not be used."""


def transfer(case: Assignment, ask: Transfer, *, turn: int, now: datetime, world: World) -> Decision[Assignment]:
    """Another team, and its agent or its queue, has the complaint; open deadlines are counted in that team's hours.

    Under a policy that names a calendar they stay in its hours. The agent's place must have been kept in this turn,
    unless the agent has it already. Promises stay promised: whoever keeps the ledger hands them over.

    Raises:
        TurnMoved: the turn is over; keep a place in the new one.
        Refusal: as `transfer_allowed`.
    """
    transfer_allowed(case, ask, world)
    if case.turn != turn:
        raise TurnMoved
    fresh, moved = renewed(case.but(team=ask.team), world)
    why = (f"handed over by {ask.by or 'the system'}: {ask.reason}",)
    fresh = fresh.with_agent(ask.agent, case.place if ask.agent == case.agent else turn, at=now, why=why)
    said = assigned(fresh, moved=moved).model_copy(update={"by": ask.by, "reason": ask.reason, "summary": ask.summary})
    return Decision(fresh, [said])


@dataclass(frozen=True, slots=True)
class AskEscalation:
    """Tell somebody one level up. `level` None: one higher than the last one that a person asked for."""

    id: str
    by: str
    reason: str
    level: int | None = None


_REASONS: Final = frozenset(get_args(EscalationReason))


def ask_escalation(case: Assignment, ask: AskEscalation, *, now: datetime, world: World) -> Decision[Assignment]:
    """Whoever stands at that level is told, in the words of whoever asks.

    Words that are one of the vocabulary's reasons are the reason; all others are `manual`.

    Raises:
        NotOpen: it is historical.
        OwnerIsSubject: it, or an earlier one of its customer, is about whoever asks.
    """
    if case.historical:
        raise NotOpen("nobody is alerted about a historical complaint")
    _no_subject(ask.by, case, world.accused(case), world)
    before = max((known.level for known in case.escalations if known.reason == "manual"), default=0)
    return escalate(
        case,
        level=ask.level or min(before + 1, TOP),
        reason=cast(EscalationReason, ask.reason) if ask.reason in _REASONS else "manual",
        of=f"manual/{ask.id}",
        now=now,
        world=world,
        by=ask.by,
        words=ask.reason,
    )


def take(case: Assignment, agent: str, why: Sequence[str], *, now: datetime, turn: int) -> Decision[Assignment]:
    """The complaint leaves its team's queue for the agent whose place was kept for it in this turn.

    Nothing changes if it does not wait any more, or if a reservation of this turn may no longer be used.
    """
    if not case.waiting or case.turn != turn:
        return Decision(case)
    case = case.with_agent(agent, turn, at=now, why=why)
    return Decision(case, [assigned(case)])


def send_back(case: Assignment, agent: str, *, now: datetime) -> Decision[Assignment]:
    """An open complaint of an agent who does not work here any more waits in its team's queue."""
    if not case.open or case.agent != agent:
        return Decision(case)
    case = case.with_agent(None, None, at=now, why=(f"{agent} does not work here any more",))
    return Decision(case, [assigned(case)])


def accused(case: Assignment, accuser: Assignment, reference: Reference) -> str | None:
    """Why its agent must not own it after an earlier complaint of the same customer; None where they may."""
    if not case.open or case.agent is None or case.customer_id != accuser.customer_id or not accuser.before(case):
        return None
    return barred(case.agent, wanted(case, accuser.meant()), reference)


def take_away(case: Assignment, accuser: Assignment, *, now: datetime, world: World) -> Decision[Assignment]:
    """An open complaint whose agent an earlier one of the same customer is about waits for somebody else."""
    reason = accused(case, accuser, world.reference)
    if reason is None:
        return Decision(case)
    case = case.with_agent(None, None, at=now, why=(reason, WAITS_FOR_ANOTHER))
    return Decision(case, [assigned(case)])


def looked_through(case: Assignment, *, now: datetime, world: World) -> Decision[Assignment]:
    """Nobody whom it is about has a later complaint of its customer any more."""
    del now, world
    return Decision(case.but(accusing=None))
