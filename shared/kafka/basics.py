"""What the rooms of this package share: records, messages, errors, partitions, and connecting without a leak."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from aiokafka.errors import KafkaConnectionError, KafkaError
from aiokafka.partitioner import murmur2

LogError: TypeAlias = KafkaError
"""Anything the log can say. What was being sent may or may not be on it."""

MAX_MESSAGE_BYTES: Final = 1_000_000
FETCH_BYTES: Final = 1_000_000
_TO_CONNECT_SECONDS: Final = 2.0
_CLOSED: Final = "handler is closed"

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


def record_of(message: Any) -> Record:
    """A driver's message as a record."""
    return Record(message.topic, message.partition, message.offset, message.key, message.headers, message.value)


def in_lanes(records: Iterable[Record], lanes: int) -> list[list[Record]]:
    """At most so many parts, by partition, so that nothing that one key says is in two of them."""
    found: dict[int, list[Record]] = {}
    for record in records:
        found.setdefault(record.partition % lanes, []).append(record)
    return list(found.values())


def partition_of(key: bytes, partitions: int) -> int:
    """The partition of a key, as every Kafka client's default partitioner has it."""
    return int((murmur2(key) & 0x7FFFFFFF) % partitions)


@contextmanager
def closed_is_log_error() -> Iterator[None]:
    """Under uvloop a driver that writes to a connection closed meanwhile raises a bare RuntimeError.

    Raises:
        LogError: instead.
    """
    try:
        yield
    except RuntimeError as error:
        if _CLOSED not in str(error):
            raise
        raise KafkaConnectionError(str(error)) from error


async def stopped(stop: Callable[[], Awaitable[None]]) -> None:
    """A driver is stopped; that its connection broke before is no matter."""
    try:
        with closed_is_log_error():
            await stop()
    except KafkaError:
        return  # it is thrown away


async def connected(starting: Coroutine[Any, Any, None], stop: Callable[[], Awaitable[None]]) -> None:
    """A driver has started, or is stopped and leaves nothing behind.

    When we are cancelled, its first connection is let finish: cancelled itself, the driver would leave it open.
    """
    start = asyncio.create_task(starting)
    try:
        with closed_is_log_error():
            await asyncio.shield(start)
    except BaseException:
        await asyncio.wait({start}, timeout=_TO_CONNECT_SECONDS)
        start.cancel()
        await asyncio.gather(start, return_exceptions=True)
        await stopped(stop)
        raise
