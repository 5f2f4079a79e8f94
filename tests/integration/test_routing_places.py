"""Who gets which complaint, on a real Kafka and a real MongoDB, also with two replicas at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from services.routing.main import BLUEPRINT
from shared.clock import HandClock
from shared.events.followup import ComplaintReopened, ComplaintResolved
from shared.events.intake import ComplaintReceived, ComplaintWithdrawn
from shared.events.reference import ReferenceKind
from shared.settings import Settings
from tests.support.log import Log, event
from tests.support.routing import MONDAY, complaint
from tests.support.running import Running, service
from tests.support.wait import until

pytestmark = pytest.mark.servers

RESOLVED = ComplaintResolved(by="ana", outcome="upheld", text="done", elapsed_seconds=1)


@asynccontextmanager
async def routing(
    settings: Settings, *, capacity: int = 1, clock: HandClock | None = None, **agents: dict[str, Any]
) -> AsyncIterator[Running]:
    """Routing with one team for cards, in office hours, and these agents (else one, Ana)."""
    async with service(BLUEPRINT, settings, clock or HandClock(MONDAY)) as running:
        await make(running, "teams", "cards", name="Cards", calendar="office-hours", products=["card"])
        for name, fields in (agents or {"ana": {}}).items():
            await make(running, "agents", name, **{"name": name, "team": "cards", "capacity": capacity, **fields})
        yield running


async def make(running: Running, kind: str, datum_id: str, /, **fields: Any) -> None:
    """Reference data is there, and the service knows it."""
    made = await running.http.put(f"/v1/{kind}/{datum_id}", json=fields, headers={"If-None-Match": "*"})
    assert made.status_code in (201, 412), made.text
    await known(running, kind, datum_id, 1)


async def known(running: Running, kind: str, name: str, version: int) -> None:
    """The service's own snapshot holds this version."""
    kinds: dict[str, ReferenceKind] = {
        "teams": "team",
        "agents": "agent",
        "policies": "policy",
        "calendars": "calendar",
    }

    async def look() -> bool:
        return running.runtime.reference.versions.get((kinds[kind], name), 0) >= version

    await until(look, what=f"{kind}/{name} {version}")


async def shown(running: Running, complaint_id: str, **wanted: Any) -> dict[str, Any]:
    """The assignment, once these fields are so."""

    async def look() -> dict[str, Any] | None:
        answer = await running.http.get(f"/v1/assignments/{complaint_id}")
        body: dict[str, Any] = answer.json()
        return (
            body if answer.status_code == 200 and all(body[name] == value for name, value in wanted.items()) else None
        )

    return await until(look, what=f"{complaint_id} {wanted}")


async def held(running: Running) -> dict[str, int]:
    """How many places of each agent are taken."""
    return {place["_id"]: len(place["held"]) async for place in running.runtime.database["places"].find()}


def card(number: int, **fields: Any) -> ComplaintReceived:
    """A complaint about a card."""
    known_fields = {"product": "card", "customer_id": f"c-{number}", "number": f"N-{number}", **fields}
    return complaint(**known_fields)


async def test_two_replicas_never_push_an_agent_over_capacity(settings: Settings, log: Log) -> None:
    ids = [f"k{n:03}" for n in range(60)]
    async with routing(settings, capacity=7) as one, service(BLUEPRINT, settings, HandClock(MONDAY)) as two:
        await known(two, "agents", "ana", 1)
        for start in range(0, 60, 10):
            await log.publish(*[event(card(n), ids[n]) for n in range(start, start + 10)])
        for complaint_id in ids:
            await log.until("complaint.assigned", complaint_id)
        documents = [await one.document(complaint_id) for complaint_id in ids]
        states = [document["state"] for document in documents if document]
        assert sum(state.get("agent") == "ana" for state in states) == 7
        assert sum(state["waiting"] for state in states) == 53
        assert await held(one) == {"ana": 7}


async def test_one_free_place_is_given_once_however_many_reach_for_it(settings: Settings) -> None:
    from services.routing.assign import Wish
    from services.routing.domain.candidates import Wanted

    async with routing(settings) as one, service(BLUEPRINT, settings, HandClock(MONDAY)) as two:
        await known(two, "agents", "ana", 1)

        def wish(name: str) -> Wish:
            return Wish(Wanted(name, "cards", "card", "card", "en"), 2, MONDAY, told_at=MONDAY)

        both = [replica.runtime.desk.service.prepare.assigner for replica in (one, two)]  # type: ignore[attr-defined]
        grants = await asyncio.gather(*[both[n % 2].allocate([wish(f"k{n}")]) for n in range(20)])
        winners = [name for grant in grants for name, found in grant.items() if found.agent]
        assert len(winners) == 1
        again = await both[1].allocate([wish(winners[0])])
        assert again[winners[0]].agent == "ana", "a place that is held is used, not taken twice"
        assert await held(one) == {"ana": 1}


