"""Reading on past messages that the driver cannot read: header names that are not UTF-8 raise out of its fetch.

What the driver had read with them, it has lost by then. So everything is read again from where it was handed out last,
message by message, and in the place of the unreadable one comes a record that only says where it stands. So it is with
what its producer put behind it in the same batch, which the driver cannot reach; what others wrote is read.
"""

from dataclasses import dataclass, field
from typing import Any

from aiokafka.structs import TopicPartition

import shared.kafka.unpacking  # noqa: F401 - every driver that is read from unpacks within bounds
from shared.kafka.basics import Record, closed_is_log_error, record_of


@dataclass(slots=True)
class Careful:
    """Fetches for one driver. `handed`: the offset behind what was handed out last, by partition."""

    driver: Any
    handed: dict[TopicPartition, int] = field(default_factory=dict)
    one_by_one: bool = False

    async def fetch(self, *, at_most: int, seconds: float) -> list[Record]:
        """The next messages, in order within each partition; empty when none came in that time."""
        with closed_is_log_error():
            return await self._fetch(at_most, seconds)

    async def _fetch(self, at_most: int, seconds: float) -> list[Record]:
        if self.one_by_one:
            return await self._one_of_each(seconds)
        try:
            fetched = await self.driver.getmany(timeout_ms=int(seconds * 1000), max_records=at_most)
        except UnicodeDecodeError:
            for place in self.driver.assignment():
                self.driver.seek(place, await self._from(place))
            self.one_by_one = True
            return []
        return self._hand_out([record_of(message) for messages in fetched.values() for message in messages])

    async def _one_of_each(self, seconds: float) -> list[Record]:
        """A message of each partition, until the unreadable one is behind us, or is another's now."""
        found: list[Record] = []
        places = sorted(self.driver.assignment())
        for place in places:
            at = await self.driver.position(place)
            try:
                fetched = await self.driver.getmany(place, timeout_ms=int(seconds * 1000 / len(places)), max_records=1)
            except UnicodeDecodeError:
                found.append(Record(place.topic, place.partition, at, None, (), None))
                self.driver.seek(place, at + 1)
                self.one_by_one = False
            else:
                found += [record_of(message) for messages in fetched.values() for message in messages]
        self.one_by_one = self.one_by_one and bool(found)
        return self._hand_out(found)

    async def _from(self, place: TopicPartition) -> int:
        """Where it is read again from."""
        if place in self.handed:
            return self.handed[place]
        committed = await self.driver.committed(place) if self.driver._group_id else None  # noqa: SLF001 - of no other way
        return int((await self.driver.beginning_offsets([place]))[place] if committed is None else committed)

    def _hand_out(self, records: list[Record]) -> list[Record]:
        for record in records:
            self.handed[TopicPartition(record.topic, record.partition)] = record.offset + 1
        return records
