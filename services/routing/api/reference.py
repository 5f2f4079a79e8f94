"""Teams, agents, policies and calendars: read and write them whole, each change a version that is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, TypeAlias

from fastapi import APIRouter, Depends, Header, Path, Response
from pydantic import BaseModel

from services.routing.api import forms
from services.routing.api.checks import Checks
from services.routing.api.parts import Admin, LawsOf, Reader, RoutingDesk
from shared.calendar import Calendar
from shared.decision import NotFound, VersionConflict
from shared.events.reference import ReferenceKind, TeamId
from shared.events.values import AgentId, Frozen
from shared.http import IfMatch, Page, View, reply
from shared.runtime.commands import Answer
from shared.runtime.desk import Desk

Datum: TypeAlias = Calendar | Frozen


class Version(View):
    """An earlier or the present state of something."""

    version: int
    at: datetime
    state: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the request says of the version that is to be replaced."""

    if_match: int | None
    if_none_match: str | None

    def version(self) -> int | None:
        """The version that is to be replaced; None to create. Asked for last: a key or form that is wrong comes first.

        Raises:
            VersionConflict: neither header, or both, or not as they must be.
        """
        if self.if_match is not None and self.if_none_match is None:
            return self.if_match
        if self.if_match is None and self.if_none_match is not None and self.if_none_match.strip() == "*":
            return None
        raise VersionConflict('send If-Match: "VERSION" (the ETag of a GET) to change, or If-None-Match: * to create')


async def expected(
    if_match: IfMatch, if_none_match: Annotated[str | None, Header(max_length=40)] = None
) -> Expectation:
    """The headers as they came."""
    return Expectation(if_match, if_none_match)


Expected = Annotated[Expectation, Depends(expected)]


def shown(datum_id: str, version: int, datum: BaseModel) -> dict[str, Any]:
    """Something with its id and version, as JSON values."""
    return {"id": datum_id, "version": version, **datum.model_dump(mode="json")}


async def _one(desk: Desk[Any, Any], kind: ReferenceKind, datum_id: str) -> tuple[int, Datum]:
    found = await desk.reference_store.get(kind, datum_id)
    if found is None:
        raise NotFound(f"there is no {kind} {datum_id}")
    return found


async def _put(
    desk: Desk[Any, Any], kind: ReferenceKind, datum_id: str, datum: Datum, expectation: Expectation
) -> Response:
    expect = expectation.version()
    version = await desk.reference_store.put(kind, datum_id, datum, expect=expect, now=desk.clock.now())
    return reply(Answer(shown(datum_id, version, datum), version), status=201 if expect is None else 200)


def _add_reads(router: APIRouter, kind: ReferenceKind, id_type: Any, model: type[BaseModel]) -> None:
    """The list, one of them, and its versions."""
    named = Path(alias=kind)

    async def list_all(desk: RoutingDesk, _: Reader) -> Page[Any]:
        items = [shown(*one) for one in await desk.reference_store.list(kind)]
        return Page(items=items)

    async def get_one(datum_id: Annotated[str, id_type, named], desk: RoutingDesk, _: Reader) -> Response:
        version, datum = await _one(desk, kind, datum_id)
        return reply(Answer(shown(datum_id, version, datum), version))

    async def get_versions(datum_id: Annotated[str, id_type, named], desk: RoutingDesk, _: Reader) -> Page[Version]:
        await _one(desk, kind, datum_id)
        known = await desk.reference_store.history(kind, datum_id)
        return Page(items=[Version(version=n, at=at, state=datum.model_dump(mode="json")) for n, at, datum in known])

    about: Mapping[str, Any] = {"tags": ["reference"]}
    page: Any = Page
    newest = "Its newest 200 states, the newest first."
    router.add_api_route(
        "", list_all, response_model=page[model], name=f"list_{kind}", description=f"Each {kind}, by id.", **about
    )
    router.add_api_route(
        f"/{{{kind}}}", get_one, response_model=model, name=f"get_{kind}", description=f"One {kind}; `ETag`.", **about
    )
    router.add_api_route(f"/{{{kind}}}/versions", get_versions, name=f"{kind}_versions", description=newest, **about)


teams = APIRouter(prefix="/v1/teams", tags=["reference"])
agents = APIRouter(prefix="/v1/agents", tags=["reference"])
policies = APIRouter(prefix="/v1/policies", tags=["reference"])
calendars = APIRouter(prefix="/v1/calendars", tags=["reference"])


@teams.put("/{team}", response_model=forms.TeamView)
async def put_team(team: TeamId, form: forms.TeamForm, desk: RoutingDesk, expect: Expected, _: Admin) -> Response:
    """Make the team so; who waits in its queue is looked at again at once.

    422 where its calendar is not known or never opens.
    """
    await Checks(desk.reference_store, desk.clock.now()).team(form)
    return await _put(desk, "team", team, form, expect)


@agents.put("/{agent}", response_model=forms.AgentView)
async def put_agent(agent: AgentId, form: forms.AgentForm, desk: RoutingDesk, expect: Expected, _: Admin) -> Response:
    """Make the agent so. Absences that are not given stay; an agent who is not active keeps no complaint.

    422 where the team or the calendar is not known.
    """
    await Checks(desk.reference_store, desk.clock.now()).agent(form)
    if "absences" not in form.model_fields_set and expect.version() is not None:
        known = await desk.reference_store.get("agent", agent)
        form = form.model_copy(update={"absences": getattr(known[1], "absences", ()) if known else ()})
    return await _put(desk, "agent", agent, form, expect)


@policies.put("/{policy}", response_model=forms.PolicyView)
async def put_policy(
    policy: TeamId, form: forms.PolicyForm, desk: RoutingDesk, expect: Expected, laws: LawsOf, _: Admin
) -> Response:
    """Make the policy so; deadlines of open complaints that are still running move with it, and that is said.

    `calendar`: in whose hours its business time is counted; without one in those of the team that owns the complaint.
    422 where a legal rule or a calendar is not known, or its own calendar never opens.
    """
    await Checks(desk.reference_store, desk.clock.now()).policy(form, laws)
    return await _put(desk, "policy", policy, form, expect)


@calendars.put("/{calendar}", response_model=forms.CalendarView)
async def put_calendar(
    calendar: TeamId, form: forms.CalendarForm, desk: RoutingDesk, expect: Expected, _: Admin
) -> Response:
    """Make the calendar so; deadlines counted in it move, and that is said. Feed entries that are not given stay.

    422 where a team or a policy works by it and it would never open again.
    """
    if "feed_entries" not in form.model_fields_set and expect.version() is not None:
        known = await desk.reference_store.get("calendar", calendar)
        form = form.model_copy(update={"feed_entries": getattr(known[1], "feed_entries", ()) if known else ()})
    await Checks(desk.reference_store, desk.clock.now()).calendar(calendar, form)
    return await _put(desk, "calendar", calendar, form, expect)


for _router, _kind, _type, _view in (
    (teams, "team", TeamId, forms.TeamView),
    (agents, "agent", AgentId, forms.AgentView),
    (policies, "policy", TeamId, forms.PolicyView),
    (calendars, "calendar", TeamId, forms.CalendarView),
):
    _add_reads(_router, _kind, _type.__metadata__[0], _view)  # type: ignore[arg-type,attr-defined]

ROUTERS: Final = (teams, agents, policies, calendars)
