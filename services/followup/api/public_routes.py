"""The customer's own way in: a link without login. Reading changes nothing; an answer is taken once."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.followup.api.counter import DeskOf
from services.followup.customers import case_of_link
from services.followup.domain.asking import CommandRule, obey
from services.followup.domain.case import Case
from services.followup.domain.links import Token, through, usable
from services.followup.domain.refusals import Conflict, LinkUsed
from services.followup.domain.resolution import Verify, verify_by_link
from services.followup.domain.solutions import Choose, choose
from services.followup.domain.step_parts import LinkPurpose
from services.followup.domain.surveys import MOST_QUESTIONS, AnswerSurvey, answer_survey
from services.followup.domain.understanding import ConfirmSummary, confirm_summary
from services.followup.domain.world import World
from services.followup.pages import HEADERS, Page, document
from shared import ids
from shared.decision import Invalid, Refusal
from shared.http.auth import digest
from shared.http.guessing import Guard
from shared.runtime.commands import Command
from shared.runtime.desk import Desk

router = APIRouter(prefix="/c", default_response_class=HTMLResponse, include_in_schema=False)
"""Pages for people; no part of the API for programs."""

_LONGEST: Final = 4000
_MOST_FIELDS: Final = 20
_UNKNOWN: Final = "This link is not known. / Este enlace no se conoce."


@router.get("/{token}")
async def show(token: str, request: Request, desk: DeskOf) -> HTMLResponse:
    """What the customer is asked; nothing changes by looking, so that mail scanners may look too."""
    hashed = digest(token)
    case, world = await _case(hashed, request, desk)
    if case is None:
        return _page(document("en", "Palabra", f"<p>{_UNKNOWN}</p>"), 404)
    page, link = _page_of(case, world), usable(case, hashed, desk.clock.now())
    return _page(page.message("page_over"), 410) if link is None else _page(page.form(link.purpose))


@router.post("/{token}")
async def answer(token: str, request: Request, desk: DeskOf) -> HTMLResponse:
    """The customer's answer, taken once."""
    hashed = digest(token)
    case, world = await _case(hashed, request, desk)
    if case is None:
        return _page(document("en", "Palabra", f"<p>{_UNKNOWN}</p>"), 404)
    page, link = _page_of(case, world), usable(case, hashed, desk.clock.now())
    if link is None:
        return _page(page.message("page_over"), 410)
    command = Command(ids.uuid7(desk.clock.now()), hashed)
    try:
        rule, ask = _ANSWERS[link.purpose](_fields(await request.body()))
        decide = obey(through(rule, Token(hashed, link.purpose)), ask)
        await desk.decide(case.complaint_id, command, decide)
    except (ValueError, Invalid):
        return _page(page.message("page_missing"), 422)
    except (LinkUsed, Conflict):
        return _page(page.message("page_over"), 410)
    except Refusal:
        return _page(page.message("page_missing"), 422)
    return _page(page.message("page_thanks"))


async def _case(hashed: str, request: Request, desk: Desk[Case, World]) -> tuple[Case | None, World]:
    """The case of that link. Who tries many tokens is not listened to for a while."""
    guard: Guard = request.app.state.guard
    address = request.client.host if request.client else "unknown"
    guard.check(address, hashed)
    world = await desk.service.prepare([])
    found = await case_of_link(desk.documents, hashed)
    if found is None:
        guard.wrong(address)
        return None, world
    return (await desk.load(found)).state, world


def _page_of(case: Case, world: World) -> Page:
    return Page(case, world.texts, world.calendar_of(case).time_zone)


def _page(html: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(html, status_code=status, headers=HEADERS)


def _fields(body: bytes) -> Mapping[str, str]:
    """The form's fields, each once, without blanks round them; empty ones are left out.

    Raises:
        ValueError: it is no form, or a field is longer than the page allows.
    """
    told = parse_qs(body.decode("utf-8"), max_num_fields=_MOST_FIELDS)
    fields = {name: values[-1].replace("\0", "").strip() for name, values in told.items()}
    if any(len(value) > _LONGEST for value in fields.values()):
        raise ValueError("longer than the page allows")
    return {name: value for name, value in fields.items() if value}


def _confirmation(fields: Mapping[str, str]) -> tuple[CommandRule[Any], ConfirmSummary]:
    confirmed = {"yes": True, "no": False}.get(fields.get("confirmed", ""))
    if confirmed is None:
        raise ValueError("neither yes nor no")
    correction = None if confirmed else fields.get("correction")
    return confirm_summary, ConfirmSummary(confirmed=confirmed, correction=correction)


def _choice(fields: Mapping[str, str]) -> tuple[CommandRule[Any], Choose]:
    return choose, Choose(option=fields.get("option", ""))


def _verification(fields: Mapping[str, str]) -> tuple[CommandRule[Any], Verify]:
    told = {name: fields[name] for name in ("answer", "satisfaction", "comment") if name in fields}
    return verify_by_link, Verify.model_validate({**told, "via": "link"})


def _survey(fields: Mapping[str, str]) -> tuple[CommandRule[Any], AnswerSurvey]:
    answers = tuple(fields.get(f"answer{n}", "-") for n in range(MOST_QUESTIONS))
    while answers and answers[-1] == "-":
        answers = answers[:-1]
    declined = "declined" in fields
    ask = AnswerSurvey(
        answers=() if declined else answers,
        declined=declined,
        never_again="never_again" in fields,
        problem=None if declined else fields.get("problem"),
    )
    return answer_survey, ask


_ANSWERS: Final[Mapping[LinkPurpose, Any]] = {
    "summary": _confirmation,
    "solutions": _choice,
    "verification": _verification,
    "survey": _survey,
}
"""By purpose: what the form's fields ask for."""
