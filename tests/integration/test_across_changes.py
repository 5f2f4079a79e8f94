"""What changes in mid-flight, over all four services: people who are away, calendars, and whose complaint it is."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from shared.settings import Settings
from tests.support.town import DAY, EVA, HOUR, MINUTE, MONDAY, Town, town
from tests.support.wait import until

pytestmark = pytest.mark.servers


@pytest.fixture
async def here(settings: Settings) -> AsyncIterator[Town]:
    """Monday morning."""
    async with town(settings) as made:
        yield made


async def test_an_absence_told_to_routing_hands_promises_over_and_none_is_lost(here: Town) -> None:
    one = await here.complain()
    await here.answer(one)
    owner, due = (await here.case(one))["agent"], MONDAY + DAY
    fallback = (await here.get("routing", f"agents/{owner}"))["fallback"]
    promise = await here.promise(one, due)
    away = {"from": (due - HOUR).isoformat(), "to": (due + DAY).isoformat()}
    await here.do("routing", f"agents/{owner}/absence", 201, **away)
    told = await here.log.until("promise.handed_over", one)
    handed = next(each.data for each in told if each.data.promise.id == promise["id"])
    assert (handed.from_owner, handed.to_owner, handed.why) == (owner, fallback, "absence")
    hers = (await here.get("followup", "promises", owner=fallback, status="open"))["items"]
    assert promise["id"] in [each["id"] for each in hers]
    totals = await here.totals()
    assert (totals["promises_made.kind=refund"], totals["promises_open.kind=refund"]) == (1, 1)
    here.clock.move(DAY - HOUR)
    evidence = {"type": "payment", "reference": "p-1"}
    await here.act(one, f"promises/{promise['id']}/fulfilment", by=fallback, evidence=evidence)
    report = await here.report("promises")
    # The system's own word, that there would be an answer, is the other one.
    assert (report["due"], report["kept"], report["share_first_word_kept"]) == (2, 2, 1.0)
    totals = await here.totals()
    assert (totals["promises_settled.kind=refund"], totals["promises_open.kind=refund"]) == (1, 0)


async def test_a_closed_day_moves_open_targets_everywhere_and_says_which(here: Town) -> None:
    office, nightly = await here.complain(), await here.complain(product="lamp")
    before = await here.case(office)
    assert before["deadlines"]["first_response"] == (await here.case(nightly))["deadlines"]["first_response"]
    await here.change("calendars/office-hours", holidays=["2026-03-02"])

    async def it_moved() -> bool:
        return bool((await here.case(office))["deadlines"]["first_response"] != before["deadlines"]["first_response"])

    await until(it_moved, what="follow-up has the new deadline")
    said = (await here.log.until("complaint.assigned", office, 2))[1].data
    assert said.moved == ("first_response", "resolution")
    after = (await here.case(office))["deadlines"]
    routed = await here.get("routing", f"assignments/{office}")
    assert [after[clock] for clock in said.moved] == [routed["deadlines"][clock] for clock in said.moved]
    here.clock.move(8 * HOUR + MINUTE)
    await here.log.until("deadline.overdue", nightly)
    # What the customer was told in the acknowledgement keeps its due, also when the deadline moves.
    assert (await here.case(office))["overdue"] == ["promise"]
    totals = await here.totals()
    assert totals["deadlines_overdue.clock=first_response"] == 1
    here.clock.move(DAY)
    (late,) = await here.log.until("deadline.overdue", office)
    assert late.data.deadline.isoformat() == after["first_response"].replace("Z", "+00:00")
    totals = await here.totals()
    assert totals["deadlines_overdue.clock=first_response"] == 2


async def test_a_policy_that_names_a_calendar_moves_every_clock_that_runs(here: Town) -> None:
    office = await here.complain()
    await here.answer(office)
    here.clock.move(6 * HOUR)
    await here.do("intake", f"complaints/{office}/messages", 201, text="And now?")

    async def due() -> dict[str, str]:
        return {clock["name"]: clock["due"] for clock in (await here.case(office))["clocks"]}

    async def it_runs() -> bool:
        return "next_response" in await due()

    await until(it_runs, what="follow-up has heard the message")
    before = await due()
    await here.change("policies/default", calendar="around-the-clock")

    async def it_moved() -> bool:
        return (await due())["next_response"] != before["next_response"]

    await until(it_moved, what="follow-up counts in the policy's hours")
    after = await due()
    sooner = {clock for clock in before if after[clock] < before[clock]}
    assert sooner == {"next_response", "keep_informed", "resolution"}
    assert (await here.get("routing", f"assignments/{office}"))["calendar"] == "around-the-clock"


async def test_whose_complaint_it_is_can_be_undone_and_everybody_follows(here: Town) -> None:
    rude = [{"agent": "viktor"}]
    first = await here.complain(kind="treatment", about=rude, product="lamp")
    later = await here.complain(product="lamp", complainant=EVA | {"phone": "+34600000001"})
    eva = (await here.case(first))["customer_id"]
    assert (await here.until_case(later, customer_id=eva))["subjects"] == ["viktor"]
    assert (await here.act(later, "notes", 409, by="viktor", text="x"))["code"] == "owner_is_subject"

    other = (await here.do("intake", f"customers/{eva}/unmatch", complaint_id=later, by="ines"))["customer_id"]
    assert (await here.until_case(later, customer_id=other))["subjects"] == []
    await here.act(later, "notes", 201, by="viktor", text="x")
    theirs = (await here.get("followup", "cases", customer=eva))["items"]
    assert [each["id"] for each in theirs] == [first]

    await here.do("intake", f"customers/{eva}/match", complaint_id=later, by="ines")
    assert (await here.until_case(later, customer_id=eva))["subjects"] == ["viktor"]
    assert (await here.act(later, "notes", 409, by="viktor", text="x"))["code"] == "owner_is_subject"
    assert (await here.totals())["complaints_received"] == 2


async def test_what_a_customer_prefers_from_now_on_holds_in_the_cases_they_have(here: Town) -> None:
    one = await here.complain()
    await here.answer(one)
    await here.resolve(one)
    eva = (await here.case(one))["customer_id"]
    page = (await here.act(one, "customer-links", 201, purpose="verification"))["link"]
    told = {"preferences": {"channels": ["phone"], "survey": False}, "language": "es"}
    assert 'lang="en"' in (await here.house["followup"].http.get(page)).text
    await here.send("intake", "PATCH", f"customers/{eva}", 200, json=told)

    async def known() -> bool:
        return bool((await here.case(one))["customer"]["channels"] == ["phone"])

    await until(known, what="follow-up knows what Eva prefers")
    assert 'lang="es"' in (await here.house["followup"].http.get(page)).text
    ask: dict[str, Any] = {"purpose": "To learn.", "questions": ["Well?"]}
    assert (await here.act(one, "survey", 409, **ask))["code"] == "survey_refused"

    other = (await here.do("intake", f"customers/{eva}/unmatch", complaint_id=one, by="ines"))["customer_id"]
    assert (await here.until_case(one, customer_id=other))["customer"]["survey"] is None
    await here.act(one, "survey", **ask)
