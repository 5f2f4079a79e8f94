"""What is known of a customer changes: each of their complaints says so, and whoever writes to them goes by it.

A change marks its customer in the same write; the complaints are told at once, and by a sweep until the mark goes. It
stays for a while: a complaint that was coming in at that moment may have read the customer as they were before.
"""

import asyncio
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
from shared.decision import Refusal
from shared.kafka import LogError
from shared.mongo import Document, StoreError
from shared.runtime.desk import Desk

IntakeDesk: TypeAlias = Desk[Complaint, None]

_SWEEP_SECONDS: Final = 1.0
_AT_ONCE: Final = 100
_MARKED_FOR: Final = timedelta(minutes=1)
"""Real time; no request that takes a complaint in lives so long."""

log = structlog.get_logger()


async def tell(desk: IntakeDesk, customer_id: str) -> None:
    """The customer's newest complaints that have not said it yet say what is known now; not those of history.

    Raises:
        StoreError: not all of them; the sweep goes on.
    """
    known = await desk.database[COLLECTION].find_one({"_id": customer_id})
    if known is None:
        return
    decide = partial(know, customer=Customer(id=customer_id, facts=facts_of(known), version=known["version"]))
    found = desk.documents.find(_behind(customer_id, known["version"]), {"_id": 1})
    for one in await found.sort("state.received.received_at", -1).limit(_AT_ONCE).to_list(None):
        await desk.submit(one["_id"], decide)


async def tell_if_possible(desk: IntakeDesk, customer_id: str) -> None:
    """The same, where the answer does not hang on it."""
    try:
        await tell(desk, customer_id)
    except (StoreError, LogError, OSError, TimeoutError, Refusal) as error:
        log.warning("telling_later", error=repr(error)[:200])


async def sweep(runtime: Runtime) -> None:
    """Has everything told that was left untold, for ever."""
    while True:
        await asyncio.sleep(_SWEEP_SECONDS)
        try:
            await tell_all(runtime.desk, real_now())
        except (StoreError, LogError, OSError, TimeoutError) as error:
            log.warning("telling_failed", error=repr(error)[:200])


async def tell_all(desk: IntakeDesk, real: datetime) -> None:
    """Every marked customer's complaints have said what is known; old marks are gone where nothing is left to say."""
    customers = desk.database[COLLECTION]
    marked = customers.find({TO_TELL: {"$exists": True}}, {TO_TELL: 1, "version": 1}).hint("to_tell")
    for one in await marked.limit(_AT_ONCE).to_list(None):
        await tell_if_possible(desk, one["_id"])
        behind = await desk.documents.find_one(_behind(one["_id"], one["version"]), {"_id": 1})
        if behind is None and one[TO_TELL] <= real - _MARKED_FOR:
            await customers.update_one({"_id": one["_id"], "version": one["version"]}, {"$unset": {TO_TELL: ""}})


def _behind(customer_id: str, version: int) -> Document:
    """Complaints that speak of the customer as they were before this version."""
    return {
        CUSTOMER_ID: customer_id,
        "state.received.historical": False,
        "state.status": {"$ne": "withdrawn"},
        "state.customer_version": {"$not": {"$gte": version}},
    }
