"""The same manners for every request: an id, a bounded body read whole, a time taken, a failure that is a problem."""

import asyncio
import json
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import structlog
from pydantic_core import from_json
from starlette.datastructures import QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import metrics, tracing
from shared.http.problems import problem_body
from shared.http.strict import CHECKED, NamedTwice, names_once
from shared.ids import new_secret
from shared.runtime.desk import patience

log = structlog.get_logger()

_GOOD_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_STREAMED: Final = ("/batch",)
_LONGEST_WAIT: Final = 30.0
_STEADY_BYTES: Final = 1024
_LONGEST_LENGTH: Final = 30
"""Digits of a Content-Length that are read; so many are too large already."""
_SLOW, _TOO_LARGE, _FULL = 408, 413, 503
_LINGER_BYTES: Final = 32_000_000
_LINGER_SECONDS: Final = 5.0

_JSON: Final = (b"application/json", b"")
_NAME_SHOWN: Final = 50


class _Reject(Exception):  # noqa: N818 - ends the request with a problem
    def __init__(self, code: str, detail: str, status: int | None = None, field: str = "body") -> None:
        super().__init__(detail)
        self.code, self.detail, self.status, self.field = code, detail, status, field


@dataclass(slots=True)
class Room:
    """What one process gives to bodies that are on their way or being answered, or to answers that wait, in bytes."""

    most: int = 100_000_000
    held: int = 0


class Manners:
    """ASGI middleware round a service's application."""

    def __init__(self, app: ASGIApp, *, service: str, max_body_bytes: int, body_seconds: float, room: Room) -> None:
        self.app = app
        self.service = service
        self.most = max_body_bytes
        self.seconds = body_seconds
        self.room = room

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = _Request(scope, send)
        patience.set(request.patience())
        structlog.contextvars.bind_contextvars(request_id=request.id, service=self.service)
        try:
            streamed = scope["path"].endswith(_STREAMED)
            receive = _Steady(receive, self.seconds) if streamed else await self._read_whole(request, receive)
            with tracing.request(f"{scope['method']} {self.service}", request.traceparent) as span:
                await self.app(scope, receive, request.send)
                if span is not None:
                    span.update_name(f"{scope['method']} {request.route()}")
        except _Reject as rejected:
            await request.fail(rejected, receive)
        except Exception:
            log.exception("request_failed", path_template=request.route())
            if request.status:
                raise
            await request.fail(_Reject("internal", "this is our fault and was logged; quote the X-Request-Id"))
        finally:
            self.room.held -= request.held
            labels = (self.service, scope["method"], request.route(), str(request.status or 499))
            metrics.HTTP_SECONDS.labels(*labels).observe(time.perf_counter() - request.started)

    async def _read_whole(self, request: "_Request", receive: Receive) -> Receive:
        try:
            async with asyncio.timeout(self.seconds):
                body = await self._body(request, receive)
        except TimeoutError:
            raise _Reject("malformed", f"the body took more than {self.seconds:g} seconds", _SLOW) from None
        if body and request.is_json():
            _check_json(body)
            request.scope[CHECKED] = True
        sent = False

        async def replay() -> Message:
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        return replay

    async def _body(self, request: "_Request", receive: Receive) -> bytes:
        told = request.headers.get(b"content-length", b"")
        if told.isdigit() and int(told[:_LONGEST_LENGTH]) > self.most:
            raise _Reject("too_large", f"the body has more than {self.most} bytes, the most that is taken")
        chunks: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise _Reject("malformed", "the connection closed before the body was whole")
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            request.held += len(chunks[-1])
            self.room.held += len(chunks[-1])
            if size > self.most:
                raise _Reject("too_large", f"the body has more than {self.most} bytes, the most that is taken")
            if self.room.held > self.room.most:
                raise _Reject("unavailable", "too many bodies are on their way at once; send it again in a moment")
            if not message.get("more_body", False):
                return b"".join(chunks)


