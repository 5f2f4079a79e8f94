"""A person's promises in their own calendar: an iCalendar feed behind an address that nobody can guess.

The address is shown once; kept is only the SHA-256 of its token, as with keys. Whoever has it reads the owner's open
promises of the next months and those of the last weeks: kind, number of the complaint and words, no customer's name.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from shared.decision import NotFound
from shared.events.values import AgentId, Frozen, Instant, Promise
from shared.http.auth import digest
from shared.mongo import Collection, Document, insert

COLLECTION: Final = "promise_feeds"
PAST: Final = timedelta(days=30)
_MOST: Final = 1000
_SHORT: Final = 60


class Feed(Frozen):
    """Whose promises, and since when the address holds."""

    owner: AgentId
    created_at: Instant


class Entry(Frozen):
    """One promise as it stands in a calendar; `number`: the complaint's."""

    number: str
    promise: Promise


@dataclass(frozen=True, slots=True)
class Feeds:
    """The feeds there are; `documents` are the cases."""

    feeds: Collection
    documents: Collection

    async def open(self, owner: AgentId, now: datetime) -> str:
        """A new token for the owner's feed; the only time that it can be seen."""
        token = secrets.token_urlsafe(32)
        await insert(self.feeds, {"_id": digest(token), "owner": owner, "created_at": now})
        return token

    async def find(self, token: str) -> Feed:
        """The feed behind the token.

        Raises:
            NotFound: there is none, or it was closed.
        """
        found = await self.feeds.find_one({"_id": digest(token)})
        if found is None:
            raise NotFound("there is no such feed")
        return Feed.model_validate(found)

    async def close(self, token: str) -> None:
        """The address shows nothing any more."""
        await self.feeds.delete_one({"_id": digest(token)})

    async def entries(self, owner: AgentId, now: datetime) -> list[Entry]:
        """The owner's promises in the order in which they fall due; at most a thousand."""
        wanted = {"owner": owner, "due": {"$gte": now - PAST}}
        pipeline: list[Document] = [
            {"$match": {"state.promises": {"$elemMatch": wanted}}},
            {"$project": {"number": "$state.number", "promise": "$state.promises"}},
            {"$unwind": "$promise"},
            {"$match": {f"promise.{name}": value for name, value in wanted.items()}},
            {"$sort": {"promise.due": 1, "promise.id": 1}},
            {"$limit": _MOST},
        ]
        return [Entry.model_validate(row) async for row in self.documents.aggregate(pipeline)]


def written(owner: AgentId, entries: Iterable[Entry], now: datetime) -> bytes:
    """The feed as iCalendar text (RFC 5545). Times are in the customer's zone, so they read as they were promised."""
    feed = Calendar()
    feed.add("prodid", "-//Palabra//promises//EN")
    feed.add("version", "2.0")
    feed.add("x-wr-calname", f"Promises of {owner}")
    feed.add("refresh-interval", timedelta(minutes=15), parameters={"VALUE": "DURATION"})
    for entry in entries:
        feed.add_component(_event(entry, now))
    feed.add_missing_timezones()
    text: bytes = feed.to_ical()
    return text


def _event(entry: Entry, now: datetime) -> Event:
    promise, event = entry.promise, Event()
    zone = ZoneInfo(promise.time_zone)
    event.add("uid", f"{promise.id}@palabra")
    event.add("dtstamp", now)
    event.add("dtstart", (promise.not_before or promise.due).astimezone(zone))
    if promise.not_before is not None and promise.not_before < promise.due:  # RFC 5545: an end is later than the start
        event.add("dtend", promise.due.astimezone(zone))
    event.add("summary", f"{promise.kind} {entry.number}: {promise.words}"[:_SHORT])
    how = f"{promise.channel or ''} {promise.number or ''}".strip()
    event.add("description", "\n".join(filter(None, (promise.words, how, f"status: {promise.status}"))))
    event.add("status", "CONFIRMED" if promise.status == "open" else "CANCELLED")
    if promise.status != "open":
        event.add("transp", "TRANSPARENT")
    return event
