"""The lifecycle topic as a test sees it."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from shared import ids
from shared.events import Event, Payload
from shared.events.cloudevents import NotAnEvent, decode, encode_headers, pack
from shared.events.values import to_instant
from shared.kafka import Message, Producer, Reader, Record, ensure_topics, partition_of
from shared.runtime.health import topics
from shared.settings import Settings
from tests.support.wait import DEADLINE

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def event(
    payload: Payload, complaint_id: str, seq: int = 1, *, time: datetime = NOW, cause: str | None = None
) -> Event[Any]:
    """An event as its service would say it."""
    at = to_instant(time)
    return Event(ids.uuid7(at), payload.type, payload.source, seq, complaint_id, at, payload, cause=cause)


def message(said: Event[Any]) -> Message:
    """An event as it stands on the log."""
    packed = pack(said)
    return said.complaint_id.encode(), packed["data"].encode(), encode_headers(packed)


class Log:
    """Says events, also hostile ones, and hears what services say."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.topic = settings.lifecycle_topic
        self.producer = Producer(settings.kafka)
        self.reader = Reader(settings.kafka, self.topic)
        self.records: list[Record] = []

    async def start(self) -> None:
        """The topics exist; listening from the beginning."""
        await ensure_topics(self.settings.kafka, topics(self.settings))
        await self.producer.start()
        await self.reader.start()

    async def close(self) -> None:
        """Disconnected."""
        await self.reader.close()
        await self.producer.close()

    async def publish(self, *said: Event[Any]) -> None:
        """The events are on the log, in this order per complaint."""
        await self.publish_raw(*[message(one) for one in said])

    async def publish_raw(self, *messages: Message) -> None:
        """The messages are on the log as they are."""
        partitions = await self.producer.partitions(self.topic)
        by_partition: dict[int, list[Message]] = {}
        for one in messages:
            by_partition.setdefault(partition_of(one[0], partitions), []).append(one)
        sent = await self.producer.send(self.topic, by_partition)
        assert sent == {partition: len(queue) for partition, queue in by_partition.items()}

    async def hear(self) -> Sequence[Event[Any]]:
        """Everything on the log so far that is an event."""
        while fetched := await self.reader.poll(seconds=0.1):
            self.records += fetched
        heard = [decode(record.key, record.headers, record.value) for record in self.records]
        return [one for one in heard if not isinstance(one, NotAnEvent)]

    async def until(self, event_type: str, complaint_id: str, count: int = 1) -> Sequence[Event[Any]]:
        """The events of that type and complaint, once there are so many."""
        found: list[Event[Any]] = []
        try:
            async with asyncio.timeout(DEADLINE):
                while True:
                    heard = await self.hear()
                    found = [x for x in heard if x.type == event_type and x.complaint_id == complaint_id]
                    if len(found) >= count:
                        return found
                    await asyncio.sleep(0.02)
        except TimeoutError:
            types = [x.type for x in await self.hear() if x.complaint_id == complaint_id]
            raise AssertionError(f"{len(found)} of {count} {event_type} after {DEADLINE} s; heard {types}") from None
