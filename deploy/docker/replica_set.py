"""Initiates the replica set that `PALABRA_MONGODB_URI` names: `python -m deploy.docker.replica_set`.

Ends with 0 once it has a primary; harmless when it is one already. For a fresh MongoDB without users, as in
docker-compose.yml; a set that others run is theirs to initiate.
"""

import asyncio
import sys
from urllib.parse import urlsplit

from shared.mongo import initiate_replica_set
from shared.settings import Settings


def members(uri: str) -> list[str]:
    """`host:port` of every member that the URI names."""
    hosts = urlsplit(uri).netloc.rpartition("@")[2].split(",")
    return [host if ":" in host else f"{host}:27017" for host in hosts]


def main() -> None:
    """Waits for the members, then for a primary; one minute at most."""
    uri = Settings().mongodb_uri
    hosts = members(uri)
    try:
        asyncio.run(initiate_replica_set(uri, hosts))
    except TimeoutError:
        sys.exit(f"The replica set of {', '.join(hosts)} has no primary after a minute.")
    print(f"The replica set of {', '.join(hosts)} has a primary.")  # noqa: T201 - for whoever reads the log


if __name__ == "__main__":
    main()
