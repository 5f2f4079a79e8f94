"""The rules of the timer. Source: "Timers" in the architecture."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.clock import HandClock
from shared.events import Event
from shared.runtime.ahead import falling_due
from shared.runtime.service import Heard
from shared.settings import Settings
from tests.support.log import NOW, Log, event
from tests.support.running import Running, service
from tests.support.tally import Tally, blueprint, received, said
from tests.support.wait import until

pytestmark = pytest.mark.servers


def count_ticks(replica: Running) -> list[tuple[datetime, Any]]:
    """The instant and the world of each tick to come."""
    whole, ticks = replica.runtime.desk.service.tick, []

    def counted(state: Any, *, now: datetime, world: Any) -> Any:
        ticks.append((now, world))
        return whole(state, now=now, world=world)

    object.__setattr__(replica.runtime.desk.service, "tick", counted)
    return ticks


def meet_once(replica: Running, both: asyncio.Barrier) -> None:
    """The replica's first tick waits, with its documents loaded, until the other replica has loaded the same ones."""
    prepare = replica.runtime.desk.service.prepare
    met: list[bool] = []

    async def together(heard: Sequence[Heard[Tally]]) -> Any:
        if not heard and not met:
            met.append(True)
            await asyncio.wait_for(both.wait(), 60)
        return await prepare(heard)

    object.__setattr__(replica.runtime.desk.service, "prepare", together)


async def test_two_replicas_of_the_timer_break_one_promise_once(log: Log, settings: Settings) -> None:
    clock = HandClock(NOW)
    ids = [f"c{n}" for n in range(30)]
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(service(blueprint(), settings, clock))
        two = await stack.enter_async_context(service(blueprint(), settings, clock))
        both = asyncio.Barrier(2)
        for replica in (one, two):
            meet_once(replica, both)
        await log.publish(*[event(received(due=NOW + timedelta(hours=1)), key, 1) for key in ids])
        for key in ids:
            await one.until_applied(key, "intake", 1)
        clock.move(timedelta(hours=2))
        for key in ids:
            await log.until("promise.broken", key)
        await log.publish(*[event(said("after"), key, 2) for key in ids])
        for key in ids:
            document = await one.until_applied(key, "intake", 2)
            assert document["state"]["broken"] == 1
            broken = await log.until("promise.broken", key)
            assert len({x.id for x in broken}) == 1, "said once, however often it is published"


async def test_what_was_said_while_away_is_heard_before_the_timer_starts(log: Log, settings: Settings) -> None:
    """A tick that comes first would break a promise that a waiting event takes off the list."""
    clock = HandClock(NOW)
    async with service(blueprint(), settings, clock) as tally:
        await log.publish(event(received(due=NOW + timedelta(hours=1)), "c1", 1))
        await tally.until_applied("c1", "intake", 1)
    await log.publish(event(said("while away"), "c1", 2))
    clock.move(timedelta(hours=2))
    async with service(blueprint(), settings, clock) as tally:
        await log.until("promise.broken", "c1")
        document = await tally.document("c1")
        said_by_tally = [x for x in await log.hear() if x.source == "followup"]
    assert document is not None
    assert document["state"]["broken"] == 1
    assert [x.type for x in said_by_tally] == ["complaint.resumed", "promise.broken"]


async def test_a_document_that_is_owed_a_tick_keeps_it_through_what_comes_before(log: Log, settings: Settings) -> None:
    """As when a policy changes: the mark must not be lost to an event that is folded first."""
    clock = HandClock(NOW)
    async with service(blueprint(), settings, clock) as tally:
        await log.publish(event(received(due=NOW + timedelta(hours=9)), "c1", 1))
        await tally.until_applied("c1", "intake", 1)
        later = {"$set": {"due_at": NOW + timedelta(hours=1), "stale": True}, "$inc": {"version": 1}}
        await tally.runtime.desk.documents.update_one({"_id": "c1"}, later)
        await log.publish(event(said("before the tick"), "c1", 2))
        await tally.until_applied("c1", "intake", 2)
        clock.move(timedelta(hours=2))
        await log.until("promise.broken", "c1")
        document = await tally.document("c1")
    assert document is not None
    assert "stale" not in document
    assert document["due_at"] is None


AHEAD, SOON = timedelta(hours=10), timedelta(minutes=5)
DUE = NOW + AHEAD + timedelta(minutes=2)


async def soon(log: Log, tally: Running, clock: HandClock, *complaints: Event[Any]) -> None:
    """These complaints are there, and what they are due for comes into sight."""
    await log.publish(*complaints)
    for one in complaints:
        await tally.until_applied(one.complaint_id, "intake", 1)
    clock.move(SOON)


async def until_ticked(ticks: list[Any], number: int) -> None:
    """So many ticks were made."""

    async def there() -> bool:
        return len(ticks) >= number

    await until(there, what=f"{number} ticks")


async def decided_ahead(log: Log, tally: Running, clock: HandClock, *ids: str) -> list[tuple[datetime, Any]]:
    """Complaints that are due soon, and were ticked already; the ticks from now on."""
    ticks = count_ticks(tally)
    await soon(log, tally, clock, *[event(received(due=DUE), key, 1) for key in ids])
    await until_ticked(ticks, len(ids))
    return ticks


