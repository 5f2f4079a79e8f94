"""A response that is sent while the request's body is still being read.

Starlette's own StreamingResponse listens for the client going away, and so takes messages of the body from whoever
reads it. Here nobody listens: reading the body finds out.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Final

from fastapi import Response
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from shared.http.middleware import Room

MOST_WAITING: Final = 32_000_000
"""Bytes of answers kept for a client that sends all its lines before it reads any answer."""

ALL_WAITING: Final = Room()
"""What all clients of this process together have waiting."""


class Exchange(Response):
    """Sends what the iterator gives, which may read the request meanwhile.

    Most clients read nothing before they have sent everything. So answers are kept, up to `MOST_WAITING` bytes and
    while there is room, and the body is read on; beyond that, reading waits until the client reads too. One that does
    neither is cut off (`shared.http.protocol`).
    """

    def __init__(self, content: AsyncIterator[bytes], media_type: str, room: Room = ALL_WAITING) -> None:
        super().__init__(media_type=media_type)
        del self.headers["content-length"]
        self._content = content
        self._room = room
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._changed = asyncio.Condition()
        self._ended = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends all of it; ends quietly when the client has gone."""
        del scope, receive
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        producing = asyncio.create_task(self._produce())
        try:
            while (chunk := await self._next()) is not None:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await producing
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except ClientDisconnect:
            return
        finally:
            producing.cancel()
            del producing  # its exception holds this frame: both would wait for the garbage collector, lines and all
            self._hold(-self._size)

    async def _produce(self) -> None:
        try:
            async for chunk in self._content:
                async with self._changed:
                    await self._changed.wait_for(self._may_keep)
                    self._waiting.append(chunk)
                    self._hold(len(chunk))
                    self._changed.notify_all()
        finally:
            async with self._changed:
                self._ended = True
                self._changed.notify_all()

    async def _next(self) -> bytes | None:
        async with self._changed:
            await self._changed.wait_for(lambda: bool(self._waiting) or self._ended)
            if not self._waiting:
                return None
            chunk = self._waiting.popleft()
            self._hold(-len(chunk))
            self._changed.notify_all()
            return chunk

    def _may_keep(self) -> bool:
        return not self._size or (self._size < MOST_WAITING and self._room.held < self._room.most)

    def _hold(self, more: int) -> None:
        self._size += more
        self._room.held += more
