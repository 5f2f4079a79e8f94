"""What a stack remembers: its key and a clock that never goes back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.local import state
from deploy.local.errors import UserError
from deploy.local.process import Process
from deploy.local.state import ClockState, Running, State
from shared.clock import ProductClock


def shows(clock: ClockState) -> datetime:
    """What a service that is given this clock says now."""
    return ProductClock(clock.rate, clock.real_origin, clock.origin).now()


def test_what_was_saved_is_loaded_again_and_is_for_this_user_only(tmp_path: Path) -> None:
    running = Running(process=Process(pid=1, born="x/1"), port=8101, log=tmp_path / "log")
    before = State(clock=ClockState.new(60), running={"intake": running})
    state.save(tmp_path, before)
    assert state.load(tmp_path) == before
    assert (tmp_path / "stack.json").stat().st_mode & 0o077 == 0


def test_another_rate_does_not_turn_the_clock_back() -> None:
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    fast = ClockState(rate=3600, real_origin=long_ago, origin=long_ago)
    before = shows(fast)
    slow = fast.at_rate(1)
    assert timedelta(0) <= shows(slow) - before < timedelta(hours=10)
    assert fast.at_rate(None) is fast
    assert fast.at_rate(3600) is fast


def test_a_stack_that_never_ran_remembers_nothing(tmp_path: Path) -> None:
    assert state.load(tmp_path) is None


def test_a_state_that_cannot_be_read_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "stack.json").write_text("{")
    with pytest.raises(UserError, match="make clean"):
        state.load(tmp_path)
