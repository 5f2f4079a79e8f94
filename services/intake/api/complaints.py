"""Complaints, one by one: taken in, read, added to, withdrawn, and what became of our answers."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from services.intake import domain
from services.intake.accept import Acceptor
from services.intake.api import listing
from services.intake.api.access import IntakeDesk, check_visible
from services.intake.api.reading import read
from services.intake.api.schema import json_body
from services.intake.api.views import ComplaintItem, ComplaintView, whole
from services.intake.domain.commands import ReportReceipt, StatusReceipt, ToldDelivery, Withdrawal
from services.intake.domain.messages import FurtherWords, MessageReceipt
from services.intake.domain.receiving import Receipt
from services.intake.following import follow
from services.intake.repeats import Handed
from shared.decision import Decision, Refusal
from shared.http import Caller, CallerOf, CommandOf, IfMatch, Page, get_desk, reply
from shared.http.hot import asked, hot
from shared.http.strict import CHECKED
from shared.ids import uuid7

router = APIRouter(tags=["complaints"])
Writer = Annotated[Caller, CallerOf("complaints:write")]
Reader = Annotated[Caller, CallerOf("complaints:read")]
M = TypeVar("M", bound=BaseModel)


async def receive(request: Request, desk: IntakeDesk, caller: Writer, command: CommandOf) -> Response:
    """Hand in a complaint.

    At least one of text, subject and category, and a way to reach or know the complainant, or `anonymous: true`.
    `received_at` and `historical: true` need the scope history:write. 409 `external_reference_taken` names the
    complaint that the same source handed in before under this reference.
    """
    handed = Handed(
        told=read(domain.Told, await request.body(), checked=CHECKED in request.scope),
        command=command,
        owner=caller.owner,
        keyed="idempotency-key" in request.headers,
        may_write_history=caller.has("history:write"),
    )
    outcome = await _acceptor(request, desk).accept_one(handed)
    if isinstance(outcome, Refusal):
        raise outcome
    return reply(outcome, status=201, headers={"Location": str((outcome.body or {})["status_url"])})


async def _receive(request: Request) -> Response:
    caller, command = await asked(request, "complaints:write")
    return await receive(request, await get_desk(request), caller, command)


router.add_api_route(
    "/v1/complaints", receive, methods=["POST"], status_code=201, response_model=Receipt,
    openapi_extra=json_body(domain.Told), route_class_override=hot(_receive),
)  # fmt: skip


def _acceptor(request: Request, desk: IntakeDesk) -> Acceptor:
    """The one of this application."""
    state = request.app.state
    if not hasattr(state, "acceptor"):
        state.acceptor = Acceptor(desk)
    acceptor: Acceptor = state.acceptor
    return acceptor


@router.get("/v1/complaints")
async def list_complaints(
    desk: IntakeDesk, caller: Reader, asked: Annotated[listing.Asked, Query()]
) -> Page[ComplaintItem]:
    """The complaints that this key may see, newest first: by `received_at`, then by id, both descending.

    `received_from` ≤ received_at < `received_to`; `changed_since` ≤ the last change that intake heard of.
    """
    return await listing.page(desk, caller, asked)


@router.get("/v1/complaints/{complaint_id}", response_model=ComplaintView)
async def show(complaint_id: str, desk: IntakeDesk, caller: Reader) -> Response:
    """One complaint's whole life, by id or number, as intake knows it from the log; a moment behind the others."""
    loaded = await desk.load(complaint_id)
    assert loaded.state is not None  # noqa: S101 - `load` answers only what is there
    check_visible(loaded.state, caller)
    return Response(
        whole(loaded.state).model_dump_json(),
        media_type="application/json",
        headers={"ETag": f'"{loaded.version}"'},
    )


@router.post(
    "/v1/complaints/{complaint_id}/messages",
    status_code=201,
    response_model=MessageReceipt,
    openapi_extra=json_body(FurtherWords),
)
async def add_message(
    complaint_id: str, request: Request, desk: IntakeDesk, caller: Writer, command: CommandOf, if_match: IfMatch = None
) -> Response:
    """The customer's further words; where it goes on in another complaint, they are heard there too (`also_in`).

    409 `complaint_full` above 1,000 messages, 500,000 characters or 1 MB.
    """
    ask = read(FurtherWords, await request.body())
    message_id = uuid7(desk.clock.now())
    decide = _seen_by(caller, partial(domain.add_message, ask=ask, message_id=message_id))
    answer = await desk.decide(complaint_id, command, decide, expect=if_match)
    if (answer.body or {}).get("also_in"):
        await follow(desk, complaint_id)
    return reply(answer, status=201)


@router.post(
    "/v1/complaints/{complaint_id}/withdrawal", response_model=StatusReceipt, openapi_extra=json_body(Withdrawal)
)
async def withdraw(
    complaint_id: str, request: Request, desk: IntakeDesk, caller: Writer, command: CommandOf, if_match: IfMatch = None
) -> Response:
    """The customer takes the complaint back, and with it what was promised. 409 when it is over already.

    What was merged into it is taken back with it.
    """
    ask = read(Withdrawal, await request.body() or b"{}")
    decide = _seen_by(caller, partial(domain.withdraw, ask=ask, entry_id=uuid7(desk.clock.now())))
    answer = await desk.decide(complaint_id, command, decide, expect=if_match)
    await follow(desk, complaint_id)
    return reply(answer)


@router.post(
    "/v1/complaints/{complaint_id}/delivery-reports",
    response_model=ReportReceipt,
    openapi_extra=json_body(ToldDelivery),
)
async def report_delivery(
    complaint_id: str, request: Request, desk: IntakeDesk, caller: Writer, command: CommandOf, if_match: IfMatch = None
) -> Response:
    """A channel says whether a response reached the customer. One that failed counts as never sent."""
    ask = read(ToldDelivery, await request.body())
    decide = _seen_by(caller, partial(domain.report_delivery, ask=ask, entry_id=uuid7(desk.clock.now())))
    return reply(await desk.decide(complaint_id, command, decide, expect=if_match))


def _seen_by(caller: Caller, decide: Any) -> Any:
    """The decision, for one who may see the complaint."""

    def checked(state: domain.Complaint, *, now: datetime, world: object) -> Decision[domain.Complaint]:
        check_visible(state, caller)
        decided: Decision[domain.Complaint] = decide(state, now=now, world=world)
        return decided

    return checked
