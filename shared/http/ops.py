"""What whoever runs a service asks of it: how it is, what it has kept aside, how far it has heard.

Every service has these routes, under its own name, so that one host may front all four.
"""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import structlog
from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import StringConstraints

from shared.http.auth import Caller, CallerOf
from shared.http.paging import Limit, Page, decode_cursor, encode_cursor
from shared.http.parts import Form, View
from shared.mongo import Document, Unstorable

log = structlog.get_logger()

_MOST_MARKS: Final = 1000
_COMPLAINTS_A_CALL: Final = 100
_REF: Final = r"^[A-Za-z0-9._-]{1,249}/[0-9]{1,9}/[0-9]{1,18}$"

Admin = Annotated[Caller, CallerOf("admin")]
ComplaintQuery = Annotated[str | None, Query(min_length=1, max_length=64, description="Its id, or its number.")]
Cursor = Annotated[str | None, Query(max_length=2000, description="`next` of the page before.")]
MarksLimit = Annotated[int, Query(ge=1, le=_MOST_MARKS, description="How many at most.")]
TopicPath = Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,249}$")]
PartitionPath = Annotated[str, Path(pattern=r"^[0-9]{1,9}$")]
OffsetPath = Annotated[str, Path(pattern=r"^[0-9]{1,18}$")]


class ParkedView(View):
    """A message kept aside: where it stood on the log, why it is here. What it says is not in lists."""

    ref: str
    complaint_id: str | None = None
    source: str | None = None
    seq: int | None = None
    type: str | None = None
    reason: str
    error: str
    at: datetime


class Bytes(View):
    """Bytes as they are: as text where they are UTF-8, else in base 64."""

    encoding: Literal["text", "base64"]
    content: str


class HeaderView(View):
    """A header of the message."""

    name: str
    value: Bytes | None


class ParkedWhole(ParkedView):
    """All of a message kept aside, with what it says. `discarded`: it was given up for good."""

    discarded: bool
    key: Bytes | None
    headers: list[HeaderView]
    value: Bytes | None


class RedriveForm(Form):
    """One complaint, or, without it, every complaint with parked events, `cursor` by `cursor`."""

    complaint_id: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None
    cursor: Annotated[str, StringConstraints(max_length=2000)] | None = None


class DiscardForm(Form):
    """Which message is given up."""

    ref: Annotated[str, StringConstraints(pattern=_REF)]


class Redriven(View):
    """What came of it: events applied, events still parked, over so many complaints. `next`: there is more to do."""

    complaints: int
    applied: int
    parked: int
    next: str | None = None


class Mark(View):
    """One complaint's document: the last `seq` it said, and the last it heard of each source."""

    id: str
    seq: int
    applied: dict[str, int]
    parked: bool


async def runtime_of(request: Request) -> Any:
    """The service's runtime, its desk and parking being those that count now."""
    runtime = request.app.state.runtime
    if runtime.blueprint.look is not None:
        await runtime.blueprint.look(runtime)
    return runtime


Runtime = Annotated[Any, Depends(runtime_of)]


def routes(name: str) -> APIRouter:
    """The routes of the service of that name. All need the scope `admin`."""
    router = APIRouter(prefix=f"/v1/services/{name}", tags=["operations"])
    router.add_api_route("/status", status)
    router.add_api_route("/parked", list_parked)
    router.add_api_route("/parked/redrive", redrive, methods=["POST"])
    router.add_api_route("/parked/discard", discard, methods=["POST"])
    router.add_api_route("/parked/{topic}/{partition}/{offset}", show_parked)
    router.add_api_route("/marks", list_marks)
    return router


async def status(runtime: Runtime, _: Admin) -> dict[str, Any]:
    """Lag of the service's consumers, depth of its outbox, how much is parked; as `/status`."""
    figures: dict[str, Any] = await runtime.health.status()
    return figures


async def list_parked(
    runtime: Runtime, _: Admin, complaint: ComplaintQuery = None, limit: Limit = 50, cursor: Cursor = None
) -> Page[ParkedView]:
    """What is kept aside, without what it says: by reference, or in the order of the log for one complaint."""
    where: Document = {"discarded": False}
    order = [("_id", 1)]
    after = None if cursor is None else decode_cursor(cursor, str, int, int)
    if complaint is not None:
        where["complaint_id"] = await runtime.desk.find_id(complaint)
        order = [("topic", 1), ("partition", 1), ("offset", 1)]
    if after is not None:
        where |= {"_id": {"$gt": "/".join(map(str, after))}} if complaint is None else _behind(after)
    found = runtime.parking.parked.find(where, {"value": 0, "headers": 0, "key": 0}).sort(order).limit(limit + 1)
    entries = [entry async for entry in found]
    last = entries[limit - 1] if len(entries) > limit else None
    following = None if last is None else encode_cursor(last["topic"], last["partition"], last["offset"])
    return Page(items=[ParkedView(**_told(entry)) for entry in entries[:limit]], next=following)


