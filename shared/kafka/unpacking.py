"""A bound on what a packed batch may unpack to: a megabyte of gzip is a gigabyte at the worst.

The driver unpacks whatever it has fetched, whole and in memory. So a batch is unpacked before, piece by piece, keeping
nothing; of one that becomes too large, or is no gzip, the driver sees a single record that only says where it stands,
and goes on behind it. What our services say is not packed, and a hundredth of the bound.
"""

import gzip
import io
import zlib
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from aiokafka.consumer import fetcher
from aiokafka.record.memory_records import MemoryRecords

MOST_UNPACKED_BYTES: Final = 20_000_000
"""More than a document can hold, so that whatever could be kept aside is."""

_PIECE: Final = 1_000_000
_LENGTH, _BEHIND_LENGTH, _MAGIC, _ATTRIBUTES, _HEAD = 8, 12, 16, 21, 61
_CODEC, _GZIP, _TODAYS_MAGIC = 0x07, 1, 2


class _Place(NamedTuple):
    """A record of which nothing is known but where it stands."""

    offset: int
    timestamp: int = 0
    timestamp_type: int = 0
    key: None = None
    value: None = None
    headers: tuple[tuple[str, bytes], ...] = ()
    checksum: None = None


class _Left:
    """A batch that is not unpacked."""

    def __init__(self, batch: Any) -> None:
        self._batch = batch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __iter__(self) -> Iterator[_Place]:
        yield _Place(self._batch.base_offset)


class Unpacking:
    """The batches of one fetch, as the driver reads them (its `MemoryRecords`)."""

    def __init__(self, content: bytes) -> None:
        self._driver = MemoryRecords(content)
        self._content = memoryview(content)
        self._at = 0

    def size_in_bytes(self) -> int:
        """Of all of it, as fetched."""
        return int(self._driver.size_in_bytes())

    def has_next(self) -> bool:
        """Whether another whole batch was fetched."""
        return bool(self._driver.has_next())

    def next_batch(self) -> Any:
        """That batch."""
        batch = self._driver.next_batch()
        if batch is None:
            return None
        rest = self._content[self._at :]
        length = _BEHIND_LENGTH + int.from_bytes(rest[_LENGTH:_BEHIND_LENGTH])
        self._at += length
        return batch if _may_be_unpacked(rest[:length]) else _Left(batch)


def _may_be_unpacked(batch: memoryview) -> bool:
    codec = int.from_bytes(batch[_ATTRIBUTES : _ATTRIBUTES + 2]) & _CODEC
    if batch[_MAGIC] < _TODAYS_MAGIC or codec != _GZIP:
        return True
    size = 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(batch[_HEAD:])) as packed:
            while piece := packed.read(_PIECE):
                size += len(piece)
                if size > MOST_UNPACKED_BYTES:
                    return False
    except (OSError, EOFError, zlib.error):
        return False
    return True


fetcher.MemoryRecords = Unpacking  # the driver offers no other way
