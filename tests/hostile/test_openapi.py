"""Every service does what its OpenAPI document says, whatever it is asked, with whatever key."""

import asyncio
import json
import sys
from typing import Any, Final

import pytest

from tests.support.house import House
from tests.support.listening import listening
from tests.support.running import KEY

pytestmark = [pytest.mark.servers, pytest.mark.storm]

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

QUICK: Final[dict[str, Any]] = {"phases": {"coverage": {"enabled": False}, "stateful": {"enabled": False}}}
WHOLE: Final[dict[str, Any]] = {}
SERVICES: Final = ("intake", "routing", "followup", "metrics")


async def probed(home: House, name: str, key: str, *, seconds: int, settings: dict[str, Any]) -> dict[str, Any]:
    """What schemathesis found."""
    async with listening(home[name].app) as url:
        arguments = (url, key, str(seconds), json.dumps({"checks": CHECKS, **settings}))
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.hostile.probing", *arguments, stdout=asyncio.subprocess.PIPE
        )
        told, _ = await program.communicate()
    found: dict[str, Any] = json.loads(told)
    assert len(found["operations"]) > 5
    return found


def report(found: dict[str, Any]) -> str:
    """For whoever reads the failure."""
    return "\n".join(f"* {name}\n    {told}" for name, told in found["failures"].items())


@pytest.mark.parametrize("name", SERVICES)
async def test_with_a_key(home: House, name: str) -> None:
    found = await probed(home, name, KEY, seconds=25, settings=WHOLE)
    assert not found["failures"], report(found)
    assert "500" not in found["statuses"]


@pytest.mark.parametrize("name", SERVICES)
async def test_without_a_key_and_with_one_of_too_few_scopes(home: House, name: str) -> None:
    few = await home.key_of(f"few-{name}", "history:write")
    for key, status in (("", "401"), (few["Authorization"].removeprefix("Bearer "), "403")):
        found = await probed(home, name, key, seconds=6, settings=QUICK)
        assert not found["failures"], report(found)
        assert status in found["statuses"]
        assert not {"201", "202", "204"} & set(found["statuses"])
