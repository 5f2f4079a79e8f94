"""A replica set out of `mongod` processes, through the driver that only `shared.mongo` knows."""

import asyncio
from collections.abc import Sequence
from typing import Any

from deploy.local import net
from deploy.local.apart import run_apart
from deploy.local.errors import UserError
from deploy.local.mongodb import MongoServer, uri

_STILL_LOOKING = 94
"""NotYetInitialized: the member has not made up its mind yet that it is not where its configuration says."""


def initiate(servers: Sequence[MongoServer]) -> str:
    """The started servers are one replica set and it has a primary; its URI.

    Harmless when it is one already. A set of one whose port has changed since is told so.
    """
    members = [server.address for server in servers]
    run_apart(_initiate(members, servers[0]))
    return uri(members, servers[0].replica_set)


def version(address: str, seconds: float = 10) -> str:
    """The version of the MongoDB at that URI; `UserError` when it has no primary within that time."""
    return run_apart(_version(address, seconds))


async def _initiate(members: Sequence[str], first: MongoServer) -> None:
    from shared.mongo import initiate_replica_set

    try:
        if len(members) == 1:
            await asyncio.wait_for(_move(members[0]), 60)
        await initiate_replica_set(uri(members[:1], first.replica_set), list(members))
    except TimeoutError:
        raise net.failure("MongoDB's replica set elected no primary", first.log) from None


async def _move(address: str) -> None:
    """A member whose address is not the one in its set's configuration is out of the set: correct that."""
    from shared.mongo import connect

    client = connect(f"mongodb://{address}/?directConnection=true")
    try:
        hello = await client.admin.command("hello")
        if "setName" in hello or "info" not in hello:
            return
        stored = await client.get_database("local").get_collection("system.replset").find_one()
        if stored is not None and [member["host"] for member in stored["members"]] != [address]:
            stored["members"] = [{**stored["members"][0], "host": address}]
            stored["version"] += 1
            await _reconfigure(client.admin, stored)
    finally:
        client.close()


async def _reconfigure(admin: Any, config: dict[str, Any]) -> None:
    while True:
        try:
            await admin.command("replSetReconfig", config, force=True)
        except Exception as problem:  # only shared.mongo may name the driver's errors
            if getattr(problem, "code", None) != _STILL_LOOKING:
                raise
            await asyncio.sleep(0.2)
        else:
            return


async def _version(address: str, seconds: float) -> str:
    from shared.mongo import connect, server_version

    client = connect(address, timeout_seconds=seconds)
    try:
        return await server_version(client)
    except Exception as problem:
        raise UserError(f"no MongoDB answers at the given address ({problem})") from problem
    finally:
        client.close()
