"""Events in, counts out: what each event adds to the totals, and what is known afterwards."""

from datetime import timedelta
from typing import Any

import pytest

from services.metrics.domain import series
from services.metrics.domain.facts import Facts
from services.metrics.domain.handled import steps_done
from shared.events import followup, intake, routing
from shared.events.values import RemedySought
from tests.support.counting import counted, story, told
from tests.support.story import START, Story, hours


def test_a_complaint_is_counted_once_by_how_it_came() -> None:
    tale = Story("c1").received(channel="phone", via="cti", kind="treatment")
    assert counted(tale, "palabra_complaints_received") == {"/palabra_complaints_received|phone|treatment|cti": 1}
    again = tale.received()
    assert sum(counted(again, "palabra_complaints_received").values()) == 1


@pytest.mark.parametrize(("format_", "label"), [("cfpb", "cfpb"), (None, "other"), ("xml", "other")])
def test_history_is_in_no_live_total(format_: str | None, label: str) -> None:
    tale = Story("c1").received(historical=True, import_format=format_).triaged().answered().made().closed()
    facts, counts = told(tale)
    assert counts == {f"/palabra_complaints_imported|{label}": 1}
    assert (facts.unanswered_since, facts.unassigned) == (None, False)


def test_deadlines_count_when_they_are_said_to_have_passed() -> None:
    overdue = followup.DeadlineOverdue(clock="first_response", deadline=START + hours(4), age_seconds=1)
    legal = followup.DeadlineOverdue(clock="legal", deadline=START + hours(9), age_seconds=1)
    tale = story().say(overdue, 4).say(legal, 9)
    assert counted(tale, "palabra_deadlines_overdue") == {
        "cards/palabra_deadlines_overdue|first_response|web|normal": 1,
        "cards/palabra_deadlines_overdue|legal|web|normal": 1,
    }
    facts, _ = told(Story("c1").received().say(overdue, 4))
    assert facts.current.due == START + hours(4)
    assert [x.clock for x in told(tale)[0].current.overdue] == ["first_response", "legal"]


def overdue(clock: Any = "first_response", at: float = 4) -> followup.DeadlineOverdue:
    """A deadline passed."""
    return followup.DeadlineOverdue(clock=clock, deadline=START + hours(at), age_seconds=1)


def not_overdue(clock: Any = "first_response", at: float = 4) -> followup.DeadlineCorrected:
    """It had not."""
    return followup.DeadlineCorrected(clock=clock, deadline=START + hours(at), why="it had been withdrawn before")


BACK = "palabra_deadlines_overdue_taken_back"


def test_a_deadline_that_had_not_passed_is_taken_back_under_the_labels_it_was_counted_with() -> None:
    tale = story().say(overdue(), 4).triaged(priority="urgent").assigned("loans").say(not_overdue(), 5)
    assert counted(tale, "palabra_deadlines_overdue", BACK) == {
        "cards/palabra_deadlines_overdue|first_response|web|normal": 1,
        f"cards/{BACK}|first_response|web|normal": 1,
    }
    assert told(tale)[0].current.overdue == ()


def test_of_several_deadlines_of_a_clock_the_one_that_is_named_is_taken_back() -> None:
    tale = story().say(overdue("legal", 4), 4).say(overdue("legal", 9), 9).say(not_overdue("legal", 4), 10)
    assert [x.deadline for x in told(tale)[0].current.overdue] == [START + hours(9)]


def test_what_was_never_counted_is_taken_back_from_nothing() -> None:
    tale = story().say(overdue("legal"), 4).say(not_overdue("resolution"), 5)
    assert counted(tale, BACK) == {}


def test_a_target_that_moved_since_is_taken_back_all_the_same() -> None:
    tale = story().say(overdue(), 4).say(not_overdue(at=5), 6)
    assert counted(tale, BACK) == {f"cards/{BACK}|first_response|web|normal": 1}


def test_an_answer_in_time_is_within_target_where_the_overdue_was_taken_back() -> None:
    tale = story().say(overdue(), 4).say(not_overdue(), 5).answered(within=True)
    assert counted(tale, "palabra_first_responses") == {"cards/palabra_first_responses|web|normal|true": 1}


def test_escalations_results_and_reopenings_are_counted() -> None:
    tale = story().say(routing.ComplaintEscalated(level=2, reason="promise_broken")).resolved().closed().reopened()
    counts = told(tale)[1]
    assert counts["/palabra_escalations|2|promise_broken"] == 1
    assert counts["/palabra_complaints_resolved|upheld"] == 1
    assert counts["/palabra_complaints_closed|verified"] == 1
    assert counts["/palabra_complaints_reopened|not_solved"] == 1


@pytest.mark.parametrize(
    ("kind", "match", "shown"),
    [("product", "partly", "partly"), ("treatment", None, "none"), ("praise", None, None)],
)
def test_what_was_given_is_counted_beside_what_was_sought(kind: str, match: Any, shown: str | None) -> None:
    result = followup.ComplaintResolved(
        by="ana", outcome="upheld", text="done", remedy_match=match, cycle=1, elapsed_seconds=1
    )
    tale = Story("c1").received(kind=kind).say(result)
    name = "palabra_remedies_compared"
    assert counted(tale, name) == ({} if shown is None else {f"/{name}|{shown}": 1})


