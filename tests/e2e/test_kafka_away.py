"""Kafka is away while complaints keep coming. Ten minutes of it: `python -m tests.chaos.away --minutes 10`."""

from pathlib import Path

import pytest

from tests.chaos.away import Away, stopped
from tests.chaos.house import House

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

_MEGABYTES = 80
"""What a process may grow by: nothing that grows with the outbox is held in memory beyond a bound."""


async def test_complaints_are_accepted_seen_on_the_gauge_and_said_in_order_later(tmp_path: Path) -> None:
    house = House(tmp_path, members=1, copies=1)
    seen = await stopped(house, Away(house, seconds=30, pace=10).play())
    assert set(seen.statuses) == {201}, seen.statuses
    assert seen.accepted > 30, "a slow machine accepts too"
    assert seen.answered == 2 * seen.accepted
    assert seen.depths == sorted(seen.depths), "it only grew"
    assert len(set(seen.depths)) > 4, "and was seen to, not only when Kafka was back"
    assert seen.depths[-1] == seen.answered - seen.answered_before, "all of it waits, and is seen"
    assert seen.said >= seen.answered
    assert seen.findings == []
    grown = {name: most - seen.before[name] for name, most in seen.most.items()}
    assert max(grown.values()) < _MEGABYTES, grown
