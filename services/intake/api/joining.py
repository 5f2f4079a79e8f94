"""Complaints that have to do with one another: merge, undo it, split, link."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from services.intake.api.access import IntakeDesk, check_visible, complaint_of
from services.intake.api.reading import read
from services.intake.api.schema import json_body
from services.intake.domain import joining
from services.intake.domain.acting import Acting
from services.intake.domain.complaint import Complaint
from services.intake.domain.joined import Linking, Merging, Splitting, Unmerging
from services.intake.domain.joining import Joined
from services.intake.following import acting, follow
from shared.decision import Decision, Invalid, NotFound
from shared.http import Caller, CallerOf, CommandOf, IfMatch, reply
from shared.ids import uuid7

router = APIRouter(prefix="/v1/complaints/{complaint_id}", tags=["complaints"])
Writer = Annotated[Caller, CallerOf("complaints:write", "cases:write")]
M = TypeVar("M", bound=BaseModel)


@router.post("/merge", response_model=Joined, openapi_extra=json_body(Merging))
async def merge(
    complaint_id: str, request: Request, desk: IntakeDesk, caller: Writer, command: CommandOf, if_match: IfMatch = None
) -> Response:
    """It goes on inside another one, with the earliest start and the earliest answer of both; undone by `unmerge`.

    Nothing that was promised ends by it. 409 when one of the two is over; 409 `customers_differ`.
    """
    ask = read(Merging, await request.body())
    into = await _other(desk, caller, ask.into, "into")
    act = await _acting(desk, caller, ask.by, complaint_id, into)
    decide = partial(joining.merge, into=into, act=act)
    return await _decided(desk, complaint_id, command, _seen_by(caller, decide), if_match)


@router.post("/unmerge", response_model=Joined, openapi_extra=json_body(Unmerging))
async def unmerge(
    complaint_id: str, request: Request, desk: IntakeDesk, caller: Writer, command: CommandOf, if_match: IfMatch = None
) -> Response:
    """The merge is undone: it stands where it stood, with its own start."""
    ask = read(Unmerging, await request.body() or b"{}")
    decide = partial(joining.unmerge, act=await _acting(desk, caller, ask.by, complaint_id))
    return await _decided(desk, complaint_id, command, _seen_by(caller, decide), if_match)


@router.post("/links", response_model=Joined, openapi_extra=json_body(Linking))
async def link(
    complaint_id: str, request: Request, desk: IntakeDesk, caller: Writer, command: CommandOf, if_match: IfMatch = None
) -> Response:
    """Both complaints know of one another; neither changes."""
    ask = read(Linking, await request.body())
    to = await _other(desk, caller, ask.to, "to")
    act = await _acting(desk, caller, ask.by, complaint_id, to)
    decide = partial(joining.link, to=to, why=ask.why, act=act)
    return await _decided(desk, complaint_id, command, _seen_by(caller, decide), if_match)


@router.post("/split", status_code=201, response_model=Joined, openapi_extra=json_body(Splitting))
async def split(
    complaint_id: str, request: Request, desk: IntakeDesk, caller: Writer, command: CommandOf, if_match: IfMatch = None
) -> Response:
    """Parts go on as complaints of their own, with the same start of their clocks; `parts` are their ids."""
    ask = read(Splitting, await request.body())
    ids = tuple(uuid7(desk.clock.now()) for _ in ask.parts)
    act = await _acting(desk, caller, ask.by, complaint_id)
    decide = partial(joining.split, parts=ask.parts, ids=ids, act=act)
    return await _decided(desk, complaint_id, command, _seen_by(caller, decide), if_match, status=201)


async def _decided(
    desk: IntakeDesk, complaint_id: str, command: Any, decide: Any, if_match: int | None, *, status: int = 200
) -> Response:
    answer = await desk.decide(complaint_id, command, decide, expect=if_match)
    await follow(desk, complaint_id)
    return reply(answer, status=status)


async def _other(desk: IntakeDesk, caller: Caller, id_or_number: str, field: str) -> Complaint:
    try:
        other = await complaint_of(desk, id_or_number)
        check_visible(other, caller)
    except NotFound as absent:
        raise Invalid("There is no such complaint.", errors=[(field, absent.detail)]) from absent
    return other


async def _acting(desk: IntakeDesk, caller: Caller, by: str | None, complaint_id: str, *others: Complaint) -> Acting:
    """Who decides about these complaints.

    Raises:
        Invalid: nobody is named.
        NotFound: there is no such complaint.
    """
    named = person(caller, by)
    return await acting(desk, named, await complaint_of(desk, complaint_id), *others)


def person(caller: Caller, by: str | None) -> str:
    """Who decides.

    Raises:
        Invalid: nobody is named.
    """
    named = caller.by(by)
    if named is None:
        raise Invalid("This needs a person.", errors=[("by", "name the agent who does this")])
    return named


def _seen_by(caller: Caller, decide: Callable[..., Decision[Complaint]]) -> Any:
    """The decision, for one who may see the complaint."""

    def checked(state: Complaint, *, now: datetime, world: object) -> Decision[Complaint]:
        check_visible(state, caller)
        return decide(state, now=now, world=world)

    return checked
