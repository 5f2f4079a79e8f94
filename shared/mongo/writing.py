"""Guarded saves and other writes: each says what became of it, or that this is not known."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from bson import BSON
from bson.errors import BSONError
from bson.raw_bson import RawBSONDocument
from pymongo import InsertOne, UpdateMany, UpdateOne
from pymongo.errors import BulkWriteError, DocumentTooLarge, DuplicateKeyError, OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared.mongo.connecting import Client, Collection, Document, Session
from shared.tasks import all_of

DUPLICATE: Final = 11000
_UNSTORABLE: Final = (BSONError, OverflowError, UnicodeError, DocumentTooLarge)
_TOO_LARGE: Final = frozenset({10334, 17419, 17420})
_TRANSIENT: Final = "TransientTransactionError"
_MANY: Final = 16

T = TypeVar("T")


class DuplicateKey(Exception):  # noqa: N818 - says what is there, which is often good news
    """A unique index already holds this value."""

    def __init__(self, index_name: str, message: str = "") -> None:
        super().__init__(message or index_name)
        self.index_name = index_name


class OutcomeUnknown(PyMongoError):  # noqa: N818 - not wrong, not known
    """The write may or may not have happened. Load again before deciding anything."""


class Unstorable(Exception):  # noqa: N818 - says what is wrong with a document, not with the store
    """MongoDB cannot hold this document, however often it is tried: too large, or a value BSON does not know."""


@dataclass(frozen=True, slots=True)
class Save:
    """One guarded save: applies only while the stored version is still `version` (0: there is none yet)."""

    id: str
    version: int
    set: Mapping[str, Any]
    push: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    unset: Sequence[str] = ()

    def update(self) -> Document:
        """The save as an update document."""
        update: Document = {"$set": self.set if isinstance(self.set, RawBSONDocument) else self._values()}
        if pushed := {name: {"$each": list(items)} for name, items in self.push.items() if items}:
            update["$push"] = pushed
        if self.unset:
            update["$unset"] = dict.fromkeys(self.unset, "")
        return update

    def packed(self) -> "Save":
        """The same, with its values as BSON already: a fifth of the memory, and sent as they are.

        Raises:
            Unstorable: it holds a value that BSON does not know.
        """
        return replace(self, set=RawBSONDocument(_encoded(self._values())))

    def size(self) -> int:
        """Bytes of its values, once they are packed."""
        return len(self.set.raw) if isinstance(self.set, RawBSONDocument) else len(_encoded(self._values()))

    def _values(self) -> Document:
        return {**self.set, "version": self.version + 1}


def duplicate_index(details: Mapping[str, Any]) -> str:
    """The name of the index that an E11000 complains about."""
    message = str(details.get("errmsg", ""))
    return message.partition(" index: ")[2].split(" ")[0] or "_id_"


async def insert(collection: Collection, document: Document) -> None:
    """The document is stored.

    Raises:
        DuplicateKey: a unique index holds its value already; the index is named.
        Unstorable: it can never be stored.
        StoreError: the outcome is unknown.
    """
    try:
        await collection.insert_one(document)
    except DuplicateKeyError as error:
        raise DuplicateKey(duplicate_index(error.details or {}), str(error)) from error
    except OperationFailure as error:
        if error.code in _TOO_LARGE:
            raise Unstorable("the document would be larger than MongoDB can hold") from error
        raise
    except _UNSTORABLE as error:
        raise Unstorable(f"{type(error).__name__}: {error}"[:500]) from error


async def insert_many(collection: Collection, documents: Sequence[Document]) -> dict[int, DuplicateKey]:
    """Each document is stored, but those (by position) that a unique index already held.

    Raises:
        Unstorable: one of them can never be stored; others may have been.
        StoreError: the outcome of any of them may be unknown.
    """
    parts = _halves(documents)
    taken = await all_of(_insert_part(collection, part) for part in parts)
    return taken[0] | {len(parts[0]) + place: known for part in taken[1:] for place, known in part.items()}


async def _insert_part(collection: Collection, documents: Sequence[Document]) -> dict[int, DuplicateKey]:
    try:
        await collection.bulk_write([InsertOne(document) for document in documents], ordered=False)
    except _UNSTORABLE as error:
        raise Unstorable(f"{type(error).__name__}: {error}"[:500]) from error
    except BulkWriteError as error:
        return {
            failed["index"]: DuplicateKey(duplicate_index(failed), str(failed.get("errmsg")))
            for failed in _only_duplicates(error)
        }
    return {}


def _halves(items: Sequence[T]) -> list[Sequence[T]]:
    """Many are written in two calls at the same time: MongoDB works one call off on one core."""
    if len(items) < _MANY:
        return [items]
    return [items[: len(items) // 2], items[len(items) // 2 :]]


async def save_all(collection: Collection, saves: Sequence[Save], session: Session | None = None) -> set[str]:
    """Every save that was not stale is stored; returns the ids of the stale ones.

    Raises:
        Unstorable: one of them can never be stored; others may have been.
        StoreError: the outcome is unknown; load again.
    """
    parts = [saves] if session is not None else _halves(saves)
    return set().union(*await all_of(_save_part(collection, part, session) for part in parts if part))


async def _save_part(collection: Collection, saves: Sequence[Save], session: Session | None) -> set[str]:
    writes = [UpdateOne({"_id": save.id, "version": save.version}, save.update(), upsert=True) for save in saves]
    try:
        await collection.bulk_write(writes, ordered=session is not None, session=session)
    except BulkWriteError as error:
        return {saves[failed["index"]].id for failed in _only_duplicates(error)}
    except OperationFailure as error:
        if error.code in _TOO_LARGE:  # the statement alone is larger than a document may be
            raise Unstorable("the document would be larger than MongoDB can hold") from error
        raise
    except _UNSTORABLE as error:
        raise Unstorable(f"{type(error).__name__}: {error}"[:500]) from error
    return set()


def _only_duplicates(error: BulkWriteError) -> Sequence[Mapping[str, Any]]:
    details: Mapping[str, Any] = error.details or {}
    failures: Sequence[Mapping[str, Any]] = details.get("writeErrors", [])
    if any(failed.get("code") in _TOO_LARGE for failed in failures):
        raise Unstorable("the document would be larger than MongoDB can hold") from error
    if details.get("writeConcernErrors") or any(failed.get("code") != DUPLICATE for failed in failures):
        raise OutcomeUnknown(str(failures[:1] or details.get("writeConcernErrors"))) from error
    return failures


async def pull_acknowledged(collection: Collection, acknowledged: Mapping[str, Sequence[int]]) -> None:
    """The outboxes no longer hold these sequence numbers; versions and states stay as they are."""
    alike: dict[tuple[int, ...], list[str]] = {}
    for key, seqs in acknowledged.items():
        alike.setdefault(tuple(seqs), []).append(key)
    # One statement for all that lose the same numbers: new documents all lose their first.
    writes = [
        UpdateMany({"_id": {"$in": keys}}, {"$pull": {"outbox": {"seq": {"$in": list(seqs)}}}})
        for seqs, keys in alike.items()
    ]
    if writes:
        await collection.bulk_write(writes, ordered=False)


async def update_many(collection: Collection, updates: Sequence[tuple[Document, Document]]) -> None:
    """Each (filter, update) is applied to at most one document, inserting none."""
    if updates:
        await collection.bulk_write([UpdateOne(where, change) for where, change in updates], ordered=False)


async def upsert_all(collection: Collection, updates: Sequence[tuple[Document, Document]], session: Session) -> None:
    """Each (filter, update) is applied to the one document that fits, or makes it.

    Raises:
        OutcomeUnknown: one of them could not be; the transaction is lost, load again.
    """
    writes = [UpdateOne(where, change, upsert=True) for where, change in updates]
    try:
        await collection.bulk_write(writes, session=session)
    except BulkWriteError as error:
        raise OutcomeUnknown(str((error.details or {}).get("writeErrors", [])[:1])) from error


@asynccontextmanager
async def transaction(client: Client) -> AsyncIterator[Session]:
    """What is done with the session inside commits as one, or not at all.

    Raises:
        OutcomeUnknown: it may have been committed or not (also after a write conflict); load again.
    """
    async with await client.start_session() as session:
        try:
            async with session.start_transaction(ReadConcern("snapshot"), WriteConcern("majority", j=True)):
                yield session
        except OperationFailure as error:
            if error.has_error_label(_TRANSIENT) or error.code == DUPLICATE:
                raise OutcomeUnknown(str(error)) from error
            raise


def stored_size(document: Mapping[str, Any]) -> int:
    """Bytes that the document takes in BSON.

    Raises:
        Unstorable: it holds a value that BSON does not know.
    """
    return len(_encoded(document))


def _encoded(document: Mapping[str, Any]) -> bytes:
    try:
        return BSON.encode(document)
    except _UNSTORABLE as error:
        raise Unstorable(f"{type(error).__name__}: {error}"[:500]) from error
