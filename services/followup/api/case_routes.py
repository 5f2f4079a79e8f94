"""Cases, listed and one by one."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.followup.api.counter import DeskOf, ReaderOf
from services.followup.api.views import CaseItem, CaseView, item, whole
from services.followup.customers import accused_by
from services.followup.domain.case import Case
from services.followup.lists import CasesAsked, Overdue, Sort, find_cases
from shared.events.values import Instant
from shared.events.vocabulary import Channel, Priority, Status
from shared.http import Limit, Page

router = APIRouter(prefix="/v1/cases", tags=["cases"])
Text = Annotated[str | None, Query(max_length=200)]


@router.get("")
async def list_cases(  # noqa: PLR0913 - one parameter for each filter
    desk: DeskOf,
    caller: ReaderOf,
    *,
    agent: Text = None,
    team: Text = None,
    status: Annotated[list[Status] | None, Query(description="One or several.")] = None,
    priority: Priority | None = None,
    channel: Channel | None = None,
    product: Text = None,
    customer: Text = None,
    due_before: Annotated[Instant | None, Query(description="A deadline or promise falls due before.")] = None,
    overdue: Annotated[Overdue | None, Query(description="This has run out, and is not made good.")] = None,
    at_risk: Annotated[bool | None, Query(description="A deadline is near, or a promise not on track.")] = None,
    q: Annotated[str | None, Query(max_length=100, description="A number, or words of name and subject.")] = None,
    changed_since: Annotated[Instant | None, Query()] = None,
    sort: Annotated[
        Sort, Query(description="`next_due`: what falls due first; `priority`: urgent first.")
    ] = "received_at",
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[CaseItem]:
    """Cases, oldest first unless `sort` says otherwise; equals by id."""
    del caller
    asked = CasesAsked(
        agent=agent,
        team=team,
        status=tuple(status or ()),
        priority=priority,
        channel=channel,
        product=product,
        customer=customer,
        due_before=due_before,
        overdue=overdue,
        at_risk=at_risk,
        q=q,
        changed_since=changed_since,
        sort=sort,
        cursor=cursor,
        limit=limit,
    )
    found, following = await find_cases(desk.documents, asked)
    return Page(items=[item(Case.model_validate(one["state"])) for one in found], next=following)


@router.get("/{case_id}", response_model=CaseView)
async def show(case_id: str, desk: DeskOf, caller: ReaderOf) -> Response:
    """One case by id or number, with its clocks as they are now; its version as `ETag`."""
    del caller
    loaded = await desk.load(case_id)
    assert loaded.state is not None  # noqa: S101 - `load` answers only what is there
    world = replace(await desk.service.prepare([]), accused=await accused_by(desk.documents, loaded.state))
    view = whole(loaded.state, now=desk.clock.now(), world=world)
    return Response(view.model_dump_json(), media_type="application/json", headers={"ETag": f'"{loaded.version}"'})