def test_a_reopened_complaint_waits_again_and_must_be_verified_anew() -> None:
    before, _ = told(story().answered().resolved().verified().closed())
    assert (before.unanswered_since, before.steps.verified) == (None, True)
    facts, _ = told(story().answered().resolved().verified().closed().reopened(60))
    assert (facts.unanswered_since, facts.closed_at, facts.steps.verified) == (START + hours(60), None, False)
    assert facts.cycles[0].responses  # the first cycle's value never changes


def test_it_waits_since_its_message_was_received_though_it_was_reopened_later() -> None:
    wrote = START + hours(59)
    again = followup.ComplaintReopened(reason="not_solved", cycle=2, started_at=wrote)
    facts, _ = told(story().answered().resolved().closed().say(again, 60))
    assert (facts.unanswered_since, facts.reopened_at) == (wrote, START + hours(60))


def test_the_seven_steps_are_told_at_closing() -> None:
    tale = story()
    tale.say(followup.ComplaintAcknowledged(text="we have it", language="en"))
    tale.say(followup.FactsAsked(by="ana", facts=("account",)))
    tale.say(followup.RemedySoughtStated(remedy=RemedySought(kind="refund")))
    tale.say(followup.SummaryConfirmed(confirmed=True)).say(followup.SolutionProposed(by="ana", options=("refund",)))
    tale.made().kept().resolved().verified().closed()
    assert set(steps_done(told(tale)[0]).values()) == {True}
    assert counted(tale, "palabra_steps") == {f"/palabra_steps|{step}|true": 1 for step in range(1, 8)}


def test_skipped_steps_show() -> None:
    assert set(steps_done(told(story().resolved().closed())[0]).values()) == {False}
    assert not steps_done(told(story().made().broken())[0])["6"]
    # What colleagues promise each other is not our word to the customer, kept or broken.
    assert not steps_done(told(story().made(made_to="agent"))[0])["6"]
    assert steps_done(told(story().made("p2").made(made_to="agent").broken(made_to="agent"))[0])["6"]
    assert steps_done(told(story().say(intake.MessageReceived(
        message_id="m", channel="web", text="and another thing", received_at=START)))[0])["2"]  # fmt: skip
    assert steps_done(told(story().say(followup.SolutionChosen(option="none")))[0])["5"]
    assert steps_done(told(story().say(followup.FactsGiven(facts={"account": "1"})))[0])["2"]
    asked = Story("c1").received(remedy_sought=RemedySought(kind="refund"))
    assert steps_done(told(asked)[0])["3"]
    # Praise seeks no remedy: the step is neither done nor skipped.
    assert "3" not in steps_done(told(Story("c1").received(kind="praise"))[0])


def test_who_waits_and_for_whom() -> None:
    facts, _ = told(Story("c1").received())
    assert (facts.unanswered_since, facts.unassigned) == (START, True)
    facts, _ = told(story())
    assert (facts.unanswered_since, facts.unassigned) == (START, False)
    assert told(story().assigned(agent=None))[0].unassigned
    assert not told(story().assigned(agent=None).resolved())[0].unassigned
    assert told(Story("c1").received(anonymous=True))[0].unanswered_since is None
    # A response that bounces after closing leaves the customer waiting.
    assert told(story().answered().closed().failed(at=51))[0].unanswered_since == START


def test_withdrawn_or_merged_nobody_waits() -> None:
    withdrawn = told(story().say(intake.ComplaintWithdrawn(), 3).say(intake.ComplaintWithdrawn(), 4))[0]
    assert (withdrawn.ended_at, withdrawn.unanswered_since) == (START + hours(3), None)
    late = told(story().say(intake.ComplaintWithdrawn(said_at=START + hours(1)), 3))[0]
    assert late.ended_at == START + hours(1)
    merged = story().assigned(agent=None).say(intake.ComplaintMerged(into="c2", by="ana"), 3)
    assert (told(merged)[0].ended_at, told(merged)[0].unassigned) == (START + hours(3), False)
    again = told(merged.say(intake.ComplaintUnmerged(out_of="c2", by="ana"), 4))[0]
    assert (again.ended_at, again.unanswered_since) == (None, START)


def test_an_acknowledgement_is_no_answer() -> None:
    tale = story().say(followup.ComplaintAcknowledged(text="we have it", language="en"), 0.1)
    facts, _ = told(tale)
    assert (facts.acknowledged_at, facts.unanswered_since) == (START + hours(0.1), START)


def test_counts_and_the_newest_event_s_time_are_never_stored() -> None:
    facts, _ = told(story().answered())
    stored = facts.model_dump(mode="python")
    assert facts.counts
    assert facts.heard_at == START + timedelta(hours=1)
    assert not {"counts", "heard_at"} & stored.keys()
    assert Facts.model_validate(stored) == facts.model_copy(update={"counts": (), "heard_at": None})


def test_labels_are_closed_and_keys_can_be_stored() -> None:
    for one in series.ALL:
        for values in one.combinations():
            key = one.key(*values)
            assert "." not in key
            assert "$" not in key
    assert series.OVERDUE.key("legal", "web", "shouting").endswith("|other")
    assert len(series.OVERDUE.one("legal", "web", "low", team="x" * 500).team) == series.LONGEST_TEAM
    assert all(values[2] != values[3] for values in series.PROMISES_CORRECTED.combinations())
