"""The list of complaints: filters, order, and a cursor that stays right while complaints come in."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from services.intake.api.access import IntakeDesk, own_source
from services.intake.api.views import ITEM_FIELDS, ComplaintItem, item
from shared.events.values import Instant
from shared.events.vocabulary import Channel, Status
from shared.http import Caller, Page, decode_cursor, encode_cursor

_RECEIVED: Final = "state.received.received_at"
_EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)


class Asked(BaseModel):
    """What a list is asked for. Other parameters are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: Status | None = None
    channel: Channel | None = None
    product: str | None = None
    external_reference: str | None = None
    customer: str | None = None
    received_from: Instant | None = None
    received_to: Instant | None = None
    changed_since: Instant | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: str | None = None


async def page(desk: IntakeDesk, caller: Caller, asked: Asked) -> Page[ComplaintItem]:
    """One page, newest first; `next` is None on the last."""
    where = _where(asked, own_source(caller))
    if asked.cursor is not None:
        where = {"$and": [where, _after(asked.cursor)]}
    found = desk.documents.find(where, ITEM_FIELDS).sort([(_RECEIVED, -1), ("_id", -1)]).limit(asked.limit + 1)
    documents = await found.to_list(asked.limit + 1)
    items = [item(document) for document in documents[: asked.limit]]
    following = None
    if len(documents) > asked.limit:
        following = encode_cursor(items[-1].received_at, items[-1].id)
    return Page[ComplaintItem](items=items, next=following)


def _where(asked: Asked, source: str | None) -> dict[str, Any]:
    # The lower bound also leaves out what has no complaint in it: a document that only keeps events aside.
    received: dict[str, Any] = {"$gte": asked.received_from or _EARLIEST}
    if asked.received_to is not None:
        received["$lt"] = asked.received_to
    where = {
        "state.status": asked.status,
        "state.received.channel": asked.channel,
        "state.received.product": asked.product,
        # The index on it is partial, and used only where the type is part of the question.
        "state.received.external_reference": asked.external_reference
        and {"$eq": asked.external_reference, "$type": "string"},
        "state.received.customer_id": asked.customer,
        "state.received.source_system": source,
        "state.changed_at": None if asked.changed_since is None else {"$gte": asked.changed_since},
    }
    return {_RECEIVED: received} | {name: value for name, value in where.items() if value is not None}


def _after(cursor: str) -> dict[str, Any]:
    received, last = decode_cursor(cursor, datetime, str)
    return {
        _RECEIVED: {"$lte": received},
        "$or": [{_RECEIVED: {"$lt": received}}, {_RECEIVED: received, "_id": {"$lt": last}}],
    }
