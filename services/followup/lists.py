"""Lists over all cases: what they are asked, how they are ordered, and the indexes that serve them."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal

from services.followup.domain.listing import words
from services.followup.domain.renewing import COUNTED
from shared.decision import Invalid
from shared.events.values import Frozen, Instant
from shared.events.vocabulary import Channel, Priority, Status
from shared.http import decode_cursor, encode_cursor
from shared.ids import read_number
from shared.mongo import Collection, Document, Index

Overdue = Literal["first_response", "next_response", "keep_informed", "resolution", "legal", "promise"]
Sort = Literal["received_at", "-received_at", "next_due", "priority", "changed_at"]

_COLUMNS: Final[Mapping[Sort, tuple[str, int]]] = {
    "received_at": ("received_at", 1),
    "-received_at": ("received_at", -1),
    "next_due": ("due_order", 1),
    "priority": ("rank", 1),
    "changed_at": ("changed_at", 1),
}

INDEXES: Final = (
    Index("cases_by_received_at", [("state.received_at", 1), ("_id", 1)], "GET /v1/cases sort=received_at"),
    Index("cases_by_next_due", [("state.due_order", 1), ("_id", 1)], "GET /v1/cases sort=next_due, due_before"),
    Index("cases_by_priority", [("state.rank", 1), ("_id", 1)], "GET /v1/cases sort=priority"),
    Index("cases_by_changed_at", [("state.changed_at", 1), ("_id", 1)], "GET /v1/cases changed_since"),
    Index("cases_of_agent", [("state.agent", 1), ("state.status", 1)], "GET /v1/cases agent, status"),
    Index("cases_of_team", [("state.team", 1), ("state.status", 1)], "GET /v1/cases team, status"),
    Index("cases_of_customer", [("state.customer_id", 1)], "GET /v1/cases and /v1/promises customer",
          where={"state.customer_id": {"$type": "string"}}),
    Index("cases_by_policy", [("state.policy", 1), ("state.calendar", 1)], "whom a new policy or calendar concerns",
          where=COUNTED),
    Index("cases_by_words", [("state.found_by", 1)], "GET /v1/cases q"),
)  # fmt: skip


class CasesAsked(Frozen):
    """Which cases, in which order, from where on."""

    agent: str | None = None
    team: str | None = None
    status: tuple[Status, ...] = ()
    priority: Priority | None = None
    channel: Channel | None = None
    product: str | None = None
    customer: str | None = None
    due_before: Instant | None = None
    overdue: Overdue | None = None
    at_risk: bool | None = None
    q: str | None = None
    changed_since: Instant | None = None
    sort: Sort = "received_at"
    cursor: str | None = None
    limit: int = 50


async def find_cases(documents: Collection, asked: CasesAsked) -> tuple[Sequence[Document], str | None]:
    """Stored documents of the cases asked for, and the cursor of the next piece.

    Raises:
        Invalid: the cursor is none of this list's.
    """
    column, direction = _COLUMNS[asked.sort]
    where = [*_conditions(asked), *_after(asked, column, direction)]
    query = {"$and": where} if where else {}
    order = [(f"state.{column}", direction), ("_id", direction)]
    found = await documents.find(query).sort(order).limit(asked.limit + 1).to_list(None)
    page = found[: asked.limit]
    more = len(found) > asked.limit
    return page, encode_cursor(asked.sort, page[-1]["state"][column], page[-1]["_id"]) if more else None


def _conditions(asked: CasesAsked) -> list[Document]:
    equal = {
        "agent": asked.agent,
        "team": asked.team,
        "priority": asked.priority,
        "channel": asked.channel,
        "product": asked.product,
        "customer_id": asked.customer,
        "overdue": asked.overdue,
        "at_risk": asked.at_risk,
    }
    where: list[Document] = [{"state": {"$ne": None}}]
    where += [{f"state.{name}": value} for name, value in equal.items() if value is not None]
    if asked.status:
        where.append({"state.status": {"$in": list(asked.status)}})
    if asked.due_before is not None:
        where.append({"state.due_order": {"$lt": asked.due_before}})
    if asked.changed_since is not None:
        where.append({"state.changed_at": {"$gte": asked.changed_since}})
    return where + ([] if asked.q is None else _search(asked.q))


def _search(text: str) -> list[Document]:
    """A number as people say it, or words that the name and the subject begin with, all of them."""
    if number := read_number(text):
        return [{"state.number": number}]
    return [{"state.found_by": {"$regex": f"^{re.escape(word)}"}} for word in words(text.replace("\0", " "))]


def _after(asked: CasesAsked, column: str, direction: int) -> list[Document]:
    if asked.cursor is None:
        return []
    sort, value, last = decode_cursor(asked.cursor, str, int if column == "rank" else datetime, str)
    if sort != asked.sort:
        raise Invalid("this cursor belongs to another order", errors=[("cursor", "use it with the same sort")])
    beyond = "$gt" if direction == 1 else "$lt"
    return [{"$or": [{f"state.{column}": {beyond: value}}, {f"state.{column}": value, "_id": {beyond: last}}]}]
