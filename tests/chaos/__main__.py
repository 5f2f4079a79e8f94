"""`python -m tests.chaos --minutes N`: exit code 0 when nothing was lost, doubled, out of order or miscounted."""

import argparse
import asyncio
import json
import secrets
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from tests.chaos.broken import FAULTS
from tests.chaos.evidence import Finding
from tests.chaos.house import House
from tests.chaos.run import Plan, Run

_LONG: Final = 5
"""From so many minutes on MongoDB has three members, so that step-downs happen."""
_NAMED: Final = 15


class Progress:
    """One line that changes on a terminal; elsewhere a line now and then. On stderr."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._last = 0.0
        self._begun = time.monotonic()

    def __call__(self, text: str) -> None:
        """Show it."""
        now = time.monotonic()
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{now - self._begun:5.0f} s  {text}")
        elif now - self._last >= self._every:
            self._last = now
            sys.stderr.write(f"{now - self._begun:5.0f} s  {text}\n")
        sys.stderr.flush()


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, help="the one of an earlier run, for the same harms in the same order")
    parser.add_argument("--replicas", type=int, default=2, help="of each service")
    parser.add_argument("--mongo", type=int, choices=[1, 3], help="members; 3 for runs of five minutes or more")
    parser.add_argument("--pace", type=float, default=8, help="requests a second, about")
    parser.add_argument("--broken", choices=sorted(FAULTS), help="with this fault built in: the run must fail")
    parser.add_argument("--calm", action="store_true", help="load alone, no harm")
    parser.add_argument("--json", action="store_true", help="no progress, only the last line")
    return parser.parse_args()


def main() -> int:
    """A run, its last line on stdout, and what was wrong on stderr."""
    asked = _asked()
    seed = secrets.randbelow(1_000_000) if asked.seed is None else asked.seed
    members = asked.mongo or (3 if asked.minutes >= _LONG else 1)
    home = Path(tempfile.mkdtemp(prefix="palabra-chaos-"))
    say = Progress(every=float("inf") if asked.json else 15)
    sys.stderr.write(f"seed {seed}, {asked.minutes:g} minutes, MongoDB of {members}, in {home}\n")
    house = House(home, members, asked.replicas, asked.broken)
    rest = 60 if asked.broken else 240
    plan = Plan(asked.minutes, seed, asked.pace, people=16, places=20, longest=15, rest_seconds=rest, calm=asked.calm)
    good = False
    try:
        told, findings = asyncio.run(_played(Run(house, plan, say)))
        good = not findings
        sys.stderr.write("\n")
        for finding in findings[:_NAMED]:
            sys.stderr.write(f"{finding.fault}: {finding.what}\n")
        sys.stdout.write(json.dumps(told) + "\n")
    except KeyboardInterrupt:
        return 130
    finally:
        if good:
            shutil.rmtree(home, ignore_errors=True)
        else:
            sys.stderr.write(f"kept for a look: {home} (journal.jsonl, logs, data)\n")
    return 0 if good else 1


async def _played(run: Run) -> tuple[dict[str, Any], list[Finding]]:
    try:
        told, findings = await run.play()
    finally:
        await run.house.stop()
    return told, findings


if __name__ == "__main__":
    sys.exit(main())