async def show_parked(
    runtime: Runtime, _: Admin, topic: TopicPath, partition: PartitionPath, offset: OffsetPath
) -> ParkedWhole:
    """One message, whole."""
    entry = await runtime.parking.entry(f"{topic}/{partition}/{offset}")
    headers = [HeaderView(name=name, value=_bytes(content)) for name, content in entry["headers"]]
    contents: dict[str, Any] = {name: _bytes(entry[name]) for name in ("key", "value")}
    return ParkedWhole(**_told(entry), **contents, headers=headers, discarded=entry["discarded"])


async def redrive(runtime: Runtime, caller: Admin, form: RedriveForm) -> Redriven:
    """Parked events that can be applied now are, in the order of the log; what cannot stays parked.

    Safe to repeat. Without `complaint_id` some complaints a call; go on with `next`.
    """
    following = None
    if form.complaint_id is not None:
        wanted = [await runtime.desk.find_id(form.complaint_id)]
    else:
        wanted, following = await _with_parked(runtime, form.cursor)
    log.info("redrive_asked", owner=caller.owner, complaints=len(wanted))
    counts = [await _redrive(runtime, complaint_id) for complaint_id in wanted]
    return Redriven(
        complaints=len(wanted),
        applied=sum(applied for applied, _ in counts),
        parked=sum(parked for _, parked in counts),
        next=following,
    )


async def discard(runtime: Runtime, caller: Admin, form: DiscardForm) -> Redriven:
    """This message is given up for good; what waited behind it is applied. There is no way back.

    409 `conflict` when an earlier event of its source is still parked: that one comes first.
    """
    entry = await runtime.parking.entry(form.ref)
    log.warning("discard_asked", owner=caller.owner, ref=form.ref, complaint_id=entry.get("complaint_id"))
    await runtime.parking.discard(form.ref)
    if "complaint_id" not in entry:
        return Redriven(complaints=0, applied=0, parked=0)
    applied, parked = await _redrive(runtime, entry["complaint_id"])
    return Redriven(complaints=1, applied=applied, parked=parked)


async def list_marks(runtime: Runtime, _: Admin, limit: MarksLimit = _MOST_MARKS, cursor: Cursor = None) -> Page[Mark]:
    """How far each complaint's document is, by id: for `palabra audit`."""
    where: Document = {} if cursor is None else {"_id": {"$gt": decode_cursor(cursor, str)[0]}}
    fields = {"seq": 1, "applied": 1, "parked": 1}
    found = runtime.desk.documents.find(where, fields).sort("_id", 1).limit(limit + 1)
    documents = [document async for document in found]
    return Page(items=[_mark(document) for document in documents[:limit]], next=_next(documents, limit))


async def _with_parked(runtime: Any, cursor: str | None) -> tuple[list[str], str | None]:
    """Some complaints whose events are parked, and where to go on."""
    where: Document = {"parked": True}
    if cursor is not None:
        where["_id"] = {"$gt": decode_cursor(cursor, str)[0]}
    found = runtime.desk.documents.find(where, {"_id": 1}).sort("_id", 1).hint("parked").limit(_COMPLAINTS_A_CALL + 1)
    documents = [document async for document in found]
    return [found["_id"] for found in documents[:_COMPLAINTS_A_CALL]], _next(documents, _COMPLAINTS_A_CALL)


async def _redrive(runtime: Any, complaint_id: str) -> tuple[int, int]:
    """(applied, still parked). A complaint whose document cannot be stored does not keep the others from theirs."""
    try:
        counts: tuple[int, int] = await runtime.parking.redrive(complaint_id)
    except Unstorable as error:
        log.error("redrive_unstorable", complaint_id=complaint_id, error=str(error))  # noqa: TRY400 - no trace needed
        waiting = {"complaint_id": complaint_id, "discarded": False}
        return 0, await runtime.parking.parked.count_documents(waiting)
    return counts


def _next(documents: Sequence[Document], limit: int) -> str | None:
    return encode_cursor(documents[limit - 1]["_id"]) if len(documents) > limit else None


def _behind(place: Sequence[Any]) -> Document:
    """What stands on the log behind this place."""
    topic, partition, offset = place
    return {
        "$or": [
            {"topic": {"$gt": topic}},
            {"topic": topic, "partition": {"$gt": partition}},
            {"topic": topic, "partition": partition, "offset": {"$gt": offset}},
        ]
    }


def _told(entry: Document) -> dict[str, Any]:
    names = ("complaint_id", "source", "seq", "type", "reason", "error", "at")
    return {"ref": entry["_id"], **{name: entry[name] for name in names if name in entry}}


def _mark(document: Document) -> Mark:
    parked = bool(document.get("parked", False))
    return Mark(id=document["_id"], seq=document.get("seq", 0), applied=document.get("applied", {}), parked=parked)


def _bytes(content: bytes | None) -> Bytes | None:
    if content is None:
        return None
    try:
        return Bytes(encoding="text", content=content.decode())
    except UnicodeDecodeError:
        return Bytes(encoding="base64", content=base64.b64encode(content).decode())
