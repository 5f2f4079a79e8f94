"""Loads and saves documents: one collection, one guarded write."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel

from shared.clock import real_now
from shared.mongo import Collection, Document, Index, Save, Session, insert, save_all
from shared.runtime.loaded import Loaded, read

S = TypeVar("S", bound=BaseModel)

OUTBOX_WAITING: Final = {"outbox.0.seq": {"$exists": True}}
NUMBER: Final = "state.number"

BY_NUMBER: Final = Index("number", [(NUMBER, 1)], "a complaint by its number", where={NUMBER: {"$type": "string"}})

INDEXES: Final = (
    Index("due", [("due_at", 1)], "the timer: whose next due instant has passed", where={"due_at": {"$type": "date"}}),
    Index("outbox_head", [("outbox.0.saved_at", 1)], "the publisher's sweep; outbox depth and age",
          where=OUTBOX_WAITING),
    Index("parked", [("parked", 1)], "the gauge of parked complaints", where={"parked": True}),
    Index("early", [("early.0.seq", 1)], "the gauge of early events", where={"early.0.seq": {"$exists": True}}),
    BY_NUMBER,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Store(Generic[S]):
    """One service's documents. `number`: the field that holds the complaint's number, indexed where it is a text."""

    documents: Collection
    model: type[S]
    number: str = NUMBER

    async def load(self, complaint_id: str) -> Loaded[S] | None:
        """The document as stored, or None."""
        found = await self.documents.find_one({"_id": complaint_id})
        return None if found is None else read(found, self.model)

    async def load_many(self, ids: Iterable[str], session: Session | None = None) -> dict[str, Loaded[S]]:
        """A working copy for each id; an empty one, version 0, where nothing is stored."""
        wanted = list(ids)
        loaded = {key: Loaded[S](key) for key in wanted}
        for document in await self.documents.find({"_id": {"$in": wanted}}, session=session).to_list(len(wanted)):
            loaded[document["_id"]] = read(document, self.model)
        return loaded

    async def find_id(self, number: str) -> str | None:
        """The complaint id of a number."""
        # The index is partial: it is used only where the question names its condition.
        found = await self.documents.find_one({self.number: {"$eq": number, "$type": "string"}}, {"_id": 1})
        return None if found is None else str(found["_id"])

    async def save(self, changed: Sequence[Loaded[S]], session: Session | None = None) -> set[str]:
        """Saves them in one bulk write; answers the ids that were stale and must be loaded and decided again."""
        real = real_now()
        return await self.write([loaded.save(real) for loaded in changed], session)

    async def write(self, saves: Sequence[Save], session: Session | None = None) -> set[str]:
        """The same for saves that are made already."""
        return await save_all(self.documents, saves, session)

    async def add(self, loaded: Loaded[S], extra: Mapping[str, Any]) -> None:
        """A new document is stored, with top-level fields beside the runtime's own.

        Raises:
            DuplicateKey: an index of those fields, or the id, is taken.
        """
        await insert(self.documents, self.new_document(loaded, extra))

    def new_document(self, loaded: Loaded[S], extra: Mapping[str, Any]) -> Document:
        """The document as `add` would store it."""
        return {**loaded.document(real_now()), **extra}
