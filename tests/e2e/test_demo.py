"""`palabra demo` as a person runs it: it counts for itself, compares, and leaves nothing running."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import files, state
from deploy.local.apart import run_apart
from deploy.local.backends import Backends
from shared import mongo
from tests.e2e.living import until

pytestmark = [pytest.mark.servers, pytest.mark.e2e]

COMMAND = [str(Path(sys.executable).with_name("palabra")), "demo", "--json"]


def begin(home: Path, *options: str) -> subprocess.Popen[str]:
    """The demo in a folder of this test alone."""
    return subprocess.Popen(  # noqa: S603 - our own command
        [*COMMAND, "--home", str(home), *options],
        cwd=files.ROOT,
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def nothing_is_left(home: Path, given: Backends) -> bool:
    """Whether all that was started has ended, and the MongoDB that was given holds nothing of it."""
    known = state.load(home)
    names = run_apart(databases(given.mongodb))
    return (known is None or not known.running) and not any(name.startswith("palabra_demo") for name in names)


async def databases(uri: str) -> list[str]:
    """The names of all databases there."""
    client = mongo.connect(uri)
    try:
        return list(await client.list_database_names())
    finally:
        client.close()


def the_steps_were_shown(figures: dict[str, float]) -> None:
    """Each of the seven was taken and, but for the first and third, also skipped; silence closed, a no escalated."""
    closings = sum(figures[f"totals.closed_{how}"] for how in ("verified", "declined", "unverified"))
    steps = {name.partition(".")[2]: figure for name, figure in figures.items() if name.startswith("steps.")}
    done = {name: figure for name, figure in steps.items() if name.endswith("_done")}
    assert (len(done), all(done.values())) == (7, True)
    for name in ("2_listen", "4_repeat", "5_solution", "6_act", "7_check"):
        assert steps[f"{name}_skipped"] > 0
        assert steps[f"{name}_done"] + steps[f"{name}_skipped"] == closings
    assert figures["totals.closed_unverified"] == 4
    assert steps["7_check_skipped"] == 4
    assert (steps["facts_asked_again"], steps["escalated_after_a_no"]) == (4, 1)
    assert figures["funnel.received"] == 25
    assert figures["funnel.resolved"] > figures["funnel.verified"] > figures["funnel.satisfied"] > 0


@pytest.mark.timeout(600)
def test_the_two_counts_are_equal(tmp_path: Path, given: Backends) -> None:
    demo = begin(tmp_path, "--complaints", "25")
    out, said = demo.communicate(timeout=550)
    assert demo.returncode == 0, said[-5000:]
    told = json.loads(out.splitlines()[-1])
    assert (told["complaints"], told["equal"]) == (25, True)
    figures = {name: figure["demo"] for name, figure in told["figures"].items()}
    assert {name: figure["metrics"] for name, figure in told["figures"].items()} == figures
    assert figures["complaints.received"] == 25
    assert figures["complaints.reopened"] == 3
    assert figures["totals.complaints_imported"] == 3
    assert figures["promises_by_people.due"] == 16
    the_steps_were_shown(figures)
    assert nothing_is_left(tmp_path, given)


@pytest.mark.timeout(300)
def test_ctrl_c_leaves_nothing_behind(tmp_path: Path, given: Backends) -> None:
    demo = begin(tmp_path)
    try:

        def it_has_begun() -> bool:
            known = state.load(tmp_path) if (tmp_path / "stack.json").exists() else None
            return known is not None and len(known.running) == 4

        until(it_has_begun, what="the services run")
    finally:
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=120)
    assert demo.returncode == 130
    assert nothing_is_left(tmp_path, given)
