"""Databases that hold many complaints already: copies of real documents."""

import asyncio
import copy
import itertools
import random
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx

from shared import ids
from shared.mongo import Client, Collection, Document, connect, database
from shared.settings import Settings
from tests.bench.latency import FORM
from tests.bench.world import AUTH, World

_AT_ONCE: Final = 2_000
_LONGEST_SECONDS: Final = 60.0
_NUMBERS: Final = (f"{place:08d}"[:4] + "-" + f"{place:08d}"[4:] for place in itertools.count())
"""Each once: of a million drawn ones two are alike."""


async def templates(world: World, settings: Settings) -> tuple[Document, Document]:
    """One complaint as intake and follow-up keep it once all have heard of it."""
    with (
        world.service("intake", settings) as intake,
        world.service("routing", settings),
        world.service("followup", settings),
    ):
        async with httpx.AsyncClient(headers=AUTH, timeout=30, trust_env=False) as http:
            made = await http.post(f"{intake.url}/v1/complaints", json=FORM)
        complaint_id = made.raise_for_status().json()["id"]
        client = connect(settings.mongodb_uri)
        found: list[Document] = []
        for name, source in (("intake", "followup"), ("followup", "routing")):
            documents = database(client, settings.database(name))["complaints"]
            wanted = {"_id": complaint_id, f"applied.{source}": {"$gte": 1}, "outbox.0.seq": {"$exists": False}}
            found.append(await _until(documents, wanted))
        await asyncio.sleep(2)
        client.close()
    return found[0], found[1]


async def _until(documents: Collection, wanted: Document) -> Document:
    async with asyncio.timeout(_LONGEST_SECONDS):
        while (document := await documents.find_one(wanted)) is None:  # noqa: ASYNC110 - other processes write it
            await asyncio.sleep(0.2)
        found: Document = document
        return found


async def grow(to: Collection, like: Document, more: int, names: list[str] | None = None) -> list[str]:
    """That many further documents (or one for each name) as the first, not due for a year."""
    year = datetime.now(UTC) + timedelta(days=365)  # noqa: TID251 - nothing here is business
    chosen = names or [ids.uuid7(datetime.now(UTC) - timedelta(minutes=place % 40_000)) for place in range(more)]  # noqa: TID251
    for start in range(0, len(chosen), _AT_ONCE):
        await to.insert_many([_like(like, name, year) for name in chosen[start : start + _AT_ONCE]], ordered=False)
    return chosen


async def settle(client: Client) -> None:
    """What was grown is on disk: else MongoDB writes it while something else is measured."""
    await client.admin.command("fsync")


def _like(document: Document, name: str, due: datetime) -> Document:
    made = copy.deepcopy(document)
    made["_id"] = made["state"]["id"] = name
    number = next(_NUMBERS)
    for part in (made["state"], made["state"].get("received")):
        if isinstance(part, dict) and "number" in part:
            part["number"] = number
    if isinstance(received := made["state"].get("received"), dict):
        received["received_at"] = ids.uuid7_time(name)
        received["customer_id"] = f"customer-{random.randrange(50_000)}"
    if made.get("due_at") is not None:
        made["due_at"] = due
    return made
