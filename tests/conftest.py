"""Real servers for every test that needs them, and a world of its own (topics, databases) for each test."""

import asyncio
import os
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.local.backends import Backends
from deploy.local.backends import backends as start_backends
from shared import mongo
from shared.settings import Settings
from tests.support.log import Log
from tests.support.running import KEY

DATA = Path(__file__).parents[2] / "shared" / "data"


_STUCK_SECONDS = 200
"""After so long, short of the timeout, a test says where each of its tasks is waiting."""


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _say_tasks() -> None:
    for task in asyncio.all_tasks():
        task.print_stack(file=sys.stderr)


@pytest.fixture(scope="session")
def backends() -> Iterator[Backends]:
    """A real Kafka and a real MongoDB for the whole run; where none can be had, the tests fail."""
    with start_backends(_say) as servers:
        yield servers


@pytest_asyncio.fixture
async def settings(backends: Backends) -> AsyncIterator[Settings]:
    """Settings with topics and databases of this test alone."""
    prefix = f"t{uuid.uuid1().hex[:10]}"
    made = Settings(
        mongodb_uri=backends.mongodb,
        kafka=backends.kafka,
        database_prefix=prefix,
        topic_prefix=f"{prefix}.",
        partitions=3,
        admin_key=KEY,
        drain_seconds=20,
    )
    stuck = asyncio.get_running_loop().call_later(_STUCK_SECONDS, _say_tasks)
    yield made
    stuck.cancel()
    client = mongo.connect(backends.mongodb)
    try:
        for name in await client.list_database_names():
            if name.startswith(prefix):
                await _drop(client, name)
    finally:
        client.close()


async def _drop(client: mongo.Client, name: str) -> None:
    """A transaction that a stopped service could not end holds the database for a minute: as long as we wait."""
    try:
        await client.drop_database(name)
    except mongo.StoreError:
        await client.drop_database(name)


@pytest_asyncio.fixture
async def log(settings: Settings) -> AsyncIterator[Log]:
    """The lifecycle topic of this test: to say events on, and to hear what services say."""
    made = Log(settings)
    await made.start()
    yield made
    await made.close()


@pytest.fixture(scope="session")
def data() -> Path:
    """Real material by others, read in place. Missing: a failure in CI, a skip elsewhere."""
    if not DATA.is_dir():
        message = f"{DATA} is missing"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return DATA
