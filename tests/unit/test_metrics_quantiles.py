"""Medians that say what they are medians of."""

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from services.metrics.domain.reports.quantiles import censored_median, median, quantile
from shared.events.intake import ComplaintWithdrawn
from tests.support.reporting import report, story
from tests.support.story import START, Story


def test_medians_of_little() -> None:
    assert [median([]), median([7]), median([1, 2])] == [None, 7, 1.5]
    assert quantile([1, 2, 3], 0.9) == pytest.approx(2.8)
    assert censored_median([]) is None
    assert censored_median([(5, False), (6, False)]) is None
    assert censored_median([(1, True), (2, True), (3, True), (4, True)]) == 2
    # Worked by hand: S falls to 4/5 at 6, one is lost at 7, then to 4/5 * 2/3 at 9, to 4/5 * 1/3 at 10.
    assert censored_median([(6, True), (7, False), (9, True), (10, True), (12, False)]) == 10


WAITS = st.lists(st.tuples(st.integers(0, 50), st.booleans()), max_size=30)


@given(WAITS)
def test_the_censored_median_never_flatters(waits: list[tuple[int, bool]]) -> None:
    answered = sorted(wait for wait, done in waits if done)
    found = censored_median(waits)
    if found is not None:
        assert found in answered
        assert found >= answered[(len(answered) - 1) // 2]  # the (lower) median of the answered alone
    if len(answered) == len(waits) and waits:
        assert found == answered[(len(answered) - 1) // 2]


def by_scipy(waits: list[tuple[int, bool]]) -> float | None:
    """The same by a library: where its Kaplan-Meier estimate of the survival function falls to one half."""
    surviving = ecdf(CensoredData.right_censored([wait for wait, _ in waits], [not done for _, done in waits])).sf
    halved = [
        wait for wait, left in zip(surviving.quantiles, surviving.probabilities, strict=True) if left < 0.5 + 1e-9
    ]
    return float(halved[0]) if halved else None


@given(WAITS.filter(bool))
def test_the_censored_median_is_kaplan_and_meier_s(waits: list[tuple[int, bool]]) -> None:
    assert censored_median(waits) == by_scipy(waits)


def test_the_report_s_censored_median_is_kaplan_and_meier_s() -> None:
    dice = random.Random(7)
    hours = [(dice.randint(1, 90), dice.random() < 0.6) for _ in range(200)]
    tales = [story().answered(at=wait) if done else ended(story(), wait) for wait, done in hours]
    told = report("first-response", *tales, as_of=START + timedelta(hours=100)).total()
    expected = by_scipy(hours)
    assert expected is not None
    assert told["median_censored_seconds"] == expected * 3600
    assert told["median_elapsed_seconds"] < told["median_censored_seconds"]


def ended(tale: Story, at: float) -> Story:
    """Nobody answered until it was withdrawn."""
    return tale.say(ComplaintWithdrawn(), at)
