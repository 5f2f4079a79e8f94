"""Complaints that go on inside a case: what was promised in them is owed still, and the case does not close over it.

A tick sees its own document alone. A case in which others go on is therefore closed by a sweep, which looks at theirs.
"""

import asyncio
from typing import Final

import structlog

from services.followup.domain.tick import close_with_others
from shared.blueprint import Runtime
from shared.mongo import Collection, Document, Index, StoreError

_OTHERS: Final = "state.steps.absorbed.complaint_id"
_WAITING: Final[Document] = {"state.status": "resolved", _OTHERS: {"$exists": True}}
INDEXES: Final = (
    Index("closing_with_others", [("state.close_at", 1)], "cases that are to close, and in which others go on",
          where=_WAITING),
)  # fmt: skip
_SWEEP_SECONDS: Final = 1.0

log = structlog.get_logger()


async def owed_within(documents: Collection, case_id: str) -> tuple[str, ...]:
    """Open promises of the complaints that go on inside this case, and inside those; its own are not among them."""
    owed: list[str] = []
    level, seen = [case_id], {case_id}
    while level:
        fields = {_OTHERS: 1, "state.promises.id": 1, "state.promises.status": 1}
        found = await documents.find({"_id": {"$in": level}}, fields).to_list(None)
        states = {one["_id"]: one.get("state") or {} for one in found}
        promises = [entry for one, state in states.items() if one != case_id for entry in state.get("promises", ())]
        owed += [entry["id"] for entry in promises if entry["status"] == "open"]
        steps = [state.get("steps", {}) for state in states.values()]
        inside = {one["complaint_id"] for each in steps for one in each.get("absorbed", ())}
        level = sorted(inside - seen)
        seen |= inside
    return tuple(owed)


async def close_due(runtime: Runtime) -> None:
    """Cases in which others go on, whose time has come and in which nothing is owed any more, are closed.

    One that fails is looked at again, and keeps no other waiting.
    """
    desk = runtime.desk
    due = {**_WAITING, "state.close_at": {"$lte": desk.clock.now()}, "state.historical": False}
    for one in await desk.documents.find(due, {"_id": 1}).hint("closing_with_others").to_list(None):
        try:
            if not await owed_within(desk.documents, one["_id"]):
                await desk.submit(one["_id"], close_with_others)
        except Exception:
            log.exception("closing_failed", complaint_id=one["_id"])


async def sweep(runtime: Runtime) -> None:
    """Closes them for ever. Replicas race harmlessly: what is closed is not closed again."""
    while True:
        await asyncio.sleep(_SWEEP_SECONDS)
        try:
            await close_due(runtime)
        except (StoreError, OSError, TimeoutError) as error:
            log.warning("closing_failed", error=repr(error)[:200])
