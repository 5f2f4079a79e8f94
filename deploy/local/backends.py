"""A real Kafka and a real MongoDB for tests: never a stand-in, and never skipped.

For each of the two: the address in the environment, else a container where a Docker engine answers and has the image
or can pull it, else the same local server as `make up`, on a free port, with its data in a folder that is removed.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from deploy.local import containers, jars, kafka, mongodb, net, replica_set
from deploy.local.files import CACHE


class Backends(NamedTuple):
    """Where the two are."""

    kafka: str
    mongodb: str


@contextmanager
def backends(say: Callable[[str], None] = print, *, cache_gb: float = 0.25) -> Iterator[Backends]:
    """Both answer while the block runs. `say` is told which were chosen, and why. Neither found is an error.

    `cache_gb`: what a MongoDB that is started here may keep in memory.
    """
    with ExitStack() as stack:
        yield Backends(_kafka(stack, say), _mongodb(stack, say, cache_gb))


def _kafka(stack: ExitStack, say: Callable[[str], None]) -> str:
    if given := os.environ.get("PALABRA_KAFKA"):
        say(f"Kafka: {given} (PALABRA_KAFKA)")
        return given
    why_not = containers.why_not(containers.KAFKA)
    if why_not is None:
        say(f"Kafka: a container of {containers.KAFKA}")
        return containers.kafka(stack)
    home = _folder(stack, "kafka")
    paths = jars.fetch(CACHE, lambda _: None)
    server = kafka.KafkaServer(paths, home / "kafka", net.any_free(), net.any_free(), home / "kafka.log", tied=True)
    stack.callback(server.kill)
    server.start()
    say(f"Kafka: local Apache Kafka {jars.KAFKA} on {server.address}, because {why_not} and PALABRA_KAFKA is not set")
    return server.address


def _mongodb(stack: ExitStack, say: Callable[[str], None], cache_gb: float) -> str:
    if given := os.environ.get("PALABRA_MONGODB_URI"):
        say("MongoDB: the address in PALABRA_MONGODB_URI")
        return given
    why_not = containers.why_not(containers.MONGO)
    if why_not is None:
        say(f"MongoDB: a container of {containers.MONGO}")
        return containers.mongodb(stack)
    home = _folder(stack, "mongodb")
    mongod = mongodb.find()
    port, log = net.any_free(), home / "mongodb.log"
    server = mongodb.MongoServer(mongod, home / "mongodb", port, log, tied=True, cache_gb=cache_gb)
    stack.callback(server.kill)
    server.start()
    uri = replica_set.initiate([server])
    say(f"MongoDB: local {mongod.version} on {server.address} ({mongod.why}), because {why_not}")
    return uri


def _folder(stack: ExitStack, name: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=f"palabra-{name}-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    return folder
