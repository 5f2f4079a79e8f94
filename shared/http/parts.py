"""What routes are made of: forms, views, commands, versions, replies."""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict
from pydantic_core import to_json

from shared import ids, tracing
from shared.decision import Invalid
from shared.http.auth import Caller, caller_of
from shared.runtime.commands import Answer, Command
from shared.runtime.desk import Desk

_LONGEST_VERSION: Final = 18
"""Digits of a version; what has more is none that a store could hold."""


class Form(BaseModel):
    """A request body. Fields that are not known are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class View(BaseModel):
    """An answer's body."""

    model_config = ConfigDict(frozen=True)


async def get_desk(request: Request) -> Desk[Any, Any]:
    """The service's desk."""
    desk: Desk[Any, Any] = request.app.state.runtime.desk
    return desk


async def command_of(
    request: Request,
    caller: Annotated[Caller, Depends(caller_of)],
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255)] = None,
) -> Command:
    """The command that this request is: named by its Idempotency-Key within the key's owner, else by an id of its own.

    Two requests are the same when method, path and body are, byte by byte.
    """
    body = await request.body()
    print_ = hashlib.sha256(f"{request.method} {request.scope['path']}\n".encode() + body).hexdigest()
    trace = tracing.traceparent_of_request(request.headers.get("traceparent"))
    if idempotency_key is None:
        clock = request.app.state.runtime.clock
        return Command(ids.uuid7(clock.now()), print_, trace)
    return Command(command_id(caller, idempotency_key), print_, trace)


def command_id(caller: Caller, idempotency_key: str) -> str:
    """The id of a command with an Idempotency-Key: the key belongs to its owner."""
    return hashlib.sha256(f"{caller.owner}\n{idempotency_key}".encode("utf-8", "surrogatepass")).hexdigest()


async def if_match_of(
    _: Annotated[Caller, Depends(caller_of)], if_match: Annotated[str | None, Header(max_length=40)] = None
) -> int | None:
    """The version that the caller saw, or None where any will do. Whoever has no key is told that first.

    Raises:
        Invalid: it is no version of ours.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    text = if_match.strip().removeprefix("W/").strip('"')
    if not text.isascii() or not text.isdigit() or len(text) > _LONGEST_VERSION:
        reason = 'send the ETag as it came, such as "3"'
        raise Invalid(f"If-Match: {reason}", errors=[("If-Match", reason)])
    return int(text)


CommandOf = Annotated[Command, Depends(command_of)]
IfMatch = Annotated[int | None, Depends(if_match_of)]


def reply(answer: Answer, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """The answer as a response: its body, the document's version as `ETag`, whether it is a replay."""
    extra = {"ETag": f'"{answer.version}"', **(headers or {})}
    if answer.replayed:
        extra["Idempotent-Replayed"] = "true"
    content = b"" if answer.body is None else to_json(answer.body)
    return Response(content, status_code=status if content else 204, headers=extra, media_type="application/json")
