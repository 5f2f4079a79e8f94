"""Rebuilds that were asked for: kept in a collection, claimed by one worker at a time, watched by whoever asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from shared.clock import real_now
from shared.decision import Conflict, NotFound
from shared.mongo import Collection, Database, Document, DuplicateKey, Index, Session, ensure_indexes, insert

CLAIM: Final = timedelta(seconds=60)
"""Real time after which a worker that says nothing is taken for dead."""
MOST_DIFFERENCES: Final = 200

State = Literal["requested", "running", "done", "failed"]


class Difference(BaseModel):
    """One total that the live set and the rebuilt one count differently, at the same offset of its partition."""

    model_config = ConfigDict(frozen=True)

    partition: int
    team: str
    series: str
    live: int
    rebuilt: int


class Rebuild(BaseModel):
    """A rebuild as its watchers see it. Times are real time. `differences` lists the first 200."""

    model_config = ConfigDict(frozen=True)

    id: str
    state: State
    by: str
    requested_at: datetime
    finished_at: datetime | None = None
    generation: int | None = None
    read: int = 0
    to_read: int = 0
    difference_count: int = 0
    differences: tuple[Difference, ...] = ()
    error: str | None = None


class RebuildRunning(Conflict):
    """One rebuild at a time; `rebuild_id` names the one under way."""

    code = "rebuild_running"
    title = "A rebuild is under way"


class RunLost(Exception):  # noqa: N818 - somebody else goes on with it
    """The claim ran out and another worker took the run over."""


@dataclass(frozen=True, slots=True)
class Run:
    """A rebuild under way, claimed by this process."""

    id: str
    holder: str
    collection: Collection

    async def progress(self, read: int, to_read: int, generation: int) -> None:
        """So much is read; the claim is extended.

        Raises:
            RunLost: it is not ours any more.
        """
        until = real_now() + CLAIM
        figures = {"read": read, "to_read": to_read, "generation": generation, "until": until}
        if not await self._update({"$set": figures}):
            raise RunLost(self.id)

    async def finish(self, differences: Sequence[Difference], session: Session) -> bool:
        """Done, as part of the caller's transaction; False when it is not ours any more."""
        listed = [difference.model_dump() for difference in differences[:MOST_DIFFERENCES]]
        figures = {"difference_count": len(differences), "differences": listed}
        return await self._over("done", figures, session)

    async def failed(self, reason: str) -> None:
        """Over, without a result; the live set is as it was."""
        await self._over("failed", {"error": reason})

    async def _over(self, state: State, figures: Document, session: Session | None = None) -> bool:
        whole = {"state": state, "finished_at": real_now(), **figures}
        return await self._update({"$set": whole, "$unset": {"under_way": ""}}, session)

    async def _update(self, update: Document, session: Session | None = None) -> bool:
        mine = {"_id": self.id, "holder": self.holder, "state": "running"}
        done = await self.collection.update_one(mine, update, session=session)
        return bool(done.matched_count)


@dataclass(frozen=True, slots=True)
class Requests:
    """All rebuilds of one database."""

    database: Database

    @property
    def collection(self) -> Collection:
        """Where they are kept."""
        return self.database["rebuilds"]

    async def make(self) -> None:
        """No two rebuilds can be under way at once."""
        serves = "a request: is one under way?"
        one = Index("one_at_a_time", [("under_way", 1)], serves, unique=True, where={"under_way": True})
        await ensure_indexes(self.collection, [one])

    async def ask(self, rebuild_id: str, by: str) -> Rebuild:
        """Requested; asked again with the same id it is the same one.

        Raises:
            RebuildRunning: another one is under way.
        """
        await self.make()
        asked = {"_id": rebuild_id, "state": "requested", "by": by, "requested_at": real_now(), "under_way": True}
        try:
            await insert(self.collection, asked)
        except DuplicateKey as error:
            if error.index_name == "one_at_a_time":
                other = await self.collection.find_one({"under_way": True})
                if other is None:
                    return await self.ask(rebuild_id, by)
                if other["_id"] != rebuild_id:
                    text = f"rebuild {other['_id']} is under way"
                    raise RebuildRunning(text, rebuild_id=other["_id"]) from error
        return await self.get(rebuild_id)

    async def get(self, rebuild_id: str) -> Rebuild:
        """How it stands.

        Raises:
            NotFound: there is none of that id.
        """
        return await self._one({"_id": rebuild_id}, f"no rebuild has the id {rebuild_id}")

    async def current(self) -> Rebuild:
        """The one under way.

        Raises:
            NotFound: there is none.
        """
        return await self._one({"under_way": True}, "no rebuild is under way")

    async def _one(self, where: Document, otherwise: str) -> Rebuild:
        found: dict[str, Any] | None = await self.collection.find_one(where)
        if found is None:
            raise NotFound(otherwise)
        return Rebuild.model_validate({**found, "id": found["_id"]})

    async def claim(self, holder: str) -> Run | None:
        """The one that waits, or whose worker fell silent, is ours; None when there is none."""
        now = real_now()
        free = {"under_way": True, "$or": [{"state": "requested"}, {"until": {"$lt": now}}]}
        mine = {"$set": {"state": "running", "holder": holder, "until": now + CLAIM, "read": 0}}
        found: dict[str, Any] | None = await self.collection.find_one_and_update(free, mine)
        return None if found is None else Run(found["_id"], holder, self.collection)
