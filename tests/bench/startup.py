"""(f) How long the whole stack takes from nothing to ready, and the memory of its processes at rest."""

import json
import subprocess
import sys
import time
from typing import Any, Final

from deploy.local.files import ROOT
from tests.bench import proc
from tests.bench.figures import Row, middle, shown
from tests.bench.paper import STARTUP
from tests.bench.world import World

_LONGEST_SECONDS: Final = 300.0


async def measure(world: World) -> dict[str, list[Row]]:
    """`palabra up` in a home of its own, first with no data and then with some; what it downloads is there already."""
    first, again = [], []
    for number in range(1 if world.quick else 3):
        home = str(world.home / f"stack-{number}")
        first.append(_palabra("up", "--home", home))
        status = json.loads(_said("status", "--json", "--home", home))
        for name, service in status["services"].items():
            world.remember(name, "start, at rest", proc.memory_mb(service["pid"]))
        _palabra("down", "--home", home)
        again.append(_palabra("up", "--home", home))
        _palabra("down", "--home", home)
    world.say(f"(f) start-up {shown(middle(first, 1))} s, again {shown(middle(again, 1))} s")
    return {
        STARTUP: [
            {"what": "no data yet", "seconds": middle(first, 1)},
            {"what": "again", "seconds": middle(again, 1)},
        ]
    }


def _palabra(*arguments: str) -> float:
    begun = time.monotonic()
    _said(*arguments)
    return time.monotonic() - begun


def _said(*arguments: str) -> str:
    command: list[Any] = [sys.executable, "-m", "deploy.cli.main", *arguments]
    done = subprocess.run(  # noqa: S603 - our own command
        command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=_LONGEST_SECONDS
    )
    return done.stdout.splitlines()[-1] if done.stdout.strip() else ""
