"""Which response is the first one: counted once, taken back under the same labels, replaced by the next."""

from typing import Any

import pytest

from services.metrics.domain.facts import MOST
from shared.events.followup import DeadlineOverdue
from tests.support.counting import counted, story, told
from tests.support.story import START, Story, hours

FIRST = "palabra_first_responses"
BACK = "palabra_first_responses_taken_back"
ELAPSED = "palabra_first_response_elapsed_seconds"
BUSINESS = "palabra_first_response_business_seconds"
OVERDUE = DeadlineOverdue(clock="first_response", deadline=START + hours(4), age_seconds=1)


FIRST_RESPONSES: list[tuple[str, Story, dict[str, int]]] = [
    ("within its target", story().answered(), {"cards/" + FIRST + "|web|normal|true": 1}),
    ("beyond its target", story().answered(at=5, within=False), {"cards/" + FIRST + "|web|normal|false": 1}),
    ("a second one is none", story().answered().answered("r2", 2), {"cards/" + FIRST + "|web|normal|true": 1}),
    ("automatic is none", story().answered(automatic=True), {}),
    ("to a third party is none", story().answered(to="third_party"), {}),
    ("without a measured wait is none", story().answered(elapsed_seconds=None), {}),
    (
        "said to be first, the wait follows from the start",
        story().answered(elapsed_seconds=None, business_seconds=None, is_first=True),
        {"cards/" + FIRST + "|web|normal|true": 1},
    ),
    ("anonymous ones are counted apart", Story("c1").received(anonymous=True).triaged().assigned().answered(), {}),
    (
        "before it was read, as was said with it",
        Story("c1").received().answered().triaged().assigned(),
        {"/" + FIRST + "|web|other|true": 1},
    ),
    (
        "before its target was known: counted when it is",
        Story("c1").received().answered(within=None).triaged(priority="high").assigned(),
        {"/" + FIRST + "|web|high|true": 1},
    ),
    (
        "before its target was known, and too late",
        Story("c1").received().answered(at=6, within=None).triaged(),
        {"/" + FIRST + "|web|normal|false": 1},
    ),
    ("without a target it is neither", Story("c1").received().triaged(due=None).answered(within=None), {}),
    (
        "taken back",
        story().answered().failed(),
        {"cards/" + FIRST + "|web|normal|true": 1, "cards/" + BACK + "|web|normal|true": 1},
    ),
    (
        "taken back under the labels it was counted with",
        story().answered().triaged(priority="urgent").assigned("loans").failed(),
        {"cards/" + FIRST + "|web|normal|true": 1, "cards/" + BACK + "|web|normal|true": 1},
    ),
    (
        "taken back, and a later one counts",
        story().answered().failed().answered("r2", 5, within=False),
        {
            "cards/" + FIRST + "|web|normal|true": 1,
            "cards/" + BACK + "|web|normal|true": 1,
            "cards/" + FIRST + "|web|normal|false": 1,
        },
    ),
    (
        "taken back, and one that is there already counts",
        story().answered().answered("r2", 2).failed(at=3),
        {"cards/" + FIRST + "|web|normal|true": 2, "cards/" + BACK + "|web|normal|true": 1},
    ),
    (
        "in time, told when it had been counted as overdue: on that side of the objective, and only there",
        story().say(OVERDUE, 4).answered(within=True),
        {"cards/" + FIRST + "|web|normal|false": 1},
    ),
    (
        "told late and taken back under the label it was counted with",
        story().say(OVERDUE, 4).answered(within=True).failed(),
        {
            "cards/" + FIRST + "|web|normal|false": 1,
            "cards/" + BACK + "|web|normal|false": 1,
        },
    ),
    (
        "failed before it was heard of: counted and taken back, as in the other order",
        story().failed(at=0.5).answered(),
        {"cards/" + FIRST + "|web|normal|true": 1, "cards/" + BACK + "|web|normal|true": 1},
    ),
    (
        "failed before it was heard of, and it would not have been the first",
        story().failed("r2", 0.5).answered().answered("r2", 2),
        {"cards/" + FIRST + "|web|normal|true": 1},
    ),
    (
        "failed before it was heard of, and another one counts",
        story().failed(at=0.5).answered().answered("r2", 5, within=False),
        {
            "cards/" + FIRST + "|web|normal|true": 1,
            "cards/" + BACK + "|web|normal|true": 1,
            "cards/" + FIRST + "|web|normal|false": 1,
        },
    ),
    (
        "failed by the channel's own name for it",
        story().answered(external_reference="mail-1").failed("mail-1"),
        {"cards/" + FIRST + "|web|normal|true": 1, "cards/" + BACK + "|web|normal|true": 1},
    ),
    (
        "failed by the channel's own name for it, before it was heard of",
        story().failed("mail-1", 0.5).answered(external_reference="mail-1"),
        {"cards/" + FIRST + "|web|normal|true": 1, "cards/" + BACK + "|web|normal|true": 1},
    ),
    ("failed twice", story().answered().failed().failed(), {
        "cards/" + FIRST + "|web|normal|true": 1, "cards/" + BACK + "|web|normal|true": 1,
    }),
    (
        "another one failed",
        story().answered().answered("r2", 2).failed("r2"),
        {"cards/" + FIRST + "|web|normal|true": 1},
    ),
    (
        "one without a target is not taken back from anything",
        Story("c1").received().triaged(due=None).answered(within=None).failed(),
        {},
    ),
    (
        "each cycle has its own",
        story().answered().resolved().reopened().answered("r2", 61, cycle=2, within=False),
        {"cards/" + FIRST + "|web|normal|true": 1, "cards/" + FIRST + "|web|normal|false": 1},
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("tale", "expected"), [row[1:] for row in FIRST_RESPONSES], ids=[x[0] for x in FIRST_RESPONSES]
)
def test_first_responses(tale: Story, expected: dict[str, int]) -> None:
    assert counted(tale, FIRST, BACK) == expected


@pytest.mark.parametrize("name", ["r1", "mail-1"])
def test_the_order_of_failure_and_response_changes_nothing(name: str) -> None:
    answer: dict[str, Any] = {"external_reference": "mail-1", "within": True}
    before, first = told(story().failed(name).answered(**answer).answered("r2", 6, within=False))
    after, second = told(story().answered(**answer).failed(name).answered("r2", 6, within=False))
    assert first == second
    assert (before.cycles, before.failed_early) == (after.cycles, after.failed_early)


def test_waits_fall_into_their_buckets() -> None:
    counts = counted(story().answered(at=1), ELAPSED, BUSINESS)
    # One hour is in the bucket up to one hour (the fifth); half an hour of business in the one up to 30 minutes.
    assert counts == {
        f"cards/{ELAPSED}|web|normal|b4": 1,
        f"cards/{ELAPSED}|web|normal|ms": 3_600_000,
        f"cards/{BUSINESS}|web|normal|b3": 1,
        f"cards/{BUSINESS}|web|normal|ms": 1_800_000,
    }


@pytest.mark.parametrize(
    ("seconds", "bucket"), [(-5, 0), (60, 0), (60.001, 1), (2_592_000, 14), (2_592_001, 15), (1e300, 15)]
)
def test_bounds_are_inclusive(seconds: float, bucket: int) -> None:
    tale = story().answered(elapsed_seconds=seconds, business_seconds=None)
    assert counted(tale, ELAPSED)[f"cards/{ELAPSED}|web|normal|b{bucket}"] == 1
    assert counted(tale, BUSINESS) == {}


def test_a_transfer_after_the_answer_moves_nothing_that_was_counted() -> None:
    facts, counts = told(story().answered().assigned("loans", due=9))
    assert facts.current.responses[0].due == START + hours(4)
    assert counts[f"cards/{FIRST}|web|normal|true"] == 1


def test_a_target_from_before_the_reopening_is_not_the_new_cycle_s() -> None:
    facts, _ = told(story().resolved().reopened(60).assigned(due=4).assigned("loans", due=70, cycle=2))
    assert [cycle.due for cycle in facts.cycles] == [START + hours(4), START + hours(70)]
    facts, _ = told(story().resolved().reopened(60).assigned(due=4))
    assert facts.current.due is None


def test_a_target_heard_after_the_reopening_is_still_the_first_cycle_s() -> None:
    tale = Story("c1").received().answered(within=None).resolved().reopened(60).triaged(priority="high", due=4)
    facts, counts = told(tale)
    assert [cycle.due for cycle in facts.cycles] == [START + hours(4), None]
    assert counts[f"/{FIRST}|web|high|true"] == 1


def test_a_document_keeps_a_bounded_number_of_responses() -> None:
    tale = story()
    for number in range(MOST + 5):
        tale.answered(f"r{number}").failed(f"x{number}")
    facts, _ = told(tale)
    assert (len(facts.current.responses), len(facts.failed_early)) == (MOST, MOST)
    again, _ = told(tale.failed("x1").failed("x1"))
    assert again.failed_early.count("x1") == 1
