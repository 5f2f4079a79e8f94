"""Promises an owner has to keep in an hour: the limit that cases contend for, whoever decides them and where.

A document an owner and day (UTC), changed only as it was read: `{_id: "owner/2026-03-02", version, held: [{id, hour,
case, at}]}`. A promise is held before its case is saved. What counts is every open promise of a person in the owner's
ledger, however it came there (also handed over), and what is held and not saved yet; the rest is dropped when read.
A case in which nothing shows for what was held for long is given a new version first: a slow holder's save fails.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from services.followup.domain.feasibility import Wish, hour_of
from services.followup.domain.world import KeptBefore
from shared.clock import real_now
from shared.events.vocabulary import PromiseKind
from shared.mongo import Collection, Document, Save, save_all, update_many
from shared.runtime.commands import Unavailable

COLLECTION: Final = "promise_hours"
_TRIES: Final = 20
_HOUR: Final = timedelta(hours=1)
_FORGOTTEN: Final = timedelta(minutes=5)
"""Real time after which a place that no case has confirmed is free again; few requests live so long."""
_MOST: Final = 5000
_PAST: Final = timedelta(days=90)
_MOST_PAST: Final = 300


@dataclass(frozen=True, slots=True)
class Bookings:
    """What is held; `documents` are the cases."""

    held: Collection
    documents: Collection

    async def owed(self, owner: str, since: datetime) -> dict[tuple[str, datetime], int]:
        """How many promises the owner has to keep in each hour to come."""
        counts: dict[tuple[str, datetime], int] = {}
        for due in (await self._open(owner, {"$gte": hour_of(since)})).values():
            hour = (owner, hour_of(due))
            counts[hour] = counts.get(hour, 0) + 1
        return counts

    async def _open(self, owner: str, due: Document) -> dict[str, datetime]:
        wanted = {"owner": owner, "due": due, "status": "open", "said_by": "person"}
        pipeline: list[Document] = [
            {"$match": {"state.promises": {"$elemMatch": wanted}}},
            {"$project": {"promise": "$state.promises"}},
            {"$unwind": "$promise"},
            {"$match": {f"promise.{name}": value for name, value in wanted.items()}},
            {"$limit": _MOST},
            {"$project": {"id": "$promise.id", "due": "$promise.due"}},
        ]
        return {row["id"]: row["due"] async for row in self.documents.aggregate(pipeline)}

    async def hold(
        self, promise_id: str, case_id: str, wish: Wish, limit: int | None, *, force: bool, moved: str | None = None
    ) -> int:
        """How many others the owner keeps in that hour; the promise is held if there is room, or `force`.

        `moved`: the promise whose place it takes, which counts no more.

        Raises:
            Unavailable: too many want the same hour at once.
        """
        hour, name = hour_of(wish.due), _name(wish)
        for _ in range(_TRIES):
            found = await self.held.find_one({"_id": name}) or {"version": 0, "held": []}
            kept = await self._still_held(found["held"], case_id)
            others = {one["id"] for one in kept if one["hour"] == hour and not _forgotten(one)}
            others |= set(await self._open(wish.owner or "", {"$gte": hour, "$lt": hour + _HOUR}))
            others -= {promise_id, moved}
            if limit is None or len(others) < limit or force:
                kept.append({"id": promise_id, "hour": hour, "case": case_id, "at": real_now()})
            if kept == found["held"] or not await save_all(self.held, [Save(name, found["version"], {"held": kept})]):
                return len(others)
        raise Unavailable("too many promise the same hour at once; ask again with the same Idempotency-Key")

    async def _still_held(self, held: Sequence[Mapping[str, Any]], case_id: str) -> list[Mapping[str, Any]]:
        """What no case's ledger speaks of yet; from there on the ledger counts, whatever became of it.

        What was held for long is held no more, and cannot be saved any more either: read the ledger after this. Not so
        of what this case held, whose version somebody is about to save in: that save ends it, or the next case that
        asks does. It is in the answer, and counts no more.
        """
        cases = self.documents.find({"_id": {"$in": [one["case"] for one in held]}}, {"state.promises.id": 1})
        saved = {entry["id"] async for case in cases for entry in case["state"]["promises"]} if held else set()
        unsaved = [one for one in held if one["id"] not in saved]
        old = {one["case"] for one in unsaved if _forgotten(one)} - {case_id}
        await update_many(self.documents, [({"_id": case}, {"$inc": {"version": 1}}) for case in sorted(old)])
        return [one for one in unsaved if one["case"] not in old or not _forgotten(one)]

    async def release(self, promise_id: str, wish: Wish) -> None:
        """The place is free; no such place is no matter."""
        change: Document = {"$pull": {"held": {"id": promise_id}}, "$inc": {"version": 1}}
        await update_many(self.held, [({"_id": _name(wish), "held.id": promise_id}, change)])

    async def kept_before(self, owner: str, kind: PromiseKind, now: datetime) -> KeptBefore:
        """How the owner's promises of this kind that fell due in the last ninety days ended; a few hundred of them."""
        wanted = {
            "owner": owner,
            "due": {"$gte": now - _PAST, "$lte": now},
            "kind": kind,
            "said_by": "person",
            "status": {"$in": ["kept", "broken"]},
        }
        pipeline: list[Document] = [
            {"$match": {"state.promises": {"$elemMatch": wanted}}},
            {"$limit": _MOST_PAST},
            {"$project": {"promise": "$state.promises"}},
            {"$unwind": "$promise"},
            {"$match": {f"promise.{name}": value for name, value in wanted.items()}},
            {"$group": {"_id": "$promise.status", "count": {"$sum": 1}}},
        ]
        counts = {row["_id"]: row["count"] async for row in self.documents.aggregate(pipeline)}
        kept, broken = counts.get("kept", 0), counts.get("broken", 0)
        share = kept / (kept + broken) if kept + broken else None
        return KeptBefore(kind=kind, kept=kept, broken=broken, share_kept=share)


def _forgotten(held: Mapping[str, Any]) -> bool:
    at: datetime = held["at"]
    return at <= real_now() - _FORGOTTEN


def _name(wish: Wish) -> str:
    return f"{wish.owner}/{wish.due:%Y-%m-%d}"
