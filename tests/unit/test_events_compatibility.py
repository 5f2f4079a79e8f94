"""What a published schema may not change, and that each such change is noticed."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from shared.events.generate import incompatibilities

Schema = dict[str, Any]

PUBLISHED: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "parcel.lost",
    "description": "A parcel is lost.",
    "type": "object",
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "at": {"type": "string", "format": "date-time"},
        "kind": {"enum": ["letter", "box"], "type": "string"},
        "weight": {"type": "number", "minimum": 0, "default": 1},
        "note": {"anyOf": [{"type": "string", "maxLength": 10}, {"type": "null"}], "default": None},
        "sender": {"$ref": "#/$defs/Person", "description": "who sent it"},
        "stops": {"type": "array", "items": {"$ref": "#/$defs/Stop"}, "default": []},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "span": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "string"}]},
    },
    "required": ["id", "at", "kind", "sender"],
    "$defs": {
        "Person": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
        "Stop": {"type": "object", "properties": {"next": {"$ref": "#/$defs/Stop"}, "town": {"type": "string"}}},
    },
}


def changed(change: Callable[[Schema], object]) -> list[str]:
    """What is found after that change."""
    later = copy.deepcopy(PUBLISHED)
    change(later)
    return incompatibilities(PUBLISHED, later)


def fields(schema: Schema) -> Schema:
    """The fields of the whole."""
    found: Schema = schema["properties"]
    return found


def person(schema: Schema) -> Schema:
    """The shape of a person."""
    found: Schema = schema["$defs"]["Person"]
    return found


def test_an_equal_schema_is_compatible() -> None:
    assert incompatibilities(PUBLISHED, copy.deepcopy(PUBLISHED)) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda s: fields(s).update(colour={"type": "string", "default": "brown"}),
        lambda s: person(s)["properties"].update(phone={"type": "string"}),
        lambda s: fields(s).update(receiver={"$ref": "#/$defs/Person"}),
        lambda s: s.update(description="A parcel cannot be found.", title="lost"),
        lambda s: fields(s)["id"].update(description="its number", examples=["p-1"]),
        lambda s: s["required"].reverse(),
        lambda s: fields(s)["kind"]["enum"].reverse(),
        lambda s: (s["$defs"].update(Human=person(s)), fields(s)["sender"].update({"$ref": "#/$defs/Human"})),
    ],
    ids=["field", "field inside", "shape", "words", "field words", "order", "enum order", "renamed shape"],
)  # fmt: skip
def test_what_only_adds_or_explains_is_compatible(change: Callable[[Schema], object]) -> None:
    assert changed(change) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: fields(s).pop("note"), "note: the field was removed"),
        (lambda s: person(s)["properties"].pop("name"), "sender.name: the field was removed"),
        (lambda s: (fields(s).update(to={"type": "string"}), s["required"].append("to")), "to: a new field"),
        (lambda s: s["required"].append("note"), "note: was optional and is required"),
        (lambda s: s["required"].remove("at"), "at: was required and is optional"),
        (lambda s: person(s)["required"].clear(), "sender.name: was required and is optional"),
        (lambda s: fields(s)["id"].update(type="integer"), "id: type was 'string' and is 'integer'"),
        (lambda s: fields(s)["weight"].update(type="integer"), "weight: type was 'number'"),
        (lambda s: fields(s)["id"].update(maxLength=5), "id: maxLength was nothing and is 5"),
        (lambda s: fields(s)["id"].pop("minLength"), "id: minLength was 1 and is nothing"),
        (lambda s: fields(s)["weight"].update(minimum=1), "weight: minimum was 0 and is 1"),
        (lambda s: fields(s)["weight"].update(default=2), "weight: default was 1 and is 2"),
        (lambda s: fields(s)["at"].update(format="date"), "at: format was 'date-time' and is 'date'"),
        (lambda s: fields(s)["at"].pop("format"), "at: format was 'date-time' and is nothing"),
        (lambda s: fields(s)["kind"]["enum"].remove("box"), "kind: 'box' is no longer allowed"),
        (lambda s: fields(s)["kind"]["enum"].append("crate"), "kind: 'crate' is newly allowed"),
        (lambda s: fields(s)["kind"].pop("enum"), "kind: enum was ['letter', 'box'] and is nothing"),
        (lambda s: fields(s)["id"].update(enum=["a"]), "id: enum was nothing"),
        (lambda s: fields(s)["note"]["anyOf"].pop(), "note: anyOf was"),
        (lambda s: fields(s)["note"]["anyOf"][0].update(maxLength=5), "note[anyOf.0]: maxLength was 10 and is 5"),
        (lambda s: fields(s)["stops"]["items"].update({"$ref": "#/$defs/Person"}), "town: the field was removed"),
        (lambda s: s["$defs"]["Stop"]["properties"]["town"].update(type="null"), "stops[items].town: type was"),
        (lambda s: fields(s)["labels"]["additionalProperties"].update(type="null"), "labels[additionalProperties]"),
        (lambda s: fields(s)["labels"].update(additionalProperties=False), "labels: additionalProperties was"),
        (lambda s: fields(s)["span"]["prefixItems"][1].update(type="null"), "span[prefixItems.1]: type was"),
        (lambda s: s.update(additionalProperties=False), "the whole: additionalProperties was nothing and is False"),
        (lambda s: s.update(maxProperties=3), "the whole: maxProperties was nothing and is 3"),
    ],
)  # fmt: skip
def test_anything_else_is_named(change: Callable[[Schema], object], words: str) -> None:
    assert any(words in found for found in changed(change)), changed(change)


def test_a_new_field_is_no_addition_where_readers_refuse_unknown_ones() -> None:
    closed = {**PUBLISHED, "additionalProperties": False}
    later = copy.deepcopy(closed)
    fields(later)["colour"] = {"type": "string"}
    assert incompatibilities(closed, later) == [
        "colour: a new field, where readers refuse fields that they do not know"
    ]
