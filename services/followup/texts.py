"""The texts that customers read, from the files beside this module: checked once, at start."""

import tomllib
from collections.abc import Mapping
from importlib import resources
from string import Template
from typing import Final

from services.followup.domain.wording import FORMS, KNOWN, LANGUAGES, TEXTS


class TextsError(ValueError):
    """A text to customers is missing, empty, or names something that will not be filled in."""


def load_texts() -> Mapping[str, str]:
    """Every text by `language.form.name`, none of them empty.

    Raises:
        TextsError: one is missing, empty, or holds an unknown placeholder.
    """
    folder = resources.files("services.followup") / "templates"
    return read_texts((folder / "acknowledgement.toml").read_text(encoding="utf-8"))


def read_texts(toml: str) -> Mapping[str, str]:
    """The texts of one file, checked as `load_texts` says."""
    written = tomllib.loads(toml)
    found: Final = {
        f"{language}.{form}.{name}": str(written.get(language, {}).get(form, {}).get(name, ""))
        for language in LANGUAGES
        for form in FORMS
        for name in TEXTS
    }
    for key, text in found.items():
        template = Template(text)
        if not text.strip() or not template.is_valid() or not KNOWN.issuperset(template.get_identifiers()):
            raise TextsError(f"the text {key} is missing, empty, or holds an unknown placeholder")
    return found
