"""A batch over the wire: lines cut as they come, answers kept for those who read late."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect

from services.intake.api import exchange
from services.intake.api.exchange import Exchange
from services.intake.api.lines import Cutter, Line, TooLong, lines


async def cut(chunks: Sequence[bytes]) -> list[list[Line]]:
    """The groups of lines that these chunks give."""

    async def stream() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    return [group async for group in lines(stream(), 100)]


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=8), st.integers(1, 50))
def test_however_the_bytes_come_the_lines_are_the_same(body: bytes, cuts: list[int], most: int) -> None:
    places = [0, *sorted(cuts), len(body)]
    chunks = [body[start:end] for start, end in pairwise(places)]
    cutter = Cutter(most)
    found = [line for chunk in chunks for line in cutter.feed(chunk)] + cutter.end()
    expected = [
        Line(number, part if len(part) <= most else TooLong(most))
        for number, part in enumerate(body.split(b"\n"), start=1)
        if len(part) > most or part.strip()
    ]
    assert found == expected


async def test_who_sends_a_line_and_waits_is_answered() -> None:
    groups = await cut([b"one\ntw", b"o", b"\nthree"])
    assert [[line.content for line in group] for group in groups] == [[b"one"], [b"two"], [b"three"]]


async def test_a_line_too_long_is_not_kept_and_the_next_one_is_read() -> None:
    groups = await cut([b"x" * 60, b"x" * 60, b"x" * 60 + b"\nnext\n"])
    assert [line.content for group in groups for line in group] == [TooLong(100), b"next"]


class Client:
    """Takes what is sent, at its own pace."""

    def __init__(self) -> None:
        self.body = b""
        self.reads = asyncio.Event()
        self.ended = False

    async def send(self, message: Any) -> None:
        await self.reads.wait()
        self.body += message.get("body", b"")
        self.ended = message["type"] == "http.response.body" and not message.get("more_body")


async def never() -> Any:
    """No message comes; nobody may ask for one."""
    raise AssertionError("the response took a message of the request")


async def test_answers_wait_for_a_client_that_reads_late_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "MOST_WAITING", 10)
    made: list[int] = []
    client = Client()

    async def answers() -> AsyncIterator[bytes]:
        for number in range(10):
            made.append(number)
            yield b"12345"

    client.reads.set()
    response = Exchange(answers(), media_type="application/x-ndjson")
    start = asyncio.Event()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            await start.wait()
        await client.send(message)

    task = asyncio.create_task(response({}, never, send))
    for _ in range(100):
        await asyncio.sleep(0)
    assert len(made) == 4, "one on its way, two waiting, one that finds no room"
    start.set()
    await task
    assert (client.body, client.ended) == (b"12345" * 10, True)


async def test_a_client_that_goes_away_ends_it_quietly() -> None:
    client = Client()
    client.reads.set()

    async def answers() -> AsyncIterator[bytes]:
        yield b"one"
        raise ClientDisconnect

    await Exchange(answers(), media_type="application/x-ndjson")({}, never, client.send)
    assert (client.body, client.ended) == (b"one", False)
