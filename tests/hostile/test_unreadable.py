"""A header name that is no UTF-8 raises out of the driver's fetch: nobody stands still, and nothing else is lost."""

from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from shared.kafka import Consumer, Reader, Record
from shared.settings import Settings
from tests.support.log import Log, event
from tests.support.running import service
from tests.support.tally import blueprint, received
from tests.support.wait import until

pytestmark = pytest.mark.servers


class Raw(str):
    """A text whose bytes are none."""

    __slots__ = ()

    def encode(self, *_: Any) -> bytes:
        return b"\xff\xfe"


async def say_unreadable(log: Log, partition: int, topic: str | None = None) -> None:
    """A message with such a header, between two that can be read, in one batch."""
    producer = AIOKafkaProducer(bootstrap_servers=log.settings.kafka)
    await producer.start()
    batch = producer.create_batch()
    builder = batch._builder = _DefaultRecordBatchBuilderPy(2, 0, 0, -1, -1, 0, 100_000)  # noqa: SLF001 - no other way to write it
    for place, name in enumerate(("a", Raw("b"), "c")):
        builder.append(place, timestamp=0, key=b"k", value=str(name).encode(), headers=[(name, b"1")])
    batch._relative_offset = 3  # noqa: SLF001
    await (await producer.send_batch(batch, topic or log.topic, partition=partition))
    await producer.stop()


async def read_all(source: Consumer | Reader, count: int) -> list[Record]:
    """All of it."""
    found: list[Record] = []

    async def look() -> bool:
        found.extend(await source.poll(at_most=100, seconds=0.2))
        return len({record.ref for record in found}) >= count

    await until(look, what="all is read")
    return found


@pytest.mark.parametrize("kind", ["consumer", "reader"])
async def test_it_is_passed_and_its_place_is_known(settings: Settings, log: Log, kind: str) -> None:
    for number in range(30):
        await log.publish_raw((b"k%d" % number, b"v%d" % number, []))
    await say_unreadable(log, 1)
    for number in range(30, 60):
        await log.publish_raw((b"k%d" % number, b"v%d" % number, []))
    source = Consumer(settings.kafka, log.topic, "g") if kind == "consumer" else Reader(settings.kafka, log.topic)
    await source.start()
    try:
        found = await read_all(source, 63)
    finally:
        await source.close()
    by_ref = {record.ref: record for record in found}
    assert {record.value for record in by_ref.values()} == {b"a", None, *(b"v%d" % n for n in range(60))}
    # The driver cannot reach what stands behind it in its own batch either.
    gone, behind = sorted((x for x in by_ref.values() if x.value is None), key=lambda x: x.offset)
    assert (gone.key, gone.partition, behind.offset) == (None, 1, gone.offset + 1)
    assert by_ref[f"{log.topic}/1/{gone.offset - 1}"].value == b"a"


async def test_a_service_goes_on_and_keeps_its_place_aside(settings: Settings, log: Log) -> None:
    for partition in range(3):
        await say_unreadable(log, partition)
    async with service(blueprint(), settings) as tally:
        await log.publish(event(received(), "c1"))
        await tally.until_applied("c1", "intake", 1)
        kept = [entry async for entry in tally.runtime.parking.entries()]
        assert {entry["reason"] for entry in kept} == {"not_an_event"}
        assert sorted(entry["offset"] for entry in kept if entry["key"] is None) == [1, 1, 1, 2, 2, 2]
