"""One run of several parts: how far it is, what each part gave, and which failed."""

import sys
import time
import traceback
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from tests.bench.figures import Row
from tests.bench.paper import MEMORY
from tests.bench.world import World

Part: TypeAlias = Callable[[World], Awaitable[dict[str, list[Row]]]]


class Progress:
    """Says how far it is, each line with the minutes since the start, and keeps how the servers were named."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self.servers: list[str] = []

    @property
    def minutes(self) -> float:
        """Since the start."""
        return round((time.monotonic() - self._begun) / 60, 1)

    def say(self, line: str) -> None:
        """On stderr."""
        sys.stderr.write(f"{self.minutes:5.1f} min  {line}\n")
        sys.stderr.flush()

    def server(self, line: str) -> None:
        """The same, of one of the two servers."""
        self.servers.append(line.partition(" on ")[0])
        self.say(line)


async def run(
    world: World, parts: Mapping[str, Part], told: dict[str, Any], progress: Progress, keep: Callable[[Any], None]
) -> None:
    """Each part's figures are in `told`, and kept, as soon as they are known. A part that fails stops no other."""
    for place, (name, measure) in enumerate(parts.items(), 1):
        progress.say(f"[{place}/{len(parts)}] {name}")
        try:
            await world.clean()
            world.known |= await measure(world)
        except Exception as error:  # noqa: BLE001 - said, kept, and in the exit code
            traceback.print_exc()
            told["failed"][name] = repr(error)[:200]
            progress.say(f"[{place}/{len(parts)}] {name} FAILED: {error!r}")
        told["tables"] |= world.known
        if world.memory:
            rows = [{"process": who, "when": when, "MB": size} for (who, when), size in world.memory.items()]
            told["tables"][MEMORY] = rows
        told["minutes"] = progress.minutes
        keep(told)
