"""Reports: the truth as known now, computed from stored facts; those who still wait are in every denominator."""

import csv
import io
from dataclasses import replace
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import create_model

from services.metrics.api.span import question_of
from services.metrics.domain.reports.question import Question, ToWhom
from services.metrics.domain.reports.table import FIGURES, Report
from services.metrics.queries import report
from services.metrics.taking import current
from shared.http import Caller, CallerOf

_CSV: Final = {"text/csv": {"schema": {"type": "string"}}}

router = APIRouter(prefix="/v1/reports", tags=["reports"])

Reader = Annotated[Caller, CallerOf("reports:read")]
Asked = Annotated[Question, Depends(question_of)]
Format = Annotated[Literal["json", "csv"], Query(alias="format")]
FirstCycle = Annotated[Literal["first"], Query(description="The first cycle's values never change.")]


def _shown(name: str) -> dict[int | str, dict[str, Any]]:
    """How the answer is described: each figure by its definition, as in `docs/measures.md`."""
    figures = FIGURES[name]
    rows, title = list[dict[str, Any]], f"{figures.__name__.removesuffix('Figures')}Report"
    return {200: {"model": create_model(title, __base__=figures, rows=rows, total=figures), "content": _CSV}}


@router.get("/first-response", responses=_shown("first-response"))
async def first_response(
    request: Request, _: Reader, question: Asked, format_: Format = "json", cycle: FirstCycle = "first"
) -> Response:
    """How long did customers wait for a person's first answer? By `received_at`; seconds.

    `fell_due` = answered_within + answered_late + unanswered + ended_unanswered (withdrawn or merged after due);
    answered before due counts at once. Median and p90 over the answered; `median_censored_seconds` over all, the
    unanswered as still waiting (Kaplan-Meier). Apart: not_yet_due, ended_before_due, without_target, anonymous.
    """
    del cycle
    return await _answer(request, "first-response", question, format_)


@router.get("/promises", responses=_shown("promises"))
async def promises(
    request: Request, _: Reader, question: Asked, format_: Format = "json", made_to: ToWhom | None = None
) -> Response:
    """Did we keep our word? By due date, split by `said_by`; `group_by=kind` is the promise's kind.

    All in the ledger; with `made_to` only those to the `customer`, or the `inner` ones to colleagues (`agent`, `team`).

    `share_kept` = kept / (kept + broken); `share_first_word_kept` = kept without `replaces` / (kept + broken +
    renegotiated, without `replaces`); margin = due - evidence, over the kept ones, seconds.
    """
    return await _answer(request, "promises", replace(question, made_to=made_to), format_)


@router.get("/complaints", responses=_shown("complaints"))
async def complaints(request: Request, _: Reader, question: Asked, format_: Format = "json") -> Response:
    """What came in, and how did it end? By `received_at`; newest outcome, first resolution's time (seconds)."""
    return await _answer(request, "complaints", question, format_)


@router.get("/funnel", responses=_shown("funnel"))
async def funnel(request: Request, _: Reader, question: Asked, format_: Format = "json") -> Response:
    """How far did complaints get? `verified`: the customer said yes; `satisfied`: and gave four or five of five."""
    return await _answer(request, "funnel", question, format_)


async def _answer(request: Request, name: str, question: Question, format_: str) -> Response:
    generation = await current(request.app.state.runtime)
    found = await report(generation.complaints, name, question)
    if format_ == "csv":
        return Response(_csv(found), media_type="text/csv; charset=utf-8")
    return _json(found, question)


def _json(found: Report, question: Question) -> Response:
    from fastapi.responses import JSONResponse

    total = found.total()
    asked = {
        "from": question.start.isoformat(),
        "to": question.end.isoformat(),
        "time_zone": question.zone.key,
        "as_of": question.as_of.isoformat(),
        "group_by": question.group_by,
        "historical": question.historical,
    }
    return JSONResponse({**asked, **total, "rows": found.rows(), "total": total})


def _csv(found: Report) -> str:
    """A line a row, without a total, so that adding up gives the total; the head alone where there is no row."""
    rows: list[dict[str, Any]] = found.rows()
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]) if rows else ["group", *found.total()])
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return out.getvalue()


def _cell(value: Any) -> Any:
    """Outside text that a spreadsheet would read as a formula is shown as text."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value
