"""Says whether this process can do its work, and what is missing when it cannot."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from shared import metrics
from shared.clock import Clock
from shared.kafka import LogError, Topic, group_lag, lifecycle_topic, reference_topic, topic_faults
from shared.mongo import Client, Collection, StoreError
from shared.settings import Settings

_PATIENCE: Final = 3.0


def topics(settings: Settings) -> list[Topic]:
    """The two topics as they must be."""
    copies = {"replication": settings.replication, "min_insync": settings.min_insync_replicas}
    return [
        lifecycle_topic(settings.lifecycle_topic, partitions=settings.partitions, **copies),
        reference_topic(settings.reference_topic, **copies),
    ]


@dataclass(slots=True)
class Health:
    """What `/readyz` and `/status` tell."""

    service: str
    client: Client
    settings: Settings
    clock: Clock
    topics_made: bool = False
    parked: int = 0
    _runtime: Any = None
    _worker: bool = False

    def watch(self, runtime: Any, *, worker: bool) -> None:
        """From now on this runtime is looked at."""
        self._runtime, self._worker = runtime, worker

    async def missing(self) -> list[str]:
        """What keeps this process from its work, a sentence each; empty when it is ready."""
        faults = await self._mongodb() + await self._kafka()
        if not self._runtime.follower.caught_up.is_set():
            faults.append("reference data (teams, policies, keys) not read yet")
        if self._worker and not self._runtime.listener.consumer.assigned():
            faults.append("the consumer has no partitions yet")
        return faults

    async def _mongodb(self) -> list[str]:
        try:
            async with asyncio.timeout(_PATIENCE):
                await self.client.admin.command("ping")
        except (StoreError, TimeoutError):
            return ["MongoDB does not answer"]
        return []

    async def _kafka(self) -> list[str]:
        if not self.topics_made:
            return ["Kafka does not answer, topics not checked yet"]
        try:
            async with asyncio.timeout(_PATIENCE):
                return await topic_faults(self.settings.kafka, topics(self.settings))
        except (LogError, TimeoutError, OSError):
            return ["Kafka does not answer"]

    async def measure(self, parking: Any, documents: Collection) -> None:
        """The gauges of what is kept aside show it as it is."""
        early: dict[str, Any] = {"early.0.seq": {"$exists": True}}
        pipeline = [{"$match": early}, {"$group": {"_id": None, "n": {"$sum": {"$size": "$early"}}}}]
        found = [row["n"] async for row in documents.aggregate(pipeline, hint="early")]
        aside = parking.parked
        not_events = await aside.count_documents({"reason": "not_an_event", "discarded": False})
        poison = await aside.count_documents({"reason": {"$in": ["poison", "behind"]}, "discarded": False})
        metrics.PARKED.labels(self.service, "early").set(sum(found))
        metrics.PARKED.labels(self.service, "poison").set(poison)
        metrics.NOT_EVENTS.labels(self.service).set(not_events)
        self.parked = poison + not_events

    async def status(self) -> dict[str, Any]:
        """Figures for `palabra status`: lag of the whole group, depth of the outbox, what is parked, the clock."""
        lag = -1
        try:
            async with asyncio.timeout(_PATIENCE):
                group = self._runtime.listener.consumer.group
                lag = sum((await group_lag(self.settings.kafka, self.settings.lifecycle_topic, group)).values())
        except (LogError, TimeoutError, OSError):
            lag = -1  # not known; said as such
        await self._runtime.publisher.measure()
        await self.measure(self._runtime.parking, self._runtime.desk.documents)
        depth = metrics.OUTBOX_DEPTH.labels(self.service)._value.get()  # noqa: SLF001 - the library offers no reader
        clock = {"rate": self.clock.rate, "now": self.clock.now().isoformat()}
        return {"service": self.service, "lag": lag, "outbox": int(depth), "parked": self.parked, "clock": clock}
