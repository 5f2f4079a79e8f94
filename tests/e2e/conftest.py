"""A whole system for an end-to-end test."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.demo.house import drop_databases
from deploy.local import net, services
from deploy.local.apart import run_apart
from deploy.local.backends import Backends
from deploy.local.stack import Stack
from tests.e2e.living import Living


@pytest.fixture
def given(backends: Backends, monkeypatch: pytest.MonkeyPatch) -> Backends:
    """The test's Kafka and MongoDB are those that every stack uses."""
    monkeypatch.setenv("PALABRA_KAFKA", backends.kafka)
    monkeypatch.setenv("PALABRA_MONGODB_URI", backends.mongodb)
    return backends


@pytest.fixture
def living(given: Backends, tmp_path: Path) -> Iterator[Living]:
    """Four processes that run, with topics and databases of this test alone."""
    prefix = f"e{uuid.uuid1().hex[:10]}"
    ports = {name: net.any_free() for name in services.PORTS}
    stack = Stack(tmp_path / "home", first_ports=ports, database_prefix=prefix, topic_prefix=f"{prefix}.")
    try:
        stack.up()
        with httpx.Client(timeout=30, trust_env=False) as client:
            yield Living(stack, client)
    finally:
        stack.down()
        run_apart(drop_databases(given.mongodb, prefix))
