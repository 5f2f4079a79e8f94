"""iCal feeds of holidays: an upload proposes dates, a person decides which of them close the calendar."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import Field

from services.routing.api.checks import Checks
from services.routing.api.parts import Admin, RoutingDesk
from shared.calendar import Calendar, FeedEntry
from shared.calendar.entries import TooManyEntries, decided, merged
from shared.calendar.feeds import NoFeed, Skipped, proposals
from shared.decision import Invalid, NotFound, VersionConflict
from shared.events.reference import TeamId
from shared.http import Form, IfMatch, View, reply
from shared.runtime.commands import Answer
from shared.runtime.desk import Desk

router = APIRouter(prefix="/v1/calendars", tags=["reference"])

BACK: Final = timedelta(days=366)
AHEAD: Final = timedelta(days=3 * 366)
"""How far before and after now an entry may lie to be proposed."""

_TRIES = 10
_ICAL: Final = {"requestBody": {"required": True, "content": {"text/calendar": {"schema": {"type": "string"}}}}}
Uids = Annotated[tuple[str, ...], Field(max_length=1000)]


class DecisionsForm(Form):
    """Entries by their `uid`; the id of a series means all of its days."""

    accept: Uids = ()
    refuse: Uids = ()


class FeedView(View):
    """The entries that the calendar knows now, which of them are new, and what of the upload is not proposed."""

    id: str
    version: int
    feed_entries: tuple[FeedEntry, ...]
    new: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()


@router.post("/{calendar}/feed", response_model=FeedView, openapi_extra=_ICAL)
async def upload_feed(calendar: TeamId, request: Request, desk: RoutingDesk, expect: IfMatch, _: Admin) -> Response:
    """Propose what an iCal feed (RFC 5545) would close: whole days from a year ago to three years ahead.

    Nothing closes before it is accepted. Uploading the feed again keeps every decision; a day that moved in the feed
    after it was accepted is proposed anew beside the accepted one. 422 where the body is no iCalendar, or has so many
    entries that it is hardly a feed of holidays.
    """
    body = (await request.body()).decode("utf-8-sig", "replace")
    _, known = await _get(desk, calendar)
    today = known.local_date(desk.clock.now())
    first, last = today - BACK, today + AHEAD
    new: tuple[str, ...] = ()

    def with_proposals(newest: Calendar) -> tuple[FeedEntry, ...]:
        nonlocal new
        together = merged(newest.feed_entries, found.entries, since=first)
        new = together.new
        return together.entries

    try:
        # A long feed takes a while to read; others are served meanwhile.
        found = await asyncio.to_thread(proposals, body, time_zone=known.time_zone, first=first, last=last)
        view = await _changed(desk, calendar, with_proposals, expect)
    except (NoFeed, TooManyEntries) as error:
        raise Invalid(str(error), errors=[("body", str(error))]) from error
    return _reply(view.model_copy(update={"new": new, "skipped": found.skipped}))


@router.post("/{calendar}/feed/decisions", response_model=FeedView)
async def decide(calendar: TeamId, form: DecisionsForm, desk: RoutingDesk, expect: IfMatch, _: Admin) -> Response:
    """Accept entries, so that their dates are closed, or refuse them. Deadlines counted in the calendar move at once.

    422 where an entry is not known, or where a team or a policy works by the calendar and it would never open again.
    """

    def with_decisions(known: Calendar) -> tuple[FeedEntry, ...]:
        try:
            return decided(known.feed_entries, form.accept, form.refuse)
        except KeyError as error:
            reason = f"no entry {error.args[0]} was proposed for {calendar}"
            raise Invalid("there is no such entry", errors=[("accept", reason)]) from error

    return _reply(await _changed(desk, calendar, with_decisions, expect))


async def _changed(
    desk: Desk[Any, Any], name: str, change: Callable[[Calendar], Sequence[FeedEntry]], expect: int | None
) -> FeedView:
    """The calendar with other entries; a version is made only if they differ."""
    now: datetime = desk.clock.now()
    for _ in range(_TRIES):
        version, known = await _get(desk, name)
        if expect is not None and expect != version:
            raise VersionConflict(f"calendar/{name} is not in version {expect}; read it again")
        fresh = known.model_copy(update={"feed_entries": change(known)})
        if fresh.feed_entries != known.feed_entries:
            await Checks(desk.reference_store, now).calendar(name, fresh)
            try:
                version = await desk.reference_store.put("calendar", name, fresh, expect=version, now=now)
            except VersionConflict:
                continue
        return FeedView(id=name, version=version, feed_entries=fresh.feed_entries)
    raise VersionConflict(f"{name} is being changed by others; try again")


async def _get(desk: Desk[Any, Any], name: str) -> tuple[int, Calendar]:
    version, known = await desk.reference_store.get("calendar", name) or (0, None)
    if not isinstance(known, Calendar):
        raise NotFound(f"there is no calendar {name}")
    return version, known


def _reply(view: FeedView) -> Response:
    return reply(Answer(view.model_dump(mode="json"), view.version))
