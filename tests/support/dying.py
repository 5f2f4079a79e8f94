"""The tally as a process of its own that is killed (SIGKILL, by itself) at a named place. Run: `dying.py PLACE`."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from shared.blueprint import assemble
from shared.process import serve
from shared.runtime.publisher import Publisher
from shared.settings import Settings
from tests.support.tally import blueprint


def die() -> None:
    """Gone, as by kill -9."""
    os.kill(os.getpid(), signal.SIGKILL)


class DiesBeforePublishing(Publisher):
    """Saved, not yet on the log."""

    async def _send(self, taken: Mapping[str, Sequence[Any]]) -> int:
        if any(taken.values()):
            die()
        return await super()._send(taken)


class DiesBeforeRemoval(Publisher):
    """On the log, still in the outbox."""

    async def _clear(self, acknowledged: Mapping[str, Sequence[int]]) -> None:
        if acknowledged:
            die()
        await super()._clear(acknowledged)


PLACES = {"before_publishing": DiesBeforePublishing, "before_removal": DiesBeforeRemoval}


def main() -> None:
    """Runs until it dies."""
    runtime = assemble(blueprint(), Settings())
    publisher = runtime.publisher
    dying = PLACES[sys.argv[1]](publisher.service, publisher.documents, publisher.producer, publisher.topic)
    runtime.publisher = runtime.desk.publisher = dying
    object.__setattr__(runtime.parking, "publisher", dying)
    runtime.listener.take.__self__.publisher = dying
    sys.exit(asyncio.run(serve(runtime, "all")))


if __name__ == "__main__":
    main()
