"""Clients, databases, indexes and replica sets."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any, Final, TypeAlias

from bson.codec_options import CodecOptions
from motor.core import AgnosticBaseCursor
from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorCollection,
    AsyncIOMotorDatabase,
)
from pymongo import ASCENDING, DESCENDING, ReadPreference
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

Document: TypeAlias = dict[str, Any]
Client: TypeAlias = AsyncIOMotorClient[Document]
Database: TypeAlias = AsyncIOMotorDatabase[Document]
Collection: TypeAlias = AsyncIOMotorCollection[Document]
Cursor: TypeAlias = AgnosticBaseCursor[Document]
Session: TypeAlias = AsyncIOMotorClientSession

StoreError: TypeAlias = PyMongoError
"""Anything the store can say. Unless it is a duplicate key, the outcome of the operation is unknown."""

ServerAway: TypeAlias = AutoReconnect
"""No primary can be reached, or the connection broke: waiting longer for one document helps no other."""

UP: Final = ASCENDING
DOWN: Final = DESCENDING


@dataclass(frozen=True, slots=True)
class Index:
    """An index, named after the query that it serves; documents go when its instant lies `gone_after` in the past."""

    name: str
    keys: Sequence[tuple[str, int]]
    serves: str
    unique: bool = False
    where: Mapping[str, Any] | None = None
    gone_after: timedelta | None = None


def connect(uri: str, *, timeout_seconds: float = 5.0) -> Client:
    """A client that has not connected yet; each operation fails after `timeout_seconds` without a primary."""
    return AsyncIOMotorClient(
        uri,
        serverSelectionTimeoutMS=int(timeout_seconds * 1000),
        connectTimeoutMS=int(timeout_seconds * 1000),
        socketTimeoutMS=60_000,
        appname="palabra",
    )


def database(client: Client, name: str) -> Database:
    """A database with the guarantees named at the top of this module."""
    options: CodecOptions[Document] = CodecOptions(tz_aware=True, tzinfo=UTC)
    return client.get_database(
        name,
        codec_options=options,
        read_preference=ReadPreference.PRIMARY,
        read_concern=ReadConcern("majority"),
        write_concern=WriteConcern("majority", j=True),
    )


async def ensure_indexes(collection: Collection, indexes: Sequence[Index]) -> None:
    """Every index is there; those of the same name and shape are left alone."""
    for index in indexes:
        options: Document = {"name": index.name, "unique": index.unique}
        if index.where is not None:
            options["partialFilterExpression"] = dict(index.where)
        if index.gone_after is not None:
            options["expireAfterSeconds"] = int(index.gone_after.total_seconds())
        await collection.create_index(list(index.keys), **options)


async def initiate_replica_set(uri: str, members: Sequence[str], *, seconds: float = 60.0) -> None:
    """A replica set has a primary. `uri` names one member; a set that exists already is left as it is.

    Args:
        uri: address of one member, with `replicaSet=NAME`.
        members: `host:port` of each member, as the others reach it.
        seconds: how long to wait for a primary, in real time.

    Raises:
        TimeoutError: no primary was elected in that time.
    """
    name = uri.partition("replicaSet=")[2].split("&")[0] or "rs0"
    host = uri.removeprefix("mongodb://").split("/")[0].split("?")[0].split(",")[0]
    client: Client = AsyncIOMotorClient(host=f"mongodb://{host}/?directConnection=true", serverSelectionTimeoutMS=2000)
    config = {"_id": name, "members": [{"_id": n, "host": member} for n, member in enumerate(members)]}
    try:
        async with asyncio.timeout(seconds):
            while not await _has_primary(client, config):  # noqa: ASYNC110 - another process elects
                await asyncio.sleep(0.1)
    finally:
        client.close()


async def _has_primary(client: Client, config: Document) -> bool:
    try:
        hello = await client.admin.command("hello")
        if hello.get("isWritablePrimary") or hello.get("primary"):
            return True
        if "setName" not in hello:
            await client.admin.command("replSetInitiate", config)
    except OperationFailure as error:
        if error.code != 23:  # AlreadyInitialized: another process was first  # noqa: PLR2004 - MongoDB's own code
            raise
    except PyMongoError:
        return False
    return False


async def server_version(client: Client) -> str:
    """The version the server says it is, such as `6.0.5`."""
    return str((await client.server_info())["version"])
