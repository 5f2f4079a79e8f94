"""Complaints that have to do with one another, and what a customer is asked twice, as metrics count them."""

import pytest

from shared.events import followup, intake
from tests.support.counting import counted, story, told
from tests.support.story import START, Story, hours


def absorbed(tale: Story, start: float = -5, name: str = "c0") -> Story:
    """Another complaint goes on inside this one."""
    payload = intake.ComplaintAbsorbed(absorbed=name, number="3F7Q-1ZKC", started_at=START + hours(start), by="ana")
    return tale.say(payload, 3)


def released(tale: Story, name: str = "c0") -> Story:
    """It stands on its own again."""
    return tale.say(intake.ComplaintReleased(absorbed=name, by="ana"), 4)


def test_who_waits_has_waited_since_the_earliest_start() -> None:
    assert told(absorbed(story()))[0].unanswered_since == START - hours(5)
    assert told(absorbed(story(), 1))[0].unanswered_since == START


def test_let_go_it_runs_from_its_own_start_again() -> None:
    assert told(released(absorbed(story())))[0].unanswered_since == START


@pytest.mark.parametrize(("gone", "since"), [("a", -3), ("c", -5)])
def test_of_several_the_others_still_go_on_here(gone: str, since: float) -> None:
    both = absorbed(absorbed(story(), -5, "a"), -3, "c")
    assert told(both)[0].unanswered_since == START - hours(5)
    facts, _ = told(released(both, gone))
    assert facts.unanswered_since == START + hours(since)
    assert told(released(released(both, gone), "a" if gone == "c" else "c"))[0].unanswered_since == START


def test_one_that_goes_on_here_twice_is_one() -> None:
    twice = absorbed(released(absorbed(story(), -5)), -5)
    assert told(released(twice))[0].unanswered_since == START
    assert len(told(absorbed(absorbed(story()), -5))[0].absorbed) == 1


def test_an_answer_that_fails_leaves_the_wait_of_the_earliest() -> None:
    tale = absorbed(story().answered()).failed(at=5)
    assert told(tale)[0].unanswered_since == START - hours(5)


def test_what_was_answered_keeps_its_wait() -> None:
    assert told(absorbed(story().answered()))[0].cycles[0].start == START


def test_each_fact_that_is_asked_again_is_counted() -> None:
    tale = story().say(followup.FactsAsked(by="ana", facts=("a", "b", "c"), again=("b", "c")), 1)
    assert counted(tale, "palabra_facts_asked") == {
        "/palabra_facts_asked|false": 1,
        "/palabra_facts_asked|true": 2,
    }
