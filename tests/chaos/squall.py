"""A short storm that is aimed: what each fault of `broken.py` needs to show itself, and no more."""

import asyncio
from dataclasses import dataclass
from typing import Final

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition

from tests.chaos.house import Replica
from tests.chaos.storm import Storm

_BETWEEN: Final = 8
_LONGEST_CALM: Final = 20.0
_LONGEST_REWIND: Final = 60.0
_NAP: Final = 0.2


@dataclass(slots=True)
class Squall(Storm):
    """Every service is killed while something is under way; then some hear everything again."""

    done: bool = False

    @property
    def whole(self) -> bool:
        """All of it has come."""
        return self.done

    async def run(self, over: asyncio.Event) -> None:
        """Whoever publishes is killed twice as often: what it removed and did not say is gone."""
        del over  # it is short
        for name in ("intake", "routing", "followup", "metrics", "intake", "followup"):
            await self._until_moved()
            for replica in self._of(name):
                self.kills[name] += 1
                await asyncio.to_thread(replica.running.kill)  # type: ignore[union-attr]
                self.house.spawn(replica)
        for name in ("followup", "metrics"):
            await self._until_moved()
            await self._rewind(name)
            self.others["rewound"] += 1
        self.done = True

    def _of(self, name: str) -> list[Replica]:
        return [replica for replica in self.house.replicas if replica.service == name]

    async def _until_moved(self) -> None:
        """The load has got somewhere since, so that there is something to lose."""
        accepted = self.journal.accepted
        try:
            async with asyncio.timeout(_LONGEST_CALM):
                while self.journal.accepted < accepted + _BETWEEN:  # noqa: ASYNC110 - the journal tells nobody
                    await asyncio.sleep(_NAP)
        except TimeoutError:
            return  # a fault may have brought the load to a stand

    async def _rewind(self, name: str) -> None:
        """The group's offsets are lost: this service hears everything again."""
        for replica in self._of(name):
            await asyncio.to_thread(replica.running.stop, 30)  # type: ignore[union-attr]
        settings = self.house.settings
        group = AIOKafkaConsumer(
            bootstrap_servers=settings.kafka,
            group_id=f"{settings.topic_prefix}palabra-{name}",
            enable_auto_commit=False,
        )
        await group.start()
        try:
            places = [TopicPartition(settings.lifecycle_topic, p) for p in range(settings.partitions)]
            async with asyncio.timeout(_LONGEST_REWIND):
                while not await _committed(group, places):  # noqa: ASYNC110 - the broker forgets members by itself
                    await asyncio.sleep(_NAP)
        finally:
            await group.stop()
        for replica in self._of(name):
            self.house.spawn(replica)


async def _committed(group: AIOKafkaConsumer, places: list[TopicPartition]) -> bool:
    group.assign(places)
    try:
        await group.commit(dict.fromkeys(places, 0))
    except KafkaError:
        return False
    return True


FAULTS_SHOW: Final = {
    "removes_first": "is not on the log",
    "commits_first": "has heard",
    "no_inbox": "twice|metrics",
    "gap_applied": "shows",
    "no_guard": r"lost: (?!.*(still has to say|has heard))|twice",
}
"""By fault, what the checker must say of it, among other things, and not only of services that are not at rest yet.

A pattern over `fault: what`.
"""
