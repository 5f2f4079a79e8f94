"""Whatever stands on the topic of reference data: nobody's copy stops following."""

import json
from typing import Any

import pytest

from shared.events.reference import Key
from shared.kafka import Message
from shared.settings import Settings
from tests.hostile.messages import DEEP, SPOILT, places, with_value
from tests.support.log import NOW, Log
from tests.support.running import service
from tests.support.tally import blueprint
from tests.support.wait import until

pytestmark = pytest.mark.servers

KEY = Key(sha256="0" * 64, owner="shop", scopes=("cases:read",), created_at=NOW)


def hostile() -> list[Message]:
    """Messages that are no reference data, or only nearly."""
    good = {"version": 1, "state": json.loads(KEY.model_dump_json(exclude_none=True))}
    values = [DEEP, b"", b"null", b"[]", b"\xff", b'{"version": 1e400, "state": {}}', b'{"version": NaN, "state": NaN}']
    versions: tuple[Any, ...] = (2**70, -1, 0, "x", None, [], 1.5, 2**53)
    values += [json.dumps({**good, "version": version}).encode() for version in versions]
    values += [json.dumps(with_value(good, place, bad)).encode() for place in places(good) for bad in SPOILT.values()]
    found: list[Message] = [(b"key/k%d" % number, value, []) for number, value in enumerate(values)]
    whole = json.dumps(good).encode()
    return found + [(key, whole, []) for key in (b"", b"\xff", b"key", b"key/", b"nobody/x", b"team/x", b"calendar/x")]


async def test_a_copy_goes_on_behind_hostile_reference_data(settings: Settings, log: Log) -> None:
    good = json.dumps({"version": 1, "state": json.loads(KEY.model_dump_json(exclude_none=True))}).encode()
    async with service(blueprint(), settings) as tally:
        await log.producer.send(settings.reference_topic, {0: [*hostile(), (b"key/good", good, [])]})

        async def look() -> bool:
            assert not tally.runtime.loops.failed.is_set(), "a loop has ended"
            return ("key", "good") in tally.runtime.reference.versions

        await until(look, what="the good one is known")
        assert all(0 < version < 2**53 for version in tally.runtime.reference.versions.values())
    async with service(blueprint(), settings) as again:
        assert ("key", "good") in again.runtime.reference.versions, "what was copied can be read again"
