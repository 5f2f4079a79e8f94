"""A plain lease: most of the time one process holds it. For economy only; nothing may depend on it for correctness."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from shared.clock import real_now
from shared.mongo import Collection, DuplicateKey, insert

_SECONDS: Final = 5


@dataclass(slots=True)
class Lease:
    """The lease `name`, asked for by `holder`."""

    leases: Collection
    name: str
    holder: str
    _known: bool = field(default=False)

    async def held(self) -> bool:
        """Whether this process holds it now; takes it or extends it when it can."""
        now = real_now()
        mine = {"holder": self.holder, "until": now + timedelta(seconds=_SECONDS)}
        free = {"_id": self.name, "$or": [{"holder": self.holder}, {"until": {"$lt": now}}]}
        if (await self.leases.update_one(free, {"$set": mine})).matched_count:
            return True
        if self._known:
            return False
        try:
            await insert(self.leases, {"_id": self.name, **mine})
        except DuplicateKey:
            self._known = True
            return False
        self._known = True
        return True
