"""A change of reference data is told and copied, also where the store failed in the middle of it."""

import json
from typing import Any

import pytest

from shared.events.reference import ReferenceKind
from shared.kafka import Record
from shared.mongo import OutcomeUnknown
from shared.runtime.reference import ReferenceFollower

TEAM = {"name": "Care", "calendar": "office"}


def record(version: int) -> Record:
    """The team as routing says it."""
    value = json.dumps({"version": version, "state": TEAM}).encode()
    return Record("complaints.reference", 0, version, b"team/care", (), value)


class Copy:
    """The service's own copy; fails when it is told to."""

    def __init__(self) -> None:
        self.written: list[int] = []
        self.away = False

    async def update_one(self, _: Any, change: Any, *, upsert: bool) -> None:
        assert upsert
        if self.away:
            raise OutcomeUnknown("away")
        self.written.append(change["$set"]["version"])


async def test_what_failed_in_the_middle_is_done_when_the_topic_is_read_again() -> None:
    told: list[int] = []
    away = True

    async def changed(kind: ReferenceKind, datum_id: str, version: int) -> None:
        assert (kind, datum_id) == ("team", "care")
        if away:
            raise OutcomeUnknown("away")
        told.append(version)

    copy = Copy()
    follower = ReferenceFollower(copy, None, changed)  # type: ignore[arg-type]
    with pytest.raises(OutcomeUnknown):
        await follower._take(record(2))  # noqa: SLF001 - as its loop does
    away, copy.away = False, True
    with pytest.raises(OutcomeUnknown):
        await follower._take(record(2))  # noqa: SLF001
    copy.away = False
    for version in (2, 2, 1):
        await follower._take(record(version))  # noqa: SLF001
    assert told == [2, 2]
    assert copy.written == [2]
    assert follower.reference.versions == {("team", "care"): 2}
