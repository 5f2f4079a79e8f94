"""One complaint's assignment: see it, hand it over, tell somebody one level up."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from services.routing.api.parts import AssignerOf, ComplaintId, Reader, RoutingDesk
from services.routing.domain.assignment import Assignment
from services.routing.domain.commanding import AskEscalation, Transfer, ask_escalation
from services.routing.domain.renewing import refreshed
from services.routing.domain.views import AssignmentView, EscalationView, escalation_view, view
from services.routing.domain.world import World
from services.routing.handover import HandOver
from shared.decision import Decision
from shared.events.reference import TeamId
from shared.events.values import AgentId, LongText
from shared.http import Caller, CallerOf, CommandOf, Form, IfMatch, reply
from shared.runtime.commands import Answer

router = APIRouter(prefix="/v1/assignments", tags=["assignments"])

Worker = Annotated[Caller, CallerOf("cases:write")]


class TransferForm(Form):
    """To which team, to whom in it (nobody: to its queue), why, and what the next one must know."""

    team: TeamId
    agent: AgentId | None = None
    reason: LongText
    summary: LongText


class EscalationForm(Form):
    """Who asks, in which words, and how high; no level: one higher than the last time somebody asked."""

    by: AgentId | None = None
    reason: LongText
    level: Annotated[int, Field(ge=1, le=3)] | None = None


@router.get("/{complaint_id}", response_model=AssignmentView)
async def get_assignment(complaint_id: ComplaintId, desk: RoutingDesk, _: Reader) -> Response:
    """How the complaint was read, with whom it stands, by when what is due, and why.

    `deadlines` are without pauses: while we wait for the customer, follow-up's clocks stand still.
    """
    loaded = await desk.load(complaint_id)
    assert loaded.state is not None  # noqa: S101 - `load` fills it
    return reply(Answer(view(loaded.id, loaded.state).model_dump(mode="json"), loaded.version))


@router.post("/{complaint_id}/transfer", response_model=AssignmentView)
async def transfer(
    complaint_id: ComplaintId,
    form: TransferForm,
    desk: RoutingDesk,
    assigner: AssignerOf,
    command: CommandOf,
    caller: Worker,
    if_match: IfMatch = None,
) -> Response:
    """Hand the complaint over to another team, and to an agent of it or into its queue.

    Deadlines that are still open are counted anew in the hours of that team, unless the policy has hours of its own.
    409 `owner_is_subject`: it, or an earlier one of its customer, is about the agent or whoever asks. 409 `agent_full`:
    the agent has no place left. Promises stay promised.
    """
    ask = Transfer(form.team, form.agent, form.reason, form.summary, caller.by(None))
    return reply(await HandOver(desk, assigner).hand_over(complaint_id, ask, command, expect=if_match))


@router.post("/{complaint_id}/escalation", response_model=EscalationView)
async def escalate(
    complaint_id: ComplaintId,
    form: EscalationForm,
    desk: RoutingDesk,
    assigner: AssignerOf,
    command: CommandOf,
    caller: Worker,
    if_match: IfMatch = None,
) -> Response:
    """Tell whoever stands above: the agent's manager (else the team's), that one's manager, and so on.

    Never somebody whom the complaint, or an earlier one of its customer, is about: 409 `owner_is_subject` where they
    ask. The complaint stays with its agent.
    """
    named = caller.by(form.by) or caller.owner
    loaded = await desk.load(complaint_id)
    assert loaded.state is not None  # noqa: S101 - `load` fills it
    subjects = await assigner.history.subjects({loaded.state.customer_id})

    def decide(case: Assignment, *, now: datetime, world: World) -> Decision[Assignment]:
        world = replace(world, subjects=subjects)
        ask = AskEscalation(command.id, named, form.reason, form.level)
        decision = refreshed(ask_escalation(case, ask, now=now, world=world), now=now, world=world)
        return Decision(decision.state, decision.events, escalation_view(loaded.id, decision.state))

    return reply(await desk.decide(loaded.id, command, decide, expect=if_match))
