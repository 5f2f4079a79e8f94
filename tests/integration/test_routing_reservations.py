"""A place kept and not used, step by step: after a crash, given back, given back too late."""

from datetime import datetime
from typing import Any

import pytest

from services.routing.domain.assignment import Assignment
from services.routing.domain.commanding import take
from services.routing.prepare import Preparation
from shared.decision import Decision
from shared.events.intake import ComplaintMerged, ComplaintUnmerged
from shared.runtime.service import Heard
from shared.settings import Settings
from tests.integration.test_routing_places import RESOLVED, card, held, make, routing, shown
from tests.support.log import Log, event
from tests.support.routing import MONDAY
from tests.support.running import Running

pytestmark = pytest.mark.servers


def preparation(running: Running) -> Preparation:
    found = running.runtime.desk.service.prepare
    assert isinstance(found, Preparation)
    return found


async def turn_of(running: Running, complaint_id: str) -> int:
    document = await running.document(complaint_id)
    assert document is not None
    turn: int = document["state"]["turn"]
    return turn


async def test_a_batch_prepared_again_after_a_crash_uses_the_places_it_kept(settings: Settings) -> None:
    async with routing(settings, ana={}, ben={}) as running:
        batch: list[Heard[Assignment]] = [Heard(f"k{n}", None, [event(card(n), f"k{n}")]) for n in range(3)]
        first = await preparation(running)(batch)
        again = await preparation(running)(batch)
        assert {name: grant.agent for name, grant in first.grants.items()} == {
            name: grant.agent for name, grant in again.grants.items()
        }
        assert sorted(str(grant.agent) for grant in first.grants.values()) == ["None", "ana", "ben"]
        assert await held(running) == {"ana": 1, "ben": 1}


async def test_no_place_is_kept_for_what_was_over_before_its_merge_was_undone(settings: Settings, log: Log) -> None:
    parted = [
        event(ComplaintMerged(into="k2", by="ana"), "k1", 2),
        event(ComplaintUnmerged(out_of="k2", by="ana"), "k1", 3),
    ]
    async with routing(settings) as running:
        await log.publish(event(card(1), "k1"))
        await shown(running, "k1", agent="ana")
        case = (await running.runtime.desk.load("k1")).state
        assert case is not None
        at_once = await preparation(running)([Heard("k1", case, [event(RESOLVED, "k1"), *parted])])
        long_over = await preparation(running)([Heard("k1", case.ended().but(over=True), parted)])
        assert (at_once.grants, long_over.grants, await held(running)) == ({}, {}, {"ana": 0})
        open_before = await preparation(running)([Heard("k1", case, parted)])
        assert open_before.grants["k1"].agent == "ana"


async def test_a_place_kept_for_a_save_that_came_too_late_is_given_back(settings: Settings, log: Log) -> None:
    async with routing(settings, capacity=2, ana={}, ben={}) as running:
        late = preparation(running)
        zombie = Preparation(late.assigner, late.rules)
        said = event(card(1), "k1")
        await zombie([Heard("k1", None, [said])])
        kept = next(name for name, count in (await held(running)).items() if count)
        # Another replica that had not seen this place took another one, and its save was first.
        other = "ben" if kept == "ana" else "ana"
        places = late.assigner.places
        await running.runtime.database["places"].update_one({"_id": kept}, {"$set": {"held": []}})
        await places.keep({other: {"k1": 0}}, await places.taken([other]), MONDAY)
        await log.publish(said)
        await shown(running, "k1", agent=other)
        await places.keep({kept: {"k1": 0}}, await places.taken([kept]), MONDAY)
        loaded = await running.runtime.desk.load("k1")
        await zombie([Heard("k1", loaded.state, [])])
        assert await held(running) == {kept: 0, other: 1}


async def test_a_place_in_use_is_not_given_back(settings: Settings, log: Log) -> None:
    async with routing(settings) as running:
        await log.publish(event(card(1), "k1"))
        await shown(running, "k1", agent="ana")
        document = await running.document("k1")
        assert document is not None
        await preparation(running).assigner.places.give_back("ana", "k1", document["state"]["place"])
        assert await held(running) == {"ana": 1}
        assert await running.document("k1") == document


async def test_who_comes_late_with_a_place_that_was_given_back_cannot_use_it(settings: Settings, log: Log) -> None:
    async with routing(settings, ana={"active": False}) as running:
        places = preparation(running).assigner.places
        await log.publish(event(card(1), "k1"))
        await shown(running, "k1", waiting=True)
        turn = await turn_of(running, "k1")
        await places.keep({"ana": {"k1": turn}}, await places.taken(["ana"]), MONDAY)
        await places.give_back("ana", "k1", turn)
        assert await held(running) == {"ana": 0}
        assert await turn_of(running, "k1") == turn + 1

        def slow(case: Assignment, *, now: datetime, world: Any) -> Decision[Assignment]:
            del world
            return take(case, "ana", ("too late",), now=now, turn=turn)

        assert not await running.runtime.desk.submit("k1", slow)
        await shown(running, "k1", waiting=True, agent=None)


async def test_what_is_given_back_late_takes_no_newer_place(settings: Settings, log: Log) -> None:
    async with routing(settings, ana={"active": False}) as running:
        places = preparation(running).assigner.places
        await log.publish(event(card(1), "k1"))
        await shown(running, "k1", waiting=True)
        turn = await turn_of(running, "k1")
        await places.keep({"ana": {"k1": turn}}, await places.taken(["ana"]), MONDAY)
        await places.release([("ana", "k1", turn)])
        assert await held(running) == {"ana": 1}
        await places.release([("ana", "k1", turn + 1)])
        assert await held(running) == {"ana": 0}


async def test_an_agents_places_are_kept_only_as_they_were_read(settings: Settings) -> None:
    async with routing(settings) as running:
        places = preparation(running).assigner.places
        seen = await places.taken(["ana"])
        assert await places.keep({"ana": {"k1": 0}}, seen, MONDAY) == set()
        assert await places.keep({"ana": {"k2": 0}}, seen, MONDAY) == {"ana"}
        assert await held(running) == {"ana": 1}


async def test_promises_due_today_weigh_the_choice(settings: Settings, log: Log) -> None:
    from shared.events.promises import PromiseMade
    from shared.events.values import Promise

    async with routing(settings, capacity=9, ana={}) as running:
        await log.publish(event(card(1), "k1"))
        await shown(running, "k1", agent="ana")
        promises = [
            Promise(
                id=f"p{n}", complaint_id="k1", kind="callback", words="w", due=MONDAY, owner="ben", said_by="person",
                made_at=MONDAY,
            )
            for n in range(2)
        ]  # fmt: skip
        await log.publish(*[event(PromiseMade(promise=one), "k1", n) for n, one in enumerate(promises, start=1)])
        await running.until_applied("k1", "followup", 2)
        await make(running, "agents", "ben", name="Ben", team="cards", capacity=9)
        await log.publish(event(card(2), "k2"))
        assert "1 of 9 open" in str((await shown(running, "k2", agent="ana"))["why"])
