"""A MongoDB of three members loses two, and then its primary: callers are told or wait, and nothing is lost."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest

from deploy.local import mongodb, net
from deploy.local.mongodb import MongoServer
from services.intake.main import BLUEPRINT
from shared.settings import Settings
from tests.support import replica_set
from tests.support.log import Log
from tests.support.running import Running, service
from tests.support.wait import until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900)]

FORM = {"text": "My parcel never came.", "complainant": {"email": "ana@example.org"}}
AT_ONCE = 4
PATIENCE = 240.0


@pytest.fixture
def members(tmp_path: Path) -> Iterator[list[MongoServer]]:
    """Three that run, as one replica set."""
    mongod = mongodb.find()
    made = [
        MongoServer(mongod, tmp_path / str(n), net.any_free(), tmp_path / f"{n}.log", tied=True) for n in range(3)
    ]  # fmt: skip
    try:
        replica_set.start(made)
        yield made
    finally:
        for member in made:
            member.kill()


class Load:
    """Complaints with keys of their own, asked again until they are taken."""

    def __init__(self, intake: Running) -> None:
        self.intake = intake
        self.asked = 0
        self.taken: dict[str, str] = {}
        self.answers: list[httpx.Response] = []

    async def once(self, key: str) -> str | None:
        """One try; what it is answered is remembered."""
        answer = await self.intake.http.post("/v1/complaints", json=FORM, headers={"Idempotency-Key": key})
        self.answers.append(answer)
        return str(answer.json()["id"]) if answer.status_code == 201 else None

    def keys(self) -> list[str]:
        """Some that nobody had."""
        self.asked += AT_ONCE
        return [f"key-{number}" for number in range(self.asked - AT_ONCE, self.asked)]

    async def until_taken(self, keys: Sequence[str]) -> None:
        """All of these, however often they must be asked."""

        async def taken(key: str) -> None:
            self.taken[key] = await until(lambda: self.once(key), seconds=PATIENCE, what=f"{key} is taken")

        await asyncio.gather(*(taken(key) for key in keys))


async def test_nothing_is_lost_when_two_members_and_then_the_primary_are_killed(
    settings: Settings, log: Log, members: list[MongoServer]
) -> None:
    uri = mongodb.uri([member.address for member in members])
    async with service(BLUEPRINT, settings.model_copy(update={"mongodb_uri": uri})) as intake:
        load = Load(intake)
        await load.until_taken(load.keys())
        first = await until(lambda: replica_set.primary(members), seconds=PATIENCE, what="a primary")
        others = [member for member in members if member is not first]
        for member in others:
            member.kill()
        # Nothing that is taken now could be taken back later: so nothing is, for as long as there is no majority.
        keys = load.keys()
        tried = await asyncio.gather(*(load.once(key) for key in keys))
        assert tried == [None] * AT_ONCE
        assert {answer.status_code for answer in load.answers[-AT_ONCE:]} == {503}
        assert all(answer.headers["Retry-After"] for answer in load.answers[-AT_ONCE:])
        for member in others:
            member.spawn()
        await load.until_taken(keys)
        leader = await until(lambda: replica_set.primary(members), seconds=PATIENCE, what="a primary")
        under_way = asyncio.gather(*(load.until_taken(load.keys()) for _ in range(3)))
        leader.kill()
        await under_way
        leader.spawn()
        await load.until_taken(load.keys())
        await check(load, log)


async def check(load: Load, log: Log) -> None:
    """What was taken is there once, by its key; and said, once for each. Every other answer was 503."""
    assert {answer.status_code for answer in load.answers} <= {201, 503}
    documents = {one["_id"]: one["key"] async for one in load.intake.runtime.desk.documents.find({})}
    assert documents.keys() == set(load.taken.values())
    assert len(set(documents.values())) == len(load.taken) == load.asked
    for complaint_id in documents:
        await log.until("complaint.received", complaint_id)
    said = [one for one in await log.hear() if one.source == "intake"]
    assert {(one.complaint_id, one.seq) for one in said} == {(complaint_id, 1) for complaint_id in documents}
    assert len({one.id for one in said}) == len(documents)
