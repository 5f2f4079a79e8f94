"""What belongs to no complaint: routing keeps it and says it; everyone holds a copy, in memory and in their database.

Key on the topic: `kind/id`. Value: `{"version": n, "state": {...}}`. The newer version wins, whatever came first.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias, get_args

import structlog
from pydantic import BaseModel, ValidationError

from shared.calendar import Calendar
from shared.decision import VersionConflict
from shared.events.reference import MODELS, Key, Reference, ReferenceKind
from shared.events.values import Frozen
from shared.kafka import LogError, Producer, Reader, Record
from shared.mongo import Collection, Document, DuplicateKey, StoreError, insert

Datum: TypeAlias = Calendar | Frozen
Changed: TypeAlias = Callable[[ReferenceKind, str, int], Awaitable[None]]

_HISTORY_KEPT: Final = 200
_LOOK_SECONDS: Final = 1.0
_MOST_VERSION: Final = 2**53
_KINDS: Final = frozenset(get_args(ReferenceKind))

log = structlog.get_logger()


@dataclass(slots=True)
class ReferenceStore:
    """Routing's own collection of reference data: whole state, version and history in one document each."""

    collection: Collection
    _work: asyncio.Event = field(default_factory=asyncio.Event)

    async def get(self, kind: ReferenceKind, datum_id: str) -> tuple[int, Datum] | None:
        """(version, datum), or None."""
        found = await self.collection.find_one({"_id": f"{kind}/{datum_id}"}, {"history": 0})
        return None if found is None else (found["version"], parse(kind, found["state"]))

    async def list(self, kind: ReferenceKind) -> Sequence[tuple[str, int, Datum]]:
        """(id, version, datum) of all of a kind, by id."""
        found = self.collection.find({"_id": {"$gte": f"{kind}/", "$lt": f"{kind}0"}}, {"history": 0}).sort("_id", 1)
        return [(one["_id"].partition("/")[2], one["version"], parse(kind, one["state"])) async for one in found]

    async def history(self, kind: ReferenceKind, datum_id: str) -> Sequence[tuple[int, datetime, Datum]]:
        """(version, since when, datum) of its versions, newest first; the last 200."""
        found = await self.collection.find_one({"_id": f"{kind}/{datum_id}"})
        kept = [] if found is None else found.get("history", [])
        return [(one["version"], one["at"], parse(kind, one["state"])) for one in reversed(kept)]

    async def put(
        self, kind: ReferenceKind, datum_id: str, datum: BaseModel, *, expect: int | None, now: datetime
    ) -> int:
        """The datum is stored, its version told; it is on the log soon.

        Args:
            kind: what it is.
            datum_id: its id.
            datum: its whole new state.
            expect: the version the caller saw; None to create.
            now: the business instant, for the history.

        Raises:
            VersionConflict: another version is there, or there is one already.
        """
        key, state, version = f"{kind}/{datum_id}", datum.model_dump_json(exclude_none=True), (expect or 0) + 1
        entry = {"version": version, "at": now, "state": state}
        fields = {"version": version, "state": state, "unpublished": True}
        if expect is None:
            try:
                await insert(self.collection, {"_id": key, **fields, "history": [entry]})
            except DuplicateKey as error:
                raise VersionConflict(f"{key} exists already; send If-Match with its version") from error
        else:
            push = {"history": {"$each": [entry], "$slice": -_HISTORY_KEPT}}
            done = await self.collection.update_one({"_id": key, "version": expect}, {"$set": fields, "$push": push})
            if not done.matched_count:
                raise VersionConflict(f"{key} is not in version {expect}; read it again")
        self._work.set()
        return version

    async def publish(self, producer: Producer, topic: str) -> None:
        """Says on the log what changed, for ever; all of it once at start, which heals what a crash left undone."""
        todo: Document = {}
        try:
            while True:
                todo = await self._publish_round(producer, topic, todo)
        finally:
            await producer.close()

    async def _publish_round(self, producer: Producer, topic: str, todo: Document) -> Document:
        """Says what is to be said; answers what to look for when something was put here, or a second has passed."""
        try:
            async for document in self.collection.find(todo, {"history": 0}):
                await self._publish_one(producer, topic, document)
            todo = {"unpublished": True}
            async with asyncio.timeout(_LOOK_SECONDS):
                await self._work.wait()
            self._work.clear()
        except TimeoutError:
            return todo  # nothing was put here; another replica may have put something
        except (LogError, StoreError, OSError) as error:
            log.warning("reference_publishing_failed", error=repr(error))
            await producer.close()
            await asyncio.sleep(_LOOK_SECONDS)
        return todo

    async def _publish_one(self, producer: Producer, topic: str, document: Document) -> None:
        value = json.dumps({"version": document["version"], "state": json.loads(document["state"])}).encode()
        message = (document["_id"].encode(), value, [("content-type", b"application/json")])
        sent = await producer.send(topic, {0: [message]})
        if not sent[0]:
            raise LogError("a reference datum was not acknowledged")
        same = {"_id": document["_id"], "version": document["version"]}
        done = await self.collection.update_one(same, {"$unset": {"unpublished": ""}})
        if not done.matched_count:
            # A newer version came meanwhile and may stand before ours on the compacted topic: it must come last.
            await self.collection.update_one({"_id": document["_id"]}, {"$set": {"unpublished": True}})


