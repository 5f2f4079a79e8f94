"""Kafka, and all that knows its driver: topics, the producer that keeps order, the consumer that commits late."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import IllegalStateError, KafkaError, TopicAlreadyExistsError
from aiokafka.partitioner import murmur2
from aiokafka.structs import TopicPartition

LogError: TypeAlias = KafkaError
"""Anything the log can say. What was being sent may or may not be on it."""

MAX_MESSAGE_BYTES: Final = 1_000_000
_MAX_BATCH_BYTES: Final = 950_000
_FETCH_BYTES: Final = 4_000_000
_LONGEST_BATCH_MS: Final = 30 * 60 * 1000

Message: TypeAlias = tuple[bytes, bytes, list[tuple[str, bytes]]]
"""Key, value, headers."""


@dataclass(frozen=True, slots=True)
class Record:
    """A message as read from the log."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    headers: Sequence[tuple[str, bytes]]
    value: bytes | None

    @property
    def ref(self) -> str:
        """Where it stands on the log: `topic/partition/offset`."""
        return f"{self.topic}/{self.partition}/{self.offset}"


def partition_of(key: bytes, partitions: int) -> int:
    """The partition of a key, as every Kafka client's default partitioner has it."""
    return int((murmur2(key) & 0x7FFFFFFF) % partitions)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it must be."""

    name: str
    partitions: int
    replication: int
    config: Mapping[str, str]


def lifecycle_topic(name: str, *, partitions: int, replication: int, min_insync: int) -> Topic:
    """Never expires, is not compacted, and keeps its number of partitions for life."""
    config = {
        "retention.ms": "-1",
        "retention.bytes": "-1",
        "cleanup.policy": "delete",
        "min.insync.replicas": str(min_insync),
        "max.message.bytes": str(MAX_MESSAGE_BYTES + 100_000),
    }
    return Topic(name, partitions, replication, config)


def reference_topic(name: str, *, replication: int, min_insync: int) -> Topic:
    """Compacted: the newest state of each datum stays."""
    config = {"cleanup.policy": "compact", "min.insync.replicas": str(min_insync)}
    return Topic(name, 1, replication, config)


async def ensure_topics(address: str, topics: Sequence[Topic]) -> None:
    """The topics exist. Those that exist already are left as they are; see `topic_faults`.

    Raises:
        LogError: the broker cannot be reached or refuses.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=address, client_id="palabra")
    try:
        await admin.start()
        known = set(await admin.list_topics())
        new = [
            NewTopic(topic.name, topic.partitions, topic.replication, topic_configs=dict(topic.config))
            for topic in topics
            if topic.name not in known
        ]
        if new:
            await admin.create_topics(new)
    except TopicAlreadyExistsError:
        return  # another process was first
    finally:
        await admin.close()


