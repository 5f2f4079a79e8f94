"""schemathesis as a program of its own: says as JSON all that it finds wrong with one service.

A program, because it needs the `random` module for itself, and the drivers of the services' process use it too.
"""

import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

SEED = 20260302


@dataclass
class Found:
    """What came of a run. `failures`: by operation and check, the request and the answer."""

    cases: int = 0
    operations: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)


@schemathesis.serializer("application/x-ndjson")
def lines(_: Any, value: Any) -> bytes:
    """A line of NDJSON."""
    return json.dumps(value, default=str).encode()


@schemathesis.serializer("text/calendar")
def text(_: Any, value: Any) -> bytes:
    """Any text."""
    return str(value).encode("utf-8", "replace")


@schemathesis.deserializer("application/x-ndjson")
def first_line(_: Any, response: Any) -> Any:
    """The answer to it."""
    return json.loads(response.content.split(b"\n")[0])


def probe(url: str, key: str, settings: dict[str, Any]) -> Found:
    """Asks all that the document at `url` describes, as `settings` say, in schemathesis' own words."""
    whole = {
        "seed": SEED,
        "continue-on-failure": True,
        "headers": {"Authorization": f"Bearer {key}"} if key else {},
        "request-timeout": 60,
        **settings,
        "generation": {"database": "none", **settings["generation"]},
    }
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json", config=SchemathesisConfig.from_dict(whole))
    found = Found()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            _note(found, event)
        elif isinstance(event, events.NonFatalError | events.FatalError):
            error = getattr(event, "value", None) or getattr(event, "exception", event)
            found.failures[f"{getattr(event, 'label', '')}: error"] = repr(error)[:1000]
    found.operations.sort()
    return found


def _note(found: Found, event: events.ScenarioFinished) -> None:
    # A sequence of requests has no label.
    if event.label is not None and event.label not in found.operations:
        found.operations.append(str(event.label))
    found.cases += len(event.recorder.cases)
    for interaction in event.recorder.interactions.values():
        found.statuses[interaction.response.status_code if interaction.response else 0] += 1
    for case_id, nodes in event.recorder.checks.items():
        for node in nodes:
            if node.status == Status.FAILURE:
                failure = node.failure_info.failure if node.failure_info else None
                name = f"{event.label}: {node.name}: {getattr(failure, 'title', '')}"
                found.failures.setdefault(name, _told(event.recorder, case_id, str(getattr(failure, "message", ""))))


def _told(recorder: Any, case_id: str, why: str) -> str:
    response = getattr(recorder.interactions.get(case_id), "response", None)
    answer = "" if response is None else f"{response.status_code} {response.content[:300]!r}"
    return f"{why[:200]} {recorder.cases[case_id].value.as_curl_command()[:400]} -> {answer}"


if __name__ == "__main__":
    sys.stdout.write(json.dumps(vars(probe(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))))
