"""The disk of a server is full: it is said, nothing is half-written, and all is well when there is room again."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from deploy.local import jars, kafka, mongodb, net, replica_set
from deploy.local.files import CACHE
from services.intake.main import BLUEPRINT
from shared.settings import Settings
from tests.support.log import Log
from tests.support.running import Running, service
from tests.support.small_disk import SmallDisk, small_disk
from tests.support.wait import until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900)]

_PATIENCE = 240.0


def form(number: int) -> dict[str, Any]:
    """A complaint of some size."""
    return {"text": f"My parcel {number} never came. " * 200, "complainant": {"email": f"{number}@example.org"}}


async def hand_in(intake: Running, number: int) -> httpx.Response:
    """The answer to that complaint; the same number is the same request."""
    return await intake.http.post("/v1/complaints", json=form(number), headers={"Idempotency-Key": f"key-{number}"})


def check_away(answer: httpx.Response) -> None:
    """503, with a stable code, and when to ask again."""
    assert answer.status_code == 503, answer.text
    assert answer.headers["Retry-After"]
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "unavailable"


@pytest.fixture
def mongo(tmp_path: Path) -> Iterator[tuple[mongodb.MongoServer, SmallDisk]]:
    """A MongoDB of this test's own on a small disk, not started yet."""
    with small_disk(tmp_path / "small", 600) as disk:
        server = mongodb.MongoServer(mongodb.find(), disk.path / "data", net.any_free(), tmp_path / "log", tied=True)
        yield server, disk
        server.kill()


async def test_mongodb_s_disk_is_full(
    settings: Settings, log: Log, mongo: tuple[mongodb.MongoServer, SmallDisk]
) -> None:
    server, disk = mongo
    server.start()
    uri = replica_set.initiate([server])
    async with service(BLUEPRINT, settings.model_copy(update={"mongodb_uri": uri})) as intake:
        accepted = {0: (await hand_in(intake, 0)).json()["id"]}
        disk.fill()
        number = 0
        while True:
            number += 1
            answer = await hand_in(intake, number)
            if answer.status_code != 201:
                break
            accepted[number] = answer.json()["id"]
        check_away(answer)
        ready = await intake.http.get("/readyz")
        disk.free()
        if server.running is None or not server.running.alive():
            server.start()  # as whoever watches over it would: it ends itself rather than go on half-written

        async def taken() -> str | None:
            again = await hand_in(intake, number)
            return str(again.json()["id"]) if again.status_code == 201 else None

        accepted[number] = await until(taken, seconds=_PATIENCE, what="it accepts again")
        assert ready.status_code == 503
        await check_whole(intake, log, accepted)


async def check_whole(intake: Running, log: Log, accepted: dict[int, str]) -> None:
    """What was accepted is there, once and whole, and said; what was refused and not asked again is not."""
    documents = {one["_id"]: one async for one in intake.runtime.desk.documents.find({})}
    assert documents.keys() == set(accepted.values())
    for number, complaint_id in accepted.items():
        shown = (await intake.http.get(f"/v1/complaints/{complaint_id}")).json()
        assert shown["text"] == form(number)["text"]
        assert (await hand_in(intake, number)).json()["id"] == complaint_id
        await log.until("complaint.received", complaint_id)
    said = [(one.complaint_id, one.seq) for one in await log.hear()]
    assert set(said) == {(complaint_id, 1) for complaint_id in accepted.values()}


@pytest_asyncio.fixture
async def broker(tmp_path: Path) -> AsyncIterator[tuple[kafka.KafkaServer, SmallDisk]]:
    """A Kafka of this test's own on a small disk, not started yet."""
    paths = jars.fetch(CACHE, lambda _: None)
    with small_disk(tmp_path / "small", 200) as disk:
        server = kafka.KafkaServer(paths, disk.path, net.any_free(), net.any_free(), tmp_path / "kafka.log", tied=True)
        yield server, disk
        server.kill()


async def test_kafka_s_disk_is_full(settings: Settings, broker: tuple[kafka.KafkaServer, SmallDisk]) -> None:
    server, disk = broker
    server.start()
    alone = settings.model_copy(update={"kafka": server.address})
    log = Log(alone)
    await log.start()
    async with service(BLUEPRINT, alone) as intake:
        accepted = {0: (await hand_in(intake, 0)).json()["id"]}
        await log.until("complaint.received", accepted[0])
        disk.fill()
        # Callers notice nothing; what is accepted waits to be said.
        number = 0
        while await depth(intake) == 0 or number < 20:
            number += 1
            answer = await hand_in(intake, number)
            assert answer.status_code == 201, answer.text
            accepted[number] = answer.json()["id"]
            assert number < 5_000, "the disk is full, and everything is said"

        async def missed() -> bool:
            ready = await intake.http.get("/readyz")
            return ready.status_code == 503 and "Kafka" in ready.text

        await until(missed, seconds=_PATIENCE, what="not ready without Kafka")
        disk.free()
        if server.running is None or not server.running.alive():
            server.start()

        async def drained() -> bool:
            return await depth(intake) == 0

        await until(drained, seconds=_PATIENCE, what="everything is said")
        await check_whole(intake, log, accepted)
    await log.close()


async def depth(intake: Running) -> int:
    """Events in the outboxes, as /status tells."""
    return int((await intake.http.get("/status")).json()["outbox"])
