"""A packed batch is unpacked within bounds: of one that is too large nothing is known but where it stands."""

import tracemalloc
from typing import Any

import pytest
from aiokafka.consumer import fetcher
from aiokafka.consumer.fetcher import READ_UNCOMMITTED, PartitionRecords
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy
from aiokafka.record.util import calc_crc32c
from aiokafka.structs import TopicPartition

from shared.kafka import unpacking
from shared.kafka.basics import record_of

GZIP, SNAPPY, LZ4, ZSTD, UNKNOWN = 1, 2, 3, 4, 5
FEW, MANY = b"x" * 1000, bytes(unpacking.MOST_UNPACKED_BYTES + 1)


def batch(first: int, *values: bytes, codec: int = GZIP) -> bytes:
    """A batch as it is fetched, whose first record stands at that offset."""
    builder = _DefaultRecordBatchBuilderPy(2, codec, 0, -1, -1, 0, 10**9)
    for place, value in enumerate(values):
        builder.append(place, timestamp=0, key=b"k", value=value, headers=[])
    return first.to_bytes(8) + bytes(builder.build())[8:]


def said_to_be(codec: int, packed: bytes) -> bytes:
    """The batch with another codec in its attributes, and a checksum that is right."""
    rest = codec.to_bytes(2) + packed[23:]
    return packed[:17] + int(calc_crc32c(rest)).to_bytes(4) + rest


def fetched(content: bytes, at: int = 0) -> PartitionRecords:
    """What the driver makes of a fetch from that offset."""
    records = fetcher.MemoryRecords(content)
    return PartitionRecords(TopicPartition("t", 3), records, None, at, None, None, True, READ_UNCOMMITTED)


def read(content: bytes, at: int = 0) -> list[Any]:
    """The records of one fetch."""
    return [record_of(message) for message in fetched(content, at)]


def shown(content: bytes, at: int = 0) -> list[tuple[int, int | None]]:
    """By offset, how long the values are."""
    return [(one.offset, None if one.value is None else len(one.value)) for one in read(content, at)]


def test_what_is_packed_and_small_is_read() -> None:
    assert shown(batch(5, FEW, FEW) + batch(7, FEW, codec=0)) == [(5, 1000), (6, 1000), (7, 1000)]


def test_what_is_too_large_is_passed_and_what_stands_round_it_is_read() -> None:
    large = batch(6, FEW, MANY, FEW) + batch(9, FEW)
    assert shown(batch(5, FEW) + large) == [(5, 1000), (6, None), (9, 1000)]
    assert (read(large)[0].key, read(large)[0].headers) == (None, ())
    assert shown(large, at=7) == [(9, 1000)], "also from the middle of it"


def test_what_is_large_and_not_packed_is_read() -> None:
    assert shown(batch(5, MANY, codec=0)) == [(5, len(MANY))]


def test_it_costs_little_memory() -> None:
    content = batch(0, MANY, MANY, MANY)
    assert len(content) < 100_000
    tracemalloc.start()
    try:
        assert shown(content) == [(0, None)]
        assert tracemalloc.get_traced_memory()[1] < 5 * 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("codec", [SNAPPY, LZ4, ZSTD, UNKNOWN])
def test_what_is_packed_otherwise_is_passed_and_what_stands_round_it_is_read(codec: int) -> None:
    other = said_to_be(codec, batch(6, FEW, FEW))
    assert shown(batch(5, FEW) + other + batch(8, FEW)) == [(5, 1000), (6, None), (8, 1000)]


def test_batches_that_are_too_large_together_are_left_for_the_next_fetch() -> None:
    much = bytes(unpacking.MOST_UNPACKED_BYTES * 2 // 5)
    log = [batch(offset, much) for offset in range(7)]
    at, fetches = 0, []
    while at < len(log):
        one = fetched(b"".join(log[at:]), at)
        fetches.append([message.offset for message in one])
        assert one.next_fetch_offset > at, "it goes on"
        at = one.next_fetch_offset
    assert fetches == [[0, 1, 2], [3, 4, 5], [6]]


@pytest.mark.parametrize("cut", [70, 90])
def test_what_is_no_gzip_is_passed(cut: int) -> None:
    whole = batch(5, FEW)
    spoilt = whole[:cut] + bytes(len(whole) - cut)
    records = unpacking.Unpacking(spoilt + batch(6, FEW))
    assert [[one.value for one in records.next_batch()] for _ in range(2)] == [[None], [FEW]]
