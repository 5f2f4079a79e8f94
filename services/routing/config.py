"""Routing's settings, and the tables and samples that are shipped with it."""

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from services.routing.domain.rules import Rules
from shared import settings


class Settings(settings.Settings):
    """What routing is told beside what every service is told."""

    port: Annotated[int, Field(ge=0, le=65535)] = 8102
    triage_file: Path | None = None
    """Tables of our own, in the form of `defaults/triage.toml`; None for the shipped ones."""
    legal_folder: Path | None = None
    """Legal rules of our own, in the form of `deploy/policies/legal/*.toml`; None for the shipped ones."""
    queue_seconds: Annotated[float, Field(gt=0)] = 1.0
    """How often waiting complaints are looked at, in real time."""
    sweep_seconds: Annotated[float, Field(gt=0)] = 30.0
    """How often places are looked at, in real time; one that nobody uses at two looks is given back."""


def shipped(name: str) -> dict[str, Any]:
    """What is in `defaults/NAME.toml`."""
    return tomllib.loads(files("services.routing").joinpath("defaults", f"{name}.toml").read_text("utf-8"))


def load_rules(path: Path | None) -> Rules:
    """The tables by which complaints are read.

    Raises:
        ValueError: they are not whole; says what is wrong.
    """
    if path is None:
        return shipped_rules()
    return Rules.model_validate(tomllib.loads(path.read_text("utf-8")))


@cache
def shipped_rules() -> Rules:
    """The tables that are shipped."""
    return Rules.model_validate(shipped("triage"))
