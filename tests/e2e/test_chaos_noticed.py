"""A checker that cannot fail proves nothing: each fault built into the services is noticed; without one, nothing is.

One fault is tried each time; the others with `make test ARGS="-m storm"`.
"""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.chaos.evidence import Finding
from tests.chaos.house import House
from tests.chaos.run import Plan, Run
from tests.chaos.squall import FAULTS_SHOW, Squall

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


@pytest_asyncio.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Kafka and MongoDB for all of them."""
    made = House(Path(tmp_path_factory.mktemp("chaos")) / "servers", members=1, copies=1)
    try:
        yield made
    finally:
        await made.stop()


async def found(house: House, fault: str | None) -> list[Finding]:
    """What the checker says of a squall over services with that fault."""
    house.anew(fault or "sound", fault)
    # Whoever is broken may never come to rest, nor answer everything. Where the fault is that something is not heard,
    # it must have had the time.
    rest, patience, audit = (10.0, 15.0, 5) if fault else (240.0, 150.0, 30)
    if fault == "commits_first":
        rest = 60.0
    plan = Plan(
        0.3, seed=11, pace=12, people=12, places=20, longest=5,
        rest_seconds=rest, patience=patience, audit_seconds=audit,
    )  # fmt: skip
    try:
        _, findings = await Run(house, plan, lambda _: None, Squall).play()
    finally:
        await house.stop_services()
    return findings


@pytest.mark.storm
async def test_sound_services_pass(house: House) -> None:
    assert await found(house, None) == []


@pytest.mark.parametrize(
    "fault", [pytest.param(one, marks=() if one == "no_guard" else pytest.mark.storm) for one in FAULTS_SHOW]
)
async def test_a_fault_is_noticed(house: House, fault: str) -> None:
    findings = [f"{finding.fault}: {finding.what}" for finding in await found(house, fault)]
    assert any(re.search(FAULTS_SHOW[fault], finding) for finding in findings), findings
