"""Clocks that start and stop many times: the next response, and the longest silence. Source: "Clocks" in the domain."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.followup.domain import spells
from services.followup.domain.resolution import Reopen, Resolve, reopen, resolve
from services.followup.domain.waiting import Resume, Wait, go_on, wait
from services.followup.domain.world import World
from shared.calendar import Calendar
from shared.events.intake import ComplaintMerged, ComplaintUnmerged, ComplaintWithdrawn, MessageReceived, ResponseFailed
from shared.events.reference import Policy, Target
from shared.events.values import Person
from tests.unit.followup_life import (
    DAY,
    DEADLINES,
    HOUR,
    MINUTE,
    MONDAY,
    OFFICE,
    REFERENCE,
    WORLD,
    Life,
    assigned,
    begun,
)

NEXT = Target(clock="next_response", minutes=240)
SILENCE = Target(clock="keep_informed", minutes=2 * 480)
CLOSING = MONDAY + 7 * HOUR


def world(*targets: Target, calendar: Calendar = OFFICE, version: int = 2, **policy: Any) -> World:
    """A world with these targets."""
    reference = REFERENCE.with_datum("policy", "default", version, Policy(name="p", targets=targets, **policy))
    return World(reference.with_datum("calendar", "office", version, calendar), WORLD.ack_patience, WORLD.texts)


def writes(life: Life, at: datetime | None = None) -> None:
    """The customer writes."""
    at = at or life.now
    life.hear(MessageReceived(message_id="m", channel="web", text="And now?", received_at=at), time=at)


def told(life: Life, clock: str, kind: str = "overdue") -> list[datetime]:
    """Deadlines of that clock of which it was said."""
    return [x.deadline for x in life.said if x.type == f"deadline.{kind}" and x.clock == clock]  # type: ignore[attr-defined]


def moves(life: Life) -> list[tuple[str, datetime, datetime, str]]:
    """Which deadlines were said to have moved, from when to when, and why."""
    return [(x.clock, x.before, x.deadline, x.why) for x in life.said if x.type == "deadline.moved"]  # type: ignore[attr-defined]


def shown(life: Life) -> dict[str, Any]:
    """The clocks as shown."""
    return {view.name: view for view in spells.shown(life.case, now=life.now, world=life.world)}


class TestNextResponse:
    """From the oldest message that no person has answered since."""

    def test_it_runs_from_the_oldest_unanswered_message_to_a_persons_answer(self) -> None:
        life = begun(world(NEXT))
        assert shown(life) == {}
        writes(life)
        writes(life.at(MONDAY + HOUR))
        view = shown(life)["next_response"]
        assert (view.due, view.state) == (MONDAY + 10 * MINUTE + 4 * HOUR, "running")
        assert (view.elapsed_seconds, view.business_seconds) == (3000, 3000)
        life.answer()
        assert shown(life) == {}
        life.at(MONDAY + 2 * DAY).tick()
        assert told(life, "next_response") == []

    def test_it_warns_before_and_is_overdue_at_the_instant_and_once(self) -> None:
        life = begun(world(NEXT))
        writes(life)
        due = MONDAY + 10 * MINUTE + 4 * HOUR
        assert life.due() == MONDAY + 3 * HOUR
        life.at(due - HOUR).tick()
        assert told(life, "next_response", "warned") == [due]
        assert life.case.at_risk
        life.at(due).tick()
        life.at(due + HOUR).tick()
        assert told(life, "next_response") == [due]
        assert "next_response" in life.case.overdue
        assert shown(life)["next_response"].state == "breached"
        life.answer()
        assert "next_response" not in life.case.overdue

    @pytest.mark.parametrize("changes", [{"automatic": True, "by": None}, {"to": "third_party"}, {"to": "internal"}])
    def test_nobody_but_a_person_who_speaks_to_the_customer_answers(self, changes: dict[str, Any]) -> None:
        life = begun(world(NEXT))
        writes(life)
        life.answer(**changes)
        assert "next_response" in shown(life)

    def test_an_answer_before_the_message_does_not_answer_it(self) -> None:
        life = begun(world(NEXT))
        life.answer()
        writes(life.at(MONDAY + HOUR))
        life.answer("r2", occurred_at=MONDAY + 30 * MINUTE)
        assert "next_response" in shown(life)

    def test_an_answer_that_bounced_answered_nothing(self) -> None:
        life = begun(world(NEXT))
        writes(life)
        life.answer()
        at = MONDAY + DAY
        life.at(at).hear(ResponseFailed(response_id="r1", occurred_at=at))
        life.tick()
        assert told(life, "next_response") == [MONDAY + 10 * MINUTE + 4 * HOUR]

    def test_waiting_for_the_customer_pauses_it_and_gives_the_time_back(self) -> None:
        life = begun(world(NEXT))
        writes(life)
        life.at(MONDAY + HOUR).do(wait, Wait(by="ana", waiting_for="customer"))
        assert shown(life)["next_response"].state == "paused"
        life.at(MONDAY + DAY + HOUR).tick()
        assert told(life, "next_response") == []
        life.do(go_on, Resume(by="ana"))
        assert shown(life)["next_response"].due == MONDAY + DAY + 10 * MINUTE + 4 * HOUR

    def test_elapsed_targets_get_elapsed_time_back(self) -> None:
        life = begun(world(NEXT.model_copy(update={"business": False})))
        writes(life)
        life.do(wait, Wait(by="ana", waiting_for="customer", until=MONDAY + DAY))
        life.at(MONDAY + DAY).tick()
        assert shown(life)["next_response"].due == MONDAY + DAY + 4 * HOUR

    def test_a_pause_before_the_message_is_none_of_its(self) -> None:
        life = begun(world(NEXT))
        life.do(wait, Wait(by="ana", waiting_for="customer"))
        writes(life.at(MONDAY + HOUR))
        assert shown(life)["next_response"].due == MONDAY + 5 * HOUR

    def test_waiting_for_somebody_inside_pauses_nothing(self) -> None:
        life = begun(world(NEXT))
        writes(life)
        life.do(wait, Wait(by="ana", waiting_for="internal"))
        assert shown(life)["next_response"].state == "running"

    def test_answer_and_waiting_at_once(self) -> None:
        life = begun(world(NEXT, Target(clock="first_response", minutes=240)))
        writes(life)
        life.answer()
        life.do(wait, Wait(by="ana", waiting_for="customer"))
        assert shown(life) == {}
        assert life.case.first_response() is not None

    def test_the_result_answers_and_a_new_cycle_forgets_older_messages(self) -> None:
        life = begun(world(NEXT))
        writes(life)
        life.do(resolve, Resolve(response_id="r1", by="ana", outcome="upheld", text="Here."))
        assert shown(life) == {}
        writes(life.at(MONDAY + HOUR))
        assert (life.case.cycle.number, shown(life)) == (2, {})

    def test_what_was_missed_before_the_end_is_said_after_it(self) -> None:
        life = begun(world(NEXT))
        writes(life)
        end = CLOSING + DAY
        life.at(end + HOUR).hear(ComplaintWithdrawn(), time=end)
        life.tick()
        assert told(life, "next_response") == [MONDAY + 10 * MINUTE + 4 * HOUR]
        life = begun(world(NEXT))
        writes(life)
        life.at(end).hear(ComplaintWithdrawn(), time=MONDAY + HOUR)
        life.at(end + DAY).tick()
        assert told(life, "next_response") == []

    def test_more_messages_than_are_kept_do_not_move_the_start(self) -> None:
        life = begun(world(NEXT))
        first = life.now
        for n in range(250):
            writes(life.at(first + n * timedelta(seconds=1)))
        assert shown(life)["next_response"].due == first + 4 * HOUR
        assert len(life.case.asked_at) == 200


class TestSilence:
    """The customer hears from a person every so often."""

    def test_it_runs_from_the_start_and_anew_from_each_word_of_a_person(self) -> None:
        life = begun(world(SILENCE))
        assert shown(life)["keep_informed"].due == MONDAY + 2 * DAY
        life.at(MONDAY + HOUR).answer()
        assert shown(life)["keep_informed"].due == MONDAY + 2 * DAY + HOUR
        life.answer("r2", occurred_at=MONDAY + 30 * MINUTE)
        assert shown(life)["keep_informed"].due == MONDAY + 2 * DAY + HOUR

    def test_each_silence_is_overdue_once(self) -> None:
        life = begun(world(SILENCE))
        life.at(MONDAY + 3 * DAY).tick()
        life.answer()
        life.at(MONDAY + 7 * DAY + 6 * HOUR).tick()
        assert told(life, "keep_informed") == [MONDAY + 2 * DAY, MONDAY + 7 * DAY]

    def test_waiting_for_the_customer_does_not_pause_it(self) -> None:
        life = begun(world(SILENCE))
        life.do(wait, Wait(by="ana", waiting_for="customer"))
        life.at(MONDAY + 2 * DAY).tick()
        assert told(life, "keep_informed") == [MONDAY + 2 * DAY]

    @pytest.mark.parametrize("changes", [{"historical": True}, {"complainant": Person(anonymous=True)}])
    def test_history_and_nobody_known_have_none(self, changes: dict[str, Any]) -> None:
        life = begun(world(NEXT, SILENCE), **changes)
        writes(life)
        assert shown(life) == {}


class TestOutsideWorkingHours:
    """Warnings keep to working hours; breaches do not."""

    URGENT = Target(clock="next_response", minutes=240, business=False)

    def test_a_warning_at_night_waits_for_the_morning_and_the_breach_does_not(self) -> None:
        life = begun(world(Target(clock="next_response", minutes=24 * 60, business=False)))
        night = CLOSING + HOUR
        writes(life.at(night))
        due = night + DAY
        life.at(night + 9 * HOUR).tick()
        life.at(MONDAY + DAY + 6 * HOUR).tick()
        assert told(life, "next_response", "warned") == [due]
        life.at(due).tick()
        assert told(life, "next_response") == [due]

    def test_hours_of_a_policy_that_never_closes_wake_nobody(self) -> None:
        life = begun(world(Target(clock="next_response", minutes=16 * 60)))
        life.hear(assigned("ana", DEADLINES, calendar="clock"))
        writes(life.at(CLOSING + HOUR))
        life.at(CLOSING + 14 * HOUR).tick()
        assert told(life, "next_response", "warned") == []
        life.at(CLOSING + 16 * HOUR).tick()
        assert told(life, "next_response", "warned") == [CLOSING + 17 * HOUR]

    def test_a_deadline_with_no_working_time_before_it_is_not_warned_of(self) -> None:
        life = begun(world(self.URGENT))
        writes(life.at(CLOSING + HOUR))
        life.at(CLOSING + 4 * HOUR + MINUTE).tick()
        life.at(CLOSING + DAY).tick()
        assert told(life, "next_response", "warned") == []
        assert told(life, "next_response") == [CLOSING + 5 * HOUR]

    def test_a_late_timer_does_not_warn_at_midnight(self) -> None:
        life = begun(world(Target(clock="next_response", minutes=480)))
        writes(life)
        due = MONDAY + DAY + 10 * MINUTE
        life.at(MONDAY + 14 * HOUR).tick()
        assert told(life, "next_response", "warned") == []
        life.at(MONDAY + DAY).tick()
        assert told(life, "next_response", "warned") == [due]

    def test_the_same_holds_for_the_first_response(self) -> None:
        life = begun()
        life.at(MONDAY + 30 * MINUTE)
        life.hear(assigned(deadlines=life.case.cycle.deadlines.model_copy(update={"first_response": MONDAY + DAY})))
        life.at(MONDAY + 14 * HOUR).tick()
        assert told(life, "first_response", "warned") == []
        assert life.due() == MONDAY + 23 * HOUR
        life.at(MONDAY + 23 * HOUR).tick()
        assert told(life, "first_response", "warned") == [MONDAY + DAY]


class TestMidFlight:
    """What is still open is counted anew when policy, hours or team change; what was missed stays missed."""

    def test_a_new_policy_moves_what_still_runs_at_the_timers_next_look(self) -> None:
        life = begun(world(NEXT, SILENCE))
        writes(life)
        life.at(MONDAY + 6 * HOUR).tick()
        life.world = world(
            NEXT.model_copy(update={"minutes": 960}), SILENCE.model_copy(update={"minutes": 60}), version=3
        )
        life.tick()
        assert told(life, "next_response") == [MONDAY + 10 * MINUTE + 4 * HOUR]
        assert told(life, "keep_informed") == [MONDAY + HOUR]

    def test_a_target_that_is_gone_holds_nobody(self) -> None:
        life = begun(world(NEXT))
        writes(life)
        life.world = world(version=3)
        life.at(MONDAY + 3 * DAY).tick()
        assert told(life, "next_response") == []
        assert shown(life) == {}

    def test_new_hours_and_a_transfer_move_it(self) -> None:
        life = begun(world(NEXT))
        writes(life)
        short = Calendar(time_zone="Europe/Madrid", weekly=dict.fromkeys(("mon", "tue"), (("09:00", "12:00"),)))
        life.world = world(NEXT, calendar=short, version=3)
        life.tick()
        first, later = MONDAY + 10 * MINUTE + 4 * HOUR, MONDAY + DAY + 70 * MINUTE
        assert shown(life)["next_response"].due == later
        assert life.tick() == ()
        life.hear(assigned("ben", calendar="clock"))
        assert shown(life)["next_response"].due == first
        assert moves(life) == [
            ("next_response", first, later, "its hours changed"),
            ("next_response", later, first, "its hours changed"),
        ]

    def test_a_moved_target_says_so_and_a_wait_does_not(self) -> None:
        life = begun(world(NEXT))
        writes(life)
        life.at(MONDAY + HOUR).do(wait, Wait(by="ana", waiting_for="customer"))
        life.at(MONDAY + 2 * HOUR).do(go_on, Resume(by="ana"))
        due = shown(life)["next_response"].due
        assert (due, moves(life)) == (MONDAY + 10 * MINUTE + 5 * HOUR, [])
        life.world = world(NEXT.model_copy(update={"minutes": 180}), version=3)
        life.tick()
        assert moves(life) == [("next_response", due, due - HOUR, "its target changed")]
        life.at(due).tick()
        life.world = world(NEXT, version=4)
        life.tick()
        assert len(moves(life)) == 1
        assert told(life, "next_response") == [due - HOUR]

    def test_being_read_and_given_hours_is_no_move(self) -> None:
        life = begun(world(NEXT, SILENCE))
        assert shown(life)["keep_informed"].due is not None
        assert moves(life) == []

    def test_a_later_cycle_is_held_to_the_newest_policy_as_is_closing_by_itself(self) -> None:
        life = begun(world(Target(clock="first_response", minutes=240)))
        done = Resolve(response_id="r1", by="ana", outcome="upheld", text="Here.")
        life.do(resolve, done)
        life.world = world(Target(clock="first_response", minutes=60), version=3, close_after_days=2)
        life.tick()
        assert life.case.close_at == life.now + 2 * DAY
        life.do(reopen, Reopen(by="ana", reason="new_fact"))
        assert life.case.cycle.deadlines.first_response == life.now + HOUR
        life.world = world(Target(clock="first_response", minutes=120), version=4)
        life.tick()
        assert life.case.cycle.deadlines.first_response == life.now + 2 * HOUR

    def test_routing_may_name_a_later_cycles_deadlines(self) -> None:
        life = begun(world(Target(clock="first_response", minutes=240)))
        life.do(resolve, Resolve(response_id="r1", by="ana", outcome="upheld", text="Here."))
        life.do(reopen, Reopen(by="ana", reason="new_fact"))
        moved = life.case.cycle.deadlines.model_copy(update={"first_response": MONDAY + DAY, "acknowledge": MONDAY})
        life.hear(assigned("ben", moved, cycle=2))
        deadlines = life.case.cycle.deadlines
        assert (deadlines.first_response, deadlines.acknowledge, deadlines.legal) == (MONDAY + DAY, None, None)


class TestMerged:
    """A merge ends the clocks where they are and no promise; undone, they run on as if it had never been."""

    def test_clocks_end_and_promises_do_not(self) -> None:
        life = begun(world(NEXT))
        life.promise()
        writes(life)
        life.at(MONDAY + HOUR).hear(ComplaintMerged(into="c2", by="ana"))
        assert (life.case.status, life.case.merged_into) == ("merged", "c2")
        life.at(MONDAY + 30 * DAY).tick()
        assert told(life, "next_response") == told(life, "first_response") == []
        assert [x.promise.id for x in life.said if x.type == "promise.broken"][-1] == "p1"  # type: ignore[attr-defined]
        life.fulfil()
        assert life.entry().late_at is not None

    def test_undone_the_clocks_run_on(self) -> None:
        life = begun(world(NEXT))
        life.do(wait, Wait(by="ana", waiting_for="customer"))
        life.at(MONDAY + HOUR).hear(ComplaintMerged(into="c2", by="ana"))
        life.hear(ComplaintMerged(into="c3", by="ana"))
        assert life.case.merged_into == "c2"
        life.at(MONDAY + DAY).hear(ComplaintUnmerged(out_of="c2", by="ana"))
        assert (life.case.status, life.case.merged_at) == ("in_progress", None)
        life.hear(ComplaintUnmerged(out_of="c2", by="ana"))
        life.tick()
        assert told(life, "first_response") == [MONDAY + 4 * HOUR]


def test_what_was_warned_of_and_answered_in_time_is_not_overdue_when_the_complaint_ends_later() -> None:
    life = begun(world(NEXT))
    life.answer()
    writes(life.at(life.now + HOUR))
    life.at(life.now + 3 * HOUR + 30 * MINUTE).tick()
    assert told(life, "next_response", "warned")
    life.answer("r2")
    life.at(life.now + DAY).hear(ComplaintWithdrawn())
    life.tick()
    assert told(life, "next_response") == []


def test_a_colleague_who_complains_has_the_same_clocks_and_cannot_answer_themself() -> None:
    life = begun(world(NEXT), complainant=Person(name="Ben", external_id="Ben", internal=True))
    writes(life)
    assert life.case.cycle.deadlines.first_response is not None
    assert not life.answer(by="ben").is_first
    assert "next_response" in shown(life)
    assert life.answer("r2").is_first
    assert shown(life) == {}


def test_parts_of_a_split_keep_the_start() -> None:
    life = begun(world(SILENCE), started_at=MONDAY - DAY)
    assert life.case.cycle.started_at == MONDAY - DAY
    life.answer()
    assert life.case.first_response().elapsed_seconds == 86_400 + 600  # type: ignore[union-attr]