class _Steady:
    """The body of a request that is read while it comes: for each `seconds` of waiting, a kilobyte at the least.

    A client that dawdles is taken for gone; what it sent before has been answered.
    """

    def __init__(self, receive: Receive, seconds: float) -> None:
        self._receive, self._seconds = receive, seconds
        self._waited = 0.0
        self._came = 0

    async def __call__(self) -> Message:
        """The next piece."""
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self._seconds - self._waited):
                message = await self._receive()
        except TimeoutError:
            return {"type": "http.disconnect"}
        self._waited += time.perf_counter() - began
        self._came += len(message.get("body", b""))
        if self._came >= _STEADY_BYTES:
            self._waited = self._came = 0
        return message


class _Request:
    """One request under way."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope, self._send = scope, send
        self.started = time.perf_counter()
        self.status = 0
        self.held = 0
        self.headers: dict[bytes, bytes] = dict(reversed(scope["headers"]))  # the first of a name counts
        told = self.headers.get(b"x-request-id", b"").decode("latin-1")
        self.traceparent = self.headers.get(b"traceparent", b"").decode("latin-1") or None
        self.id = told if _GOOD_ID.fullmatch(told) else new_secret()[3:25]

    def patience(self) -> float:
        """Seconds that `?wait=` asks for, at most 30."""
        if not (query := self.scope.get("query_string", b"")):
            return 0.0
        try:
            told = float(QueryParams(query).get("wait", "0"))
        except ValueError:
            return 0.0
        return min(_LONGEST_WAIT, told) if told > 0 else 0.0

    def is_json(self) -> bool:
        """Whether the body is said to be JSON, or nothing is said of it."""
        kind = self.headers.get(b"content-type", b"")
        if kind in _JSON:
            return True
        kind = kind.split(b";")[0].strip().lower()
        return kind in _JSON or kind.endswith(b"+json")

    def route(self) -> str:
        """The route's template, never the path itself."""
        route = self.scope.get("route")
        return getattr(route, "path", "none")

    async def send(self, message: Message) -> None:
        """Passes on, with the request's id."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), (b"x-request-id", self.id.encode())]
        await self._send(message)

    async def fail(self, rejected: _Reject, receive: Receive | None = None) -> None:
        """Ends with a problem."""
        errors = [] if rejected.code == "internal" else [(rejected.field, rejected.detail)]
        body = problem_body(rejected.code, rejected.detail, status=rejected.status, errors=errors)
        content = json.dumps(body).encode()
        headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(content)).encode())]
        if body["status"] in (_SLOW, _TOO_LARGE, _FULL):
            headers.append((b"connection", b"close"))
        if body["status"] == _FULL:
            headers.append((b"retry-after", b"1"))
        await self.send({"type": "http.response.start", "status": body["status"], "headers": headers})
        await self.send({"type": "http.response.body", "body": content, "more_body": True})
        if receive is not None and body["status"] in (_TOO_LARGE, _FULL):
            await _linger(receive)
        await self.send({"type": "http.response.body", "body": b""})


async def _linger(receive: Receive) -> None:
    """What a client is still sending is thrown away for a moment: else it sees a broken connection, not our answer."""
    left = _LINGER_BYTES
    with suppress(TimeoutError):
        async with asyncio.timeout(_LINGER_SECONDS):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if not message.get("more_body", False):
                    return


def _check_json(body: bytes) -> None:
    """The body is JSON that all readers read alike (RFC 8259, 4): UTF-8, no NaN, no name twice, not nested without end.

    Raises:
        _Reject: it is not; says where.
    """
    try:
        from_json(body, allow_inf_nan=False)
        names_once(body)
    except NamedTwice as error:
        twice = NamedTwice(error.name[:_NAME_SHOWN])
        raise _Reject("malformed", str(twice), field=twice.name) from error
    except (ValueError, RecursionError) as error:
        raise _Reject("malformed", f"the body is not JSON that can be read: {error}"[:300]) from error
