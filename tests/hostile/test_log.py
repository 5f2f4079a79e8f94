"""Whatever stands on the log: no consumer dies or stands still, and what is refused is kept aside whole."""

import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError

from shared.events import PAYLOADS
from shared.events.cloudevents import pack
from shared.events.examples import EXAMPLES, example_event
from shared.kafka import Message
from shared.settings import Settings
from tests.hostile.messages import DEEP, SEED, large, no_events, said, spoilt_data
from tests.support.house import BLUEPRINTS, FORM
from tests.support.log import Log
from tests.support.running import Running, service
from tests.support.wait import until

pytestmark = pytest.mark.servers

LIFE = ("complaint.received", "complaint.triaged", "complaint.assigned", "promise.made", "response.sent")
FIELDS_EACH = 4
LONG = 200.0


@dataclass
class Hostile:
    """One service, with a log that somebody hostile writes on."""

    running: Running
    log: Log
    sent: dict[str, tuple[str, int]] = field(default_factory=dict)
    """By complaint, source and seq of the hostile event."""
    waiting: list[Message] = field(default_factory=list)

    async def heard_all(self) -> None:
        """The consumer stands at the end of the log, and no loop of the service has ended."""
        await self.log.publish_raw(*self.waiting)
        self.waiting.clear()
        ends = sum((await self.log.reader.ends()).values())

        async def look() -> bool:
            assert not self.running.runtime.loops.failed.is_set(), "a loop has ended"
            consumer = self.running.runtime.listener.consumer
            lags = await consumer.lags() if consumer.assigned() else {-1: 1}
            return not any(lags.values()) and await self._committed(ends)

        await until(look, seconds=LONG, what="the consumer stands at the end of the log")

    async def _committed(self, ends: int) -> bool:
        driver = self.running.runtime.listener.consumer._driver  # noqa: SLF001 - looks at what the group has
        if driver is None:
            return False
        offsets = [await driver.committed(place) or 0 for place in driver.assignment()]
        return sum(offsets) >= ends

    def life(self, complaint_id: str) -> tuple[list[Message], Counter[str]]:
        """A complaint's first events, and how many each source has said."""
        seqs: Counter[str] = Counter()
        messages = []
        for event_type in LIFE:
            packed = pack(example_event(event_type))
            seqs[packed["source"]] += 1
            messages.append(said(event_type, packed["data"].encode(), complaint_id, seq=seqs[packed["source"]]))
        return messages, seqs

    async def spoil(self, event_type: str, data: bytes | None, complaint_id: str) -> None:
        """A complaint lives, and then this is said of it."""
        messages, seqs = ([], Counter()) if event_type == "complaint.received" else self.life(complaint_id)
        source = PAYLOADS[event_type].source
        if self.running.runtime.name == "intake":
            made = await self.running.http.post("/v1/complaints", json=FORM)
            assert made.status_code == 201, made.text
            complaint_id = made.json()["id"]
            messages, seqs = self.life(complaint_id)
        seqs[source] += 1
        messages.append(said(event_type, data, complaint_id, seq=seqs[source], id=f"e-{complaint_id}"))
        self.sent[complaint_id] = (source, seqs[source])
        self.waiting += messages

    async def parked(self) -> list[dict[str, Any]]:
        """All that is kept aside."""
        return [entry async for entry in self.running.runtime.parking.entries()]

    async def unaccounted(self) -> list[str]:
        """Complaints of which the hostile event is neither applied nor kept aside."""
        kept = {entry.get("complaint_id") for entry in await self.parked()}
        lost = []
        for complaint_id, (source, seq) in self.sent.items():
            if source == self.running.runtime.name or complaint_id in kept:
                continue
            found = await self.running.document(complaint_id)
            if found is None or found.get("applied", {}).get(source, 0) < seq:
                lost.append(complaint_id)
        return lost


@pytest_asyncio.fixture(params=["routing", "followup", "metrics", "intake"])
async def hostile(request: pytest.FixtureRequest, settings: Settings, log: Log) -> AsyncIterator[Hostile]:
    """Each of the four services in turn."""
    async with service(BLUEPRINTS[request.param], settings.model_copy(update={"seed": "sample"})) as running:
        yield Hostile(running, log)


