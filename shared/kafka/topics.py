"""The topics: as they must be, made, and checked."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError

from shared.kafka.basics import MAX_MESSAGE_BYTES, closed_is_log_error, stopped


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
    async with _asking(address) as admin:
        known = set(await admin.list_topics())
        new = [
            NewTopic(topic.name, topic.partitions, topic.replication, topic_configs=dict(topic.config))
            for topic in topics
            if topic.name not in known
        ]
        if new:
            with suppress(TopicAlreadyExistsError):  # another process was first
                await admin.create_topics(new)


@asynccontextmanager
async def _asking(address: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=address, client_id="palabra")
    with closed_is_log_error():
        try:
            await admin.start()
            yield admin
        finally:
            await stopped(admin.close)


async def topic_faults(address: str, topics: Sequence[Topic]) -> list[str]:
    """What is not as it must be, a sentence each; empty when all is well.

    Raises:
        LogError: the broker cannot be reached.
    """
    async with _asking(address) as admin:
        known = set(await admin.list_topics())
        missing = [f"topic {topic.name} is missing" for topic in topics if topic.name not in known]
        there = [topic for topic in topics if topic.name in known]
        return missing + await _shape_faults(admin, there) + await _config_faults(admin, there)


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
