"""A bound on what a packed batch may unpack to: a megabyte of gzip is a gigabyte at the worst.

The driver unpacks whatever it has fetched, whole and in memory. So a batch is unpacked before, piece by piece, keeping
nothing; of one that becomes too large, is no gzip, or is packed otherwise (which the driver cannot read, and would stop
at for ever), the driver sees a single record that only says where it stands, and goes on behind it. What our services
say is at most 1 MB a message; they do not pack it, but their topics may (docs/scale.md).
"""

import gzip
import io
import zlib
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from aiokafka.consumer import fetcher
from aiokafka.record.memory_records import MemoryRecords

MOST_UNPACKED_BYTES: Final = 20_000_000
"""Of one batch: more than a document can hold, so that whatever could be kept aside is.

Once a partition's fetch has given so much in all, it ends and the rest is fetched again: it holds less than twice this.
"""

_PIECE: Final = 1_000_000
_LENGTH, _BEHIND_LENGTH, _MAGIC, _ATTRIBUTES, _HEAD = 8, 12, 16, 21, 61
_CODEC, _NONE, _GZIP, _TODAYS_MAGIC = 0x07, 0, 1, 2


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
    """The batches of one fetch from one partition, as the driver reads them (its `MemoryRecords`)."""

    def __init__(self, content: bytes) -> None:
        self._driver = MemoryRecords(content)
        self._content = memoryview(content)
        self._at = self._unpacked = 0

    def size_in_bytes(self) -> int:
        """Of all of it, as fetched."""
        return int(self._driver.size_in_bytes())

    def has_next(self) -> bool:
        """Whether another whole batch was fetched and is not left for the next fetch."""
        return self._unpacked <= MOST_UNPACKED_BYTES and bool(self._driver.has_next())

    def next_batch(self) -> Any:
        """That batch."""
        batch = self._driver.next_batch()
        if batch is None:
            return None
        rest = self._content[self._at :]
        length = _BEHIND_LENGTH + int.from_bytes(rest[_LENGTH:_BEHIND_LENGTH])
        self._at += length
        size = _unpacked_bytes(rest[:length])
        if size is None:
            return _Left(batch)
        self._unpacked += size
        return batch


def _unpacked_bytes(batch: memoryview) -> int | None:
    """What unpacking adds, none where nothing is packed; None where the batch must be left as it is."""
    codec = int.from_bytes(batch[_ATTRIBUTES : _ATTRIBUTES + 2]) & _CODEC
    if batch[_MAGIC] < _TODAYS_MAGIC or codec == _NONE:
        return 0
    return _gunzipped_bytes(batch[_HEAD:]) if codec == _GZIP else None


def _gunzipped_bytes(content: memoryview) -> int | None:
    size = 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            while piece := packed.read(_PIECE):
                size += len(piece)
                if size > MOST_UNPACKED_BYTES:
                    return None
    except (OSError, EOFError, zlib.error):
        return None
    return size


fetcher.MemoryRecords = Unpacking  # the driver offers no other way
