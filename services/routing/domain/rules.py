"""The tables by which complaints are read. Data, not code: shipped as `defaults/triage.toml`, checked here."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.routing.domain.words import Lexicon
from shared.events.vocabulary import Kind, Priority, Severity, Signal, TreatmentDimension

Words = tuple[str, ...]


class Table(BaseModel):
    """A part of the tables: nothing in it is unknown, nothing changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))


class Category(Table):
    """What a complaint can be about. `names`: what other systems call it; `products`: products that hint at it."""

    severity: Severity = "medium"
    names: Words = ()
    products: Words = ()
    words: Words = ()


class Grades(Table):
    """Words for each grade. What names no grade is medium."""

    high: Words = ()
    low: Words = ()


class Raises(Table):
    """What puts a complaint one step higher, beyond impact and urgency. Safety is urgent at once."""

    contacts_before: Annotated[int, Field(ge=1)] = 2
    amounts: Mapping[str, Decimal] = {}


class Rules(Table):
    """All tables together. Every severity and urgency has its place in the matrix `matrix[severity][urgency]`.

    `languages`: words by which a language is known; `letters`: letters that speak for it, each as much as a word.
    """

    categories: Mapping[str, Category]
    kinds: Mapping[Kind, str]
    quiet_kinds: tuple[Kind, ...]
    matrix: Mapping[Severity, Mapping[Severity, Priority]]
    severity: Grades
    urgency: Grades
    raises: Raises
    signals: Mapping[Signal, Words]
    treatment: Mapping[TreatmentDimension, Words]
    languages: Mapping[str, Words]
    letters: Mapping[str, str] = {}

    @model_validator(mode="after")
    def _whole(self) -> "Rules":
        grades = {"high", "medium", "low"}
        if set(self.matrix) != grades or any(set(row) != grades for row in self.matrix.values()):
            raise ValueError("the matrix needs a row and a column for each of high, medium and low")
        if unknown := set(self.kinds.values()) - set(self.categories):
            raise ValueError(f"kinds name categories that are not in the table: {sorted(unknown)}")
        if "general" not in self.categories:
            raise ValueError("a category `general` is needed for what fits no other")
        return self

    @cached_property
    def lexicon(self) -> Lexicon:
        """All words of all tables, so that a text is read once. Tags are `table:name`."""
        table: dict[str, Words] = {f"category:{name}": entry.words for name, entry in self.categories.items()}
        table |= {f"signal:{name}": words for name, words in self.signals.items()}
        table |= {f"treatment:{name}": words for name, words in self.treatment.items()}
        for name in ("severity", "urgency"):
            grades: Grades = getattr(self, name)
            table |= {f"{name}:high": grades.high, f"{name}:low": grades.low}
        return Lexicon(table)

    @cached_property
    def products(self) -> Lexicon:
        """Which category a product's name hints at. Tags are categories."""
        return Lexicon({name: entry.products for name, entry in self.categories.items()})

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The category of each name that it goes by, in small letters."""
        return {
            known.casefold(): name
            for name, entry in self.categories.items()
            for known in (name, name.replace("_", " "), *entry.names)
        }

    @cached_property
    def language_words(self) -> Mapping[str, frozenset[str]]:
        """Words by which a language is known."""
        return {language: frozenset(words) for language, words in self.languages.items()}
