"""Services in the test's own loop, on real servers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from shared.blueprint import Blueprint, Runtime, assemble
from shared.clock import Clock
from shared.process import Only, running
from shared.settings import Settings
from tests.support.wait import until

KEY = "a-key-for-tests"
AUTH = {"Authorization": f"Bearer {KEY}"}


@dataclass
class Running:
    """A service that runs: its API as a client, its inside for looking."""

    runtime: Runtime
    http: httpx.AsyncClient
    app: Any = None

    async def document(self, complaint_id: str) -> dict[str, Any] | None:
        """The stored document as it is."""
        found: dict[str, Any] | None = await self.runtime.desk.documents.find_one({"_id": complaint_id})
        return found

    async def until_applied(self, complaint_id: str, source: str, seq: int) -> dict[str, Any]:
        """The stored document, once this event is applied."""

        async def look() -> dict[str, Any] | None:
            found = await self.document(complaint_id)
            return found if found and found.get("applied", {}).get(source, 0) >= seq else None

        return await until(look, what=f"{source} {seq} applied")


@asynccontextmanager
async def service(
    blueprint: Blueprint[Any, Any], settings: Settings, clock: Clock | None = None, *, only: Only = "all"
) -> AsyncIterator[Running]:
    """The service runs inside the block. Starting it again with the same settings is a restart or a replica."""
    runtime = assemble(blueprint, settings, clock)
    async with running(runtime, only) as app:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=AUTH, timeout=60) as client:
            yield Running(runtime, client, app)