async def topic_faults(address: str, topics: Sequence[Topic]) -> list[str]:
    """What is not as it must be, a sentence each; empty when all is well.

    Raises:
        LogError: the broker cannot be reached.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=address, client_id="palabra")
    try:
        await admin.start()
        known = set(await admin.list_topics())
        missing = [f"topic {topic.name} is missing" for topic in topics if topic.name not in known]
        there = [topic for topic in topics if topic.name in known]
        faults = missing + await _shape_faults(admin, there) + await _config_faults(admin, there)
    finally:
        await admin.close()
    return faults


async def _shape_faults(admin: AIOKafkaAdminClient, topics: Sequence[Topic]) -> list[str]:
    if not topics:
        return []
    found = {entry["topic"]: entry for entry in await admin.describe_topics([topic.name for topic in topics])}
    faults = []
    for topic in topics:
        partitions = found[topic.name]["partitions"]
        if len(partitions) != topic.partitions:
            faults.append(f"topic {topic.name} has {len(partitions)} partitions, not {topic.partitions}")
        if any(len(part["replicas"]) < topic.replication for part in partitions):
            faults.append(f"topic {topic.name} has fewer than {topic.replication} replicas")
    return faults


async def _config_faults(admin: AIOKafkaAdminClient, topics: Sequence[Topic]) -> list[str]:
    faults = []
    for topic in topics:
        resource = ConfigResource(ConfigResourceType.TOPIC, topic.name)
        for response in await admin.describe_configs([resource]):
            for answered in response.resources:
                actual = {entry[0]: entry[1] for entry in answered[4]}
                faults += [
                    f"topic {topic.name} has {name}={actual.get(name)}, not {wanted}"
                    for name, wanted in topic.config.items()
                    if actual.get(name) != wanted
                ]
    return faults


@dataclass(slots=True)
class Producer:
    """Puts messages on the log in the order given, acknowledged by all in-sync replicas, without doubles of its own.

    After any error its state is unknown: `restart` it, and read again what is to be sent.
    """

    address: str
    _driver: AIOKafkaProducer | None = field(default=None)
    _partitions: dict[str, int] = field(default_factory=dict)

    async def start(self) -> None:
        """Connected.

        Raises:
            LogError: the broker cannot be reached.
        """
        driver = AIOKafkaProducer(
            bootstrap_servers=self.address,
            client_id="palabra",
            acks="all",
            enable_idempotence=True,
            max_batch_size=_MAX_BATCH_BYTES,
            max_request_size=MAX_MESSAGE_BYTES,
            request_timeout_ms=10_000,
        )
        try:
            await driver.start()
        except BaseException:
            await driver.stop()
            raise
        self._driver = driver

    async def close(self) -> None:
        """Disconnected. What was under way is given up after a moment; the outbox still holds it."""
        driver, self._driver = self._driver, None
        self._partitions.clear()
        if driver is not None:
            try:
                async with asyncio.timeout(5):
                    await driver.stop()
            except (KafkaError, TimeoutError):
                return  # it was broken already, and is thrown away

    async def partitions(self, topic: str) -> int:
        """How many partitions the topic has."""
        if self._driver is None:
            await self.start()
        assert self._driver is not None  # noqa: S101 - for the type checker
        if topic not in self._partitions:
            self._partitions[topic] = len(await self._driver.partitions_for(topic))
        return self._partitions[topic]

    async def send(self, topic: str, by_partition: Mapping[int, Sequence[Message]]) -> dict[int, int]:
        """Sends each partition's messages in order; answers how many of each, from the first, are on the log for sure.

        Raises:
            LogError: not even the connection could be made.
        """
        if self._driver is None:
            await self.start()
        results = await asyncio.gather(*(self._send_one(topic, p, messages) for p, messages in by_partition.items()))
        return dict(zip(by_partition, results, strict=True))

    async def _send_one(self, topic: str, partition: int, messages: Sequence[Message]) -> int:
        assert self._driver is not None  # noqa: S101 - for the type checker
        sent = 0
        while sent < len(messages):
            batch = self._driver.create_batch()
            taken = 0
            for key, value, headers in messages[sent:]:
                if batch.append(key=key, value=value, timestamp=None, headers=headers) is None:
                    break
                taken += 1
            if taken == 0:
                return sent  # larger than any batch; the outbox should not hold it
            try:
                # The next batch of a partition waits for this one's acknowledgement.
                acknowledged = await self._driver.send_batch(batch, topic, partition=partition)
                await acknowledged
            except (KafkaError, TimeoutError):
                return sent
            sent += taken
        return sent


@dataclass(slots=True)
class Consumer:
    """Reads a topic in a group, from the earliest message; offsets are committed only when told."""

    address: str
    topic: str
    group: str
    _driver: AIOKafkaConsumer | None = field(default=None)

    async def start(self) -> None:
        """Connected and subscribed.

        Raises:
            LogError: the broker cannot be reached.
        """
        driver = AIOKafkaConsumer(
            self.topic,
            bootstrap_servers=self.address,
            client_id="palabra",
            group_id=self.group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=_FETCH_BYTES,
            max_poll_interval_ms=_LONGEST_BATCH_MS,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=2_000,
            rebalance_timeout_ms=30_000,
            retry_backoff_ms=100,
        )
        try:
            await driver.start()
        except BaseException:
            await driver.stop()
            raise
        self._driver = driver

    async def close(self) -> None:
        """Left the group; what was not committed is read again by whoever comes next."""
        driver, self._driver = self._driver, None
        if driver is not None:
            await driver.stop()

    async def poll(self, *, at_most: int, seconds: float) -> list[Record]:
        """The next messages, in order within each partition; empty when none came in that time."""
        assert self._driver is not None  # noqa: S101 - for the type checker
        fetched = await self._driver.getmany(timeout_ms=int(seconds * 1000), max_records=at_most)
        return [record_of(message) for messages in fetched.values() for message in messages]

    async def commit(self, records: Sequence[Record]) -> bool:
        """The group goes on behind these records. False when a rebalance got in between: routine, they come again."""
        assert self._driver is not None  # noqa: S101 - for the type checker
        offsets: dict[TopicPartition, int] = {}
        for record in records:
            place = TopicPartition(record.topic, record.partition)
            offsets[place] = max(offsets.get(place, 0), record.offset + 1)
        try:
            await self._driver.commit(offsets)
        except (KafkaError, IllegalStateError):
            return False
        return True

    def assigned(self) -> bool:
        """Whether the group has given this consumer any partition."""
        return self._driver is not None and bool(self._driver.assignment())

    async def lags(self) -> dict[int, int]:
        """How many messages lie ahead, by partition assigned to this process."""
        if self._driver is None:
            return {}
        places = list(self._driver.assignment())
        ends = await self._driver.end_offsets(places) if places else {}
        return {place.partition: max(0, ends[place] - await self._driver.position(place)) for place in places}


async def group_lag(address: str, topic: str, group: str) -> dict[int, int]:
    """How many messages lie ahead of a whole group, by partition, by its committed offsets.

    Raises:
        LogError: the broker cannot be reached.
    """
    reader = AIOKafkaConsumer(bootstrap_servers=address, group_id=group, enable_auto_commit=False)
    try:
        await reader.start()
        places = [TopicPartition(topic, p) for p in sorted(await _partitions(reader, topic))]
        ends = await reader.end_offsets(places)
        committed = {place: await reader.committed(place) or 0 for place in places}
        return {place.partition: max(0, ends[place] - committed[place]) for place in places}
    finally:
        await reader.stop()


async def _partitions(reader: AIOKafkaConsumer, topic: str) -> set[int]:
    await reader._client._wait_on_metadata(topic)  # noqa: SLF001 - the driver offers no other way for an unsubscribed topic
    return set(reader.partitions_for_topic(topic) or ())


@dataclass(slots=True)
class Reader:
    """Reads a topic from its beginning without a group: for copies, rebuilds, audits and people who watch."""

    address: str
    topic: str
    _driver: AIOKafkaConsumer | None = field(default=None)
    _places: list[TopicPartition] = field(default_factory=list)

    async def start(self, *, from_end: bool = False) -> None:
        """Connected and placed at the beginning, or at the end.

        Raises:
            LogError: the broker cannot be reached.
        """
        driver = AIOKafkaConsumer(
            bootstrap_servers=self.address,
            client_id="palabra",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=_FETCH_BYTES,
        )
        try:
            await driver.start()
            self._places = [TopicPartition(self.topic, p) for p in sorted(await _partitions(driver, self.topic))]
            driver.assign(self._places)
            await (driver.seek_to_end() if from_end else driver.seek_to_beginning())
        except BaseException:
            await driver.stop()
            raise
        self._driver = driver

    async def close(self) -> None:
        """Disconnected."""
        driver, self._driver = self._driver, None
        if driver is not None:
            await driver.stop()

    async def ends(self) -> dict[int, int]:
        """The offset behind the last message, by partition."""
        assert self._driver is not None  # noqa: S101 - for the type checker
        return {place.partition: end for place, end in (await self._driver.end_offsets(self._places)).items()}

    async def positions(self) -> dict[int, int]:
        """The offset that is read next, by partition."""
        assert self._driver is not None  # noqa: S101 - for the type checker
        return {place.partition: await self._driver.position(place) for place in self._places}

    async def poll(self, *, at_most: int = 1000, seconds: float = 1.0) -> list[Record]:
        """The next messages, in order within each partition; empty when none came in that time."""
        assert self._driver is not None  # noqa: S101 - for the type checker
        fetched = await self._driver.getmany(timeout_ms=int(seconds * 1000), max_records=at_most)
        return [record_of(message) for messages in fetched.values() for message in messages]


def record_of(message: Any) -> Record:
    """A driver's message as a record."""
    return Record(message.topic, message.partition, message.offset, message.key, message.headers, message.value)


async def broker_version(address: str) -> str:
    """What the broker answers for itself, as far as its protocol tells.

    Raises:
        LogError: it cannot be reached.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    try:
        await admin.start()
        brokers = (await admin.describe_cluster())["brokers"]
    finally:
        await admin.close()
    return f"{len(brokers)} broker{'s' if len(brokers) > 1 else ''}"
