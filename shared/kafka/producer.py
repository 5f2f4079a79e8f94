"""The producer: keeps order, waits for all in-sync replicas, doubles nothing of its own."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.kafka.basics import MAX_MESSAGE_BYTES, Message, closed_is_log_error, connected, stopped

_MAX_BATCH_BYTES: Final = 950_000
_LONGEST_SECONDS: Final = 60.0
"""The driver gives up a batch long before; should it ever not, its producer is thrown away."""


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
        await connected(driver.start(), driver.stop)
        self._driver = driver

    async def close(self) -> None:
        """Disconnected. What was under way is given up after a moment; the outbox still holds it."""
        driver, self._driver = self._driver, None
        self._partitions.clear()
        if driver is not None:
            try:
                async with asyncio.timeout(5):
                    await stopped(driver.stop)
            except TimeoutError:
                return  # it was broken already, and is thrown away

    async def partitions(self, topic: str) -> int:
        """How many partitions the topic has."""
        if self._driver is None:
            await self.start()
        assert self._driver is not None  # noqa: S101 - for the type checker
        if topic not in self._partitions:
            with closed_is_log_error():
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
                async with asyncio.timeout(_LONGEST_SECONDS):
                    with closed_is_log_error():
                        await (await self._driver.send_batch(batch, topic, partition=partition))
            except (KafkaError, TimeoutError):
                return sent
            sent += taken
        return sent
