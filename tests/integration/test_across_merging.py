"""Merged, parted again, split, linked: over all four services, nothing promised is lost and nothing counts twice."""

from collections.abc import AsyncIterator
from functools import partial

import pytest

from services.followup import within
from shared.settings import Settings
from tests.support.town import DAY, HOUR, MINUTE, MONDAY, Town, town
from tests.support.wait import until

pytestmark = pytest.mark.servers


@pytest.fixture
async def here(settings: Settings) -> AsyncIterator[Town]:
    """Monday morning."""
    async with town(settings) as made:
        yield made


async def merged(here: Town) -> tuple[str, str, str]:
    """An older complaint, with a promise, goes on inside a newer one; both, and the promise."""
    older = await here.complain()
    promise = await here.promise(older, MONDAY + DAY)
    here.clock.move(HOUR)
    newer = await here.complain()
    await here.do("intake", f"complaints/{older}/merge", into=newer, by="ines")
    await here.until_case(older, status="merged")
    due = (await here.case(older))["deadlines"]["first_response"]

    async def it_moved() -> bool:
        told = await here.get("routing", f"assignments/{newer}")
        case = await here.case(newer)
        return bool(told["deadlines"]["first_response"] == case["deadlines"]["first_response"] == due)

    await until(it_moved, what="routing and follow-up hold the newer one to the older one's deadline")
    return older, newer, str(promise["id"])


async def test_a_merged_complaint_is_answered_once_and_its_promise_is_still_owed(here: Town) -> None:
    older, newer, promise = await merged(here)
    assert (await here.case(newer))["started_at"] == (await here.case(older))["started_at"]
    waiting = await here.totals()
    assert (waiting["complaints_received"], waiting["complaints_unanswered"]) == (2, 1)
    assert waiting["complaints_unanswered_oldest_timestamp_seconds"] == MONDAY.timestamp()
    assert waiting["promises_open.kind=refund"] == 1
    here.clock.move(HOUR)
    assert (await here.answer(newer))["elapsed_seconds"] == 2 * 3600
    report = await here.report("first-response")
    counts = {name: report[name] for name in ("fell_due", "answered_within", "ended_before_due", "unanswered")}
    assert counts == {"fell_due": 1, "answered_within": 1, "ended_before_due": 1, "unanswered": 0}
    here.clock.move(DAY)
    await here.promised(older, promise, "broken")
    after = await here.totals()
    assert (after["first_responses"], after["deadlines_overdue.clock=first_response"]) == (1, 0)
    broken = {key: after[f"promises_settled.{key}"] for key in ("said_by=person", "kind=refund")}
    assert broken == {"said_by=person": 1, "kind=refund": 1}
    assert after["promises_made.kind=refund"] == 1


async def answered_after(here: Town, complaint_id: str, seconds: float | None) -> None:
    """Follow-up and intake agree on when its first answer came."""

    async def so() -> bool:
        views = await here.case(complaint_id), await here.get("intake", f"complaints/{complaint_id}")
        firsts = [view["first_response"] for view in views]
        return [first and first["elapsed_seconds"] for first in firsts] == [seconds, seconds]

    await until(so, what=f"{complaint_id} was first answered after {seconds} s")


async def bounced(here: Town, complaint_id: str, response_id: str) -> None:
    """A channel says that it did not arrive."""
    path, now = f"complaints/{complaint_id}/delivery-reports", here.clock.now().isoformat()
    await here.do("intake", path, response_id=response_id, status="failed", occurred_at=now)


async def test_an_answer_that_did_not_arrive_is_missed_where_the_complaint_went_on(here: Town) -> None:
    older = await here.complain()
    here.clock.move(MINUTE)
    second = await here.answer(older)
    first = await here.answer(older, occurred_at=MONDAY.isoformat())
    await answered_after(here, older, 0)
    here.clock.move(HOUR)
    newer = await here.complain()
    await here.do("intake", f"complaints/{older}/merge", into=newer, by="ines")
    await answered_after(here, newer, 0)
    await bounced(here, older, first["id"])
    await answered_after(here, newer, 60)
    assert (await here.totals())["complaints_unanswered"] == 0
    await here.do("intake", f"complaints/{older}/unmerge", by="ines")
    await here.log.until("complaint.released", newer)
    await bounced(here, older, second["id"])
    await answered_after(here, newer, None)
    failed = [one.data.response_id for one in await here.log.until("response.failed", newer, 2)]
    assert failed == [f"absorbed/{older}/{one['id']}" for one in (first, second)]
    assert (await here.totals())["complaints_unanswered"] == 2
    here.clock.move(2 * DAY)
    overdue = await here.log.until("deadline.overdue", newer)
    assert "first_response" in {one.data.clock for one in overdue}


