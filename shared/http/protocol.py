"""HTTP as the server speaks it, with bounds that uvicorn does not set: on a request's head, in bytes and in seconds."""

import asyncio
import json
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.http.problems import problem_body
from shared.ids import new_secret

_MOST_HEAD: Final = 64 * 1024


class Bounded(HttpToolsProtocol):
    """A connection. One that sends no whole head in time is closed, and so is one whose head has no end.

    What is no HTTP at all is answered with a problem, too.
    """

    head_seconds: float = 30.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody has connected, and has so long to send a head."""
        super().connection_made(transport)
        self._head: int | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some bytes came."""
        if self._head is not None:
            self._head += len(data)
        super().data_received(data)
        if self._head is not None and self._head > _MOST_HEAD and not self.transport.is_closing():
            self._refuse("too_large", f"the head of the request has more than {_MOST_HEAD} bytes")

    def on_message_begin(self) -> None:
        """The head begins."""
        self._head = 0
        self._start_timer()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._head = None
        self._stop_timer()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """What came is no HTTP."""
        self._refuse("malformed", msg)

    def _refuse(self, code: str, detail: str) -> None:
        body = problem_body(code, detail)
        content = json.dumps(body).encode()
        head = (
            f"HTTP/1.1 {body['status']} {body['title']}\r\n"
            "content-type: application/problem+json\r\n"
            f"content-length: {len(content)}\r\n"
            f"x-request-id: {new_secret()[3:25]}\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + content)
        self.transport.close()

    def _start_timer(self) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(self.head_seconds, self._give_up)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()


def bounded(head_seconds: float) -> type[Any]:
    """The class of connections that have so long for a head."""
    return type("Bounded", (Bounded,), {"head_seconds": head_seconds})
