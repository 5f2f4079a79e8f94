"""The OpenAPI document of a service: what FastAPI reads off the routes, and what every answer has besides."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

_PROBLEM: Final = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_TEXT: Final = {"schema": {"type": "string"}}

_REQUEST_ID: Final = {"X-Request-Id": {"description": "The caller's own, or one of ours.", "required": True, **_TEXT}}
_RETRY: Final = {"Retry-After": {"description": "Seconds after which asking again makes sense.", **_TEXT}}
_CHALLENGE: Final = {"WWW-Authenticate": {"description": "With 401.", **_TEXT}}
_ETAG: Final = {"ETag": {"description": "The version; send it as If-Match.", **_TEXT}}
_REPLAYED: Final = {"Idempotent-Replayed": {"description": "`true`: this is the first answer again.", **_TEXT}}

_WRONG: Final = {"description": "What is wrong, and what to do.", "content": _PROBLEM}
_AWAY: Final = {"description": "A server that we need does not answer; ask again.", "content": _PROBLEM}


class Application(FastAPI):
    """A service's application, with a document that also says how it refuses, and a short way for its hot routes."""

    def __init__(self, **told: Any) -> None:
        super().__init__(**told)
        self.doors: dict[tuple[str, str], ASGIApp] = {}
        """By method and path, what takes a request without FastAPI's layers. See `hot.py`."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request, or the life of the application."""
        door = self.doors.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        await (super().__call__ if door is None else door)(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        if self.openapi_schema is None:
            complete(super().openapi())
        return self.openapi_schema or {}


def complete(document: dict[str, Any]) -> None:
    """Every operation says what its refusals look like, and which headers its answers have."""
    for operation in _operations(document):
        responses = operation["responses"]
        responses.pop("422", None)
        responses["4XX"] = {**_WRONG, "headers": {**_RETRY, **_CHALLENGE}}
        responses.setdefault("503", {**_AWAY, "headers": _RETRY})
        for status, response in responses.items():
            more = _success_headers(operation) if status.startswith("2") else {}
            response["headers"] = {**_REQUEST_ID, **more, **response.get("headers", {})}


def _operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()


def _success_headers(operation: Mapping[str, Any]) -> dict[str, Any]:
    names = {parameter["name"].lower() for parameter in operation.get("parameters", ())}
    etag = _ETAG if "if-match" in names else {}
    return {**etag, **(_REPLAYED if "idempotency-key" in names else {})}
