"""Compensation, result, and a customer who says no: over all four services."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from shared.settings import Settings
from tests.support.town import DAY, HOUR, Town, town
from tests.support.wait import until

pytestmark = pytest.mark.servers


@pytest.fixture
async def here(settings: Settings) -> AsyncIterator[Town]:
    """Monday morning."""
    async with town(settings) as made:
        yield made


def euros(value: str) -> dict[str, str]:
    """An amount."""
    return {"value": value, "currency": "EUR"}


async def test_above_the_limit_the_superior_allows_it_before_the_result(here: Town) -> None:
    one = await here.complain()
    owner = (await here.case(one))["agent"]
    await here.change(f"agents/{owner}", compensation_limit=euros("20"))
    await here.change("policies/default", compensation_limits={"manager": euros("200")})

    async def limits_are_known() -> bool:
        reference = here.house["followup"].runtime.reference
        of_roles = reference.policy()[0].compensation_limits
        return reference.agents[owner].compensation_limit is not None and "manager" in of_roles

    await until(limits_are_known, what="follow-up knows the limits")
    within = await here.act(one, "compensation", 201, amount=euros("20"))
    assert (within["status"], within["approver"]) == ("approved", None)
    above = await here.act(one, "compensation", 201, amount=euros("20.01"), expected_yearly_purchases=100)
    assert (above["status"], above["approver"], above["customer_value"]) == ("requested", "lucia", euros("500"))
    refused = await here.act(one, "compensation/approval", 409, approved=True)
    assert (refused["code"], refused["approver"]) == ("limit_too_low", "lucia")
    allowed = await here.act(one, "compensation/approval", by="lucia", approved=True)
    assert (allowed["status"], allowed["decided_by"]) == ("approved", "lucia")
    given: dict[str, Any] = {"kind": "refund", "words": "40.01 EUR"}
    assert (await here.resolve(one, remedy_given=given))["remedy_match"] == "granted"
    (said,) = await here.log.until("complaint.resolved", one)
    assert said.data.remedy_match == "granted"
    steps = [each.type for each in await here.log.hear() if each.complaint_id == one]
    asked, approved = "compensation.requested", "compensation.approved"
    assert [each for each in steps if each in (asked, approved)] == [asked, approved, asked, approved]
    assert steps.index(approved) < steps.index("complaint.resolved")
    totals = await here.totals()
    assert (totals["complaints_resolved"], totals["complaints_resolved.outcome=upheld"]) == (1, 1)

    async def intake_shows_it() -> bool:
        return bool((await here.get("intake", f"complaints/{one}"))["status"] == "resolved")

    await until(intake_shows_it, what="intake shows the result")


async def test_a_no_by_the_customers_link_begins_anew_and_is_heard_one_level_up(here: Town) -> None:
    one = await here.complain()
    here.clock.move(HOUR)
    assert (await here.answer(one))["elapsed_seconds"] == 3600
    await here.resolve(one)
    first, report = (await here.case(one))["cycles"][0], await here.report("first-response")
    link = (await here.act(one, "customer-links", 201, purpose="verification"))["link"]
    here.clock.move(DAY)
    said_no = await here.house["followup"].http.post(link, data={"answer": "no"}, headers={"Authorization": ""})
    assert said_no.status_code == 200
    (reopened,) = await here.log.until("complaint.reopened", one)
    assert (reopened.data.cycle, reopened.data.reason) == (2, "not_solved")
    (escalated,) = await here.log.until("complaint.escalated", one)
    told = (escalated.data.level, escalated.data.reason, escalated.data.to)
    assert told == (1, "verification_no", "lucia")
    await here.until_case(one, level=1)
    totals = await here.totals()
    assert totals["complaints_unanswered"] == 1
    here.clock.move(5 * DAY)
    await here.log.until("deadline.overdue", one)
    assert (await here.answer(one))["within_target"] is False
    assert (await here.case(one))["cycles"][0] == first
    assert await here.report("first-response") == report
    assert (report["answered_within"], report["median_elapsed_seconds"]) == (1, 3600)
    totals = await here.totals()
    assert totals["complaints_reopened.reason=not_solved"] == 1
    assert totals["escalations.reason=verification_no"] == 1
    assert (totals["first_responses.within_target=true"], totals["first_responses.within_target=false"]) == (1, 1)
    assert (await here.report("funnel"))["verified"] == 0
