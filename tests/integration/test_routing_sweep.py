"""Places that nobody uses come back, and none that somebody uses; as after a crash between two steps."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from services.routing.domain.assignment import Assignment
from services.routing.domain.commanding import take
from services.routing.places import Places
from services.routing.sweep import Sweep
from shared.decision import Decision
from shared.settings import Settings
from tests.integration.test_routing_places import card, held, routing, shown
from tests.integration.test_routing_reservations import preparation, turn_of
from tests.support.log import Log, event
from tests.support.routing import MONDAY
from tests.support.running import Running

pytestmark = pytest.mark.servers


async def swept(running: Running) -> None:
    """A sweep of our own has looked twice."""
    sweep = Sweep(preparation(running).assigner.places)
    await sweep.round()
    await sweep.round()


async def keep(places: Places, agent: str, complaint_id: str, turn: int) -> None:
    assert not await places.keep({agent: {complaint_id: turn}}, await places.taken([agent]), MONDAY)


async def test_a_place_that_was_never_given_back_is_free_again(settings: Settings, log: Log) -> None:
    """As left by a transfer whose process died after the save."""
    async with routing(settings, capacity=2, ana={}, ben={}) as running:
        places = preparation(running).assigner.places
        await log.publish(event(card(1), "k1"))
        agent = (await shown(running, "k1"))["agent"]
        other = "ben" if agent == "ana" else "ana"
        await keep(places, other, "k1", await turn_of(running, "k1") - 1)
        await swept(running)
        assert await held(running) == {agent: 1, other: 0}
        await shown(running, "k1", agent=agent)


async def test_a_place_in_use_stays(settings: Settings, log: Log) -> None:
    async with routing(settings) as running:
        await log.publish(event(card(1), "k1"))
        await shown(running, "k1", agent="ana")
        before = await running.document("k1")
        await swept(running)
        assert await held(running) == {"ana": 1}
        after = await running.document("k1")
        assert before is not None
        assert after is not None
        assert (after["version"], after["state"]) == (before["version"], before["state"])


async def test_a_place_of_a_complaint_not_heard_of_yet_waits_for_it(settings: Settings, log: Log) -> None:
    async with routing(settings) as running:
        await keep(preparation(running).assigner.places, "ana", "k1", 0)
        await swept(running)
        assert await held(running) == {"ana": 1}
        await log.publish(event(card(1), "k1"))
        await shown(running, "k1", agent="ana")
        assert await held(running) == {"ana": 1}


async def test_a_place_of_a_complaint_whose_first_event_is_parked_is_free_again(settings: Settings, log: Log) -> None:
    async with routing(settings) as running:
        await keep(preparation(running).assigner.places, "ana", "k1", 0)
        store = running.runtime.desk.store
        shell = (await store.load_many(["k1"]))["k1"]
        shell.parked = True
        assert not await store.save([shell])
        redriven = (await store.load_many(["k1"]))["k1"]
        await swept(running)
        assert await held(running) == {"ana": 0}
        redriven.parked = False
        assert await store.save([redriven]) == {"k1"}, "who has prepared with that place must prepare anew"
        await log.publish(event(card(2), "k2"))
        await shown(running, "k2", agent="ana")


@dataclass
class Meanwhile:
    """A collection; behind the first look into it something happens before the one who looked goes on."""

    real: Any
    happens: Callable[[], Awaitable[None]]
    looked: bool = False

    def __getattr__(self, name: str) -> Any:
        """All else is the collection's own."""
        return getattr(self.real, name)

    async def find_one(self, *asked: Any) -> Any:
        """What was there before it happened."""
        found = await self.real.find_one(*asked)
        if not self.looked:
            self.looked = True
            await self.happens()
        return found


async def test_a_place_that_is_used_while_it_is_given_back_is_put_back(settings: Settings, log: Log) -> None:
    async with routing(settings) as running:
        places = preparation(running).assigner.places
        await keep(places, "ana", "k1", 0)

        async def used() -> None:
            await log.publish(event(card(1), "k1"))
            await shown(running, "k1", agent="ana")

        await Places(places.places, Meanwhile(places.documents, used)).give_back("ana", "k1", 0)  # type: ignore[arg-type]
        assert await held(running) == {"ana": 1}
        await log.publish(event(card(2), "k2"))
        await shown(running, "k2", waiting=True)


async def test_a_slow_holder_cannot_use_a_place_that_was_swept(settings: Settings, log: Log) -> None:
    async with routing(settings, ana={"active": False}) as running:
        await log.publish(event(card(1), "k1"))
        await shown(running, "k1", waiting=True)
        turn = await turn_of(running, "k1")
        await keep(preparation(running).assigner.places, "ana", "k1", turn)
        await swept(running)
        assert await held(running) == {"ana": 0}

        def slow(case: Assignment, *, now: datetime, world: Any) -> Decision[Assignment]:
            del world
            return take(case, "ana", ("too late",), now=now, turn=turn)

        assert not await running.runtime.desk.submit("k1", slow)
        await shown(running, "k1", waiting=True, agent=None)
