"""Gives back places that nobody uses: kept by a process that died since, or forgotten by one that was interrupted.

A place is kept before the complaint's document says so, and given back after it; whoever dies in between leaves one.
Most are used when the event or the command comes again; the sweep finds the rest.
"""

import asyncio
from dataclasses import dataclass, field

import structlog

from services.routing.places import Held, Places
from shared.mongo import StoreError

log = structlog.get_logger()


@dataclass(slots=True)
class Sweep:
    """Looks at all places, again and again. Replicas race harmlessly: giving back twice is giving back once."""

    places: Places
    _unused: set[Held] = field(default_factory=set)

    async def serve(self, seconds: float) -> None:
        """Looks for ever, every so many seconds of real time."""
        while True:
            try:
                if given_back := await self.round():
                    log.info("places_given_back", places=given_back)
            except (StoreError, OSError) as error:
                log.warning("places_not_swept", error=repr(error))
            await asyncio.sleep(seconds)

    async def round(self) -> int:
        """What nobody used at the look before, and nobody uses now, is free; answers how many places that were.

        Whoever only was slow finds the complaint's turn ended, and looks for a place anew.
        """
        unused = await self.places.unused()
        left = self._unused & unused
        for agent, complaint_id, turn in left:
            await self.places.give_back(agent, complaint_id, turn)
        self._unused = unused - left
        return len(left)
