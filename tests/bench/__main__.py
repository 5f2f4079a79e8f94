"""`python -m tests.bench [--only accept,drain,...] [--quick] [--full] [--json] [--table FILE]`: the figures.

They are printed as Markdown, and kept in `.local/bench.json` as soon as each part has them. A part that fails says so,
the others still run, and the exit code is not zero.
"""

import argparse
import asyncio
import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from deploy.local.backends import backends
from deploy.local.files import HOME
from tests.bench import accept, drain, latency, ledger, rebuilding, sizes, startup
from tests.bench.figures import machine
from tests.bench.paper import paper
from tests.bench.running import Part, Progress, run
from tests.bench.world import World, folder

PARTS: Final[Mapping[str, Part]] = {
    "accept": accept.measure,
    "drain": drain.measure,
    "latency": latency.measure,
    "rebuild": rebuilding.measure,
    "ledger": ledger.measure,
    "startup": startup.measure,
    "sizes": sizes.measure,
}

_CACHE_GB: Final = 2.0
"""Of MongoDB: what a machine of this size gives it at least, not what `make up` is content with."""


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="a tenth of the events, shorter and fewer runs")
    parser.add_argument("--full", action="store_true", help="also a million events and complaints: takes twice as long")
    parser.add_argument("--json", action="store_true", help="the figures as JSON on stdout instead of tables")
    parser.add_argument("--table", type=Path, metavar="FILE", help="measure nothing; the tables of figures kept before")
    return parser.parse_args()


def _measure(asked: argparse.Namespace, names: list[str]) -> dict[str, Any]:
    home, progress = folder(), Progress()
    command = "python -m tests.bench " + " ".join(sys.argv[1:])
    told: dict[str, Any] = {"command": command.strip(), "machine": machine(), "tables": {}, "failed": {}}
    try:
        with backends(progress.server, cache_gb=_CACHE_GB) as servers:
            told["servers"] = progress.servers
            world = World(servers, home, quick=asked.quick, full=asked.full, say=progress.say)
            asyncio.run(run(world, {name: PARTS[name] for name in names}, told, progress, _keep))
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return told


def _keep(figures: Mapping[str, Any]) -> None:
    HOME.mkdir(parents=True, exist_ok=True)
    (HOME / "bench.json").write_text(json.dumps(figures, indent=1) + "\n")


def main() -> int:
    """Measures what was asked for; `.local/bench.json` holds every figure that is printed."""
    asked = _asked()
    if asked.table:
        sys.stdout.write(paper(json.loads(asked.table.read_text())))
        return 0
    names = [name for name in asked.only.split(",") if name]
    if unknown := sorted(set(names) - set(PARTS)):
        sys.exit(f"not known: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    told = _measure(asked, names)
    sys.stdout.write(json.dumps(told) + "\n" if asked.json else paper(told))
    return 1 if told["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
