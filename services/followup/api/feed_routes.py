"""Promises in people's own calendars."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from services.followup.api.counter import DeskOf
from services.followup.feeds import COLLECTION, Feed, Feeds, written
from shared.decision import Invalid
from shared.events.values import AgentId
from shared.http import Caller, CallerOf, Form

router = APIRouter(prefix="/v1/promises/feeds", tags=["promises"])
Token = Annotated[str, Path(max_length=100)]


class FeedForm(Form):
    """Whose promises; the key's own person by default."""

    owner: AgentId | None = None


class FeedView(Feed):
    """A new feed, with the address that is shown this once."""

    url: str


async def _feeds(desk: DeskOf) -> Feeds:
    return Feeds(desk.database[COLLECTION], desk.documents)


FeedsOf = Annotated[Feeds, Depends(_feeds)]


@router.post("", status_code=201)
async def open_feed(
    form: FeedForm,
    request: Request,
    desk: DeskOf,
    feeds: FeedsOf,
    caller: Annotated[Caller, CallerOf("cases:read")],
) -> FeedView:
    """Have an address for a calendar program that shows the owner's promises.

    The address is its own key: keep it to yourself. It is shown once; each call makes another one. For somebody else
    it needs `cases:act_as`.
    """
    owner = caller.by(form.owner)
    if owner is None:
        raise Invalid("whose promises?", errors=[("owner", "name an agent")])
    now = desk.clock.now()
    url = str(request.url_for("show_feed", token=await feeds.open(owner, now)))
    return FeedView(owner=owner, created_at=now, url=url)


@router.get("/{token}.ics", response_class=Response, responses={200: {"content": {"text/calendar": {}}}})
async def show_feed(token: Token, desk: DeskOf, feeds: FeedsOf) -> Response:
    """The owner's promises as an iCalendar feed, newest state. Needs no key: the address is one."""
    feed, now = await feeds.find(token), desk.clock.now()
    text = written(feed.owner, await feeds.entries(feed.owner, now), now)
    headers = {"Cache-Control": "private, max-age=300", "X-Robots-Tag": "noindex"}
    return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)


@router.delete("/{token}", status_code=204)
async def close_feed(token: Token, feeds: FeedsOf, caller: Annotated[Caller, CallerOf("cases:read")]) -> Response:
    """The address shows nothing any more. `token`: with or without `.ics`, as in the address."""
    token = token.removesuffix(".ics")
    caller.by((await feeds.find(token)).owner)
    await feeds.close(token)
    return Response(status_code=204)
