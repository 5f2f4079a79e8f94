"""The rules of hearing, each with the real log and the real store. Source: "Hearing" in the architecture."""

import pytest

from shared.settings import Settings
from tests.support.log import Log, event, message
from tests.support.running import service
from tests.support.tally import WITHDRAWN, blueprint, received, said
from tests.support.wait import until

pytestmark = pytest.mark.servers


async def test_an_event_delivered_twice_changes_nothing(log: Log, settings: Settings) -> None:
    twice = event(said("once"), "c1", 2)
    await log.publish(event(received(), "c1", 1), twice, twice, event(said("after"), "c1", 3))
    async with service(blueprint(), settings) as tally:
        document = await tally.until_applied("c1", "intake", 3)
        assert document["state"]["heard"][1:] == ["once", "after"]
        answers = await log.until("complaint.resumed", "c1", 2)
    assert [x.seq for x in answers] == [1, 2]
