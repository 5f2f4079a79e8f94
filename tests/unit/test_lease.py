"""A lease is for economy only; but one that nobody could ever take again would leave outboxes lying."""

from types import SimpleNamespace
from typing import Any

import pytest
from pymongo.errors import AutoReconnect, DuplicateKeyError

from shared.mongo import StoreError
from shared.runtime.lease import Lease


class Leases:
    """One document at most; `fails` inserts are lost, as in a change of primary."""

    def __init__(self, fails: int = 0) -> None:
        self.fails = fails
        self.kept: dict[str, Any] | None = None

    async def update_one(self, where: dict[str, Any], change: dict[str, Any]) -> Any:
        mine, over = where["$or"]
        fits = self.kept is not None and (
            self.kept["holder"] == mine["holder"] or self.kept["until"] < over["until"]["$lt"]
        )
        if fits and self.kept is not None:
            self.kept |= change["$set"]
        return SimpleNamespace(matched_count=int(fits))

    async def insert_one(self, document: dict[str, Any]) -> None:
        if self.fails:
            self.fails -= 1
            raise AutoReconnect("the primary stepped down")
        if self.kept is not None:
            raise DuplicateKeyError("E11000", details={"errmsg": "index: _id_ dup key"})
        self.kept = document


async def test_one_process_holds_it() -> None:
    leases: Any = Leases()
    first, second = Lease(leases, "sweep", "a"), Lease(leases, "sweep", "b")
    assert [await first.held(), await second.held(), await first.held(), await second.held()] == [True, False] * 2


async def test_a_first_try_that_was_lost_is_made_again() -> None:
    leases: Any = Leases(fails=1)
    lease = Lease(leases, "sweep", "a")
    with pytest.raises(StoreError):
        await lease.held()
    assert await lease.held()
