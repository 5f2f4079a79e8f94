"""`python -m tests.bench [--only accept,drain,...] [--quick] [--full] [--json]`: the figures, printed and kept."""

import argparse
import asyncio
import json
import shutil
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from deploy.local.backends import backends
from deploy.local.files import HOME
from tests.bench import accept, drain, latency, ledger, rebuilding, sizes, startup
from tests.bench.figures import Row, machine, table
from tests.bench.world import World, folder

PARTS: Final[Mapping[str, Callable[[World], Awaitable[dict[str, list[Row]]]]]] = {
    "accept": accept.measure,
    "drain": drain.measure,
    "latency": latency.measure,
    "rebuild": rebuilding.measure,
    "sizes": sizes.measure,
    "ledger": ledger.measure,
    "startup": startup.measure,
}

_CACHE_GB: Final = 2.0
"""Of MongoDB: what a machine of this size gives it at least, not what `make up` is content with."""


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="a tenth of the events, shorter and fewer runs")
    parser.add_argument("--full", action="store_true", help="also a million events and complaints: takes long")
    parser.add_argument("--json", action="store_true", help="the figures as JSON on stdout instead of tables")
    return parser.parse_args()


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


async def _run(world: World, names: list[str], told: Mapping[str, object]) -> dict[str, list[Row]]:
    """Each part's figures are kept as soon as they are known."""
    tables: dict[str, list[Row]] = {}
    for name in names:
        tables |= await PARTS[name](world)
        if world.memory:
            tables["(f) memory"] = [{"process": process, "MB": size} for process, size in world.memory.items()]
        _keep({**told, "tables": tables})
    return tables


def main() -> int:
    """Measures what was asked for; `.local/bench.json` holds every figure that is printed."""
    asked = _asked()
    names = [name for name in asked.only.split(",") if name]
    if unknown := sorted(set(names) - set(PARTS)):
        sys.exit(f"not known: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    home = folder()
    told = {"command": "python -m tests.bench " + " ".join(sys.argv[1:]), "machine": machine()}
    try:
        with backends(_say, cache_gb=_CACHE_GB) as servers:
            world = World(servers, home, quick=asked.quick, full=asked.full, say=_say)
            tables = asyncio.run(_run(world, names, told))
    finally:
        shutil.rmtree(home, ignore_errors=True)
    if asked.json:
        sys.stdout.write(json.dumps({**told, "tables": tables}) + "\n")
        return 0
    sys.stdout.write("\n\n".join([json.dumps(told), *(table(name, rows) for name, rows in tables.items())]) + "\n")
    return 0


def _keep(figures: dict[str, object]) -> None:
    HOME.mkdir(parents=True, exist_ok=True)
    (HOME / "bench.json").write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
