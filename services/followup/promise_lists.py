"""The list of promises, in the order in which they fall due, over all cases.

MongoDB can find promises by due, but not sort them by it: they are parts of documents. So a page is looked for in a
span of time that is likely to hold it, and in the next, longer one where it did not; only what lies in one is sorted.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias, get_args

from shared.events.values import Frozen, Instant
from shared.events.vocabulary import MadeTo, PromiseKind, PromiseStatus, SaidBy
from shared.http import decode_cursor, encode_cursor
from shared.mongo import Collection, Document, Index
from shared.tasks import all_of

Promise: TypeAlias = Mapping[str, Any]
After: TypeAlias = tuple[datetime, str] | None
"""The due instant and the id of the last promise that was seen."""

INDEXES: Final = (
    Index("promises_by_due", [("state.promises.status", 1), ("state.promises.due", 1)], "GET /v1/promises status, due"),
    Index("promises_of_owner_by_due",
          [("state.promises.owner", 1), ("state.promises.status", 1), ("state.promises.due", 1)],
          "GET /v1/promises owner"),
)  # fmt: skip
_STATUSES: Final[tuple[PromiseStatus, ...]] = get_args(PromiseStatus)
_MORE: Final = 4
"""How much more of the index the next span is given, where the one before did not fill the page."""


class PromisesAsked(Frozen):
    """Which promises, from where on; always in the order in which they fall due."""

    status: PromiseStatus | None = None
    kind: PromiseKind | None = None
    owner: str | None = None
    due_from: Instant | None = None
    due_to: Instant | None = None
    customer: str | None = None
    said_by: SaidBy | None = None
    made_to: MadeTo | None = None
    at_risk: bool | None = None
    cursor: str | None = None
    limit: int = 50


async def find_promises(documents: Collection, asked: PromisesAsked) -> tuple[Sequence[Promise], str | None]:
    """Promises as stored, by due and id, and the cursor of the next piece.

    Raises:
        Invalid: the cursor is none of this list's.
    """
    after: After = None
    if asked.cursor is not None:
        due, last = decode_cursor(asked.cursor, datetime, str)
        after = due, last
    statuses = _STATUSES if asked.status is None else (asked.status,)
    find = _of_status if asked.customer is None else _of_customer
    parts = await all_of(find(documents, asked, _wanted(asked, status, after), after) for status in statuses)
    found = [each for part in parts for each in part]
    page = sorted(found, key=_order)[: asked.limit]
    return page, encode_cursor(*_order(page[-1])) if len(found) > asked.limit else None


def _order(promise: Promise) -> tuple[datetime, str]:
    return promise["due"], promise["id"]


def _wanted(asked: PromisesAsked, status: PromiseStatus, after: After) -> Document:
    names = ("kind", "owner", "said_by", "made_to", "at_risk")
    told = {name: value for name in names if (value := getattr(asked, name)) is not None}
    starts = [at for at in (asked.due_from, after and after[0]) if at is not None]
    due = {**({"$gte": max(starts)} if starts else {}), **({"$lt": asked.due_to} if asked.due_to else {})}
    return {**told, "status": status, "due": due or {"$type": "date"}}


async def _of_customer(documents: Collection, asked: PromisesAsked, wanted: Document, after: After) -> list[Promise]:
    """Somebody has few cases; all are looked at."""
    cases = {"state.customer_id": asked.customer, "state.promises": {"$elemMatch": wanted}}
    steps = [{"$match": cases}, *_unwound(wanted), *_behind(after), {"$limit": asked.limit + 1}]
    return await _found(documents, steps, "cases_of_customer")


async def _of_status(documents: Collection, asked: PromisesAsked, wanted: Document, after: After) -> list[Promise]:
    """The first of them, one more than a page holds."""
    hint = "promises_by_due" if asked.owner is None else "promises_of_owner_by_due"
    indexed: Document = {name: wanted[name] for name in ("owner", "status") if name in wanted}
    found: list[Promise] = []
    span, look = wanted["due"], asked.limit + 1
    while len(found) <= asked.limit:
        end = await _reach(documents, {**indexed, "due": span}, look, hint)
        here = {**wanted, "due": span if end is None else {**span, "$lte": end}}
        steps = [_cases(here), *_unwound(here), *_behind(after), {"$limit": asked.limit + 1}]
        found += await _found(documents, steps, hint)
        if end is None:
            break
        span, look = {**span, "$gt": end}, look * _MORE
    return found


async def _reach(documents: Collection, indexed: Document, look: int, hint: str) -> datetime | None:
    """How far a span reaches that holds promises of so many cases; None where there are not so many."""
    steps = [_cases(indexed), {"$skip": look - 1}, {"$limit": 1}, *_unwound(indexed), {"$limit": 1}]
    found = await _found(documents, steps, hint)
    return found[0]["due"] if found else None


def _cases(wanted: Document) -> Document:
    return {"$match": {"state.promises": {"$elemMatch": wanted}}}


def _unwound(wanted: Document) -> list[Document]:
    """Each promise of the cases by itself, in order."""
    return [
        {"$project": {"promise": "$state.promises"}},
        {"$unwind": "$promise"},
        {"$match": {f"promise.{name}": condition for name, condition in wanted.items()}},
        {"$sort": {"promise.due": 1, "promise.id": 1}},
    ]


def _behind(after: After) -> list[Document]:
    if after is None:
        return []
    due, last = after
    return [{"$match": {"$or": [{"promise.due": {"$gt": due}}, {"promise.due": due, "promise.id": {"$gt": last}}]}}]


async def _found(documents: Collection, steps: Sequence[Document], hint: str) -> list[Promise]:
    return [row["promise"] async for row in documents.aggregate(list(steps), hint=hint, allowDiskUse=True)]
