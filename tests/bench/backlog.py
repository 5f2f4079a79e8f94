"""A backlog of realistic events: complaints' lives, told together as they would stand on the log.

The first minute of a complaint (received, triaged, assigned, acknowledged) stands close together; what people do
comes later, between the events of thousands of others. A service's own events are left out of its backlog.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shared import ids
from shared.events import Event
from shared.events.examples import EXAMPLES
from shared.events.values import Person
from shared.kafka import Message, Producer, ensure_topics, partition_of
from shared.runtime.health import topics
from shared.settings import Settings
from tests.support.log import message
from tests.support.story import Story

_TEXT: Final = (
    "You took 49.90 from my card twice for the same order, on 27 February and again on 1 March, and nobody calls me "
    "back although I have asked three times. I want the second charge back, and I want to know how this could happen."
)
# How many other complaints come in before each of the ten events of a life.
_DELAYS: Final = (0, 5, 5, 10, 600, 600, 1500, 2000, 2600, 2600)
_CHUNK: Final = 20_000


class Life(Story):
    """A complaint from its coming in to its end: ten events, one promise kept."""

    def live(self, number: int) -> "Life":
        """All of it."""
        person = Person(name="Ana Ruiz", email=f"ana.ruiz.{number}@example.org", language="es")
        self.received(text=_TEXT, complainant=person, subject="Charged twice", number=ids.new_number(), place="Madrid")
        self._say("complaint.triaged")
        self._say("complaint.assigned")
        self._say("complaint.acknowledged", promise_id=None)
        self.answered(text=_TEXT, is_first=True)
        self.made()
        self.kept()
        self.resolved()
        self.verified()
        self.closed()
        return self

    def _say(self, event_type: str, **changes: Any) -> None:
        self.say(EXAMPLES[event_type].model_copy(update=changes))


def lives(events: int, service: str | None) -> Iterator[Event[Any]]:
    """At least so many events in the order of the log, without those that this service says itself."""
    each = sum(one.source != service for one in Life("x").live(0).events)
    count = -(-events // each)
    now = datetime.now(UTC)  # noqa: TID251 - it must be young, as a real backlog is
    waiting: dict[int, list[Event[Any]]] = {}
    for place in range(count + max(_DELAYS) + 1):
        if place < count:
            start = now - timedelta(minutes=60)
            life = Life(ids.uuid7(start), start).live(place)
            for delay, event in zip(_DELAYS, life.events, strict=True):
                if event.source != service:
                    waiting.setdefault(place + delay, []).append(event)
        yield from waiting.pop(place, ())


async def publish(settings: Settings, events: int, service: str | None) -> int:
    """The topics exist and hold the backlog; answers how many events it has."""
    await ensure_topics(settings.kafka, topics(settings))
    producer = Producer(settings.kafka)
    said = 0
    try:
        chunk: list[Message] = []
        for event in lives(events, service):
            chunk.append(message(event))
            if len(chunk) == _CHUNK:
                said += await _send(producer, settings, chunk)
                chunk = []
        said += await _send(producer, settings, chunk)
    finally:
        await producer.close()
    return said


async def _send(producer: Producer, settings: Settings, chunk: list[Message]) -> int:
    queues: dict[int, list[Message]] = {}
    for one in chunk:
        queues.setdefault(partition_of(one[0], settings.partitions), []).append(one)
    sent = await producer.send(settings.lifecycle_topic, queues)
    if sum(sent.values()) != len(chunk):
        raise RuntimeError("the backlog could not be published")
    return len(chunk)
