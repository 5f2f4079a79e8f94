"""How far a consumer group is in a backlog, and whether everything that was said because of it is on the log."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError

from shared.mongo import Collection, connect, database
from shared.runtime.store import OUTBOX_WAITING
from shared.settings import Settings
from tests.bench.backlog import Backlog

_LOOK_SECONDS: Final = 0.1
_LONGEST_SECONDS: Final = 900.0
SPEAKING: Final = ("routing", "followup")
"""These say something because of what they hear; the others' outboxes stay empty."""


@dataclass(frozen=True, slots=True)
class Way:
    """From the first commit that was seen (the start of the process is not in it): how many events, and how long."""

    events: int
    seconds: float

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.events / self.seconds


@dataclass(frozen=True, slots=True)
class Group:
    """One service's consumer group before a backlog of its log."""

    admin: AIOKafkaAdminClient
    log: AIOKafkaConsumer
    settings: Settings
    service: str
    backlog: Backlog

    async def through(self, begun: Callable[[], None] = lambda: None) -> Way:
        """Waits until the backlog is taken; `begun` is called at the first commit.

        What the service itself says comes behind the backlog in each partition, and counts for nothing.

        Raises:
            TimeoutError: it takes many minutes.
        """
        first: tuple[float, int] | None = None
        async with asyncio.timeout(_LONGEST_SECONDS):
            while (taken := await self._taken()) < self.backlog.events:
                if taken and first is None:
                    first = (time.monotonic(), taken)
                    begun()
                await asyncio.sleep(_LOOK_SECONDS)
        if first is None:
            raise RuntimeError(f"{self.backlog.events} events are too few: {self.service} took them at once")
        return Way(taken - first[1], time.monotonic() - first[0])

    async def up_to_date(self) -> None:
        """Waits until everything is taken that stands on the log now: the backlog, what came later, and its own.

        Raises:
            TimeoutError: it takes many minutes.
        """
        topic = self.settings.lifecycle_topic
        places = [TopicPartition(topic, place) for place in range(self.settings.partitions)]
        self.backlog.ends = Counter({one.partition: end for one, end in (await self.log.end_offsets(places)).items()})
        async with asyncio.timeout(_LONGEST_SECONDS):
            while await self._taken() < self.backlog.events:  # noqa: ASYNC110 - another process works
                await asyncio.sleep(_LOOK_SECONDS)

    async def _taken(self) -> int:
        """How many of the backlog are committed; none while a young broker knows no groups yet."""
        group = f"{self.settings.topic_prefix}palabra-{self.service}"
        try:
            committed = await self.admin.list_consumer_group_offsets(group)
        except GroupCoordinatorNotAvailableError:
            return 0
        ours = {
            place.partition: one for place, one in committed.items() if place.topic == self.settings.lifecycle_topic
        }
        ends = self.backlog.ends
        return sum(min(ends[place], max(0, one.offset)) for place, one in ours.items())

    async def said(self) -> None:
        """Waits until the service owes nothing: what it has to say is on the log, and removed from its outboxes.

        Raises:
            TimeoutError: it takes many minutes.
        """
        client = connect(self.settings.mongodb_uri)
        try:
            await said(database(client, self.settings.database(self.service))["complaints"])
        finally:
            client.close()


async def said(documents: Collection) -> None:
    """Waits until no outbox of these holds anything.

    Raises:
        TimeoutError: it takes many minutes.
    """
    async with asyncio.timeout(_LONGEST_SECONDS):
        while await documents.find_one(OUTBOX_WAITING, {}, hint="outbox_head"):  # noqa: ASYNC110 - the same
            await asyncio.sleep(_LOOK_SECONDS)


@asynccontextmanager
async def group_of(settings: Settings, service: str, backlog: Backlog) -> AsyncIterator[Group]:
    """The group of this service, while the block runs."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka)
    log = AIOKafkaConsumer(bootstrap_servers=settings.kafka)
    await admin.start()
    await log.start()
    try:
        yield Group(admin, log, settings, service, backlog)
    finally:
        await log.stop()
        await admin.close()
