"""Waits, for a while, until nothing is under way: outboxes empty, everything heard, no timer due, places in order."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import httpx

from deploy.local import services
from shared.clock import real_now
from shared.mongo import Client, StoreError, connect, database
from tests.chaos.evidence import Evidence
from tests.chaos.gather import complaints
from tests.chaos.house import House
from tests.chaos.views import check_places

_NAP: Final = 1.0
_TWICE: Final = 2
NOT_KNOWN: Final = "somebody does not answer"


@dataclass(slots=True)
class Rest:
    """Looks at the house until it is at rest. `say` is told what is still under way."""

    house: House
    say: Callable[[str], None]

    async def wait(self, seconds: float) -> str | None:
        """None once it is at rest; after that time, what still was not.

        Routing's sweep may need a while for places that a killed process had kept; they are waited for as the rest is.
        """
        end = time.monotonic() + seconds
        client = connect(self.house.settings.mongodb_uri)
        quiet, busy = 0, NOT_KNOWN
        try:
            async with httpx.AsyncClient(timeout=10, trust_env=False) as http:
                while quiet < _TWICE:
                    found = await self._look(http, client)
                    quiet, busy = (quiet + 1, "") if not found else (0, found)
                    if time.monotonic() > end and quiet < _TWICE:
                        return busy or "it was at rest only once"
                    self.say(f"coming to rest: {busy or 'nothing under way'}")
                    await asyncio.sleep(_NAP)
        finally:
            client.close()
        return None

    async def _look(self, http: httpx.AsyncClient, client: Client) -> str:
        for replica in self.house.replicas:
            self.house.revive(replica)
        try:
            told = await self._figures(http)
            due = await self._due(client)
            places = await self._places(client)
        except (httpx.HTTPError, StoreError, KeyError) as error:
            return f"{NOT_KNOWN}: {type(error).__name__}"
        outbox, lag = (sum(abs(one[name]) for one in told) for name in ("outbox", "lag"))
        busy = {"to be said": outbox, "to be heard": lag, "due": due, "places not in order": places}
        return ", ".join(f"{count} {what}" for what, count in busy.items() if count)

    async def _figures(self, http: httpx.AsyncClient) -> list[dict[str, Any]]:
        addresses = self.house.addresses()
        answers = [await http.get(f"{addresses[name][0]}/status") for name in services.NAMES]
        return [answer.raise_for_status().json() for answer in answers]

    async def _due(self, client: Client) -> int:
        followup = await complaints(client, self.house.settings, "followup")
        return await followup.count_documents({"due_at": {"$lte": real_now(), "$type": "date"}})

    async def _places(self, client: Client) -> int:
        routing = database(client, self.house.settings.database("routing"))
        places = [one async for one in routing["places"].find({})]
        documents = {one["_id"]: one async for one in routing["complaints"].find({}, {"state": 1})}
        capacity = {place["_id"]: len(place.get("held", ())) for place in places}
        return len(list(check_places(Evidence(places=places, documents={"routing": documents}, capacity=capacity))))
