"""A storm of about two minutes, start and healing included. That a loss would be noticed: `test_chaos_noticed`."""

import json
import subprocess
import sys
from typing import Any

import pytest

from deploy.local import files

pytestmark = pytest.mark.e2e


def storm(*options: str) -> tuple[int, dict[str, Any], str]:
    """Exit code, last line, and what was said besides."""
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "tests.chaos", *options], cwd=files.ROOT, capture_output=True, text=True, check=False
    )
    lines = done.stdout.splitlines()
    return done.returncode, json.loads(lines[-1]) if lines else {}, done.stderr[-5000:]


@pytest.mark.timeout(1800)
def test_nothing_is_lost_nothing_twice_whatever_is_killed() -> None:
    code, told, said = storm("--minutes", "1", "--pace", "6")
    assert code == 0, f"{told}\n{said}"
    wrong = {name: told[name] for name in ("lost", "twice", "out_of_order", "gaps", "places", "faults")}
    assert wrong == dict.fromkeys(wrong, 0), said
    assert told["metrics_equal_truth"]
    assert told["accepted"] > 0
    assert {"intake", "routing", "followup", "metrics", "kafka", "mongodb"} <= told["kills"].keys()
