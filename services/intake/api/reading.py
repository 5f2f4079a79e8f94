"""A body or line of JSON is read once, or refused with the fields and the reasons."""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from shared.decision import Invalid, Refusal
from shared.http.strict import NamedTwice, names_once

M = TypeVar("M", bound=BaseModel)
_MOST_ERRORS = 20


class Malformed(Refusal):
    """It is no JSON, or JSON that two readers would read in two ways."""

    code = "malformed"
    status = 400
    title = "Malformed request"


def read(model: type[M], body: bytes, *, checked: bool = False) -> M:
    """The body as this form. `checked`: it is known already to name no field twice.

    Raises:
        Malformed: it is no JSON in UTF-8, or names a field twice.
        Invalid: its fields are not those of the form.
    """
    try:
        form = model.model_validate_json(body)
    except ValidationError as error:
        raise refusal(error) from error
    if checked:
        return form
    try:
        names_once(body)
    except NamedTwice as error:
        raise Malformed(f"The field {error.name!r} is there twice.", errors=[(error.name, "is there twice")]) from error
    return form


def refusal(error: ValidationError) -> Refusal:
    """What could not be read, without the values."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    if problems and problems[0]["type"] == "json_invalid":
        return Malformed(problems[0]["msg"], errors=[("body", problems[0]["msg"])])
    found = [(".".join(map(str, each["loc"])) or "body", _reason(each)) for each in problems]
    return Invalid("The request cannot be taken as it is.", errors=found[:_MOST_ERRORS])


def _reason(problem: Any) -> str:
    return str(problem["msg"]).removeprefix("Value error, ")
