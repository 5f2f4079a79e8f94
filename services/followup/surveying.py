"""A customer is asked by one of their cases at a time: two at once would both find that nobody has asked of late.

A document a customer, there while somebody asks: `{_id: customer, holder, at}`. What the other cases say is read, and
the case that asks is saved, between taking the turn and giving it back.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from shared.clock import real_now
from shared.decision import Refusal
from shared.mongo import Collection, DuplicateKey, Index, insert
from shared.runtime.commands import Unavailable

COLLECTION: Final = "survey_turns"
_TRIES: Final = 40
_WAIT_SECONDS: Final = 0.05
_FORGOTTEN: Final = timedelta(minutes=5)
"""Real time after which a turn that was not given back is free again: no request lives so long."""
INDEXES: Final = (Index("forgotten_turns", [("at", 1)], "turns that nobody gave back go", gone_after=_FORGOTTEN),)


@asynccontextmanager
async def turn(turns: Collection, customer_id: str | None, holder: str) -> AsyncIterator[None]:
    """Nobody else asks this customer meanwhile; of somebody unknown there is one case alone, which guards itself.

    Kept, until it is forgotten, where it is not known whether the customer was asked; the same `holder` may ask again.

    Raises:
        Unavailable: others ask all the time.
    """
    if customer_id is None:
        yield
        return
    await _take(turns, customer_id, holder)
    try:
        yield
    except Refusal:
        await turns.delete_one({"_id": customer_id, "holder": holder})
        raise
    await turns.delete_one({"_id": customer_id, "holder": holder})


async def _take(turns: Collection, customer_id: str, holder: str) -> None:
    for _ in range(_TRIES):
        mine = {"holder": holder, "at": real_now()}
        try:
            await insert(turns, {"_id": customer_id, **mine})
        except DuplicateKey:
            free = [{"holder": holder}, {"at": {"$lt": real_now() - _FORGOTTEN}}]
            if (await turns.update_one({"_id": customer_id, "$or": free}, {"$set": mine})).matched_count:
                return
            await asyncio.sleep(_WAIT_SECONDS)
        else:
            return
    raise Unavailable("this customer is being asked by another case; ask again with the same Idempotency-Key")
