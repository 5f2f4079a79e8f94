"""Keeps aside, whole, what cannot be taken: poison, what waits behind it, and messages that are no events.

The bytes come first, then the document, guarded; redrive folds them in place, in the order of the log.
"""

from collections.abc import AsyncIterator, Sequence
from collections.abc import Collection as Several
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, TypeVar

from pydantic import BaseModel

from shared import ids
from shared.clock import Clock, real_now
from shared.decision import Conflict, NotFound
from shared.events import Event
from shared.events.cloudevents import NotAnEvent, decode, encode_headers, pack
from shared.kafka import Record
from shared.mongo import Collection, Document, DuplicateKey, Index, Unstorable, insert
from shared.runtime.fold import Folder, Letter, Poison
from shared.runtime.loaded import Loaded
from shared.runtime.publisher import Publisher
from shared.runtime.service import Heard, Service
from shared.runtime.store import Store

S = TypeVar("S", bound=BaseModel)

Reason = Literal["poison", "behind", "not_an_event"]

INDEXES: Final = (
    Index("by_complaint", [("complaint_id", 1), ("topic", 1), ("partition", 1), ("offset", 1)],
          "redrive: a complaint's parked events in the order of the log"),
    Index("by_reason", [("reason", 1), ("_id", 1)], "the list of what is parked, and its gauges"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parking(Generic[S]):
    """What one service has kept aside."""

    parked: Collection
    store: Store[S]
    service: Service[S, Any]
    publisher: Publisher
    clock: Clock

    async def keep(self, record: Record, reason: Reason, error: str, event: Event[Any] | None = None) -> None:
        """The message is kept whole; keeping it twice is keeping it once.

        One that no document can hold (compressed, it may be on the log) is kept whole by the log, where `ref` says.
        """
        document: Document = {
            "_id": record.ref,
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "key": record.key,
            "headers": [[name, content] for name, content in record.headers],
            "value": record.value,
            "reason": reason,
            "error": error,
            "at": real_now(),
            "discarded": False,
        }
        if event is not None:
            document |= {name: getattr(event, name) for name in ("complaint_id", "source", "seq", "type")}
        try:
            await self._insert(document)
        except DuplicateKey:
            return  # it came again; it is here already

    async def _insert(self, document: Document) -> None:
        try:
            await insert(self.parked, document)
        except Unstorable as too_large:
            told = f"{document['error']}; its bytes are left on the log: {too_large}"
            await insert(self.parked, {**document, "key": None, "headers": [], "value": None, "error": told})

    async def forget(self, refs: Several[str]) -> None:
        """These are applied after all, and kept no longer."""
        if refs:
            await self.parked.delete_many({"_id": {"$in": list(refs)}})

    def entries(self, complaint_id: str | None = None) -> AsyncIterator[Document]:
        """What is kept aside, in the order of the log."""
        where: Document = {"discarded": False}
        if complaint_id is not None:
            where["complaint_id"] = complaint_id
        order = [("topic", 1), ("partition", 1), ("offset", 1)]
        found: AsyncIterator[Document] = self.parked.find(where).sort(order)
        return found

    async def entry(self, ref: str) -> Document:
        """One of them.

        Raises:
            NotFound: nothing is kept under this reference.
        """
        found = await self.parked.find_one({"_id": ref})
        if found is None:
            raise NotFound(f"nothing is parked as {ref}")
        return found

    async def redrive(self, complaint_id: str) -> tuple[int, int]:
        """Parked events that can be folded now are; answers (applied, still parked).

        Order is that of the log, starting over after each success. The flag goes in the same guarded save when none is
        left; while one is left, later events go on waiting behind it.
        """
        while True:
            loaded = await self.store.load(complaint_id)
            if loaded is None:
                raise NotFound(f"complaint {complaint_id} is not known here")
            waiting = [entry async for entry in self.entries(complaint_id)]
            done, poison = await self._fold(loaded, waiting)
            for one in poison:
                await self.keep_letter(one.letter, one.error)
            left = len(waiting) - len(done) + len(poison)
            loaded.parked = left > 0
            if not await self.store.save([loaded]):
                self.publisher.offer(loaded.id, loaded.whole_outbox())
                await self.forget(done)
                return len(done), left

    async def _fold(self, loaded: Loaded[S], waiting: Sequence[Document]) -> tuple[list[str], list[Poison]]:
        """Folds what it can into the document, and what had come early.

        Answers the references that need not be kept, and what of the early ones is poison and is kept nowhere else.
        """
        letters = {entry["_id"]: letter for entry in waiting if (letter := letter_of(entry)) is not None}
        heard = Heard(loaded.id, loaded.state, [letter.event for letter in letters.values()])
        world = await self.service.prepare([heard])
        folder = Folder(self.service, ids.uuid7, self.clock.now(), world, careful=True)
        done: list[str] = []
        loaded.parked = False
        poison = folder.catch_up(loaded)
        again = True
        while again:
            again = False
            for ref, letter in letters.items():
                event = letter.event
                if ref in done or event.seq > loaded.applied.get(event.source, 0) + 1:
                    continue
                loaded.parked = False
                outcome, found = folder.fold(loaded, letter)
                poison += [] if found is None else [found]
                if outcome != "parked":
                    done.append(ref)
                    again = True
                    break
        return done, [one for one in poison if one.letter.ref not in letters]

    async def discard(self, ref: str) -> None:
        """The event is given up for good: the mark moves past it, and rebuilds will remember.

        Raises:
            NotFound: nothing is kept under this reference.
            Conflict: an earlier event of its source is still missing; discard or redrive that one first.
        """
        entry = await self.entry(ref)
        while "complaint_id" in entry:
            loaded = await self.store.load(entry["complaint_id"])
            if loaded is None:
                raise NotFound(f"complaint {entry['complaint_id']} is not known here")
            mark = loaded.applied.get(entry["source"], 0)
            if entry["seq"] > mark + 1:
                raise Conflict(f"seq {mark + 1} of {entry['source']} comes first")
            loaded.applied[entry["source"]] = max(mark, entry["seq"])
            if not await self.store.save([loaded]):
                break
        await self.parked.update_one({"_id": ref}, {"$set": {"discarded": True}})

    async def keep_letter(self, letter: Letter, error: str) -> None:
        """An event that had come early turns out to be poison: it is kept as it would stand on the log."""
        topic, partition, offset = letter.ref.rsplit("/", 2)
        packed = pack(letter.event)
        record = Record(topic, int(partition), int(offset), letter.event.complaint_id.encode(),
                        encode_headers(packed), packed["data"].encode())  # fmt: skip
        await self.keep(record, "poison", error, letter.event)


def letter_of(entry: Document) -> Letter | None:
    """The event of a parked entry; None when it is none."""
    headers = [(name, content) for name, content in entry["headers"]]
    event = decode(entry["key"], headers, entry["value"])
    return None if isinstance(event, NotAnEvent) else Letter(event, entry["_id"])