async def goes_on(hostile: Hostile) -> None:
    """A complaint like any other goes through."""
    name = hostile.running.runtime.name
    if name == "intake":
        made = await hostile.running.http.post("/v1/complaints", json=FORM)
        assert made.status_code == 201
        await hostile.log.until("complaint.received", made.json()["id"])
        return
    messages, _ = hostile.life("a-good-one")
    await hostile.log.publish_raw(*messages[: 1 if name == "routing" else None])
    if name != "metrics":
        await hostile.log.until(
            {"routing": "complaint.assigned", "followup": "complaint.acknowledged"}[name], "a-good-one"
        )
    await hostile.running.until_applied("a-good-one", "intake", 1)


async def test_spoilt_events_are_kept_aside_and_stop_nobody_else(hostile: Hostile) -> None:
    dice = random.Random(SEED)
    for number, (event_type, data) in enumerate(spoilt_data(dice, FIELDS_EACH)):
        await hostile.spoil(event_type, data, f"c-{number}")
    await hostile.heard_all()
    assert await hostile.unaccounted() == []
    await goes_on(hostile)


async def test_what_is_no_event_is_kept_whole_and_counted(hostile: Hostile) -> None:
    messages = list(no_events(random.Random(SEED), 100))
    await hostile.log.publish_raw(*messages)
    await hostile.heard_all()
    parked = await hostile.parked()
    assert {entry["reason"] for entry in parked} == {"not_an_event"}
    whole = Counter(_whole(entry["key"], entry["value"], entry["headers"]) for entry in parked)
    assert whole == Counter(_whole(*message) for message in messages)
    counted = await hostile.running.runtime.parking.parked.count_documents({"discarded": False})
    assert counted == len(messages)
    await goes_on(hostile)


def _whole(key: bytes | None, value: bytes | None, headers: Sequence[Any]) -> str:
    return repr((key, value, [(name, content) for name, content in headers]))


async def test_large_deep_and_early_events(hostile: Hostile) -> None:
    await hostile.spoil("complaint.message_received", large("complaint.message_received", "text", 900_000), "c-large")
    await hostile.spoil("complaint.received", large("complaint.received", "place", 900_000), "c-place")
    await hostile.spoil("complaint.message_received", DEEP, "c-deep")
    await hostile.spoil("complaint.message_received", None, "c-tombstone")
    email = json.loads(EXAMPLES["complaint.received"].model_dump_json(exclude_none=True))
    email["complainant"]["email"] = "a" * 900_000 + "@example.org"
    await hostile.spoil("complaint.received", json.dumps(email).encode(), "c-email")
    # Twenty that came early are more than a document of 16 MB can hold.
    unknown = json.dumps({"x": "y" * 900_000}).encode()
    for seq in range(10, 30):
        await hostile.log.publish_raw(_unknown(unknown, seq))
    await hostile.log.publish_raw(_unknown(b"{}", 2**53 - 1), _unknown(b"{}", 2**53), _unknown(b"{}", 0))
    await hostile.heard_all()
    assert await hostile.unaccounted() == []
    await goes_on(hostile)


def _unknown(data: bytes, seq: int) -> Message:
    source = "routing"
    key, value, headers = said("complaint.triaged", data, "c-early", seq=seq, id=f"early-{seq}", source=source)
    return key, value, [(name, b"some.thing" if name == "ce_type" else content) for name, content in headers]


@pytest.mark.parametrize(
    ("size", "why"), [(17_000_000, "its bytes are left on the log"), (60_000_000, "specversion")], ids=["large", "bomb"]
)
async def test_what_is_small_on_the_log_and_larger_than_any_document_is_told_of_and_passed(
    hostile: Hostile, size: int, why: str
) -> None:
    """Compressed, the broker takes it. Its bytes stay on the log, which forgets nothing; a bomb is not unpacked."""
    producer = AIOKafkaProducer(
        bootstrap_servers=hostile.log.settings.kafka, compression_type="gzip", max_request_size=2 * size,
        max_batch_size=2 * size,
    )  # fmt: skip
    await producer.start()
    try:
        placed = await producer.send_and_wait(hostile.log.topic, value=b"x" * size, key=b"c")
    finally:
        await producer.stop()
    await hostile.heard_all()
    kept = await hostile.running.runtime.parking.entry(f"{placed.topic}/{placed.partition}/{placed.offset}")
    assert (kept["reason"], kept["value"]) == ("not_an_event", None)
    assert why in kept["error"]
    await goes_on(hostile)


async def test_the_broker_refuses_five_megabytes(log: Log) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=log.settings.kafka, max_request_size=6_000_000, max_batch_size=6_000_000
    )
    await producer.start()
    try:
        with pytest.raises(MessageSizeTooLargeError):
            await producer.send_and_wait(log.topic, value=b"x" * 5_000_000, key=b"c")
    finally:
        await producer.stop()
