"""What is None is left out of a stored state, and so must read as None when it is missing."""

import typing
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from services.followup.domain.case import Case
from services.intake.domain.complaint import Complaint
from services.metrics.domain.facts import Facts
from services.routing.domain.assignment import Assignment


def parts(annotation: Any) -> Iterator[Any]:
    """The annotation and all that it is made of, but not what the models in it are made of."""
    yield annotation
    for argument in typing.get_args(annotation):
        yield from parts(argument)


def models(of: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """The model and every model that it can hold."""
    if of in seen:
        return
    seen.add(of)
    yield of
    for field in of.model_fields.values():
        for part in parts(field.annotation):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from models(part, seen)


def lost(field: FieldInfo) -> bool:
    """Whether None there would not come back: another default, or a None inside a dictionary."""
    nullable = type(None) in typing.get_args(field.annotation)
    dictionaries = [part for part in parts(field.annotation) if typing.get_origin(part) is dict]
    inside = any(type(None) in parts(value) for part in dictionaries for value in typing.get_args(part))
    return inside or (nullable and (field.is_required() or field.get_default(call_default_factory=True) is not None))


@pytest.mark.parametrize("state", [Case, Complaint, Facts, Assignment], ids=lambda state: state.__name__)
def test_every_none_of_a_stored_state_comes_back(state: type[BaseModel]) -> None:
    held = list(models(state, set()))
    assert len(held) > 1, "the states hold models of their own"
    assert [
        f"{model.__name__}.{name}" for model in held for name, field in model.model_fields.items() if lost(field)
    ] == []


def test_a_field_that_would_be_lost_is_told() -> None:
    class Careless(BaseModel):
        required: int | None
        filled: int | None = 1
        mapped: dict[str, int | None] = {}
        well: int | None = None

    fields = Careless.model_fields
    assert [name for name in fields if lost(fields[name])] == ["required", "filled", "mapped"]
