"""JSON Schema (2020-12) of what stands on the topics, as it is written there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, create_model
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from shared.events import PAYLOADS
from shared.events.examples import EXAMPLES, REFERENCE_EXAMPLES
from shared.events.generate.meanings import MEANINGS
from shared.events.reference import MODELS
from shared.events.values import Frozen

Schema = dict[str, Any]

_FIRST: Final = ("description", "type", "properties", "required")
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Spoken:
    """One kind of message value: an event's data, or a reference datum with its version.

    `speaker` None: reference data. `example` is a message value as JSON values.
    """

    name: str
    version: int
    speaker: str | None
    model: type[BaseModel]
    key: str
    example: Any


def lifecycle() -> list[Spoken]:
    """Every event type, in the order of a complaint's life."""
    return [
        Spoken(name, cls.version, cls.source, cls, "the complaint's id", _plain(EXAMPLES[name]))
        for name, cls in PAYLOADS.items()
        if name in EXAMPLES
    ]


def reference() -> list[Spoken]:
    """Every kind of reference datum."""
    found = []
    for kind, (datum_id, datum) in REFERENCE_EXAMPLES.items():
        value = create_model(
            f"{kind.capitalize()}Datum",
            __base__=Frozen,
            __doc__=f"{(MODELS[kind].__doc__ or '').splitlines()[0]}\n\nThe newest version of `{kind}/ID` is in force.",
            version=(Annotated[int, Field(ge=1)], ...),
            state=(MODELS[kind], ...),
        )
        example = {"version": 1, "state": _plain(datum)}
        found.append(Spoken(kind, 1, None, value, f"{kind}/{datum_id}", example))
    return found


def without_example() -> list[str]:
    """Event types and kinds that `shared/events/examples` forgot."""
    return [*(set(PAYLOADS) - set(EXAMPLES)), *(set(MODELS) - set(REFERENCE_EXAMPLES))]


def schema_of(spoken: Spoken) -> Schema:
    """The schema of one message value, whole in itself."""
    made = spoken.model.model_json_schema(mode="serialization", schema_generator=_WithoutFieldTitles)
    definitions = made.pop("$defs", {})
    for name, definition in definitions.items():
        _explain(name, definition)
    _explain(spoken.model.__name__, made)
    head = {"$schema": _DIALECT, "$id": f"urn:palabra:schema:{spoken.name}:{spoken.version}", "title": spoken.name}
    ordered = [*(word for word in _FIRST if word in made), *(word for word in made if word not in _FIRST)]
    body = {word: made[word] for word in ordered if word != "title"}
    return {**head, **body, **({"$defs": definitions} if definitions else {})}


def schemas_together(all_spoken: Sequence[Spoken]) -> tuple[dict[str, str], Schema]:
    """One set of definitions for all: (name of a message → name of its definition, definitions)."""
    template = "#/components/schemas/{model}"
    refs, made = models_json_schema(
        [(spoken.model, "serialization") for spoken in all_spoken],
        ref_template=template,
        schema_generator=_WithoutFieldTitles,
    )
    definitions = made["$defs"]
    for name, definition in definitions.items():
        _explain(name, definition)
    places = {spoken.name: refs[(spoken.model, "serialization")]["$ref"] for spoken in all_spoken}
    return {name: place.rpartition("/")[2] for name, place in places.items()}, definitions


class _WithoutFieldTitles(GenerateJsonSchema):
    """A field is titled by its name; a second title only makes noise."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Never."""
        del schema
        return False


def _explain(owner: str, definition: Schema) -> None:
    """Each field says what it means; a description in the class itself wins."""
    for name, field in definition.get("properties", {}).items():
        meaning = MEANINGS.get(f"{owner}.{name}") or MEANINGS.get(name)
        if meaning:
            field.setdefault("description", meaning)


def _plain(model: BaseModel) -> Any:
    return model.model_dump(mode="json", exclude_none=True)
