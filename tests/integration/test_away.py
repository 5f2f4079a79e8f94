"""What callers see while a server is away: Kafka changes nothing for them, MongoDB is said to be away."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from deploy.local import jars, kafka, mongodb, net, replica_set
from deploy.local.files import CACHE
from services.intake.main import BLUEPRINT
from shared.settings import Settings
from tests.support.log import Log
from tests.support.running import Running, service
from tests.support.wait import until

pytestmark = pytest.mark.servers

FORM = {"text": "My parcel never came.", "complainant": {"email": "ana@example.org"}}


async def depth(intake: Running) -> int:
    """Events in the outboxes, as /status tells."""
    return int((await intake.http.get("/status")).json()["outbox"])


@pytest_asyncio.fixture
async def late_kafka(tmp_path: Path) -> AsyncIterator[kafka.KafkaServer]:
    """A Kafka of this test's own that is not started yet."""
    paths = jars.fetch(CACHE, lambda _: None)
    server = kafka.KafkaServer(paths, tmp_path, net.any_free(), net.any_free(), tmp_path / "kafka.log", tied=True)
    yield server
    server.kill()


async def test_without_kafka_complaints_are_accepted_and_said_in_order_later(
    settings: Settings, late_kafka: kafka.KafkaServer
) -> None:
    alone = settings.model_copy(update={"kafka": late_kafka.address})
    async with service(BLUEPRINT, alone) as intake:
        made = await intake.http.post("/v1/complaints", json=FORM)
        complaint_id = made.json()["id"]
        more = await intake.http.post(f"/v1/complaints/{complaint_id}/messages", json={"text": "Still nothing."})
        assert (made.status_code, more.status_code) == (201, 201)
        assert await depth(intake) == 2
        ready = await intake.http.get("/readyz")
        assert ready.status_code == 503
        assert any("Kafka" in sentence for sentence in ready.json()["missing"])
        late_kafka.start()
        log = Log(alone)
        await log.start()
        said = await log.until("complaint.message_received", complaint_id)
        assert [x.seq for x in await log.hear()] == [1, 2]
        assert said[0].data.text == "Still nothing."
        await until(lambda: _drained(intake))
        await log.close()


async def _drained(intake: Running) -> bool:
    return await depth(intake) == 0


async def test_without_mongodb_the_answer_is_503_and_nothing_is_said(
    settings: Settings, log: Log, tmp_path: Path
) -> None:
    server = mongodb.MongoServer(mongodb.find(), tmp_path / "data", net.any_free(), tmp_path / "log", tied=True)
    server.start()
    try:
        uri = replica_set.initiate([server])
        async with service(BLUEPRINT, settings.model_copy(update={"mongodb_uri": uri})) as intake:
            first = await intake.http.post("/v1/complaints", json=FORM, headers={"Idempotency-Key": "one"})
            assert first.status_code == 201
            server.kill()
            refused = await intake.http.post("/v1/complaints", json=FORM, headers={"Idempotency-Key": "two"})
            shown = await intake.http.get("/readyz")
            server.start()
            taken = await until(lambda: _taken(intake))
    finally:
        server.kill()
    assert refused.status_code == 503
    assert refused.headers["Retry-After"]
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "unavailable"
    assert shown.status_code == 503
    assert "MongoDB does not answer" in shown.json()["missing"]
    said = [x for x in await log.hear() if x.type == "complaint.received"]
    assert taken["id"] != first.json()["id"]
    assert first.json()["id"] in {x.complaint_id for x in said}


async def _taken(intake: Running) -> dict[str, Any] | None:
    answer = await intake.http.post("/v1/complaints", json=FORM, headers={"Idempotency-Key": "two"})
    body: dict[str, Any] = answer.json()
    return body if answer.status_code == 201 else None
