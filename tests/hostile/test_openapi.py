"""Every service does what its OpenAPI document says, whatever it is asked."""

import asyncio
from typing import Any

import pytest

from tests.hostile.probing import probe
from tests.support.house import House
from tests.support.listening import listening
from tests.support.running import KEY

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("name", ["metrics", "routing", "intake", "followup"])
async def test_with_a_key(home: House, name: str) -> None:
    async with listening(home[name].app) as url:
        found = await asyncio.to_thread(probe, url, KEY, checks={}, examples=5)
    print(name, found.cases, found.checks)
    for k, v in found.failures.items():
        print("*", k, "\n     ", v)
    assert not found.failures
