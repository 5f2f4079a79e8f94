"""Complaints that have to do with one another, and what a customer is asked twice, as metrics count them."""

from shared.events import followup, intake
from tests.support.counting import counted, story, told
from tests.support.story import START, Story, hours


def absorbed(tale: Story, start: float = -5) -> Story:
    """Another complaint goes on inside this one."""
    payload = intake.ComplaintAbsorbed(absorbed="c0", number="3F7Q-1ZKC", started_at=START + hours(start), by="ana")
    return tale.say(payload, 3)


def test_who_waits_has_waited_since_the_earliest_start() -> None:
    assert told(absorbed(story()))[0].unanswered_since == START - hours(5)
    assert told(absorbed(story(), 1))[0].unanswered_since == START


def test_let_go_it_runs_from_its_own_start_again() -> None:
    tale = absorbed(story()).say(intake.ComplaintReleased(absorbed="c0", by="ana"), 4)
    assert told(tale)[0].unanswered_since == START


def test_what_was_answered_keeps_its_wait() -> None:
    assert told(absorbed(story().answered()))[0].cycles[0].start == START


def test_each_fact_that_is_asked_again_is_counted() -> None:
    tale = story().say(followup.FactsAsked(by="ana", facts=("a", "b", "c"), again=("b", "c")), 1)
    assert counted(tale, "palabra_facts_asked") == {
        "/palabra_facts_asked|false": 1,
        "/palabra_facts_asked|true": 2,
    }
