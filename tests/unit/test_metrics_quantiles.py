"""Medians that say what they are medians of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.metrics.domain.reports.quantiles import censored_median, median, quantile


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
