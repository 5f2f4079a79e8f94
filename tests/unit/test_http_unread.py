"""Answers that nobody reads: on real sockets, whoever takes nothing is cut off, and whoever is only slow is not."""

import asyncio
import socket
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from services.intake.api.exchange import Exchange
from shared.http.middleware import Room
from shared.http.protocol import bounded

PATIENCE = 0.4
PIECE = bytes(1_000_000)
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
GET_AND_CLOSE = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
HEAD = b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


class Server(uvicorn.Server):
    """Answers a GET with fifty megabytes, and a POST with a megabyte for each piece of its body."""

    def __init__(self) -> None:
        config = uvicorn.Config(
            self.app,
            port=0,
            interface="asgi3",
            log_config=None,
            http=bounded(PATIENCE),
            loop="none",
            lifespan="off",
            timeout_keep_alive=PATIENCE,  # type: ignore[arg-type]
        )
        super().__init__(config)
        self.room = Room()

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["method"] == "POST":
            await Exchange(self._pieces(receive), "text/plain", self.room)(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        count = 50 if scope["method"] == "GET" else 1
        for n in range(1, count + 1):
            await send({"type": "http.response.body", "body": PIECE, "more_body": n < count})

    async def _pieces(self, receive: Receive) -> AsyncIterator[bytes]:
        while (message := await receive())["type"] == "http.request":
            if message["body"]:
                yield PIECE
            if not message["more_body"]:
                return

    async def until_idle(self, seconds: float) -> None:
        """Nobody is connected any more, and nothing is being answered."""
        async with asyncio.timeout(seconds):
            while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 - uvicorn tells nobody
                await asyncio.sleep(0.01)


@asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    server = Server()
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
        await asyncio.sleep(0.01)
    try:
        yield server
    finally:
        server.should_exit = server.force_exit = True
        await task


async def connected(server: Server, takes: int = 4096) -> socket.socket:
    """A client whose system takes little for it."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, takes)
    sock.setblocking(False)
    address = server.servers[0].sockets[0].getsockname()
    await asyncio.get_running_loop().sock_connect(sock, address)
    return sock


@pytest.mark.parametrize("asked", [GET, GET_AND_CLOSE])
async def test_a_client_that_never_reads_is_cut_off(asked: bytes) -> None:
    async with serving() as server:
        with await connected(server) as sock:
            await asyncio.get_running_loop().sock_sendall(sock, asked)
            await asyncio.sleep(PATIENCE / 4)
            assert server.server_state.tasks, "it is being answered"
            await server.until_idle(10 * PATIENCE)


async def test_a_client_that_sends_and_never_reads_is_cut_off_when_it_is_not_listened_to_any_more() -> None:
    async with serving() as server:
        server.room.most = 5 * len(PIECE)
        with await connected(server) as sock:
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(sock, POST)
            with suppress(ConnectionError):
                while True:
                    assert server.room.held < 10 * len(PIECE)
                    async with asyncio.timeout(10 * PATIENCE):
                        await loop.sock_sendall(sock, b"400\r\n%s\r\n" % bytes(1024))
                    await asyncio.sleep(0.001)
            await server.until_idle(10 * PATIENCE)
            assert server.room.held == 0


async def test_a_client_that_sends_for_long_before_it_reads_is_not() -> None:
    async with serving() as server:
        with await connected(server, takes=200_000) as sock:
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(sock, POST)
            for _ in range(10):
                await loop.sock_sendall(sock, b"400\r\n%s\r\n" % bytes(1024))
                await asyncio.sleep(PATIENCE / 3)
            await loop.sock_sendall(sock, b"0\r\n\r\n")
            answer = b""
            while not answer.endswith(b"\r\n0\r\n\r\n"):
                answer += await loop.sock_recv(sock, 1_000_000)
            assert len(answer) > 10 * len(PIECE)


async def test_a_client_that_reads_slowly_is_not() -> None:
    async with serving() as server:
        with await connected(server) as sock:
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(sock, GET)
            began = time.monotonic()
            while time.monotonic() - began < 8 * PATIENCE:
                assert await loop.sock_recv(sock, 8192)
                await asyncio.sleep(PATIENCE / 4)
            assert server.server_state.tasks


async def test_a_client_that_breaks_off_is_no_fault_of_ours_when_its_time_is_over() -> None:
    loop, faults = asyncio.get_running_loop(), list[object]()
    loop.set_exception_handler(lambda _, context: faults.append(context))
    try:
        async with serving() as server:
            with await connected(server) as sock:
                await loop.sock_sendall(sock, HEAD)
                assert (await loop.sock_recv(sock, 1000)).startswith(b"HTTP/1.1 200")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            await server.until_idle(PATIENCE)
            await asyncio.sleep(2 * PATIENCE)
    finally:
        loop.set_exception_handler(None)
    assert faults == []
