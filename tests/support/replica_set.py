"""A replica set of several members, which tests start and kill one by one."""

from collections.abc import Sequence

from deploy.local import replica_set
from deploy.local.mongodb import MongoServer
from shared.mongo import StoreError, connect

_READY_SECONDS = 300.0


def start(members: Sequence[MongoServer]) -> str:
    """All run, are one set and have elected a primary; the URI."""
    for member in members:
        member.spawn()
    for member in members:
        member.wait(_READY_SECONDS)
    return replica_set.initiate(members)


async def primary(members: Sequence[MongoServer]) -> MongoServer | None:
    """The member that takes writes now, if any does."""
    for member in members:
        client = connect(f"mongodb://{member.address}/?directConnection=true", timeout_seconds=1.5)
        try:
            if (await client.admin.command("hello")).get("isWritablePrimary"):
                return member
        except StoreError:
            continue
        finally:
            client.close()
    return None