@pytest.mark.parametrize("ahead", [timedelta(0), AHEAD], ids=["at its instant", "ahead"])
@pytest.mark.parametrize("fault", ["it raises", "nothing can hold what it makes"])
async def test_a_tick_that_fails_is_tried_later_and_holds_nobody_up(
    log: Log, settings: Settings, fault: str, ahead: timedelta
) -> None:
    clock = HandClock(NOW)
    async with service(blueprint(ahead=ahead), settings, clock) as tally:
        good = tally.runtime.desk.service.tick

        def sick(state: object, **rest: object) -> object:
            if getattr(state, "number", "") != "0000-0000":
                return good(state, **rest)
            if fault == "it raises":
                raise ValueError("cannot tick")
            decision = good(state, **rest)
            return replace(decision, state=decision.state.model_copy(update={"number": "x" * 17_000_000}))

        object.__setattr__(tally.runtime.desk.service, "tick", sick)
        ticks = count_ticks(tally)
        bad = received("0000-0000", DUE)
        await soon(log, tally, clock, event(bad, "bad", 1), event(received(due=DUE), "good", 1))
        if ahead:
            await until_ticked(ticks, 2)
        clock.move(AHEAD)
        await log.until("promise.broken", "good")
        async with asyncio.timeout(60):
            while "retry_at" not in ((await tally.document("bad")) or {}):  # noqa: ASYNC110 - a state of the store
                await asyncio.sleep(0.05)
        object.__setattr__(tally.runtime.desk.service, "tick", good)
        await log.until("promise.broken", "bad")


async def test_two_replicas_that_both_decided_ahead_break_one_promise_once(log: Log, settings: Settings) -> None:
    clock = HandClock(NOW)
    ids = [f"c{n}" for n in range(30)]
    async with AsyncExitStack() as stack:
        replicas = [await stack.enter_async_context(service(blueprint(ahead=AHEAD), settings, clock)) for _ in range(2)]
        ticks = [count_ticks(replica) for replica in replicas]
        await soon(log, replicas[0], clock, *[event(received(due=DUE), key, 1) for key in ids])
        for made in ticks:
            await until_ticked(made, len(ids))
        clock.move(AHEAD)
        for key in ids:
            await log.until("promise.broken", key)
        await log.publish(*[event(said("after"), key, 2) for key in ids])
        for key in ids:
            document = await replicas[0].until_applied(key, "intake", 2)
            assert document["state"]["broken"] == 1
            assert len({one.id for one in await log.until("promise.broken", key)}) == 1


async def test_what_was_decided_ahead_is_said_at_its_instant_and_not_decided_again(
    log: Log, settings: Settings
) -> None:
    clock = HandClock(NOW)
    async with service(blueprint(ahead=AHEAD), settings, clock) as tally:
        ticks = await decided_ahead(log, tally, clock, "c1", "c2")
        clock.move(DUE - clock.now() - timedelta(seconds=1))
        await log.publish(event(received(due=clock.now()), "a second before", 1))
        await log.until("promise.broken", "a second before")
        assert (await tally.document("c1") or {})["due_at"] == DUE, "not said before its instant"
        ticks.clear()
        clock.move(timedelta(minutes=1))
        broken = [await log.until("promise.broken", key) for key in ("c1", "c2")]
        assert [[one.time for one in each] for each in broken] == [[DUE], [DUE]]
        assert ticks == []


async def test_what_is_touched_after_it_was_decided_is_decided_afresh(log: Log, settings: Settings) -> None:
    clock = HandClock(NOW)
    async with service(blueprint(ahead=AHEAD), settings, clock) as tally:
        ticks = await decided_ahead(log, tally, clock, "c1")
        await log.publish(event(said("in time"), "c1", 2))
        await tally.until_applied("c1", "intake", 2)
        clock.move(AHEAD)
        assert len(await log.until("promise.broken", "c1")) == 1
        document = await tally.document("c1")
    assert document is not None
    assert (document["state"]["heard"][1:], document["state"]["broken"]) == (["in time"], 1)
    assert [at for at, _ in ticks] == [DUE, NOW + SOON + AHEAD]


async def test_what_was_decided_in_another_world_is_decided_afresh(log: Log, settings: Settings) -> None:
    clock, worlds = HandClock(NOW), ["old"]
    async with service(blueprint(ahead=AHEAD, world=lambda: worlds[-1]), settings, clock) as tally:
        ticks = await decided_ahead(log, tally, clock, "c1")
        worlds.append("new")
        clock.move(AHEAD)
        await log.until("promise.broken", "c1")
    assert ticks == [(DUE, "old"), (NOW + SOON + AHEAD, "new")]


async def test_what_was_decided_in_another_world_is_decided_ahead_again(log: Log, settings: Settings) -> None:
    clock, worlds = HandClock(NOW), ["old"]
    async with service(blueprint(ahead=AHEAD, world=lambda: worlds[-1]), settings, clock) as tally:
        ticks = await decided_ahead(log, tally, clock, "c1")
        worlds.append("new")
        clock.move(timedelta(seconds=10))
        await until_ticked(ticks, 2)
        clock.move(AHEAD)
        await log.until("promise.broken", "c1")
    assert ticks == [(DUE, "old"), (DUE, "new")]


async def test_looking_ahead_reads_no_more_than_what_falls_due(settings: Settings) -> None:
    async with service(blueprint(), settings, HandClock(NOW), only="api") as tally:
        documents = tally.runtime.desk.documents
        due = [NOW + timedelta(hours=hours) for hours in range(1, 50)]
        await documents.insert_many([{"_id": f"c{place}", "due_at": at} for place, at in enumerate([*due, None])])
        asked = falling_due(NOW + timedelta(hours=7), NOW + timedelta(hours=9))
        plan = (await documents.find(asked).hint("due").explain())["executionStats"]
    assert (plan["nReturned"], plan["totalDocsExamined"]) == (2, 2)
    assert plan["totalKeysExamined"] <= 3
