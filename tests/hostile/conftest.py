"""One house of four services for all tests of a module: what one of them sends must not harm the next."""

import uuid
from collections.abc import AsyncIterator

import pytest_asyncio

from deploy.local.backends import Backends
from shared import mongo
from shared.settings import Settings
from tests.support.house import House, house
from tests.support.running import KEY


@pytest_asyncio.fixture(scope="module")
async def home(backends: Backends) -> AsyncIterator[House]:
    """The four services, with sample teams and agents."""
    prefix = f"h{uuid.uuid1().hex[:10]}"
    made = Settings(
        mongodb_uri=backends.mongodb, kafka=backends.kafka, database_prefix=prefix, topic_prefix=f"{prefix}.",
        partitions=3, admin_key=KEY, drain_seconds=20, seed="sample",
    )  # fmt: skip
    async with house(made) as running:
        yield running
    client = mongo.connect(backends.mongodb)
    for name in await client.list_database_names():
        if name.startswith(prefix):
            await client.drop_database(name)
    client.close()
