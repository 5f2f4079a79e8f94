"""A backlog of realistic events: complaints' lives, told together as they would stand on the log.

The first minute of a complaint (received, triaged, assigned, acknowledged) stands close together; what people do
comes later, between the events of thousands of others. All of the ten are there, whoever says them: a service meets
its own on the log, too.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class Backlog:
    """What was put on a log: where each partition ends, and whose lives it tells, in their order."""

    ends: Counter[int] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)

    @property
    def events(self) -> int:
        """How many."""
        return self.ends.total()

    def add(self, more: "Backlog") -> None:
        """These stand behind it."""
        self.ends.update(more.ends)
        self.complaints += more.complaints


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


def lives(events: int) -> Iterator[Event[Any]]:
    """At least so many events in the order of the log, whoever says them."""
    count = -(-events // len(_DELAYS))
    now = datetime.now(UTC)  # noqa: TID251 - it must be young, as a real backlog is
    waiting: dict[int, list[Event[Any]]] = {}
    for place in range(count + max(_DELAYS) + 1):
        if place < count:
            start = now - timedelta(minutes=60)
            life = Life(ids.uuid7(start), start).live(place)
            for delay, event in zip(_DELAYS, life.events, strict=True):
                waiting.setdefault(place + delay, []).append(event)
        yield from waiting.pop(place, ())


def heard_by(service: str) -> int:
    """How many of the ten a service hears: all but its own, which it only decodes."""
    return sum(event.source != service for event in Life("x").live(0).events)


async def publish(logs: Sequence[Settings], events: Iterable[Event[Any]]) -> Backlog:
    """The same events stand on each of these logs, whose topics exist now. Answers what was put there."""
    producer = Producer(logs[0].kafka)
    told = Backlog()
    try:
        for log in logs:
            await ensure_topics(log.kafka, topics(log))
        for chunk in _chunks(iter(events)):
            queues: dict[int, list[Message]] = {}
            for event in chunk:
                one = message(event)
                queues.setdefault(partition_of(one[0], logs[0].partitions), []).append(one)
            for log in logs:
                await _send(producer, log, queues)
            received = [event.complaint_id for event in chunk if event.type == "complaint.received"]
            told.add(Backlog(Counter({place: len(queue) for place, queue in queues.items()}), received))
    finally:
        await producer.close()
    return told


def _chunks(events: Iterator[Event[Any]]) -> Iterator[list[Event[Any]]]:
    while chunk := list(itertools.islice(events, _CHUNK)):
        yield chunk


async def _send(producer: Producer, settings: Settings, queues: Mapping[int, list[Message]]) -> None:
    sent = await producer.send(settings.lifecycle_topic, queues)
    if sent != {place: len(queue) for place, queue in queues.items()}:
        raise RuntimeError("the backlog could not be published")
