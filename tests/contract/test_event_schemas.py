"""The published schemas and papers: whole, valid, true, and only ever added to."""

import json
from collections.abc import Iterator

import jsonschema
import pytest

from shared.events import PAYLOADS, Payload
from shared.events.examples import EXAMPLES, REFERENCE_EXAMPLES
from shared.events.generate import frozen_breaks, papers
from shared.events.generate.__main__ import ROOT
from shared.events.generate.schemas import lifecycle, reference, schema_of
from shared.events.reference import MODELS
from tests.contract.formats import formats

SCHEMAS = ROOT / "shared" / "events" / "schemas"
SPOKEN = {spoken.name: spoken for spoken in (*lifecycle(), *reference())}
FORMATS = formats()


def leaves(cls: type[Payload]) -> Iterator[type[Payload]]:
    """Every class that says an event type."""
    for below in cls.__subclasses__():
        if "type" in vars(below) and below.__module__.startswith("shared."):
            yield below
        yield from leaves(below)


def test_no_change_breaks_a_published_schema() -> None:
    assert frozen_breaks(ROOT, papers()) == []


def test_every_type_and_kind_is_published() -> None:
    assert {folder.name for folder in SCHEMAS.iterdir()} >= {*PAYLOADS, *MODELS}
    assert set(EXAMPLES) == set(PAYLOADS)
    assert set(REFERENCE_EXAMPLES) == set(MODELS)


def test_no_two_classes_say_the_same_type() -> None:
    assert sorted(cls.type for cls in leaves(Payload)) == sorted(PAYLOADS)


@pytest.mark.parametrize("name", SPOKEN)
def test_an_example_is_valid_and_is_read_to_the_letter(name: str) -> None:
    spoken, schema = SPOKEN[name], schema_of(SPOKEN[name])
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema, format_checker=FORMATS).validate(spoken.example)
    read = spoken.model.model_validate_json(json.dumps(spoken.example))
    assert read.model_dump(mode="json", exclude_none=True) == spoken.example


@pytest.mark.parametrize("name", SPOKEN)
def test_every_field_says_what_it_means(name: str) -> None:
    schema = schema_of(SPOKEN[name])
    shapes = {name: schema, **schema.get("$defs", {})}
    silent = [f"{shape}.{field}" for shape, definition in shapes.items()
              for field, said in definition.get("properties", {}).items() if not said.get("description")]  # fmt: skip
    assert silent == [], "give it a description, or a line in shared/events/generate/meanings.py"
    assert all(definition.get("description") for definition in shapes.values())


@pytest.mark.parametrize("name", SPOKEN)
def test_the_examples_show_every_field(name: str) -> None:
    rarely = {"import_format"}
    assert set(schema_of(SPOKEN[name])["properties"]) - rarely <= set(SPOKEN[name].example)