async def test_a_merge_undone_leaves_both_with_their_own_clocks_and_promises(here: Town) -> None:
    older, newer, promise = await merged(here)
    await here.do("intake", f"complaints/{older}/unmerge", by="ines")
    await here.until_case(older, status="in_progress")
    started = (MONDAY + HOUR).isoformat()
    own = (await here.until_case(newer, started_at=started.replace("+00:00", "Z")))["deadlines"]["first_response"]
    assert own > (await here.case(older))["deadlines"]["first_response"]

    async def routing_says_so() -> bool:
        return bool((await here.get("routing", f"assignments/{newer}"))["deadlines"]["first_response"] == own)

    await until(routing_says_so, what="routing holds the newer one to its own deadline again")
    waiting = await here.totals()
    assert (waiting["complaints_unanswered"], waiting["promises_open.kind=refund"]) == (2, 1)
    here.clock.move(2 * DAY)
    await here.promised(older, promise, "broken")
    for one in (older, newer):
        await here.log.until("deadline.overdue", one)
    report = await here.report("first-response")
    assert (report["fell_due"], report["unanswered"]) == (2, 2)
    totals = await here.totals()
    assert (totals["promises_made.kind=refund"], totals["promises_settled.kind=refund"]) == (1, 1)


async def test_what_is_written_under_the_old_number_reopens_where_the_complaint_goes_on(here: Town) -> None:
    older, newer, _ = await merged(here)
    await here.resolve(newer)
    here.clock.move(HOUR)
    told = await here.do("intake", f"complaints/{older}/messages", 201, text="It is still broken.")
    case = await here.until_case(newer, status="in_progress", cycle=2)
    assert [one["message_id"] for one in case["replies"]] == [told["id"]]
    [message] = (await here.get("intake", f"complaints/{newer}"))["messages"]
    assert (message["id"], message["said_in"], message["received_at"]) == (told["id"], older, told["received_at"])
    assert (await here.case(older))["status"] == "merged"


async def test_what_nobody_had_answered_before_the_merge_is_asked_where_the_complaint_goes_on(here: Town) -> None:
    older = await here.complain()
    here.clock.move(HOUR)
    told = await here.do("intake", f"complaints/{older}/messages", 201, text="Are you there?")
    here.clock.move(HOUR)
    newer = await here.complain()
    await here.do("intake", f"complaints/{older}/merge", into=newer, by="ines")

    async def it_is_asked() -> bool:
        clocks = {one["name"]: one for one in (await here.case(newer))["clocks"]}
        return "next_response" in clocks and bool(clocks["next_response"]["elapsed_seconds"] == 3600)

    await until(it_is_asked, what=f"{newer} owes an answer to {told['id']} since it was written")


async def test_a_case_waits_for_what_was_promised_in_those_that_go_on_in_it(here: Town) -> None:
    inner = await here.complain()
    promise = (await here.promise(inner, MONDAY + 40 * DAY))["id"]
    middle, outer = await here.complain(), await here.complain()
    for one, into in ((inner, middle), (middle, outer)):
        await here.do("intake", f"complaints/{one}/merge", into=into, by="ines")
        await until(partial(goes_on, here, one, into), what=f"{one} goes on in {into}")
    await here.resolve(outer)
    here.clock.move(30 * DAY)
    for one, left in ((inner, 1), (middle, 0)):
        await here.until_case(one, open_promises=left)
    await within.close_due(here.house["followup"].runtime)
    refused = await here.act(outer, "closure", 409)
    assert (refused["code"], refused["promises"]) == ("promise_open", [promise])
    await here.act(inner, f"promises/{promise}/fulfilment", evidence={"type": "payment", "reference": "p-1"})
    assert (await here.until_case(outer, status="closed"))["verification"] == "unverified"


async def test_what_goes_on_in_a_case_changes_hands_and_is_answered_with_it(here: Town) -> None:
    inner = await here.complain()
    promise = (await here.promise(inner, MONDAY + 40 * DAY))["id"]
    middle, outer = await here.complain(), await here.complain()
    for one, into in ((inner, middle), (middle, outer)):
        await here.do("intake", f"complaints/{one}/merge", into=into, by="ines")
        await until(partial(goes_on, here, one, into), what=f"{one} goes on in {into}")
    team, before = [(await here.case(outer))[name] for name in ("team", "agent")]
    agents = (await here.get("routing", "agents"))["items"]
    to = next(each["id"] for each in agents if each["team"] == team and each["id"] not in ("ines", before))
    await here.do("routing", f"assignments/{outer}/transfer", team=team, agent=to, reason="away", summary="A card.")
    answer = await here.answer(outer)

    async def both_are_known() -> bool:
        promises = {each["id"]: each for each in (await here.case(inner))["promises"]}
        [systems] = [each for each in promises.values() if each["said_by"] == "system"]
        kept_by = (systems.get("evidence") or {}).get("reference")
        return (promises[promise]["owner"], systems["status"], kept_by) == (to, "kept", answer["id"])

    await until(both_are_known, what=f"{to} has what was promised in {inner}, and {answer['id']} is known there")
    assert (await here.totals())["promises_open.kind=refund"] == 1


