"""A connection that is closed under Kafka's driver is the world's fault, whatever the event loop calls it."""

from typing import Any

import pytest

from shared.kafka import LogError
from shared.kafka.basics import stopped
from shared.kafka.careful import Careful

CLOSED = "unable to perform operation on <TCPTransport closed=True>; the handler is closed"


class Driver:
    """Fails with these words."""

    def __init__(self, words: str) -> None:
        self.words = words

    async def getmany(self, **_: Any) -> Any:
        raise RuntimeError(self.words)

    async def stop(self) -> None:
        raise RuntimeError(self.words)


async def test_a_closed_connection_is_an_error_of_the_log() -> None:
    with pytest.raises(LogError, match="handler is closed"):
        await Careful(Driver(CLOSED)).fetch(at_most=1, seconds=0)
    await stopped(Driver(CLOSED).stop)


async def test_any_other_error_of_ours_stays_one() -> None:
    with pytest.raises(RuntimeError, match="ours"):
        await Careful(Driver("ours")).fetch(at_most=1, seconds=0)
    with pytest.raises(RuntimeError, match="ours"):
        await stopped(Driver("ours").stop)
