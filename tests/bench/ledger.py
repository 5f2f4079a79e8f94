"""(g) A hundred thousand open cases with three promises each: how late those that fall due together are broken.

Late is what the log says: when `promise.broken` was put on it, less the promise's due. The cases are copies of a real
document; their promises fall due in a year, but for one promise each of ten thousand of them, which fall due in one
and the same second.
"""

import asyncio
import copy
import itertools
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from aiokafka import AIOKafkaConsumer

from shared import ids
from shared.events.promises import PromiseBroken
from shared.mongo import Collection, Document, connect
from shared.settings import Settings
from tests.bench import proc
from tests.bench.figures import SERVERS, Row, line, middles, per, percentile
from tests.bench.grown import collection, now, settle, templates
from tests.bench.paper import LEDGER
from tests.bench.world import Server, World

_AT_ONCE: Final = 2_000
_IDLE_SECONDS: Final = 10
_LEAD_SECONDS: Final = 30
_LONGEST_SECONDS: Final = 300.0
_YEAR: Final = timedelta(days=365)
_COLUMNS: Final = {
    "late s p50": 2, "late s p99": 2, "late s most": 2, "CPU us process": 0, "CPU us MongoDB": 0, "CPU us Kafka": 0,
    "idle, % of a core": 1, "memory MB": 0,
}  # fmt: skip


async def measure(world: World) -> dict[str, list[Row]]:
    """With the timer of one process, several times over, each time other cases; and its cost when nothing is due."""
    cases, due, runs = (10_000, 1_000, 2) if world.quick else (100_000, 10_000, 3)
    settings = world.fresh()
    like = (await templates(world, settings))["followup"]
    client = connect(settings.mongodb_uri)
    documents = collection(client, settings, "followup")
    names = [ids.uuid7(now() - timedelta(seconds=place)) for place in range(cases)]
    await _store(documents, like, names)
    await settle(client)
    world.say(f"(g) {cases:,} open cases are there")
    random.shuffle(names)
    found: list[dict[str, float]] = []
    with world.service("followup", settings, "worker") as server:
        for run in range(runs):
            found.append(await _once(server, settings, documents, names[run * due : (run + 1) * due]))
            world.say(f"(g) {run + 1}/{runs}: " + line({name: round(value, 2) for name, value in found[-1].items()}))
        world.remember("followup --only worker", "(g)", proc.memory_mb(server.pid))
    client.close()
    return {LEDGER: [{"open cases": cases, "promises": 3 * cases, "due at once": due, **middles(found, _COLUMNS)}]}


async def _once(server: Server, settings: Settings, documents: Collection, chosen: list[str]) -> dict[str, float]:
    idle = proc.Meter.of({"process": server.pid, **proc.servers()})
    await asyncio.sleep(_IDLE_SECONDS)
    cost = sum(idle.spent().values()) / _IDLE_SECONDS
    second = now() + timedelta(seconds=_LEAD_SECONDS + len(chosen) / 1000)
    await _fall_due(documents, chosen, second)
    found = await _broken(settings, server, set(chosen))
    return {**found, "idle, % of a core": 100 * cost}


async def _store(documents: Collection, like: Document, names: list[str]) -> None:
    left = iter(names)
    while part := list(itertools.islice(left, _AT_ONCE)):
        await documents.insert_many([_case(like, name) for name in part], ordered=False)


def _case(like: Document, name: str) -> Document:
    made = copy.deepcopy(like)
    state = made["state"]
    made["_id"] = state["complaint_id"] = name
    state["number"] = ids.new_number()
    far = now() + _YEAR
    state["promises"] = list(_promises(state["promises"][0], name, far))
    made["due_at"] = state["next_due"] = state["due_order"] = far
    return made


def _promises(like: dict[str, Any], name: str, due: datetime) -> Iterator[dict[str, Any]]:
    for place in range(3):
        yield {**like, "id": f"{name}/{place}", "complaint_id": name, "said_by": "person", "kind": "callback",
               "owner": "ana", "planned_for": "ana", "remind_at": None, "remind_fallback_at": None,
               "words": "We will call you", "due": due}  # fmt: skip


async def _fall_due(documents: Collection, names: list[str], second: datetime) -> None:
    """The first promise of each falls due within this second."""
    ordered = sorted(names)
    steps = 1000
    for step in range(steps):
        at = second + timedelta(milliseconds=step)
        part = ordered[step::steps]
        change = {"due_at": at, "state.promises.0.due": at, "state.next_due": at, "state.due_order": at}
        await documents.update_many({"_id": {"$in": part}}, {"$set": change, "$inc": {"version": 1}})


async def _broken(settings: Settings, server: Server, names: set[str]) -> dict[str, float]:
    """Reads the log until all of these are said to be broken."""
    meter = proc.Meter.of({"process": server.pid, **proc.servers()})
    reader = AIOKafkaConsumer(settings.lifecycle_topic, bootstrap_servers=settings.kafka, auto_offset_reset="earliest")
    await reader.start()
    broken: dict[str, Any] = {}
    try:
        async with asyncio.timeout(_LONGEST_SECONDS):
            while len(broken) < len(names):
                for records in (await reader.getmany(timeout_ms=500)).values():
                    said = {record.key.decode(): record for record in records if _is_broken(record)}
                    broken |= {name: record for name, record in said.items() if name in names}
    finally:
        await reader.stop()
    late = [_late(record) for record in broken.values()]
    spent = per(meter.spent(), len(names), {"process": "process", **SERVERS})
    return {
        "late s p50": percentile(late, 0.5),
        "late s p99": percentile(late, 0.99),
        "late s most": max(late),
        **spent,
        "memory MB": proc.memory_mb(server.pid),
    }


def _is_broken(record: Any) -> bool:
    return dict(record.headers).get("ce_type") == b"promise.broken"


def _late(record: Any) -> float:
    """Seconds from the promise's due to its being on the log as broken."""
    promise = PromiseBroken.model_validate_json(record.value).promise
    return float(record.timestamp / 1000 - promise.due.timestamp())
