"""The four services as processes: how they are started, and what they say of themselves over HTTP."""

import hashlib
import json
import sys
from collections.abc import Mapping
from typing import Any

import httpx

from deploy.local import net
from deploy.local.state import State

PORTS = {"intake": 8101, "routing": 8102, "followup": 8103, "metrics": 8104, "kafka": 9092, "mongodb": 27017}
"""Where the normal stack listens, unless something else does."""

NAMES = ("intake", "routing", "followup", "metrics")
COMMANDS = {name: (sys.executable, "-m", f"services.{name}.main") for name in NAMES}


def environment(state: State, *, log_format: str, database_prefix: str, topic_prefix: str) -> dict[str, str]:
    """What every service of this stack is told; the port comes on top."""
    return {
        "PALABRA_MONGODB_URI": state.mongodb.address if state.mongodb else "",
        "PALABRA_KAFKA": state.kafka.address if state.kafka else "",
        "PALABRA_HOST": net.LOOPBACK,
        "PALABRA_ADMIN_KEY": state.key,
        "PALABRA_DATABASE_PREFIX": database_prefix,
        "PALABRA_TOPIC_PREFIX": topic_prefix,
        "PALABRA_CLOCK_RATE": str(state.clock.rate),
        "PALABRA_CLOCK_REAL_ORIGIN": state.clock.real_origin.isoformat(),
        "PALABRA_CLOCK_ORIGIN": state.clock.origin.isoformat(),
        "PALABRA_SEED": "sample",
        "PALABRA_LOG_FORMAT": log_format,
    }


def fingerprint(told: Mapping[str, str]) -> str:
    """Differs when a running service must be started anew; how it logs is no reason."""
    matters = sorted((name, value) for name, value in told.items() if name != "PALABRA_LOG_FORMAT")
    return hashlib.sha256(json.dumps(matters).encode()).hexdigest()[:16]


def url(port: int) -> str:
    """Where a service listens."""
    return f"http://{net.LOOPBACK}:{port}"


def not_ready(port: int) -> str | None:
    """None when the service says that it is ready, else what it lacks."""
    try:
        answer = httpx.get(f"{url(port)}/readyz", timeout=3, trust_env=False)
    except httpx.HTTPError as problem:
        return f"it does not answer ({problem})"
    return None if answer.is_success else f"it says {answer.status_code}: {answer.text[:1000]}"


def status(port: int) -> dict[str, Any]:
    """What the service says at `/status`; empty when it says nothing."""
    try:
        said = httpx.get(f"{url(port)}/status", timeout=3, trust_env=False).raise_for_status().json()
    except (httpx.HTTPError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
