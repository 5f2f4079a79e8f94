"""HTTP as the server speaks it, with bounds that uvicorn does not set: on a request's head, and on unread answers."""

import asyncio
import fcntl
import json
import struct
import termios
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.http.problems import problem_body
from shared.ids import new_secret

_MOST_HEAD: Final = 64 * 1024
_STEADY_BYTES: Final = 1024


class Bounded(HttpToolsProtocol):
    """A connection. One that sends no whole head in time is closed, and so is one whose head has no end.

    One that does not read while more is to be sent to it than the system takes (64 kB beyond its own buffers) is cut
    off, unless in each `patience` a kilobyte moves one way or the other: most clients read nothing before all is sent.
    What is no HTTP at all is answered with a problem, too.
    """

    patience: float = 30.0
    """Seconds for a head, and for each kilobyte of an answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody has connected, and has so long to send a head."""
        super().connection_made(transport)
        self._head: int | None = None
        self._came = self._unsent = 0
        self._timer: asyncio.TimerHandle | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._stop_timer()
        self._stop_watch()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """More is to be sent than the client reads."""
        super().pause_writing()
        self._watch_reading()

    def resume_writing(self) -> None:
        """It has read."""
        super().resume_writing()
        if not self.transport.is_closing():
            self._stop_watch()

    def on_response_complete(self) -> None:
        """An answer is whole; where it was the last one, the rest of it is still to be read."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._watch_reading()

    def timeout_keep_alive_handler(self) -> None:
        """Nothing more was asked in time."""
        if not self.transport.is_closing():
            super().timeout_keep_alive_handler()
            self._watch_reading()

    def data_received(self, data: bytes) -> None:
        """Some bytes came."""
        self._came += len(data)
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
        self._watch_reading()

    def _watch_reading(self) -> None:
        """From now on it must go on: a transport that is closed waits for ever for what it has not sent."""
        self._stop_watch()
        self._came, self._unsent = 0, self._unread()
        self._watch = self.loop.call_later(self.patience, self._look)

    def _look(self) -> None:
        if self._came + self._unsent - self._unread() < _STEADY_BYTES:
            self.transport.abort()
        else:
            self._watch_reading()

    def _unread(self) -> int:
        """Bytes of answers that the client's side has not taken: ours, and the system's, which holds megabytes."""
        queued = fcntl.ioctl(self.transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, bytes(4))
        return int(self.transport.get_write_buffer_size()) + int(struct.unpack("i", queued)[0])

    def _stop_watch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _start_timer(self) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(self.patience, self._give_up)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
            self._watch_reading()


def bounded(patience: float) -> type[Any]:
    """The class of connections that have so many seconds."""
    return type("Bounded", (Bounded,), {"patience": patience})
