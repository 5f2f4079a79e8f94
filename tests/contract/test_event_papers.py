"""The command that writes schemas and papers, and the papers it writes."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from shared.events import PAYLOADS
from shared.events.cloudevents import encode_headers, pack
from shared.events.examples import example_event
from shared.events.generate import Paper, frozen_breaks, papers
from shared.events.generate.__main__ import ROOT, main
from shared.events.reference import MODELS
from shared.runtime.health import topics
from shared.settings import Settings
from tests.contract.formats import formats

DOCUMENT: dict[str, Any] = json.loads(next(one.text for one in papers() if one.path == "docs/asyncapi.json"))

Capture = pytest.CaptureFixture[str]


def edit(root: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """The published schema of `response.sent`, changed by hand."""
    published = root / "shared" / "events" / "schemas" / "response.sent" / "1" / "schema.json"
    schema = json.loads(published.read_text())
    change(schema)
    published.write_text(json.dumps(schema))
    return published


def test_it_writes_and_is_current_then(tmp_path: Path, capsys: Capture) -> None:
    assert main(["--root", str(tmp_path)]) == 0
    assert f"{len(papers())} written" in capsys.readouterr().out
    assert main(["--root", str(tmp_path), "--check"]) == 0


def test_check_names_what_is_stale_and_writes_nothing(tmp_path: Path, capsys: Capture) -> None:
    main(["--root", str(tmp_path)])
    page, missing = tmp_path / "docs" / "events.md", next(tmp_path.rglob("response.sent/1/example.json"))
    left = tmp_path / "shared" / "events" / "schemas" / "old.txt"
    page.write_text("by hand")
    left.write_text("left")
    missing.unlink()
    capsys.readouterr()
    assert main(["--root", str(tmp_path), "--check"]) == 1
    said = capsys.readouterr().err
    assert "stale: docs/events.md" in said
    assert "stale: shared/events/schemas/response.sent/1/example.json" in said
    assert "left over: shared/events/schemas/old.txt" in said
    assert page.read_text() == "by hand"
    assert not missing.exists()
    assert main(["--root", str(tmp_path)]) == 0
    assert not left.exists()
    assert main(["--root", str(tmp_path), "--check"]) == 0


def test_a_new_optional_field_is_only_stale(tmp_path: Path, capsys: Capture) -> None:
    main(["--root", str(tmp_path)])
    edit(tmp_path, lambda schema: schema["properties"].pop("apology"))
    assert frozen_breaks(tmp_path, papers()) == []
    assert main(["--root", str(tmp_path), "--check"]) == 1
    assert "stale: shared/events/schemas/response.sent/1/schema.json" in capsys.readouterr().err
    assert main(["--root", str(tmp_path)]) == 0


def test_a_published_schema_is_not_broken_by_accident(tmp_path: Path, capsys: Capture) -> None:
    main(["--root", str(tmp_path)])
    published = edit(tmp_path, lambda schema: schema["properties"].update(tone={"type": "string"}))
    before = published.read_text()
    for arguments in ([], ["--check"], ["--check", "--replace-frozen"]):
        assert main(["--root", str(tmp_path), *arguments]) == 1
        assert "response.sent/1/schema.json: tone: the field was removed" in capsys.readouterr().err
    assert published.read_text() == before
    assert main(["--root", str(tmp_path), "--replace-frozen"]) == 0
    assert main(["--root", str(tmp_path), "--check"]) == 0


def test_a_published_type_does_not_vanish(tmp_path: Path) -> None:
    wanted = [*papers(), Paper("shared/events/schemas/parcel.lost/1/schema.json", "{}\n", frozen=True)]
    for paper in wanted:
        (tmp_path / paper.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / paper.path).write_text(paper.text)
    [gone] = frozen_breaks(tmp_path, papers())
    assert gone.startswith("shared/events/schemas/parcel.lost/1/schema.json: no class says this")


def test_every_reference_leads_somewhere() -> None:
    for place in set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(DOCUMENT))):
        node: Any = DOCUMENT
        for step in place.removeprefix("#/").split("/"):
            node = node[step]


def test_both_topics_carry_every_message() -> None:
    channels = DOCUMENT["channels"]
    assert [channel["address"] for channel in channels.values()] == ["complaints.lifecycle", "complaints.reference"]
    assert list(channels["lifecycle"]["messages"]) == list(PAYLOADS)
    assert set(channels["reference"]["messages"]) == set(MODELS)
    said = [one["$ref"] for operation in DOCUMENT["operations"].values() for one in operation["messages"]]
    assert sorted(place.rpartition("/")[2] for place in said) == sorted([*PAYLOADS, *MODELS])


def test_both_topics_are_told_as_they_are_made() -> None:
    for channel, topic in zip(DOCUMENT["channels"].values(), topics(Settings(partitions=12)), strict=True):
        told = channel["bindings"]["kafka"]
        assert (channel["address"], told["topic"], told["partitions"]) == (topic.name, topic.name, topic.partitions)
        for name, value in told["topicConfiguration"].items():
            assert topic.config[name] == (value[0] if isinstance(value, list) else str(value))


@pytest.mark.parametrize("event_type", PAYLOADS)
def test_headers_and_payload_are_as_they_go_out(event_type: str) -> None:
    message = DOCUMENT["components"]["messages"][event_type]
    sent = {name: text.decode() for name, text in encode_headers(pack(example_event(event_type)))}
    jsonschema.Draft202012Validator(message["headers"], format_checker=formats()).validate(sent)
    assert set(message["headers"]["properties"]) == set(sent)
    [example] = message["examples"]
    jsonschema.Draft202012Validator({**message["payload"], **DOCUMENT}).validate(example["payload"])


def test_the_page_names_every_type_and_every_link_leads_somewhere() -> None:
    page = next(one.text for one in papers() if one.path == "docs/events.md")
    headings = {re.sub(r"[^\w-]", "", line[4:].lower()) for line in page.splitlines() if line.startswith("### ")}
    assert {name.replace(".", "") for name in PAYLOADS} <= headings
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= headings
    for place in set(re.findall(r"\]\((\.\./[^)]+)\)", page)):
        assert (ROOT / "docs" / place).exists(), place
