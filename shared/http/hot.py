"""A route that is called thousands of times a second: its dependencies are called by hand.

FastAPI's own solving of them took as long as all that they do. The document still comes from the endpoint's signature.
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Annotated, Any, Final, TypeAlias

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials
from pydantic import StringConstraints, TypeAdapter, ValidationError

from shared.http.auth import Caller, CallerWith, caller_of
from shared.http.parts import command_of
from shared.http.query import refuse_unknown
from shared.runtime.desk import Command

Handler: TypeAlias = Callable[[Request], Coroutine[Any, Any, Response]]

_KEY: Final = TypeAdapter(Annotated[str, StringConstraints(min_length=1, max_length=255)])


def hot(handler: Callable[[Request], Awaitable[Response]]) -> type[APIRoute]:
    """A class of routes that call `handler` with the request, and their endpoint only for the OpenAPI document."""

    class Hot(APIRoute):
        """Calls the handler."""

        def get_route_handler(self) -> Handler:
            """The handler, behind FastAPI's error handling and before nothing else."""

            async def handle(request: Request) -> Response:
                return await handler(request)

            return handle

    return Hot


async def asked(request: Request, *scopes: str) -> tuple[Caller, Command]:
    """Who asks and for what, as `CallerOf(*scopes)` and `CommandOf` have it, with the same refusals.

    A dependency that every route is given (see `app.py`) must be called here too.

    Raises:
        Refusal: a query parameter is not known; the key is missing, wrong, or lacks the scopes.
        RequestValidationError: the Idempotency-Key is empty or too long.
    """
    await refuse_unknown(request)
    scheme, _, told = request.headers.get("authorization", "").partition(" ")
    bearer = scheme.lower() == "bearer" and told.strip()
    credentials = HTTPAuthorizationCredentials(scheme=scheme, credentials=told.strip()) if bearer else None
    caller = await CallerWith(*scopes)(await caller_of(request, credentials))
    return caller, await command_of(request, caller, _idempotency_key(request))


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    try:
        return _KEY.validate_python(key)
    except ValidationError as error:
        found = [{**each, "loc": ("header", "idempotency-key")} for each in error.errors(include_url=False)]
        raise RequestValidationError(found) from error
