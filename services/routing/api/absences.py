"""When an agent is away: nothing new is given to them until they are back."""

from typing import Annotated, Self

from fastapi import APIRouter, Response
from pydantic import Field, model_validator

from services.routing.api.forms import AgentView
from services.routing.api.parts import RoutingDesk
from services.routing.api.reference import shown
from shared.decision import Conflict, NotFound, VersionConflict
from shared.events.reference import Absence, Agent
from shared.events.values import AgentId, Instant
from shared.http import Caller, CallerOf, Form, reply
from shared.runtime.commands import Answer

router = APIRouter(prefix="/v1/agents", tags=["reference"])

_TRIES = 10
_MOST = 500


class AbsenceForm(Form):
    """Away from `from` until, not including, `to`."""

    start: Instant = Field(alias="from")
    end: Instant = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end <= self.start:
            raise ValueError("`to` must be later than `from`")
        return self


@router.post("/{agent}/absence", response_model=AgentView, status_code=201)
async def add_absence(
    agent: AgentId,
    form: AbsenceForm,
    desk: RoutingDesk,
    caller: Annotated[Caller, CallerOf("admin", "cases:write")],
) -> Response:
    """The agent is away for that time; saying it twice says it once. Absences that are over are forgotten.

    A key without `admin` may do this for its own person only.
    """
    if not caller.has("admin"):
        caller.by(agent)
    absence = Absence(start=form.start, end=form.end)
    for _ in range(_TRIES):
        version, known = await desk.reference_store.get("agent", agent) or (0, None)
        if not isinstance(known, Agent):
            raise NotFound(f"there is no agent {agent}")
        if absence in known.absences:
            return reply(Answer(shown(agent, version, known), version), status=201)
        now = desk.clock.now()
        kept = [one for one in known.absences if one.end > now]
        if len(kept) >= _MOST:
            raise Conflict(f"{agent} has {len(kept)} absences to come already")
        changed = known.model_copy(update={"absences": tuple(sorted([*kept, absence], key=lambda one: one.start))})
        try:
            version = await desk.reference_store.put("agent", agent, changed, expect=version, now=now)
        except VersionConflict:
            continue
        return reply(Answer(shown(agent, version, changed), version), status=201)
    raise VersionConflict(f"{agent} is being changed by others; try again")
