"""Errors over HTTP: RFC 9457 problem+json with a stable `code`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from pydantic_core import to_jsonable_python
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match, Route

from shared.decision import Refusal
from shared.kafka import LogError
from shared.mongo import StoreError

log = structlog.get_logger()

_MEDIA_TYPE: Final = "application/problem+json"
_TITLES: Final[Mapping[str, tuple[int, str]]] = {
    "malformed": (400, "Malformed request"),
    "key_invalid": (401, "Key missing or not valid"),
    "scope_missing": (403, "Scope missing"),
    "not_found": (404, "Not found"),
    "method_not_allowed": (405, "Method not allowed"),
    "too_large": (413, "Too large"),
    "invalid": (422, "Invalid"),
    "rate_limited": (429, "Too many requests"),
    "internal": (500, "Our fault"),
    "unavailable": (503, "Unavailable"),
}
_BY_STATUS: Final = {status: code for code, (status, _) in _TITLES.items()}
_RETRY: Final = {"unavailable": "1", "not_here_yet": "1", "rate_limited": "1"}
_MOST_ERRORS: Final = 20
_PLACES: Final = ("body", "query", "path", "header")
_METHOD_NOT_ALLOWED: Final = 405


class FieldError(BaseModel):
    """What is wrong with one field."""

    field: str
    reason: str


class Problem(BaseModel):
    """RFC 9457, with a stable `code`; a code may add members of its own."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldError] = []


def problem_body(
    code: str, detail: str, *, status: int | None = None, title: str | None = None,
    errors: Sequence[tuple[str, str]] = (), facts: Mapping[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A problem as JSON values. No fact takes the place of a member that every problem has."""
    told = to_jsonable_python(dict(facts or {}))
    default_status, default_title = _TITLES.get(code, (409, code.replace("_", " ").capitalize()))
    members = {
        "type": f"urn:palabra:problem:{code}",
        "title": title or default_title,
        "status": status or default_status,
        "code": code,
        "detail": detail,
        "errors": [{"field": field, "reason": reason} for field, reason in errors],
    }
    return {**members, **{name: fact for name, fact in told.items() if name not in members}}


def problem_response(body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The problem as a response, with `Retry-After` where asking again makes sense."""
    extra = dict(headers or {})
    if body["code"] in _RETRY:
        extra["Retry-After"] = str(body.get("retry_after_seconds", _RETRY[body["code"]]))
    if body["code"] == "key_invalid":
        extra["WWW-Authenticate"] = "Bearer"
    return JSONResponse(dict(body), status_code=body["status"], headers=extra, media_type=_MEDIA_TYPE)


def refusal_body(refusal: Refusal) -> dict[str, Any]:
    """A refusal as a problem."""
    return problem_body(
        refusal.code, refusal.detail, status=refusal.status, title=refusal.title,
        errors=refusal.errors, facts=refusal.facts,
    )  # fmt: skip


def field_errors(errors: Sequence[Any]) -> list[tuple[str, str]]:
    """Pydantic's errors as (field, reason), without the values."""
    found = []
    for error in errors[:_MOST_ERRORS]:
        place = [str(part) for part in error["loc"]]
        if place and place[0] in _PLACES:
            place = place[1:]
        found.append((".".join(place) or "body", str(error["msg"]).removeprefix("Value error, ")))
    return found


def validation_body(errors: Sequence[Any]) -> dict[str, Any]:
    """What is wrong with a request that could be read."""
    if any(error["type"] in ("json_invalid", "json_type") for error in errors):
        reasons = [(field, reason) for field, reason in field_errors(errors)]
        return problem_body("malformed", "the body is not JSON that can be read", errors=reasons)
    listed = field_errors(errors)
    first = f"{listed[0][0]}: {listed[0][1]}" if listed else "the request is not valid"
    return problem_body("invalid", first, errors=listed)


def _allowed(request: Request, error: HTTPException) -> dict[str, str]:
    """With 405, every method that the path has; the router names those of its first route only."""
    if error.status_code != _METHOD_NOT_ALLOWED:
        return {}
    routes = [route for route in _leaves(request.app.routes) if isinstance(route, Route)]
    fitting = [route for route in routes if route.matches(request.scope)[0] != Match.NONE]
    return {"Allow": ", ".join(sorted({method for route in fitting for method in route.methods or ()}))}


def _leaves(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """The routes, also those of routers that were included whole."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        yield from (route,) if inner is None else _leaves(inner.routes)


def install(app: FastAPI) -> None:
    """Whatever goes wrong in a route becomes a problem."""

    async def on_refusal(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Refusal)  # noqa: S101 - registered for it
        return problem_response(refusal_body(error))

    async def on_invalid(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
        return problem_response(validation_body(error.errors()))

    async def on_http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
        code = _BY_STATUS.get(error.status_code, "malformed")
        body = problem_body(code, str(error.detail), status=error.status_code)
        return problem_response(body, {**(error.headers or {}), **_allowed(request, error)})

    async def on_world(_: Request, error: Exception) -> JSONResponse:
        log.warning("unavailable", error=f"{type(error).__name__}: {error}"[:300])
        detail = "a server that we need does not answer; ask again, with the same Idempotency-Key if you sent one"
        return problem_response(problem_body("unavailable", detail))

    app.add_exception_handler(Refusal, on_refusal)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    for world in (StoreError, LogError, TimeoutError, ConnectionError):
        app.add_exception_handler(world, on_world)