def parse(kind: ReferenceKind, state: str | bytes) -> Datum:
    """The datum from its JSON."""
    return MODELS[kind].model_validate_json(state)


@dataclass(slots=True)
class ReferenceFollower:
    """Keeps `reference` as new as the topic is; starts from this service's own copy, so Kafka may be away."""

    copy: Collection
    reader: Reader
    changed: Changed
    reference: Reference = field(default_factory=Reference)
    caught_up: asyncio.Event = field(default_factory=asyncio.Event)
    _keys: dict[str, Key] = field(default_factory=dict)
    _settled: dict[str, int] = field(default_factory=dict)
    """The version that the documents were told of and the copy holds, by key; a try that failed is made again."""

    def key(self, sha256: str) -> Key | None:
        """The API key with this hash, revoked or not."""
        return self._keys.get(sha256)

    async def load(self) -> None:
        """The snapshot holds what this service's copy holds."""
        async for document in self.copy.find({}, {"history": 0}):
            self._remember(document["_id"], document["version"], document["state"])
            self._settled[document["_id"]] = document["version"]
        if self.reference.versions:
            self.caught_up.set()

    async def run(self) -> None:
        """Follows the topic for ever."""
        while True:
            try:
                await self.reader.start()
                ends = await self.reader.ends()
                while True:
                    for record in await self.reader.poll(seconds=0.5):
                        await self._take(record)
                    if not self.caught_up.is_set():
                        positions = await self.reader.positions()
                        if all(positions[partition] >= end for partition, end in ends.items()):
                            self.caught_up.set()
            except (LogError, StoreError, OSError) as error:
                log.warning("reference_following_failed", error=repr(error))
            finally:
                await self.reader.close()
            await asyncio.sleep(1.0)

    async def _take(self, record: Record) -> None:
        key = (record.key or b"").decode("utf-8", "replace")
        try:
            said = json.loads(record.value or b"null")
            version, state = int(said["version"]), json.dumps(said["state"])
            kind, datum_id = _split(key)
            if not 0 < version < _MOST_VERSION:
                raise ValueError("the version is not a positive number")  # noqa: TRY301 - as the others
            known = self.reference.versions.get((kind, datum_id), 0)
            if version < known or version <= self._settled.get(key, 0):
                return
            if version > known:
                self._remember(key, version, state)
        except (ValueError, TypeError, KeyError, ValidationError, OverflowError, RecursionError) as error:
            log.warning("reference_message_unreadable", ref=record.ref, error=type(error).__name__)
            return
        await self.changed(kind, datum_id, version)
        older = {"_id": key, "version": {"$lt": version}}
        try:
            await self.copy.update_one(older, {"$set": {"version": version, "state": state}}, upsert=True)
        except StoreError as error:
            if getattr(error, "code", None) != 11000:  # noqa: PLR2004 - a copy as new is there already
                raise
        self._settled[key] = version

    def _remember(self, key: str, version: int, state: str) -> None:
        kind, datum_id = _split(key)
        datum = parse(kind, state)
        self.reference = self.reference.with_datum(kind, datum_id, version, datum)
        if isinstance(datum, Key):
            self._keys[datum.sha256] = datum


def _split(key: str) -> tuple[ReferenceKind, str]:
    kind, _, datum_id = key.partition("/")
    if kind not in _KINDS or not datum_id:
        raise ValueError(f"{key!r} names no reference datum")
    return kind, datum_id  # type: ignore[return-value]
