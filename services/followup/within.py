"""Complaints that go on inside a case: what was promised in them is owed still, and the case does not close over it.

A decision sees its own document alone. So a sweep carries what is new of a case into those that go on in it, and closes
a case in which others go on, when it has looked at theirs.
"""

import asyncio
from functools import partial
from typing import Final

import structlog

from services.followup.domain.case import Case
from services.followup.domain.outside import agrees, follow, news, passed_on
from services.followup.domain.tick import close_with_others
from services.followup.domain.world import World
from shared.blueprint import Runtime
from shared.mongo import Collection, Document, Index, StoreError
from shared.runtime.desk import Desk

_OTHERS: Final = "state.steps.absorbed.complaint_id"
_WAITING: Final[Document] = {"state.status": "resolved", _OTHERS: {"$exists": True}}
_WITH_OTHERS: Final[Document] = {_OTHERS: {"$exists": True}}
_UNTOLD: Final[Document] = {**_WITH_OTHERS, "state.to_pass_on": {"$in": [True, None]}}
"""Not known whether: a case that was saved last before that was worked out."""
INDEXES: Final = (
    Index("closing_with_others", [("state.close_at", 1)], "cases that are to close, and in which others go on",
          where=_WAITING),
    Index("news_for_others", [("state.to_pass_on", 1)], "cases of which what goes on in them does not know the newest",
          where=_WITH_OTHERS),
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
        inside = {each["complaint_id"] for one in found for each in _absorbed(one)}
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


async def pass_on(runtime: Runtime) -> None:
    """What goes on in a case knows who has it, and what was answered in it.

    One that fails, or has not heard yet that it goes on there, is told again, and keeps no other waiting.
    """
    documents = runtime.desk.documents
    found = await documents.find(_UNTOLD, {_OTHERS: 1}).hint("news_for_others").to_list(None)
    for case_id, inner in [(one["_id"], each["complaint_id"]) for one in found for each in _absorbed(one)]:
        try:
            await _tell(runtime.desk, case_id, inner)
        except Exception:
            log.exception("passing_on_failed", complaint_id=inner, outer=case_id)


async def _tell(desk: Desk[Case, World], case_id: str, inner: str) -> None:
    outer = await _state(desk, case_id)
    if outer is None:
        return
    await desk.submit(inner, partial(follow, outer=outer))
    told = await _state(desk, inner)
    if told is not None and agrees(told, outer):
        await desk.submit(case_id, partial(passed_on, told=news(outer), to=inner))


async def _state(desk: Desk[Case, World], case_id: str) -> Case | None:
    loaded = await desk.store.load(case_id)
    return None if loaded is None else loaded.state


def _absorbed(document: Document) -> list[Document]:
    found: list[Document] = (document.get("state") or {}).get("steps", {}).get("absorbed", [])
    return found


async def sweep(runtime: Runtime) -> None:
    """Does both for ever. Replicas race harmlessly: what is told or closed already is not told or closed again."""
    while True:
        await asyncio.sleep(_SWEEP_SECONDS)
        try:
            await pass_on(runtime)
            await close_due(runtime)
        except (StoreError, OSError, TimeoutError) as error:
            log.warning("sweep_failed", error=repr(error)[:200])
