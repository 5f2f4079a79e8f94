"""All four services in the test's own loop, on one log, with some reference data and keys."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from services.followup.main import BLUEPRINT as FOLLOWUP
from services.intake.main import BLUEPRINT as INTAKE
from services.metrics.main import BLUEPRINT as METRICS
from services.routing.main import BLUEPRINT as ROUTING
from shared.blueprint import Blueprint
from shared.clock import Clock
from shared.events.reference import Key, Scope
from shared.settings import Settings
from tests.support.log import NOW, Log
from tests.support.running import Running, service
from tests.support.wait import until

BLUEPRINTS: Final[Mapping[str, Blueprint[Any, Any]]] = {
    "intake": INTAKE, "routing": ROUTING, "followup": FOLLOWUP, "metrics": METRICS,
}  # fmt: skip
FORM: Final[dict[str, Any]] = {"text": "My parcel never came.", "complainant": {"email": "ana@example.org"}}


@dataclass
class House:
    """The services by name, and the log they share."""

    settings: Settings
    services: Mapping[str, Running]
    log: Log

    def __getitem__(self, name: str) -> Running:
        """One of them."""
        return self.services[name]

    async def key_of(self, owner: str, *scopes: Scope, secret: str | None = None) -> dict[str, str]:
        """The header of a new key of this source system, which all four know."""
        secret = secret or f"key-of-{owner}"
        key = Key(sha256=hashlib.sha256(secret.encode()).hexdigest(), owner=owner, scopes=scopes, created_at=NOW)
        await self["routing"].runtime.reference_store.put("key", owner, key, expect=None, now=NOW)
        for one in self.services.values():
            await until(lambda one=one: _knows(one, key.sha256), what=f"{one.runtime.name} knows the key of {owner}")  # type: ignore[misc]
        return {"Authorization": f"Bearer {secret}"}

    async def complaint(self, **headers: str) -> dict[str, Any]:
        """A complaint that all have heard of."""
        made: dict[str, Any] = (await self["intake"].http.post("/v1/complaints", json=FORM, headers=headers)).json()
        for one in ("routing", "followup", "metrics"):
            await self.heard(one, made["id"])
        return made

    async def heard(self, name: str, complaint_id: str) -> None:
        """That service has a document of the complaint."""

        async def look() -> bool:
            found = await self[name].runtime.desk.documents.find_one({"_id": complaint_id, "state": {"$ne": None}})
            return found is not None

        await until(look, what=f"{name} has heard of {complaint_id}")


async def _knows(one: Running, sha256: str) -> bool:
    return one.runtime.follower.key(sha256) is not None


@asynccontextmanager
async def house(settings: Settings, clock: Clock | None = None) -> AsyncIterator[House]:
    """They run inside the block, all on this clock."""
    log = Log(settings)
    await log.start()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(log.close)
        services = {
            name: await stack.enter_async_context(service(blueprint, settings, clock))
            for name, blueprint in BLUEPRINTS.items()
        }
        await asyncio.gather(*(one.runtime.follower.caught_up.wait() for one in services.values()))
        yield House(settings, services, log)
