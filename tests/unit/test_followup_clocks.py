"""Clocks: warned before, overdue at the instant, paused and never reset. Source: "Clocks" in the domain."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.followup.domain.clocks import shown
from services.followup.domain.refusals import Conflict
from services.followup.domain.resolution import Resolve, resolve
from services.followup.domain.waiting import Resume, Wait, go_on, wait
from services.followup.domain.world import World
from shared.decision import Invalid
from shared.events.intake import ComplaintWithdrawn, MessageReceived
from shared.events.reference import Policy, Target
from shared.events.values import Deadlines, Person
from tests.unit.followup_life import (
    DAY,
    DEADLINES,
    HOUR,
    MINUTE,
    MONDAY,
    REFERENCE,
    WORLD,
    Life,
    assigned,
    begun,
    received,
    triaged,
)

FIRST_DUE = MONDAY + 4 * HOUR
RESOLUTION_DUE = MONDAY + 7 * DAY


def told(life: Life, kind: str = "deadline.overdue") -> list[tuple[str, datetime]]:
    """Clock and deadline of what was said."""
    said: list[Any] = [payload for payload in life.said if payload.type == kind]
    return [(payload.clock, payload.deadline) for payload in said]


def waits(life: Life, whom: Any = "customer", until: datetime | None = None) -> None:
    """Ana waits for somebody."""
    life.do(wait, Wait(by="ana", waiting_for=whom, until=until))


def clocks(life: Life) -> dict[str, Any]:
    """The clocks as shown."""
    return {view.name: view for view in shown(life.case, now=life.now, world=life.world)}


def test_it_warns_when_a_quarter_of_the_working_time_is_left() -> None:
    life = begun().at(MONDAY + 3 * HOUR - MINUTE)
    assert life.tick() == ()
    life.at(MONDAY + 3 * HOUR).tick()
    assert told(life, "deadline.warned") == [("first_response", FIRST_DUE)]
    assert life.last("deadline.warned").age_seconds == 3 * 3600
    assert life.case.at_risk
    assert life.tick() == ()


def test_hours_of_a_policy_that_never_closes_wake_nobody() -> None:
    life, due = begun(), MONDAY + DAY
    life.hear(assigned("ana", DEADLINES.model_copy(update={"first_response": due}), calendar="clock"))
    assert life.case.cycle.warn_at.first_response == MONDAY + 18 * HOUR
    life.at(MONDAY + 18 * HOUR).tick()
    assert ("first_response", due) not in told(life, "deadline.warned")
    life.at(MONDAY + 23 * HOUR).tick()
    assert ("first_response", due) in told(life, "deadline.warned")


def test_a_warning_that_comes_too_late_is_not_said() -> None:
    life = begun().at(FIRST_DUE + HOUR)
    life.tick()
    assert ("first_response", FIRST_DUE) not in told(life, "deadline.warned")
    assert told(life) == [("first_response", FIRST_DUE)]


def test_it_is_overdue_at_the_deadline_and_only_once() -> None:
    life = begun().at(FIRST_DUE)
    life.tick()
    assert told(life) == [("first_response", FIRST_DUE)]
    assert life.case.overdue == ("first_response", "promise")
    life.at(FIRST_DUE + HOUR).tick()
    assert told(life) == [("first_response", FIRST_DUE)]
    life.answer()
    assert not life.case.overdue


def test_the_timer_names_the_next_instant() -> None:
    life = begun()
    assert life.due() == MONDAY + 3 * HOUR
    life.answer()
    later = life.due()
    assert later is not None
    assert MONDAY + 3 * HOUR < later < RESOLUTION_DUE


def test_all_that_was_missed_while_down_is_said_in_its_order() -> None:
    life = begun().at(MONDAY + 30 * DAY)
    life.tick()
    assert [clock for clock, _ in told(life)] == ["first_response", "resolution", "legal"]
    assert life.due() is None


def test_a_missing_acknowledgement_is_overdue_too() -> None:
    life = Life(World(REFERENCE, 2 * HOUR, WORLD.texts))
    life.hear(received())
    life.hear(triaged(DEADLINES.model_copy(update={"acknowledge": MONDAY - MINUTE})))
    life.tick()
    assert told(life) == [("acknowledge", MONDAY - MINUTE)]


@pytest.mark.parametrize("changes", [{"historical": True}, {"complainant": Person(anonymous=True)}])
def test_history_has_no_clocks_and_nobody_unknown_is_waited_for(changes: dict[str, Any]) -> None:
    life = begun(**changes).at(MONDAY + 30 * DAY)
    life.tick()
    expected = [] if "historical" in changes else ["resolution", "legal"]
    assert [clock for clock, _ in told(life)] == expected


def test_a_withdrawal_ends_them_but_not_what_was_missed_before() -> None:
    life = begun()
    life.at(FIRST_DUE + HOUR).hear(ComplaintWithdrawn())
    life.at(MONDAY + 30 * DAY).tick()
    assert told(life) == [("first_response", FIRST_DUE)]
    assert [view.state for view in clocks(life).values()] == ["met", "breached"]
    assert life.case.overdue == ("promise",)


def test_a_transfer_moves_what_still_runs_and_no_more() -> None:
    life = begun().at(FIRST_DUE)
    life.tick()
    moved = Deadlines(first_response=FIRST_DUE + DAY, resolution=RESOLUTION_DUE + DAY)
    life.hear(assigned("ben", moved))
    deadlines = life.case.cycle.deadlines
    assert (deadlines.first_response, deadlines.resolution) == (FIRST_DUE, RESOLUTION_DUE + DAY)
    assert deadlines.acknowledge == MONDAY + HOUR
    assert life.system_promise().due == FIRST_DUE


class TestWaiting:
    """Waiting for the customer pauses the resolution, never the first response."""

    def test_the_resolution_stands_still_and_the_first_response_does_not(self) -> None:
        life = begun()
        waits(life)
        assert life.case.status == "waiting_customer"
        assert (clocks(life)["resolution"].state, clocks(life)["first_response"].state) == ("paused", "running")
        life.at(MONDAY + 30 * DAY).tick()
        assert [clock for clock, _ in told(life)] == ["first_response", "legal"]
        assert clocks(life)["resolution"].elapsed_seconds == 600

    def test_working_time_waited_is_given_back(self) -> None:
        life = begun().at(MONDAY)
        waits(life)
        life.at(MONDAY + DAY).do(go_on, Resume(by="ana"))
        assert life.case.status == "in_progress"
        assert life.last("complaint.resumed").why == "command"
        # Eight working hours of Monday and Tuesday, added to a Monday at ten (local): the Tuesday at ten.
        assert life.case.cycle.deadlines.resolution == RESOLUTION_DUE + DAY
        life.hear(assigned("ben", DEADLINES))
        assert life.case.cycle.deadlines.resolution == RESOLUTION_DUE + DAY

    def test_elapsed_targets_get_elapsed_time_back(self) -> None:
        policy = Policy(name="default", targets=(Target(clock="resolution", minutes=60, business=False),))
        reference = REFERENCE.with_datum("policy", "default", 2, policy)
        life = begun(World(reference, WORLD.ack_patience, WORLD.texts))
        waits(life)
        life.at(life.now + timedelta(days=2)).do(go_on, Resume(by="ana"))
        assert life.case.cycle.deadlines.resolution == RESOLUTION_DUE + 2 * DAY

    def test_the_customers_message_ends_it(self) -> None:
        life = begun()
        waits(life)
        at = MONDAY + HOUR
        life.at(at).hear(MessageReceived(message_id="m1", channel="web", text="Here it is", received_at=at))
        assert (life.case.status, life.case.waiting, life.case.last_message_at) == ("in_progress", None, at)
        assert life.last("complaint.resumed").why == "customer_message"

    def test_it_does_not_end_waiting_for_somebody_inside(self) -> None:
        life = begun()
        waits(life, "internal")
        life.hear(MessageReceived(message_id="m1", channel="web", text="Hello?", received_at=life.now))
        assert life.case.status == "waiting_internal"
        life.do(go_on, Resume(by="ana"))
        assert life.case.cycle.deadlines.resolution == RESOLUTION_DUE

    def test_the_time_waited_for_ends_it_at_its_own_instant(self) -> None:
        life = begun().at(MONDAY)
        waits(life, until=MONDAY + DAY)
        life.at(MONDAY + 3 * DAY).tick()
        assert life.last("complaint.resumed").why == "until"
        assert life.case.cycle.deadlines.resolution == RESOLUTION_DUE + DAY

    def test_one_wait_after_another_counts_each_once(self) -> None:
        life = begun().at(MONDAY)
        waits(life)
        waits(life.at(MONDAY + HOUR), "internal")
        life.at(MONDAY + 2 * HOUR).do(go_on, Resume(by="ana"))
        assert life.case.cycle.paused_business_seconds == 3600

    def test_a_result_and_a_withdrawal_end_it(self) -> None:
        life = begun()
        waits(life)
        ask = Resolve(response_id="r1", by="ana", outcome="upheld", text="Your money is on its way.")
        life.at(MONDAY + HOUR).do(resolve, ask)
        assert (life.case.status, life.case.waiting) == ("resolved", None)
        life = begun()
        waits(life)
        life.at(MONDAY + HOUR).hear(ComplaintWithdrawn())
        assert (life.case.status, life.case.waiting) == ("withdrawn", None)

    def test_nobody_waits_into_the_past_or_after_the_end(self) -> None:
        life = begun()
        with pytest.raises(Invalid):
            waits(life, until=life.now)
        with pytest.raises(Conflict):
            life.do(go_on, Resume(by="ana"))
        life.hear(ComplaintWithdrawn())
        with pytest.raises(Conflict):
            waits(life)


class TestShown:
    """Clocks as people see them."""

    def test_each_with_its_state_and_its_times(self) -> None:
        life = begun()
        assert {name: view.state for name, view in clocks(life).items()} == {
            "acknowledge": "met",
            "first_response": "running",
            "resolution": "running",
            "legal": "running",
        }
        life.answer()
        view = clocks(life.at(MONDAY + DAY))["first_response"]
        assert (view.state, view.elapsed_seconds, view.due) == ("met", 600, FIRST_DUE)

    def test_overdue_is_seen_before_the_timer_says_so(self) -> None:
        life = begun().at(FIRST_DUE + MINUTE)
        view = clocks(life)["first_response"]
        assert (view.state, view.elapsed_seconds) == ("breached", 4 * 3600 + 60)

    def test_an_answer_in_time_that_is_told_late_meets_it(self) -> None:
        life = begun().at(FIRST_DUE + HOUR)
        life.tick()
        assert life.answer(occurred_at=FIRST_DUE - HOUR).within_target
        view = clocks(life)["first_response"]
        assert (view.state, view.elapsed_seconds, view.due) == ("met", 3 * 3600, FIRST_DUE)
        assert (told(life), life.case.overdue) == ([("first_response", FIRST_DUE)], ())

    def test_an_answer_is_shown_as_it_was_measured_whatever_hours_count_since(self) -> None:
        life = begun().at(MONDAY + HOUR)
        said = life.answer()
        life.hear(assigned("nil", calendar="never"))
        view = clocks(life)["first_response"]
        assert (view.elapsed_seconds, view.business_seconds) == (said.elapsed_seconds, said.business_seconds)
        assert view.business_seconds == 3600

    def test_where_nothing_is_held_to_anything_there_is_none(self) -> None:
        life = begun(historical=True)
        assert clocks(life) == {}


def test_a_calendar_that_never_opens_still_warns() -> None:
    life = Life()
    life.hear(received())
    life.hear(triaged(calendar="never"))
    life.hear(assigned("nil", DEADLINES, team="closed", calendar="never"))
    assert life.case.cycle.warn_at.first_response == MONDAY + 3 * HOUR
    life.at(MONDAY + 3 * HOUR).tick()
    assert told(life, "deadline.warned") == [("first_response", FIRST_DUE)]


def test_time_waited_in_a_calendar_that_never_opens_is_no_working_time() -> None:
    life = begun()
    life.hear(assigned("ana", DEADLINES, calendar="never"))
    waits(life)
    life.at(MONDAY + DAY).do(go_on, Resume(by="ana"))
    assert life.case.cycle.deadlines.resolution == RESOLUTION_DUE
