"""Every service does what its OpenAPI document says, whatever it is asked, with whatever key."""

import asyncio
import json
import sys
from itertools import count
from typing import Any, Final

import pytest

from shared.http.guessing import Guard
from tests.support.house import House
from tests.support.listening import listening
from tests.support.running import KEY

pytestmark = pytest.mark.servers

CHECKS: Final[dict[str, Any]] = {
    # Not off, but 422 and 412 are right answers to what fits the schema: rules join fields (text, subject or category),
    # ids name things that must be there, cursors and instants are ours to read, and versions are asked for.
    "positive_data_acceptance": {"expected-statuses": ["2xx", "400", "401", "403", "404", "409", "412", "422", "429"]},
    # The same for 412: a version that is missing is found before or after a field that is wrong.
    "negative_data_rejection": {
        "expected-statuses": ["400", "401", "403", "404", "405", "409", "412", "413", "415", "422", "429"]
    },
}
"""All checks are on. `/readyz` may say 503: not ready is an answer."""

OPERATIONS: Final[list[dict[str, Any]]] = [
    # Each line is answered by itself, with a status of its own: the batch as a whole is 200 also where a line is wrong.
    {"include-path": "/v1/complaints/batch", "checks": {"negative_data_rejection": {"enabled": False}}},
    # DELETE is a method of `/v1/promises/feeds/{token}`, whose template this URL fits as well.
    {"include-path": "/v1/promises/feeds/{token}.ics", "checks": {"unsupported_method": {"enabled": False}}},
]
"""Checks that would take a right answer for a wrong one, each off for that operation alone."""

QUICK: Final[dict[str, Any]] = {
    "generation": {"max-examples": 1}, "phases": {"coverage": {"enabled": False}, "stateful": {"enabled": False}},
}  # fmt: skip
"""Each operation once, well and ill asked."""

WHOLE: Final[dict[str, Any]] = {"generation": {"max-examples": 2}, "max-time": 12}
"""The edges of every schema, too, and sequences of requests in which one answer is used by the next.

The time is shared out among the operations: on a slow machine each is asked less often.
"""
SERVICES: Final = ("intake", "routing", "followup", "metrics")


async def probed(home: House, name: str, key: str, settings: dict[str, Any]) -> dict[str, Any]:
    """What schemathesis found. Its wrong keys all come from one address; limits on guessing are tested elsewhere."""
    home[name].app.state.guard = Guard(seconds=count(step=3600).__next__)
    async with listening(home[name].app) as url:
        whole = json.dumps({"checks": CHECKS, "operations": OPERATIONS, **settings})
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.hostile.probing", url, key, whole, stdout=asyncio.subprocess.PIPE
        )
        told, _ = await program.communicate()
    found: dict[str, Any] = json.loads(told)
    assert not found["failures"], report(found)
    assert "500" not in found["statuses"]
    if settings is QUICK:
        paths = home[name].app.openapi()["paths"]
        there = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
        assert set(found["operations"]) == there, "each was asked"
    return found


def report(found: dict[str, Any]) -> str:
    """For whoever reads the failure."""
    return "\n".join(f"* {name}\n    {told}" for name, told in found["failures"].items())


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", SERVICES)
async def test_with_a_key(home: House, name: str) -> None:
    await probed(home, name, KEY, QUICK)
    found = await probed(home, name, KEY, WHOLE)
    assert "200" in found["statuses"]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", SERVICES)
async def test_without_a_key_and_with_one_of_too_few_scopes(home: House, name: str) -> None:
    few = await home.key_of(f"few-{name}", "history:write")
    for key, status in (("", "401"), (few["Authorization"].removeprefix("Bearer "), "403")):
        found = await probed(home, name, key, QUICK)
        assert status in found["statuses"]
        assert not {"201", "202", "204"} & set(found["statuses"])
