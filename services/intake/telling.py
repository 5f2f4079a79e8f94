"""What is known of a customer changes: each of their complaints says so, and whoever writes to them goes by it.

A change marks its customer in the same write; the complaints are told at once, and by a sweep until the mark goes. It
stays for a while: a complaint that was coming in at that moment may have read the customer as they were before.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeAlias

import structlog

from services.intake.customers import COLLECTION, TO_TELL, facts_of
from services.intake.domain.complaint import Complaint
from services.intake.domain.matching import Customer, know
from services.intake.indexes import CUSTOMER_ID
from shared.blueprint import Runtime
from shared.clock import real_now
from shared.kafka import LogError
from shared.mongo import Document, StoreError
from shared.runtime.commands import Decide, Unavailable
from shared.runtime.desk import Desk

IntakeDesk: TypeAlias = Desk[Complaint, None]

_SWEEP_SECONDS: Final = 1.0
_AT_ONCE: Final = 100
_MARKED_FOR: Final = timedelta(minutes=1)
"""Real time; no request that takes a complaint in lives so long."""
_WORLD: Final = (StoreError, LogError, OSError, TimeoutError, Unavailable)
"""What passes by itself."""

log = structlog.get_logger()


async def tell(desk: IntakeDesk, customer_id: str, at_most: int = _AT_ONCE) -> None:
    """The customer's newest complaints that have not said it yet say what is known now; not those of history.

    What fails is logged and left to the sweep: no answer hangs on it, and it keeps no other complaint waiting.
    """
    try:
        known = await desk.database[COLLECTION].find_one({"_id": customer_id})
        if known is None:
            return
        decide = partial(know, customer=Customer(id=customer_id, facts=facts_of(known), version=known["version"]))
        found = desk.documents.find(_behind(customer_id, known["version"]), {"_id": 1})
        for one in await found.sort("state.received.received_at", -1).limit(at_most).to_list(None):
            await _submit(desk, one["_id"], decide)
    except _WORLD as error:
        log.warning("telling_later", error=repr(error)[:200])
    except Exception:
        log.exception("telling_failed")


async def _submit(desk: IntakeDesk, complaint_id: str, decide: Decide[Complaint]) -> None:
    try:
        await desk.submit(complaint_id, decide)
    except _WORLD:
        raise
    except Exception:
        log.exception("telling_failed", complaint_id=complaint_id)


async def sweep(runtime: Runtime) -> None:
    """Has everything told that was left untold, for ever."""
    while True:
        await asyncio.sleep(_SWEEP_SECONDS)
        try:
            await tell_all(runtime.desk, real_now())
        except _WORLD as error:
            log.warning("telling_later", error=repr(error)[:200])


async def tell_all(desk: IntakeDesk, real: datetime) -> None:
    """Every marked customer's complaints have said what is known; old marks are gone where nothing is left to say.

    A mark outlives its telling, so all of them are looked at, many with one question: none waits behind those told.
    """
    customers = desk.database[COLLECTION]
    found = customers.find({TO_TELL: {"$exists": True}}, {TO_TELL: 1, "version": 1}).hint("to_tell")
    marked = await found.to_list(None)
    for first in range(0, len(marked), _AT_ONCE):
        some = marked[first : first + _AT_ONCE]
        untold = await _untold(desk, some)
        for customer_id in untold:
            await tell(desk, customer_id)
        done = [one["_id"] for one in some if one["_id"] not in untold]
        await customers.update_many(
            {"_id": {"$in": done}, TO_TELL: {"$lte": real - _MARKED_FOR}}, {"$unset": {TO_TELL: ""}}
        )


async def _untold(desk: IntakeDesk, marked: Sequence[Document]) -> list[str]:
    """Those of the marked customers who have complaints that do not say yet what is known of them."""
    behind = {"$or": [_behind(one["_id"], one["version"]) for one in marked]}
    return list(await desk.documents.distinct(CUSTOMER_ID, behind))


def _behind(customer_id: str, version: int) -> Document:
    """Complaints that speak of the customer as they were before this version."""
    return {
        CUSTOMER_ID: customer_id,
        "state.received.historical": False,
        "state.status": {"$ne": "withdrawn"},
        "state.customer_version": {"$not": {"$gte": version}},
    }
