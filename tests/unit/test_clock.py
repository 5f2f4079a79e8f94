"""The product clock: its rate, its agreement between processes, and that it never goes back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.clock import HandClock, ProductClock, real_now
from shared.settings import Settings

MILLISECOND = timedelta(milliseconds=1)


def behind(seconds: float) -> datetime:
    """So many seconds before the machine's now."""
    return real_now() - timedelta(seconds=seconds)


def test_it_shows_the_machines_time_in_utc_to_the_millisecond() -> None:
    before, shown, after = real_now(), ProductClock().now(), real_now()
    assert before - MILLISECOND < shown <= after
    assert shown.tzinfo is UTC
    assert shown.microsecond % 1000 == 0


def test_it_never_goes_back() -> None:
    clock = ProductClock(rate=86_400, real_origin=behind(10), origin=datetime(2026, 3, 2, tzinfo=UTC))
    shown = [clock.now() for _ in range(2000)]
    assert shown == sorted(shown)
    # The machine's clock is set back by an hour, which is the same as an origin that lies an hour later.
    last = clock.now()
    clock.real_origin = real_now() + timedelta(hours=1)
    assert clock.now() == last


@pytest.mark.parametrize("rate", [0.5, 1.0, 3600.0, 86_400.0])
def test_it_runs_at_its_rate_from_its_origin(rate: float) -> None:
    origin, start = datetime(2026, 3, 2, 9, 0, tzinfo=UTC), behind(100)
    clock = ProductClock(rate, start, origin)
    earliest = (real_now() - start) * rate
    shown = clock.now() - origin
    latest = (real_now() - start) * rate
    assert earliest - MILLISECOND <= shown <= latest
    assert shown >= timedelta(seconds=100 * rate) - MILLISECOND


def test_at_a_rate_of_one_an_origin_moves_it() -> None:
    origin = datetime(2031, 1, 1, tzinfo=UTC)
    assert timedelta(0) <= ProductClock(1.0, behind(0), origin).now() - origin < timedelta(minutes=1)


@given(st.floats(0.1, 100_000), st.integers(0, 10**6))
def test_processes_that_are_told_the_same_agree_also_after_a_restart(rate: float, seconds: int) -> None:
    told = Settings(clock_rate=rate, clock_real_origin=behind(seconds), clock_origin=datetime(2026, 3, 2, tzinfo=UTC))
    one, other, restarted = told.clock(), told.clock(), told.clock()
    first, second, third = one.now(), other.now(), restarted.now()
    assert first <= second <= third
    assert one.now() >= third


def test_the_hand_clock_stands_until_it_is_moved() -> None:
    clock = HandClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    assert clock.now() == clock.now()
    clock.move(timedelta(minutes=5))
    assert clock.now() == datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
    assert clock.rate == 1.0
