"""Facts in, tables out: the unanswered are in every denominator, and the rows add up."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.metrics.domain.facts import Cycle, Facts, Response
from shared.events import followup, intake
from tests.support.reporting import facts, report, story
from tests.support.story import START, Story, hours

OVERDUE = followup.DeadlineOverdue(clock="first_response", deadline=START + hours(4), age_seconds=0)
NOT_OVERDUE = followup.DeadlineCorrected(clock="first_response", deadline=START + hours(4), why="withdrawn before")

FIRST: list[tuple[str, Story, dict[str, Any], dict[str, int]]] = [
    ("answered in time", story().answered(), {}, {"fell_due": 1, "answered_within": 1}),
    ("answered before due counts at once", story().answered(), {"as_of": START + hours(2)},
     {"fell_due": 1, "answered_within": 1}),
    ("answered late", story().answered(at=5, within=False), {}, {"fell_due": 1, "answered_late": 1}),
    ("not answered", story(), {}, {"fell_due": 1, "unanswered": 1}),
    ("not answered, due this very moment", story(), {"as_of": START + hours(4)}, {"fell_due": 1, "unanswered": 1}),
    ("not answered, not due yet", story(), {"as_of": START + hours(3)}, {"not_yet_due": 1}),
    ("answered only after the report", story().answered(at=5, within=False), {"as_of": START + hours(4.5)},
     {"fell_due": 1, "unanswered": 1}),
    ("bounced", story().answered().failed(), {}, {"fell_due": 1, "unanswered": 1}),
    ("bounced, then answered late", story().answered().failed().answered("r2", 6, within=False), {},
     {"fell_due": 1, "answered_late": 1}),
    ("withdrawn after due", story().say(intake.ComplaintWithdrawn(), 5), {}, {"fell_due": 1, "ended_unanswered": 1}),
    ("withdrawn after the report", story().say(intake.ComplaintWithdrawn(), 5), {"as_of": START + hours(4.5)},
     {"fell_due": 1, "unanswered": 1}),
    ("withdrawn before due and heard of after it",
     story().say(OVERDUE, 4).say(intake.ComplaintWithdrawn(), 3).say(NOT_OVERDUE, 5), {}, {"ended_before_due": 1}),
    ("merged before due", story().say(intake.ComplaintMerged(into="c2", by="ana"), 3), {}, {"ended_before_due": 1}),
    ("without a target", Story("c1").received().triaged(due=None), {}, {"without_target": 1}),
    ("without a target, answered", Story("c1").received().triaged(due=None).answered(within=None), {},
     {"without_target": 1}),
    ("not told, but within its target", story().answered(within=None), {}, {"fell_due": 1, "answered_within": 1}),
    ("anonymous", story(anonymous=True), {}, {"anonymous": 1}),
    ("history is not asked for", Story("c1").received(historical=True), {}, {}),
    ("history alone", Story("c1").received(historical=True, anonymous=True), {"historical": "only"},
     {"without_target": 1}),
    ("live is not asked for", story(), {"historical": "only"}, {}),
    ("both", story(), {"historical": "include"}, {"fell_due": 1, "unanswered": 1}),
    ("before the span", story(), {"start": START + hours(1)}, {}),
    ("at the end of the span", story(), {"end": START}, {}),
    ("not received yet", story(), {"as_of": START - hours(1)}, {}),
    ("reopened: the first cycle never changes", story().answered().resolved().reopened(), {},
     {"fell_due": 1, "answered_within": 1}),
]  # fmt: skip
COUNTS = (
    "fell_due", "answered_within", "answered_late", "unanswered", "ended_unanswered", "not_yet_due",
    "ended_before_due", "without_target", "anonymous",
)  # fmt: skip


@pytest.mark.parametrize(("tale", "asked", "expected"), [row[1:] for row in FIRST], ids=[row[0] for row in FIRST])
def test_each_complaint_is_in_exactly_one_count(tale: Story, asked: dict[str, Any], expected: dict[str, int]) -> None:
    total = report("first-response", tale, **asked).total()
    assert {name: total[name] for name in COUNTS if total[name]} == expected


def test_a_target_that_was_only_told_by_its_passing_is_kept() -> None:
    late = followup.DeadlineOverdue(clock="first_response", deadline=START + hours(4), age_seconds=0)
    told = report("first-response", Story("c1").received().say(late, 4).answered(at=5, within=None)).total()
    assert (told["fell_due"], told["answered_late"]) == (1, 1)


def test_a_row_without_anything_to_divide_says_so() -> None:
    total = report("first-response").total()
    assert {name: value for name, value in total.items() if value is None} == dict.fromkeys(
        ["share_within", "median_elapsed_seconds", "p90_elapsed_seconds", "median_business_seconds",
         "median_censored_seconds"]
    )  # fmt: skip
    assert report("promises").total()["share_kept"] is None
    assert report("complaints").total()["median_resolution_seconds"] is None


def test_the_unanswered_weigh_on_the_share_and_on_the_median() -> None:
    total = report("first-response", story().answered(at=1), story().answered("r2", 2), story(), story()).total()
    assert total["share_within"] == 0.5
    assert total["median_elapsed_seconds"] == 5400
    assert total["median_business_seconds"] == 2700
    assert total["p90_elapsed_seconds"] == pytest.approx(3600 + 0.9 * 3600)
    # Two of four are answered after two hours: half of all, not half of the answered.
    assert total["median_censored_seconds"] == 7200


def test_rows_are_groups_and_the_unknown_one_is_last() -> None:
    tales = [story(product="card").answered(), story(product=None), story(product="Loan"), story(product="card")]
    made = report("first-response", *tales, group_by="product")
    assert [(row["group"], row["fell_due"]) for row in made.rows()] == [("Loan", 1), ("card", 2), (None, 1)]
    assert made.total()["fell_due"] == 4


@pytest.mark.parametrize(
    ("group_by", "zone", "group"),
    [
        ("kind", "UTC", "product"),
        ("channel", "UTC", "web"),
        ("team", "UTC", "cards"),
        ("priority", "UTC", "normal"),
        ("place", "UTC", "Pamplona"),
        ("week", "UTC", "2026-W01"),
        ("month", "UTC", "2025-12"),
        ("month", "Asia/Tokyo", "2026-01"),
        (None, "UTC", None),
    ],
)
def test_groups(group_by: str | None, zone: str, group: str | None) -> None:
    new_year = Story("c1", start=datetime.fromisoformat("2025-12-31T22:00:00+00:00"))
    tale = new_year.received(place="Pamplona").triaged().assigned()
    asked: dict[str, Any] = {"start": START - hours(10_000), "group_by": group_by, "zone": ZoneInfo(zone)}
    assert [row["group"] for row in report("complaints", tale, **asked).rows()] == [group]


def test_complaints_and_how_they_ended() -> None:
    twice = story().answered().resolved(30, "upheld").reopened().resolved(70, "partly", cycle=2)
    made = report("complaints", twice, story().resolved(10, "answered"), story())
    assert made.total() == {
        "received": 3, "answered": 1, "resolved": 2, "upheld": 0, "partly": 1, "not_upheld": 0, "reopened": 1,
        "median_resolution_seconds": 72_000.0,
    }  # fmt: skip
    assert report("complaints", twice, as_of=START + hours(40)).total()["upheld"] == 1


def test_a_result_without_a_time_or_outcome_is_still_a_result() -> None:
    cycle = Cycle(number=1, start=START, resolved_at=START + hours(1))
    bare = facts(story()).model_copy(update={"cycles": (cycle,)})
    assert report("complaints", bare).total()["resolved"] == 1


def test_the_funnel_shows_how_far_complaints_got() -> None:
    happy = story().say(followup.ComplaintAcknowledged(text="we have it", language="en"), 1)
    happy.answered().resolved().verified(40)
    sad = story().answered().resolved().verified(40, "no", 1)
    odd = story().answered().resolved().verified(40, "declined", 5)
    assert report("funnel", happy, sad, odd, story()).total() == {
        "received": 4, "acknowledged": 1, "answered": 3, "resolved": 3, "verified": 1, "satisfied": 1,
    }  # fmt: skip


def test_what_was_reopened_must_be_verified_anew() -> None:
    tale = story().answered().resolved().verified(40).closed().reopened(60, reason="new_fact")
    for seen, verified in ((50, 1), (70, 0)):
        shown = report("funnel", tale, as_of=START + hours(seen)).total()
        assert (shown["resolved"], shown["verified"], shown["satisfied"]) == (1, verified, verified)
    shown = report("funnel", tale.resolved(80, cycle=2).verified(90)).total()
    assert (shown["verified"], shown["satisfied"]) == (1, 1)


def response(at: float, within: bool | None) -> Response:
    """A valid response."""
    return Response(id=f"r{at}", at=START + hours(at), elapsed_ms=int(at * 3_600_000), within=within)


CASES = st.builds(
    lambda due, answers, ended, anonymous, team: facts(Story("c").received(anonymous=anonymous)).model_copy(
        update={
            "team": team,
            "withdrawn_at": None if ended is None else START + hours(ended),
            "cycles": (
                Cycle(
                    number=1, start=START, due=None if due is None else START + hours(due),
                    responses=tuple(response(at, within) for at, within in answers),
                ),
            ),
        }
    ),
    st.none() | st.integers(0, 20),
    st.lists(st.tuples(st.integers(0, 20), st.none() | st.booleans()), max_size=3),
    st.none() | st.integers(0, 20),
    st.booleans(),
    st.sampled_from([None, "a", "b"]),
)  # fmt: skip


@given(st.lists(CASES, max_size=12), st.integers(0, 25))
def test_the_rows_add_up(known: list[Facts], seen: int) -> None:
    made = report("first-response", *known, group_by="team", as_of=START + hours(seen))
    total = made.total()
    parts = ("answered_within", "answered_late", "unanswered", "ended_unanswered")
    apart = ("not_yet_due", "ended_before_due", "without_target", "anonymous")
    assert total["fell_due"] == sum(total[name] for name in parts)
    assert sum(total[name] for name in (*parts, *apart)) == len(known)
    for name in (*parts, *apart, "fell_due"):
        assert sum(row[name] for row in made.rows()) == total[name]
    if total["share_within"] is not None:
        assert 0 <= total["share_within"] <= 1
