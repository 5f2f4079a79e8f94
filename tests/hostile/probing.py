"""schemathesis as a function: everything it finds wrong with one service, as text."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

SEED = 20260302


@dataclass
class Found:
    """What came of a run."""

    cases: int = 0
    operations: set[str] = field(default_factory=set)
    checks: Counter[str] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)


def probe(url: str, key: str | None, *, checks: dict[str, Any], examples: int) -> Found:
    """Asks all that the document at `url` describes, in all the ways that schemathesis knows."""
    config = SchemathesisConfig.from_dict({
        "seed": SEED,
        "continue-on-failure": True,
        "generation": {"max-examples": examples, "database": "none"},
        "phases": {"stateful": {"enabled": True, "generation": {"max-examples": examples}}},
        "checks": checks,
        "headers": {} if key is None else {"Authorization": f"Bearer {key}"},
        "request-timeout": 30,
    })  # fmt: skip
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json", config=config)
    found = Found()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            _note(found, event)
        elif isinstance(event, events.NonFatalError | events.FatalError):
            found.failures[str(getattr(event, "label", "schemathesis"))] = str(getattr(event, "value", event))
    return found


def _note(found: Found, event: events.ScenarioFinished) -> None:
    found.operations.add(str(event.label))
    found.cases += len(event.recorder.cases)
    for case_id, nodes in event.recorder.checks.items():
        for node in nodes:
            found.checks[node.name] += 1
            if node.status != Status.FAILURE:
                continue
            failure = node.failure_info.failure if node.failure_info else None
            name = f"{event.label}: {node.name}: {getattr(failure, 'message', '')}"[:300]
            found.failures.setdefault(name, _told(event.recorder, case_id))


def _told(recorder: Any, case_id: str) -> str:
    case = recorder.cases[case_id].value
    interaction = recorder.interactions.get(case_id)
    response = getattr(interaction, "response", None)
    answer = "" if response is None else f"{response.status_code} {response.content[:300]!r}"
    return f"{case.as_curl_command()[:600]} -> {answer}"
