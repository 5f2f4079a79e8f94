"""Everybody at once: transfers, endings and reopenings on two replicas, and capacity all the while."""

import asyncio
import random
from typing import Any

import pytest

from services.routing.main import BLUEPRINT
from shared.clock import HandClock
from shared.events.followup import ComplaintReopened, ComplaintResolved
from shared.settings import Settings
from tests.integration.test_routing_places import card, known, routing, shown
from tests.support.log import Log, event
from tests.support.routing import MONDAY
from tests.support.running import Running, service
from tests.support.wait import until

pytestmark = pytest.mark.servers

AGENTS = ("ana", "ben", "eva")
CAPACITY = 3
RESOLVED = ComplaintResolved(by="ana", outcome="upheld", text="done", elapsed_seconds=1)


async def transfer(running: Running, complaint_id: str, agent: str) -> None:
    ask = {"team": "cards", "agent": agent, "reason": "r", "summary": "s"}
    answer = await running.http.post(f"/v1/assignments/{complaint_id}/transfer", json=ask)
    assert answer.status_code in (200, 409), answer.text


async def places(running: Running) -> dict[str, list[dict[str, Any]]]:
    return {one["_id"]: one["held"] async for one in running.runtime.database["places"].find()}


async def watch(running: Running, stop: asyncio.Event) -> int:
    """The most places that an agent ever had."""
    most = 0
    while not stop.is_set():
        most = max([most, *map(len, (await places(running)).values())])
        await asyncio.sleep(0.01)
    return most


async def in_use(running: Running) -> dict[str, list[tuple[str, int]]]:
    """By agent, (complaint, turn) of the places that open complaints say they use."""
    used: dict[str, list[tuple[str, int]]] = {name: [] for name in AGENTS}
    async for one in running.runtime.desk.documents.find({"state.open": True, "state.agent": {"$ne": None}}):
        used[one["state"]["agent"]].append((one["_id"], one["state"]["place"]))
    return {name: sorted(found) for name, found in used.items()}


async def test_two_commands_at_once_hand_it_over_twice_or_refuse_and_lose_no_place(
    settings: Settings, log: Log
) -> None:
    chance = random.Random(7)
    ids = [f"k{n}" for n in range(12)]
    async with (
        routing(settings, capacity=CAPACITY, ana={}, ben={}, eva={}) as one,
        service(BLUEPRINT, settings, HandClock(MONDAY)) as two,
    ):
        await known(two, "agents", "eva", 1)
        await log.publish(*[event(card(n), name) for n, name in enumerate(ids)])
        for name in ids:
            await shown(one, name, open=True)
        stop = asyncio.Event()
        watching = asyncio.create_task(watch(one, stop))
        for round_ in range(5):
            work = [transfer(chance.choice((one, two)), chance.choice(ids), chance.choice(AGENTS)) for _ in range(24)]
            ended = chance.sample(ids, 3)
            work += [log.publish(event(RESOLVED, name, 2 * round_ + 1)) for name in ended]
            await asyncio.gather(*work)
            again = ComplaintReopened(reason="not_solved", cycle=round_ + 2)
            rest = [name for name in ids if name not in ended]
            # Each complaint hears two events of follow-up a round, so that its numbers have no gap.
            await log.publish(*[event(RESOLVED, name, 2 * round_ + 1) for name in rest])
            await log.publish(*[event(again, name, 2 * round_ + 2) for name in ids])
        for name in ids:
            await one.until_applied(name, "followup", 10)

        async def settled() -> dict[str, list[tuple[str, int]]] | None:
            used = await in_use(one)
            return used if sum(map(len, used.values())) == len(AGENTS) * CAPACITY else None

        used = await until(settled, what="every place is in use again: none was lost")
        stop.set()
        assert await watching == CAPACITY
        held = {name: sorted((x["id"], x["turn"]) for x in found) for name, found in (await places(one)).items()}
        assert held == used, "what is kept is what is used"
