"""Agents' places: the limit that complaints contend for. One document an agent, changed only as it was read.

`places`: `{_id: agent, version, held: [{id: complaint, turn}], last_at}`. A place counts as soon as it stands here,
before the complaint's own document says so. `turn` is the complaint's turn in which it was kept: whoever comes late
with a place of an earlier turn cannot use it, and whoever gives back places of an earlier turn takes none of a later.
"""

from collections.abc import Collection as Ids
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from shared.mongo import Collection, Index, Save, save_all, update_many

INDEXES: Final = (Index("held_by_complaint", [("held.id", 1)], "which places a complaint holds already"),)


Held: TypeAlias = tuple[str, str, int]
"""Agent, complaint, and the complaint's turn in which the place was kept."""

_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Taken:
    """An agent's places as read: how many are taken, and when the last one was."""

    version: int = 0
    open: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """The collection of places; `documents` are the complaints' own."""

    places: Collection
    documents: Collection

    async def taken(self, agents: Ids[str]) -> dict[str, Taken]:
        """How much each of these agents has, as of now; none is read as an empty one, version 0."""
        found = self.places.find(
            {"_id": {"$in": list(agents)}}, {"version": 1, "last_at": 1, "open": {"$size": {"$ifNull": ["$held", []]}}}
        )
        taken = dict.fromkeys(agents, Taken())
        async for place in found:
            taken[place["_id"]] = Taken(place["version"], place["open"], place.get("last_at"))
        return taken

    async def held(self, turns: Mapping[str, int]) -> dict[str, str]:
        """By complaint, the agent with whom it holds a place of this turn already (after a crash, or a race)."""
        found = self.places.find({"held.id": {"$in": list(turns)}})
        return {
            entry["id"]: place["_id"]
            async for place in found
            for entry in place["held"]
            if turns.get(entry["id"]) == entry["turn"]
        }

    async def keep(self, wanted: Mapping[str, Mapping[str, int]], seen: Mapping[str, Taken], at: datetime) -> set[str]:
        """Places are kept for complaints (with their turns), by agent; answers the agents for whom it was too late.

        For those somebody else kept or changed something since they were seen; nothing of theirs is kept.
        """
        saves = [
            Save(
                agent,
                seen[agent].version,
                {"last_at": at},
                {"held": [{"id": complaint_id, "turn": turn} for complaint_id, turn in turns.items()]},
            )
            for agent, turns in wanted.items()
        ]
        return await save_all(self.places, saves)

    async def release(self, ended: Sequence[tuple[str, str, int]]) -> None:
        """(agent, complaint, turn): the agent has back what the complaint held from before that turn."""
        await update_many(
            self.places,
            [
                ({"_id": agent}, {"$pull": {"held": {"id": complaint_id, "turn": {"$lt": turn}}}})
                for agent, complaint_id, turn in ended
            ],
        )

    async def give_back(self, agent: str, complaint_id: str, turn: int) -> None:
        """The agent has back what was kept in this turn, unless the complaint's document says that it is in use.

        First the turn is ended, so that a slow holder of the place cannot use it any more; only then is it free. A
        parked document without a state has no turn to end: a redrive that read it before finds another version. One
        that saved between our look and the taking is found by looking again, and has its place back; for that moment
        the agent seemed to have one more free.
        """
        now, unborn = {"_id": complaint_id, "state.turn": turn}, {"_id": complaint_id, "state": None}
        await self.documents.update_one(now, {"$inc": {"version": 1, "state.turn": 1}})
        await self.documents.update_one(unborn, {"$inc": {"version": 1}})
        in_use = {"_id": complaint_id, "state.open": True, "state.agent": agent, "state.place": turn}
        if await self.documents.find_one(in_use, {"_id": 1}) is not None:
            return
        entry = {"id": complaint_id, "turn": turn}
        await self.places.update_one({"_id": agent}, {"$pull": {"held": entry}})
        await self.documents.update_one(unborn, {"$inc": {"version": 1}})
        if await self.documents.find_one(in_use, {"_id": 1}) is not None:
            missing = {"_id": agent, "held": {"$not": {"$elemMatch": entry}}}
            await self.places.update_one(missing, {"$push": {"held": entry}, "$inc": {"version": 1}})

    async def unused(self) -> set[Held]:
        """Places that the complaint's own document does not know of, or no more. Some are about to be used.

        Not those of complaints of which nothing is known yet: they are used when the event that brings it comes again.
        Where that event is parked nobody uses them: a redrive looks for a place anew.
        """
        held = {
            (place["_id"], entry["id"], entry["turn"])
            async for place in self.places.find({}, {"held": 1})
            for entry in place.get("held", ())
        }
        found: set[Held] = set()
        complaints = sorted({complaint_id for _, complaint_id, _ in held})
        for first in range(0, len(complaints), _AT_ONCE):
            some = complaints[first : first + _AT_ONCE]
            asked = {"_id": {"$in": some}, "$or": [{"state": {"$type": "object"}}, {"parked": True}]}
            fields = {"state.open": 1, "state.agent": 1, "state.place": 1}
            states = {one["_id"]: one.get("state") async for one in self.documents.find(asked, fields)}
            found |= {one for one in held if one[1] in states and not _uses(states[one[1]], one)}
        return found


def _uses(state: Mapping[str, Any] | None, held: Held) -> bool:
    agent, _, turn = held
    return state is not None and bool(state["open"]) and state.get("agent") == agent and state.get("place") == turn
