"""A route that is called thousands of times a second: it is reached, and its dependencies are called, by hand.

FastAPI's layers and its solving of dependencies took longer than all that such a route does. The document, the
manners and the refusals are the same as those of any route.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Annotated, Any, Final, TypeAlias

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import StringConstraints, TypeAdapter, ValidationError
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.http.auth import Caller, caller_with, check_scopes
from shared.http.parts import command_of
from shared.http.query import refuse_unknown
from shared.runtime.commands import Command

Handler: TypeAlias = Callable[[Request], Coroutine[Any, Any, Response]]

_LONGEST_KEY: Final = 255
_KEY: Final = TypeAdapter(Annotated[str, StringConstraints(min_length=1, max_length=_LONGEST_KEY)])


class HotRoute(APIRoute):
    """A route whose endpoint is there for the OpenAPI document; `called` is what is called, with the request alone."""

    called: Handler

    def get_route_handler(self) -> Handler:
        """The same, for whoever comes by FastAPI's way."""
        return self.called


def hot(handler: Callable[[Request], Coroutine[Any, Any, Response]]) -> type[APIRoute]:
    """A class of routes that call this handler."""
    return type("Hot", (HotRoute,), {"called": staticmethod(handler)})


def doors(app: FastAPI, routes: Iterable[BaseRoute]) -> dict[tuple[str, str], ASGIApp]:
    """The hot ones among these routes, by method and path; none of them may have parameters in its path."""
    hot_ones = [route for route in routes if isinstance(route, HotRoute)]
    return {(method, route.path): _Door(app, route) for route in hot_ones for method in route.methods or ()}


class _Door:
    """One hot route as an application. What its handler raises becomes a problem as everywhere."""

    def __init__(self, app: FastAPI, route: HotRoute) -> None:
        self._app, self._route, self._handler = app, route, route.called

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        scope["app"], scope["route"] = self._app, self._route
        request = Request(scope, receive, send)
        try:
            response = await self._handler(request)
        except Exception as error:
            handlers: dict[Any, Callable[..., Awaitable[Response]]] = self._app.exception_handlers  # type: ignore[assignment]
            handle = next((handlers[cls] for cls in type(error).__mro__ if cls in handlers), None)
            if handle is None:
                raise
            response = await handle(request, error)
        await response(scope, receive, send)


async def asked(request: Request, *scopes: str) -> tuple[Caller, Command]:
    """Who asks and for what, as `CallerOf(*scopes)` and `CommandOf` have it, with the same refusals.

    A dependency that every route is given (see `app.py`) must be called here too.

    Raises:
        Refusal: a query parameter is not known; the key is missing, wrong, or lacks the scopes.
        RequestValidationError: the Idempotency-Key is empty or too long.
    """
    await refuse_unknown(request)
    scheme, _, told = request.headers.get("authorization", "").partition(" ")
    caller = caller_with(request, told.strip() if scheme.lower() == "bearer" else "")
    check_scopes(caller, scopes)
    return caller, await command_of(request, caller, _idempotency_key(request))


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is None or 0 < len(key) <= _LONGEST_KEY:
        return key
    try:
        return _KEY.validate_python(key)
    except ValidationError as error:
        found = [{**each, "loc": ("header", "idempotency-key")} for each in error.errors(include_url=False)]
        raise RequestValidationError(found) from error
