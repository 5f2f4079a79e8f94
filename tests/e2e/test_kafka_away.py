"""Kafka is away while complaints keep coming. Ten minutes of it: `make chaos AWAY=10`."""

from pathlib import Path

import pytest

from tests.chaos.away import Away, stopped, verdict
from tests.chaos.house import House

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


async def test_complaints_are_accepted_seen_on_the_gauge_and_said_in_order_later(tmp_path: Path) -> None:
    house = House(tmp_path, members=1, copies=1)
    seen = await stopped(house, Away(house, seconds=30, pace=10).play())
    assert verdict(seen) == []
    assert seen.accepted > 30, "a slow machine accepts too"
    assert len(set(seen.depths)) > 4, "it was seen to grow, not only when Kafka was back"
