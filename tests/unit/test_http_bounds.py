"""What the HTTP room refuses by itself: forged cursors, versions that are none, names twice, bodies that dawdle."""

import asyncio
import base64
import json
from functools import partial
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from shared.decision import Invalid
from shared.http import decode_cursor, encode_cursor
from shared.http.auth import Caller
from shared.http.middleware import Manners, Room
from shared.http.parts import if_match_of


def forged(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize("values", [["\ud800"], [2**63], [-(2**63) - 1]])
def test_a_cursor_holds_nothing_that_a_store_cannot_look_for(values: list[Any]) -> None:
    with pytest.raises(Invalid):
        decode_cursor(forged(values), type(values[0]))
    assert decode_cursor(encode_cursor(2**63 - 1), int) == [2**63 - 1]


async def test_a_version_of_more_digits_than_a_store_holds_is_none() -> None:
    caller = Caller("shop", "system", frozenset())
    assert await if_match_of(caller, '"' + "9" * 18 + '"') == 10**18 - 1
    with pytest.raises(Invalid):
        await if_match_of(caller, '"' + "9" * 19 + '"')


async def answered(
    *messages: Message, path: str = "/x", seconds: float = 0.05, room: Room | None = None
) -> dict[str, Any]:
    """The problem that the middleware answers these messages with; nothing comes after them."""
    said: list[Message] = []
    left = list(messages)

    async def receive() -> Message:
        return left.pop(0) if left else await asyncio.Event().wait()  # type: ignore[return-value]

    async def send(message: Message) -> None:
        said.append(message)

    async def app(_: Scope, receive: Receive, __: Send) -> None:
        said.append(await receive())

    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": []}
    manners = Manners(app, service="test", max_body_bytes=5000, body_seconds=seconds, room=room or Room())
    await manners(scope, receive, send)
    if said[0]["type"] != "http.response.start":
        return dict(said[0])
    problem: dict[str, Any] = json.loads(said[1]["body"])
    assert problem["status"] == said[0]["status"]
    return problem


def piece(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


@pytest.mark.parametrize("body", [b'{"a": 1, "a": 2}', b'[{"b": {"a": 1, "a": 1}}]', b"NaN", b'"\\ud800"', b"[" * 4000])
async def test_json_that_two_readers_read_in_two_ways_is_malformed(body: bytes) -> None:
    assert (await answered(piece(body)))["code"] == "malformed"


async def test_a_body_that_takes_too_long_is_answered() -> None:
    problem = await answered(piece(b"{", more=True))
    assert (problem["status"], problem["code"]) == (408, "malformed")


async def test_a_streamed_body_that_dawdles_is_taken_for_gone() -> None:
    assert (await answered(path="/v1/complaints/batch"))["type"] == "http.disconnect"
    assert (await answered(piece(b"x"), path="/v1/complaints/batch"))["type"] == "http.request"


async def test_a_declared_length_of_any_number_of_digits_is_too_large() -> None:
    scope: Scope = {
        "type": "http", "method": "POST", "path": "/x", "query_string": b"",
        "headers": [(b"content-length", b"9" * 5000)],
    }  # fmt: skip
    said: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        said.append(message)

    nothing = partial(asyncio.sleep, 0)
    manners = Manners(lambda *_: nothing(), service="t", max_body_bytes=5, body_seconds=1, room=Room())
    await manners(scope, receive, send)
    assert said[0]["status"] == 413


async def test_bodies_on_their_way_have_room_for_so_much_and_no_more() -> None:
    room = Room(most=10)
    assert (await answered(piece(b"123456", more=True), piece(b"78"), room=room))["type"] == "http.request"
    assert room.held == 0, "what is answered makes room"
    dawdling = asyncio.create_task(answered(piece(b"123456", more=True), seconds=60, room=room))
    while room.held == 0:  # noqa: ASYNC110 - the other task's very next step
        await asyncio.sleep(0)
    problem = await answered(piece(b"12345"), piece(b""), room=room)
    assert (problem["status"], problem["code"]) == (503, "unavailable")
    assert room.held == 6
    dawdling.cancel()
    await asyncio.gather(dawdling, return_exceptions=True)
    assert room.held == 0
