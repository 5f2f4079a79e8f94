"""Whom a complaint is about keeps off it, also when that is known only later: on a real Kafka and a real MongoDB."""

from datetime import datetime, timedelta

import pytest

from shared.clock import HandClock
from shared.events.followup import DeadlineOverdue
from shared.events.intake import ComplaintAbsorbed, ComplaintReceived, ComplaintRematched, MessageReceived
from shared.events.values import About
from shared.settings import Settings
from tests.integration.test_routing_places import card, held, routing, shown
from tests.support.log import Log, event
from tests.support.routing import MONDAY, response
from tests.support.running import Running
from tests.support.wait import until

pytestmark = pytest.mark.servers


async def owned(running: Running, log: Log, complaint_id: str, said: ComplaintReceived) -> str:
    """Who has it, now that it is here."""
    await log.publish(event(said, complaint_id))
    return str((await shown(running, complaint_id, open=True, waiting=False))["agent"])


async def test_an_owner_whom_a_merged_complaint_is_about_gives_it_up_with_its_place(
    settings: Settings, log: Log
) -> None:
    async with routing(settings, capacity=9, ana={}, ben={}) as running:
        first = await owned(running, log, "k1", card(1))
        (other,) = {"ana", "ben"} - {first}
        about = (About(agent=first),)
        told = ComplaintAbsorbed(absorbed="k0", number="N-0", started_at=MONDAY, about=about, by="ines")
        await log.publish(event(told, "k1", 2))
        await shown(running, "k1", agent=other)
        assert await held(running) == {first: 0, other: 1}
        said = await log.until("complaint.assigned", "k1", 3)
        assert [one.data.agent for one in said] == [first, None, other]


async def test_an_owner_whom_the_right_customer_complained_about_gives_it_up_with_its_place(
    settings: Settings, log: Log
) -> None:
    async with routing(settings, capacity=9, ana={}, ben={}) as running:
        first = await owned(running, log, "k1", card(1))
        (other,) = {"ana", "ben"} - {first}
        assert await owned(running, log, "k2", card(2, kind="treatment", about=[{"agent": first}])) == other
        await log.publish(event(ComplaintRematched(customer_id="c-2", before="c-1", by="ines"), "k1", 2))
        await shown(running, "k1", agent=other)
        assert await held(running) == {first: 0, other: 2}


async def test_whom_the_customer_complained_about_before_is_told_nothing_and_passes_nothing_on(
    settings: Settings, log: Log
) -> None:
    async with routing(settings, capacity=9, ana={"manager": "lead"}, lead={"capacity": 0}) as running:
        await owned(running, log, "k1", card(1, customer_id="same", kind="treatment", about=[{"agent": "lead"}]))
        await owned(running, log, "k2", card(2, customer_id="same"))
        await owned(running, log, "k3", card(3))
        await owned(running, log, "k0", card(0, customer_id="same", at=MONDAY - timedelta(hours=1)))
        overdue = DeadlineOverdue(clock="first_response", deadline=MONDAY, age_seconds=1)
        await log.publish(*(event(overdue, name) for name in ("k2", "k3", "k0")))
        told = [(await log.until("complaint.escalated", name))[0].data.to for name in ("k2", "k3", "k0")]
        assert told == [None, "lead", "lead"]
        ask = {"by": "lead", "reason": "let me see"}
        answer = await running.http.post("/v1/assignments/k2/escalation", json=ask)
        assert (answer.status_code, answer.json()["code"]) == (409, "owner_is_subject")
        assert (await running.http.post("/v1/assignments/k3/escalation", json=ask)).status_code == 200


async def test_who_grew_angry_and_was_heard_out_is_not_passed_to_whom_they_complained_about_before(
    settings: Settings, log: Log
) -> None:
    async with routing(settings, capacity=9, ana={"manager": "lead"}, lead={"capacity": 0}) as running:
        await owned(running, log, "k1", card(1, customer_id="same", kind="treatment", about=[{"agent": "lead"}]))
        await owned(running, log, "k2", card(2, customer_id="same"))
        await owned(running, log, "k3", card(3))
        angry = MessageReceived(message_id="m1", channel="web", text="I am furious", received_at=MONDAY)
        for name in ("k2", "k3"):
            await log.publish(event(angry, name, 2), event(response(), name))
        told = [(await log.until("complaint.escalated", name))[0].data for name in ("k2", "k3")]
        assert [(each.to, each.reason) for each in told] == [(None, "anger"), ("lead", "anger")]


async def test_an_owner_whom_an_earlier_complaint_is_about_that_is_heard_of_later_gives_it_up(
    settings: Settings, log: Log
) -> None:
    clock = HandClock(MONDAY)
    oldest, earlier, later = (MONDAY - timedelta(hours=hours) for hours in (3, 2, 1))
    async with routing(settings, capacity=9, clock=clock, ana={}) as running:
        for number, at in ((0, oldest), (2, later)):
            said = card(number, customer_id="same", at=at)
            assert await owned(running, log, f"k{number}", said) == "ana"
        about = card(1, customer_id="same", kind="treatment", about=[{"agent": "ana"}], at=earlier)
        await log.publish(event(about, "k1"))
        for name in ("k1", "k2"):
            await shown(running, name, agent=None, waiting=True)
        await shown(running, "k0", agent="ana")
        assert await held(running) == {"ana": 1}
        clock.move(timedelta(minutes=1))

        async def looked_through() -> bool:
            document = await running.document("k1")
            return document is not None and document["state"].get("accusing") is None

        await until(looked_through, what="nothing is looked for any more")


async def test_of_complaints_that_come_together_the_most_urgent_knows_whom_the_others_are_about(
    settings: Settings,
) -> None:
    from services.routing.assign import Wish
    from services.routing.domain.candidates import Wanted

    def wish(
        name: str, rank: int, about: tuple[About, ...] = (), customer: str | None = "same", told_at: datetime = MONDAY
    ) -> Wish:
        looking = Wanted(name, "cards", "card", "card", "en", about)
        return Wish(looking, rank, MONDAY, customer=customer, told_at=told_at)

    async with routing(settings, capacity=9, ana={}) as running:
        assigner = running.runtime.desk.service.prepare.assigner  # type: ignore[attr-defined]
        both = [wish("k1", 3, (About(agent="ana"),)), wish("k2", 0), wish("k3", 3, customer=None)]
        both.append(wish("k4", 0, told_at=MONDAY - timedelta(hours=1)))
        grants = await assigner.allocate(both)
        assert [grants[name].agent for name in ("k1", "k2", "k3", "k4")] == [None, None, "ana", "ana"]
