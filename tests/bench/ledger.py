"""(g) A hundred thousand open cases with three promises each: how late those that fall due together are broken.

Late is what the log says: when `promise.broken` was put on it, less the promise's due. The cases are copies of a real
document; their promises fall due in a year, but for one promise each of ten thousand of them, which fall due in one
and the same second.
"""

import asyncio
import copy
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aiokafka import AIOKafkaConsumer

from shared import ids
from shared.events.promises import PromiseBroken
from shared.mongo import Collection, Document, connect, database
from shared.settings import Settings
from tests.bench import proc
from tests.bench.figures import Row, percentile
from tests.bench.grown import settle, templates
from tests.bench.world import Server, World

_AT_ONCE: Final = 2_000
_IDLE_SECONDS: Final = 10
_LEAD_SECONDS: Final = 30
_LONGEST_SECONDS: Final = 300.0
_YEAR: Final = timedelta(days=365)


async def measure(world: World) -> dict[str, list[Row]]:
    """With the timer of one process, and what it costs when nothing is due."""
    cases, due = (10_000, 1_000) if world.quick else (100_000, 10_000)
    rows = []
    for _ in range(1 if world.quick else 3):
        rows.append(await _once(world, cases, due))
        world.say(f"(g) {rows[-1]}")
    return {"(g) promises that fall due in one second": rows}


async def _once(world: World, cases: int, due: int) -> Row:
    settings = world.fresh()
    _, like = await templates(world, settings)
    client = connect(settings.mongodb_uri)
    documents = database(client, settings.database("followup"))["complaints"]
    names = [ids.uuid7(_now() - timedelta(seconds=place)) for place in range(cases)]
    chosen = set(random.sample(names, due))
    await _store(documents, like, names)
    await settle(client)
    with world.service("followup", settings, "worker") as server:
        idle = proc.Meter.of({"process": server.pid, **proc.servers()})
        await asyncio.sleep(_IDLE_SECONDS)
        cost = sum(idle.spent().values()) / _IDLE_SECONDS
        second = _now() + timedelta(seconds=_LEAD_SECONDS + due / 1000)
        await _fall_due(documents, chosen, second)
        row = await _broken(settings, server, len(chosen))
    client.close()
    return {
        "open cases": cases,
        "promises": 3 * cases,
        "due at once": due,
        **row,
        "idle, % of a core": round(100 * cost, 1),
    }


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the product clock of these processes runs at the pace of real time


async def _store(documents: Collection, like: Document, names: list[str]) -> None:
    for start in range(0, len(names), _AT_ONCE):
        part = [_case(like, name) for name in names[start : start + _AT_ONCE]]
        await documents.insert_many(part, ordered=False)


def _case(like: Document, name: str) -> Document:
    made = copy.deepcopy(like)
    state = made["state"]
    made["_id"] = state["complaint_id"] = name
    state["number"] = ids.new_number()
    far = _now() + _YEAR
    state["promises"] = list(_promises(state["promises"][0], name, far))
    made["due_at"] = state["next_due"] = state["due_order"] = far
    return made


def _promises(like: dict[str, Any], name: str, due: datetime) -> Iterator[dict[str, Any]]:
    for place in range(3):
        yield {**like, "id": f"{name}/{place}", "complaint_id": name, "said_by": "person", "kind": "callback",
               "owner": "ana", "planned_for": "ana", "remind_at": None, "remind_fallback_at": None,
               "words": "We will call you", "due": due}  # fmt: skip


async def _fall_due(documents: Collection, names: set[str], second: datetime) -> None:
    """The first promise of each falls due within this second."""
    ordered = sorted(names)
    steps = 1000
    for step in range(steps):
        at = second + timedelta(milliseconds=step)
        part = ordered[step::steps]
        change = {"due_at": at, "state.promises.0.due": at, "state.next_due": at, "state.due_order": at}
        await documents.update_many({"_id": {"$in": part}}, {"$set": change, "$inc": {"version": 1}})


async def _broken(settings: Settings, server: Server, count: int) -> Row:
    """Reads the log until all of them are said to be broken."""
    meter = proc.Meter.of({"process": server.pid, **proc.servers()})
    reader = AIOKafkaConsumer(settings.lifecycle_topic, bootstrap_servers=settings.kafka, auto_offset_reset="earliest")
    await reader.start()
    broken: dict[bytes, Any] = {}
    try:
        async with asyncio.timeout(_LONGEST_SECONDS):
            while len(broken) < count:
                for records in (await reader.getmany(timeout_ms=500)).values():
                    broken |= {record.key: record for record in records if _is_broken(record)}
    finally:
        await reader.stop()
    late = [_late(record) for record in broken.values()]
    spent = {name: round(seconds / count * 1e6) for name, seconds in meter.spent().items()}
    return {
        "late s p50": round(percentile(late, 0.5), 2),
        "late s p99": round(percentile(late, 0.99), 2),
        "late s most": round(max(late), 2),
        "CPU us a promise: process": spent["process"],
        "MongoDB": spent.get("mongodb", 0),
        "memory MB": round(proc.memory_mb(server.pid)),
    }


def _is_broken(record: Any) -> bool:
    return dict(record.headers).get("ce_type") == b"promise.broken"


def _late(record: Any) -> float:
    """Seconds from the promise's due to its being on the log as broken."""
    promise = PromiseBroken.model_validate_json(record.value).promise
    return float(record.timestamp / 1000 - promise.due.timestamp())
