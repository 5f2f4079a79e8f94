"""What a worker spends on an event of a complaint that is there, and on a tick of follow-up's timer."""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, TypeAlias

from shared import ids
from shared.events import Event
from shared.events.intake import MessageReceived
from shared.mongo import Collection, connect
from shared.settings import Settings
from tests.bench import backlog, proc
from tests.bench.figures import SERVERS, per
from tests.bench.grown import Like, collection, now
from tests.bench.progress import SPEAKING, Group, group_of
from tests.bench.world import Server, World
from tests.support.log import event
from tests.support.story import Story

Costs: TypeAlias = dict[str, list[dict[str, float]]]
"""By operation, what each run took."""

_EVENTS: Final = 2_000
_LOOK_SECONDS: Final = 0.1
_LONGEST_SECONDS: Final = 300.0


async def costs(world: World, settings: Settings, service: str, like: Like, names: Sequence[str], runs: int) -> Costs:
    """The service's worker hears something new of some of these complaints, others in each run.

    Follow-up and its timer are measured one after the other.
    """
    each = min(_EVENTS, len(names) // (runs + 1))
    parts = [names[run * each : (run + 1) * each] for run in range(runs + 1)]
    seq = 1 + like[service]["applied"]["intake" if service == "followup" else "followup"]
    client = connect(settings.mongodb_uri)
    found: Costs = {f"event: {service}": []}
    told = await backlog.publish([settings], [])
    with world.service(service, settings, "worker") as server:
        async with group_of(settings, service, told) as group:
            for part in parts:  # the first one only warms up
                said = [_said(service, name, seq) for name in part]
                found[f"event: {service}"].append(await _heard(server, group, said))
        if service == "followup":
            cases = collection(client, settings, service)
            found["tick: followup"] = [await _ticked(server, cases, part) for part in parts]
        world.remember(f"{service} --only worker", "(e)", proc.memory_mb(server.pid))
    client.close()
    return {operation: measured[1:] for operation, measured in found.items()}


def _said(service: str, name: str, seq: int) -> Event[Any]:
    """To follow-up: the customer writes again. To the others: somebody made a promise."""
    at = now()
    if service == "followup":
        said = MessageReceived(message_id=ids.uuid7(at), channel="email", text="Is there any news?", received_at=at)
        return event(said, name, seq, time=at)
    (made,) = Story(name, at).made(f"{name}/1", due=24 * 365).events
    return event(made.data, name, seq, time=at)


async def _heard(server: Server, group: Group, said: Sequence[Event[Any]]) -> dict[str, float]:
    """From the saying until all is taken, and what must be said because of it is on the log."""
    meter, begun = proc.Meter.of({"process": server.pid, **proc.servers()}), time.perf_counter()
    await backlog.publish([group.settings], said)
    await group.up_to_date()
    if group.service in SPEAKING:
        await group.said()
    return _cost(meter, begun, len(said))


async def _ticked(server: Server, cases: Collection, names: Sequence[str]) -> dict[str, float]:
    """From when they are due until none is.

    Raises:
        TimeoutError: it takes minutes.
    """
    at = now()
    await cases.update_many({"_id": {"$in": list(names)}}, {"$set": {"due_at": at - timedelta(seconds=1)}})
    meter, begun = proc.Meter.of({"process": server.pid, **proc.servers()}), time.perf_counter()
    async with asyncio.timeout(_LONGEST_SECONDS):
        while await cases.count_documents({"due_at": {"$lte": at, "$type": "date"}}, hint="due"):  # noqa: ASYNC110 - another process works
            await asyncio.sleep(_LOOK_SECONDS)
    return _cost(meter, begun, len(names))


def _cost(meter: proc.Meter, begun: float, count: int) -> dict[str, float]:
    seconds = time.perf_counter() - begun
    return {"a second": count / seconds, **per(meter.spent(), count, {"process": "process", **SERVERS})}