async def test_the_customers_owner_goes_on_with_the_story(settings: Settings, log: Log) -> None:
    async with routing(settings, capacity=9, ana={}, ben={}, eva={}) as running:
        await log.publish(event(card(1, customer_id="same"), "k1"))
        first = await shown(running, "k1", open=True)
        for n in range(2, 6):
            await log.publish(event(card(n, customer_id="same"), f"k{n}"))
            assert (await shown(running, f"k{n}", open=True))["agent"] == first["agent"]


async def test_nobody_gets_a_complaint_about_themselves_nor_a_later_one(settings: Settings, log: Log) -> None:
    async with routing(settings, capacity=9, ana={"name": "Ana García"}) as running:
        await log.publish(event(card(1, customer_id="same", kind="treatment", about=[{"name": "Ana García"}]), "k1"))
        await shown(running, "k1", waiting=True, agent=None)
        await log.publish(event(card(2, customer_id="same"), "k2"), event(card(3), "k3"))
        # k1 is older and nobody may own it; the queue's loop passes it and hands out k3.
        await shown(running, "k3", agent="ana")
        await shown(running, "k2", waiting=True, agent=None)


async def test_the_queue_gives_the_highest_priority_first_and_then_the_oldest(settings: Settings, log: Log) -> None:
    early = MONDAY - timedelta(minutes=30)
    async with routing(settings) as running:
        await log.publish(event(card(0), "k0"))
        await shown(running, "k0", agent="ana")
        await log.publish(event(card(1, text="broken"), "young"))
        await log.publish(event(card(2, text="broken", at=early), "old"))
        await log.publish(event(card(3, signals=["safety"]), "urgent"))
        for name in ("young", "old", "urgent"):
            await shown(running, name, waiting=True)
        order: list[str] = []
        last = "k0"
        for _ in range(3):
            await log.publish(event(RESOLVED, last))
            last = await _next_of(running, {"young", "old", "urgent"} - set(order))
            order.append(last)
        assert order == ["urgent", "old", "young"]


async def _next_of(running: Running, names: set[str]) -> str:
    async def look() -> str | None:
        found = await running.runtime.desk.documents.find_one(
            {"_id": {"$in": sorted(names)}, "state.agent": "ana", "state.open": True}
        )
        return str(found["_id"]) if found else None

    return await until(look)


async def test_what_ends_gives_its_place_back_once(settings: Settings, log: Log) -> None:
    async with routing(settings) as running:
        await log.publish(event(card(1), "k1"), event(card(2), "k2"))
        await log.until("complaint.assigned", "k2")
        assert await held(running) == {"ana": 1}
        first = "k1" if (await shown(running, "k1", open=True))["agent"] else "k2"
        other = "k2" if first == "k1" else "k1"
        gone = event(ComplaintWithdrawn(), first, 2)
        await log.publish(gone, gone)
        await shown(running, other, agent="ana")
        assert await held(running) == {"ana": 1}
        await log.publish(event(RESOLVED, other))
        await shown(running, other, open=False, agent="ana")
        assert await held(running) == {"ana": 0}


async def test_reopened_to_someone_off_shift_it_waits_until_the_shift_begins(settings: Settings, log: Log) -> None:
    clock = HandClock(MONDAY)
    async with routing(settings, clock=clock) as running:
        await log.publish(event(card(1), "k1"))
        await shown(running, "k1", agent="ana")
        await log.publish(event(RESOLVED, "k1"))
        await shown(running, "k1", open=False)
        clock.move(timedelta(hours=12))
        await log.publish(event(ComplaintReopened(reason="not_solved", cycle=2), "k1", 2, time=clock.now()))
        waiting = await shown(running, "k1", open=True, waiting=True)
        assert waiting["cycle"] == 2
        assert await held(running) == {"ana": 0}
        clock.move(timedelta(hours=12))
        await shown(running, "k1", agent="ana", waiting=False)
        said = await log.until("complaint.assigned", "k1", 3)
        assert [one.data.agent for one in said] == ["ana", None, "ana"]


async def test_an_agent_who_leaves_keeps_nothing(settings: Settings, log: Log) -> None:
    async with routing(settings) as running:
        await log.publish(event(card(1), "k1"))
        await shown(running, "k1", agent="ana")
        gone = {"name": "ana", "team": "cards", "capacity": 1, "active": False}
        await running.http.put("/v1/agents/ana", json=gone, headers={"If-Match": '"1"'})
        await shown(running, "k1", waiting=True)

        async def free() -> bool:
            return await held(running) == {"ana": 0}

        await until(free)
        await make(running, "agents", "ben", name="Ben", team="cards")
        await shown(running, "k1", agent="ben")
