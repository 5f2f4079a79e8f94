"""Reads a topic without a group: for copies, rebuilds, audits and people who watch."""

from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from shared.kafka.basics import FETCH_BYTES, Record, closed_is_log_error, connected, stopped
from shared.kafka.careful import Careful


async def partitions_of(reader: AIOKafkaConsumer, topic: str) -> set[int]:
    """The partitions of a topic that the driver is not subscribed to."""
    await reader._client._wait_on_metadata(topic)  # noqa: SLF001 - the driver offers no other way for an unsubscribed topic
    return set(reader.partitions_for_topic(topic) or ())


@dataclass(slots=True)
class Reader:
    """Reads a topic from its beginning without a group: for copies, rebuilds, audits and people who watch."""

    address: str
    topic: str
    _driver: AIOKafkaConsumer | None = field(default=None)
    _careful: Careful | None = field(default=None)
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
            max_partition_fetch_bytes=FETCH_BYTES,
        )
        await connected(driver.start(), driver.stop)
        try:
            self._places = [TopicPartition(self.topic, p) for p in sorted(await partitions_of(driver, self.topic))]
            driver.assign(self._places)
            await (driver.seek_to_end() if from_end else driver.seek_to_beginning())
        except BaseException:
            await driver.stop()
            raise
        self._driver = driver
        self._careful = Careful(driver)

    async def close(self) -> None:
        """Disconnected."""
        driver, self._driver = self._driver, None
        if driver is not None:
            await stopped(driver.stop)

    async def ends(self) -> dict[int, int]:
        """The offset behind the last message, by partition."""
        assert self._driver is not None  # noqa: S101 - for the type checker
        with closed_is_log_error():
            return {place.partition: end for place, end in (await self._driver.end_offsets(self._places)).items()}

    async def positions(self) -> dict[int, int]:
        """The offset that is read next, by partition."""
        assert self._driver is not None  # noqa: S101 - for the type checker
        with closed_is_log_error():
            return {place.partition: await self._driver.position(place) for place in self._places}

    async def poll(self, *, at_most: int = 1000, seconds: float = 1.0) -> list[Record]:
        """The next messages, in order within each partition; empty when none came in that time."""
        assert self._careful is not None  # noqa: S101 - for the type checker
        return await self._careful.fetch(at_most=at_most, seconds=seconds)
