"""The consumer of a group: from the earliest message, committing only what it is told to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import IllegalStateError, KafkaError
from aiokafka.structs import TopicPartition

from shared.kafka.basics import FETCH_BYTES, Record, closed_is_log_error, connected, stopped
from shared.kafka.careful import Careful
from shared.kafka.reader import partitions_of

_LONGEST_BATCH_MS: Final = 30 * 60 * 1000


@dataclass(slots=True)
class Consumer:
    """Reads a topic in a group, from the earliest message; offsets are committed only when told."""

    address: str
    topic: str
    group: str
    _driver: AIOKafkaConsumer | None = field(default=None)
    _careful: Careful | None = field(default=None)

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
            max_partition_fetch_bytes=FETCH_BYTES,
            max_poll_interval_ms=_LONGEST_BATCH_MS,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=2_000,
            rebalance_timeout_ms=30_000,
            retry_backoff_ms=100,
        )
        await connected(driver.start(), driver.stop)
        self._driver = driver
        self._careful = Careful(driver)

    async def close(self) -> None:
        """Left the group; what was not committed is read again by whoever comes next."""
        driver, self._driver = self._driver, None
        if driver is not None:
            await stopped(driver.stop)

    async def poll(self, *, at_most: int, seconds: float) -> list[Record]:
        """The next messages, in order within each partition; empty when none came in that time."""
        assert self._careful is not None  # noqa: S101 - for the type checker
        return await self._careful.fetch(at_most=at_most, seconds=seconds)

    async def commit(self, records: Sequence[Record]) -> bool:
        """The group goes on behind these records. False when a rebalance got in between: routine, they come again."""
        assert self._driver is not None  # noqa: S101 - for the type checker
        offsets: dict[TopicPartition, int] = {}
        for record in records:
            place = TopicPartition(record.topic, record.partition)
            offsets[place] = max(offsets.get(place, 0), record.offset + 1)
        try:
            with closed_is_log_error():
                await self._driver.commit(offsets)
        except (KafkaError, IllegalStateError):
            return False
        return True

    def assigned(self) -> bool:
        """Whether the group has given this consumer any partition."""
        return self._driver is not None and bool(self._driver.assignment())

    async def ends(self) -> dict[int, int]:
        """The offset behind the last message, by partition assigned to this process."""
        places = list(self._driver.assignment()) if self._driver is not None else []
        with closed_is_log_error():
            ends = await self._driver.end_offsets(places) if self._driver is not None and places else {}
        return {place.partition: end for place, end in ends.items()}

    async def positions(self) -> dict[int, int]:
        """The offset that is read next, by partition assigned to this process."""
        if self._driver is None:
            return {}
        with closed_is_log_error():
            return {place.partition: await self._driver.position(place) for place in self._driver.assignment()}

    async def lags(self) -> dict[int, int]:
        """How many messages lie ahead, by partition assigned to this process."""
        ends, positions = await self.ends(), await self.positions()
        return {partition: max(0, ends[partition] - at) for partition, at in positions.items() if partition in ends}


async def group_lag(address: str, topic: str, group: str) -> dict[int, int]:
    """How many messages lie ahead of a whole group, by partition, by its committed offsets.

    Raises:
        LogError: the broker cannot be reached.
    """
    reader = AIOKafkaConsumer(bootstrap_servers=address, group_id=group, enable_auto_commit=False)
    await connected(reader.start(), reader.stop)
    try:
        places = [TopicPartition(topic, p) for p in sorted(await partitions_of(reader, topic))]
        ends = await reader.end_offsets(places)
        committed = {place: await reader.committed(place) or 0 for place in places}
        return {place.partition: max(0, ends[place] - committed[place]) for place in places}
    finally:
        await reader.stop()