async def test_parted_from_what_is_closed_it_is_owed_an_answer_again_and_the_other_one_stays_closed(here: Town) -> None:
    one, other = await here.complain(), await here.complain()
    await here.do("intake", f"complaints/{one}/merge", into=other, by="ines")
    await until(partial(goes_on, here, one, other), what=f"{one} goes on in {other}")
    [systems] = [each for each in (await here.case(one))["promises"] if each["said_by"] == "system"]
    here.clock.move(HOUR)
    await here.resolve(other)
    await here.promised(one, systems["id"], "kept")
    here.clock.move(30 * DAY)
    closed = await here.until_case(other, status="closed")
    await here.do("intake", f"complaints/{one}/unmerge", by="ines")
    await here.promised(one, systems["id"], "broken")
    overdue = await here.log.until("deadline.overdue", one)
    assert "first_response" in {each.data.clock for each in overdue}
    assert (await here.case(one))["status"] == "acknowledged"
    after = await here.until_case(other, absorbed=[])
    same = ("status", "started_at", "first_response", "verification", "closed_at", "deadlines", "cycles")
    assert {name: after[name] for name in same} == {name: closed[name] for name in same}
    assert (await here.get("intake", f"complaints/{other}"))["status"] == "closed"
    totals = await here.totals()
    assert (totals["complaints_unanswered"], totals["first_responses"]) == (1, 1)


async def goes_on(here: Town, one: str, into: str) -> bool:
    """Whether follow-up knows it on both sides."""
    inside = [each["complaint_id"] for each in (await here.case(into))["absorbed"]]
    return inside == [one] and bool((await here.case(one))["merged_into"] == into)


async def test_what_goes_on_in_a_withdrawn_case_is_withdrawn_with_it(here: Town) -> None:
    older, newer, promise = await merged(here)
    await here.do("intake", f"complaints/{newer}/withdrawal", reason="It works now.")
    await here.promised(older, promise, "withdrawn")
    assert (await here.case(older))["status"] == "withdrawn"
    await here.do("intake", f"complaints/{older}/unmerge", 409, by="ines")
    totals = await here.totals()
    assert (totals["promises_settled.kind=refund"], totals["promises_open.kind=refund"]) == (1, 0)


async def test_parts_of_a_split_keep_the_start_and_each_is_answered_for_itself(here: Town) -> None:
    whole = await here.complain()
    promise = await here.promise(whole, MONDAY + DAY)
    here.clock.move(HOUR)
    parts = [{"subject": "The card"}, {"subject": "The letter", "text": "It came open."}]
    told = await here.do("intake", f"complaints/{whole}/split", 201, by="ines", parts=parts)
    first = await here.case(whole)
    for part in told["parts"]:
        await here.ready(part)
        case = await here.case(part)
        assert (case["split_from"], case["started_at"]) == (whole, first["started_at"])
        assert case["deadlines"]["first_response"] == first["deadlines"]["first_response"]
        assert not [one for one in case["promises"] if one["said_by"] == "person"]
    assert (await here.answer(told["parts"][0]))["elapsed_seconds"] == 3600
    totals = await here.totals()
    assert (totals["complaints_received"], totals["complaints_unanswered"], totals["first_responses"]) == (3, 2, 1)
    assert (totals["promises_made.kind=refund"], totals["promises_open.kind=refund"]) == (1, 1)
    await here.act(whole, f"promises/{promise['id']}/fulfilment", evidence={"type": "payment", "reference": "p-1"})
    assert (await here.totals())["promises_settled.outcome=kept"] == 2


async def test_a_link_tells_both_and_moves_nothing(here: Town) -> None:
    one = await here.complain()
    here.clock.move(10 * MINUTE)
    other = await here.complain(subject="Letter")
    before = {each: await here.case(each) for each in (one, other)}
    totals = await here.totals()
    await here.do("intake", f"complaints/{one}/links", to=other, why="the same letter", by="ines")
    assert (await here.until_case(one, related=[other]))["deadlines"] == before[one]["deadlines"]
    assert (await here.until_case(other, related=[one]))["deadlines"] == before[other]["deadlines"]
    after = await here.totals()
    counted = ("complaints_received", "complaints_unanswered", "promises_made", "promises_open")
    assert [after[name] for name in counted] == [totals[name] for name in counted]
