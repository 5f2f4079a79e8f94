"""CloudEvents as others write them: the project's own conformance material, read in place."""

import json
from pathlib import Path
from typing import Any

import yaml

from shared.events.cloudevents import read_attributes
from tests.contract.gherkin import Scenario, scenarios

JSON_TYPES = ("", "application/json")


def test_the_kafka_feature_is_kept(data: Path) -> None:
    feature = (data / "cloudevents_conformance" / "kafka-protocol-binding.feature").read_text(encoding="utf-8")
    found = scenarios(feature)
    assert [scenario.name for scenario in found] == [
        "Binary content mode",
        "Structured content mode (application/cloudevents+json)",
        "Structured content mode (application/cloudevents+json; charset=utf-8)",
    ]
    for scenario in found:
        kept(scenario)


def kept(scenario: Scenario) -> None:
    """The scenario holds."""
    headers = [(name, value.encode()) for name, value in scenario.step("Kafka headers").pairs.items()]
    value = scenario.step("a Kafka message with payload").text.encode()
    attributes, said = read_attributes(headers, value)
    assert attributes == scenario.step("the attributes are").pairs, scenario.name
    assert json.loads(said) == json.loads(scenario.step("the data is equal").text), scenario.name


def events(data: Path) -> list[dict[str, Any]]:
    """The conformance events; all scalars as text, as they travel."""
    files = sorted((data / "cloudevents_conformance" / "yaml").rglob("*.yaml"))
    assert len(files) == 4
    return [one for file in files for one in yaml.load_all(file.read_text(encoding="utf-8"), yaml.BaseLoader)]


def attributes_of(event: dict[str, Any]) -> dict[str, str]:
    """What must be read: all context attributes and extensions, never what the transport adds."""
    context: dict[str, Any] = dict(event["ContextAttributes"])
    extensions: dict[str, str] = context.pop("Extensions", {})
    return {**context, **extensions}


def carried(event: dict[str, Any]) -> list[tuple[str, bytes]]:
    """Headers that the transport adds for itself."""
    return [(name, text.encode()) for name, text in event.get("TransportExtensions", {}).items()]


def test_every_conformance_event_is_read_in_binary_mode(data: Path) -> None:
    for event in events(data):
        headers = [("content-type" if name == "datacontenttype" else f"ce_{name}", text.encode())
                   for name, text in attributes_of(event).items()]  # fmt: skip
        attributes, said = read_attributes(headers + carried(event), event["Data"].encode())
        assert attributes == attributes_of(event)
        assert said == event["Data"].encode()


def test_every_conformance_event_is_read_in_structured_mode(data: Path) -> None:
    for event in events(data):
        is_json = attributes_of(event).get("datacontenttype", "").partition(";")[0] in JSON_TYPES
        content = json.loads(event["Data"]) if is_json else event["Data"]
        value = json.dumps({**attributes_of(event), "data": content}).encode()
        headers = [("content-type", b"application/cloudevents+json; charset=utf-8"), *carried(event)]
        attributes, said = read_attributes(headers, value)
        assert attributes == attributes_of(event)
        assert (json.loads(said) if is_json else said.decode()) == content
