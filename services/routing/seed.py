"""What every installation starts with, and samples for development. Never written over what exists."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel

from services.routing.config import shipped
from services.routing.domain.renewing import stale
from shared.blueprint import Runtime
from shared.decision import VersionConflict
from shared.events.reference import DEFAULT_POLICY, MODELS, ReferenceKind

_ORDER: Final[tuple[ReferenceKind, ...]] = ("calendar", "policy", "team", "agent")


def defaults(*, sample: bool) -> Iterator[tuple[ReferenceKind, str, BaseModel]]:
    """(kind, id, datum) of all that is shipped, in an order in which each finds what it names."""
    found: dict[ReferenceKind, Mapping[str, Any]] = {
        "calendar": shipped("calendars"),
        "policy": {DEFAULT_POLICY: shipped("policy")},
    }
    if sample:
        people = shipped("sample")
        found |= {"team": people["teams"], "agent": people["agents"]}
    for kind in _ORDER:
        for datum_id, fields in found.get(kind, {}).items():
            yield kind, datum_id, MODELS[kind].model_validate(fields)


async def seed(runtime: Runtime) -> None:
    """Everything shipped is there, as it was shipped or as somebody changed it; also when two replicas start at once.

    Routing's own snapshot holds it too, so that the first complaint finds a policy.
    """
    store, now = runtime.reference_store, runtime.clock.now()
    for kind, datum_id, datum in defaults(sample=runtime.settings.seed == "sample"):
        if await store.get(kind, datum_id) is None:
            try:
                await store.put(kind, datum_id, datum, expect=None, now=now)
            except VersionConflict:
                continue
    await runtime.follower.load()
    await _mark_outdated(runtime)


async def _mark_outdated(runtime: Runtime) -> None:
    """What was computed with an older version is due, also where a crash came between the change and its hearing."""
    for (kind, datum_id), version in runtime.reference.versions.items():
        where = stale(kind, datum_id, version)
        if where is not None:
            due = {"$set": {"due_at": runtime.clock.now()}, "$inc": {"version": 1}}
            await runtime.desk.documents.update_many(where, due)
