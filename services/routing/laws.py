"""The legal rules as files: one law each, named after its file. Shipped in `deploy/policies/legal`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from services.routing.domain.legal import LegalRule
from shared.events.reference import RuleId

_ID = TypeAdapter(RuleId)


def load_laws(folder: Path | None) -> Mapping[str, LegalRule]:
    """The rules in the TOML files of this folder, by id; of what is shipped where None.

    Raises:
        ValueError: a file is not what it must be; says which and why.
    """
    return shipped_laws() if folder is None else _all_in(folder)


@cache
def shipped_laws() -> Mapping[str, LegalRule]:
    """The rules that are shipped."""
    return _all_in(files("deploy").joinpath("policies", "legal"))


def _all_in(folder: Traversable) -> Mapping[str, LegalRule]:
    found = {}
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml"):
            try:
                name = _ID.validate_python(file.name.removesuffix(".toml"))
                found[name] = LegalRule.model_validate(tomllib.loads(file.read_text("utf-8")))
            except (ValidationError, ValueError) as error:
                raise ValueError(f"{file.name} is no legal rule: {error}") from error
    return found
