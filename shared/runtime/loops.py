"""The loops of a process: each runs until the process ends."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

_PATIENCE_SECONDS: Final = 3.0

log = structlog.get_logger()


@dataclass(slots=True)
class Loops:
    """Starts loops and stops them all. `failed` is set when one ended by an error: that is ours, the process must end.

    A task group would cancel each of them once; a driver that swallows that (as one does that gets its answer in the
    same moment) would run for ever. Here a loop that still runs after a while is cancelled again.
    """

    running: set["asyncio.Task[None]"] = field(default_factory=set)
    failed: asyncio.Event = field(default_factory=asyncio.Event)

    def start(self, loop: Coroutine[Any, Any, None]) -> None:
        """The loop runs from now on; one that ends without an error has done its work."""
        task = asyncio.create_task(loop)
        self.running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self.running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("loop_failed", loop=task.get_coro().__qualname__, exc_info=error)  # type: ignore[union-attr]
            self.failed.set()

    async def stop(self) -> None:
        """None of them runs."""
        while self.running:
            for task in self.running:
                task.cancel()
            await asyncio.wait(set(self.running), timeout=_PATIENCE_SECONDS)
