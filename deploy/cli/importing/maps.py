"""A map says which columns of a file make which fields of a complaint, and how their values read in our words.

```toml
date_format = "%d/%m/%Y"              # else ISO 8601, MM/DD/YYYY and MM/DD/YY are read
delimiter = ";"                       # else the one of , ; and tab that the heading has most of

[fields]                              # ours = "their column"; a field inside another one is written with a point
received_at = "Opened"
external_reference = ["Year", "No"]   # several columns, joined by "/"
place = { columns = ["Town", "Zip"], join = " " }
"complainant.email" = "E-mail"
"metadata.shop" = "Shop"

[values.channel]                      # their word = our word; "*" stands for all others
"Telefon" = "phone"
"*" = "other"

[constants]                           # the same in every row
"complainant.language" = "de"
```
"""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from deploy.local.errors import UserError

SHIPPED: Final = Path(__file__).parent.parent / "maps"
_STRICT = ConfigDict(extra="forbid", frozen=True)

_TEXT = ("channel", "kind", "category", "subject", "text", "product", "product_reference", "place")
_MORE = ("occurred_at", "customer_contacted_at", "received_at", "external_reference", "signals")
_PERSON = ("name", "email", "phone", "external_id", "role", "internal", "anonymous", "language", "address_form",
           "time_zone", "country")  # fmt: skip
_INSIDE = {
    "amount_at_stake": ("value", "currency"),
    "remedy_sought": ("kind", "words", "anything_else"),
    "complainant": _PERSON,
    "on_behalf_of": _PERSON,
}
FIELDS: Final = frozenset([*_TEXT, *_MORE, *(f"{outer}.{inner}" for outer in _INSIDE for inner in _INSIDE[outer])])
"""The fields of a complaint that a column can fill, besides `metadata.NAME`."""


class Columns(BaseModel):
    """The columns of one field; those that are empty in a row are left out."""

    model_config = _STRICT

    columns: Annotated[tuple[str, ...], Field(min_length=1)]
    join: str = "/"


def _columns(told: object) -> object:
    if isinstance(told, str):
        return {"columns": (told,)}
    return {"columns": tuple(told)} if isinstance(told, list) else told


class Map(BaseModel):
    """How one kind of file is read."""

    model_config = _STRICT

    fields: dict[str, Annotated[Columns, BeforeValidator(_columns)]]
    values: dict[str, dict[str, str]] = {}
    constants: dict[str, str] = {}
    date_format: str | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None

    def check(self, columns: Sequence[str]) -> None:
        """Every field is one of ours, and every column is there.

        Raises:
            UserError: names what is not.
        """
        unknown = [field for field in [*self.fields, *self.constants, *self.values] if not _known(field)]
        if unknown:
            raise UserError(f"the map names fields that a complaint has not: {', '.join(sorted(set(unknown)))}")
        missing = {name for field in self.fields.values() for name in field.columns} - set(columns)
        if missing:
            raise UserError(f"the file has no column {', '.join(sorted(missing))}; it has {', '.join(columns)}")


def _known(field: str) -> bool:
    return field in FIELDS or field.startswith("metadata.")


def load(path: Path) -> Map:
    """The map in this file.

    Raises:
        UserError: it cannot be read.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        if isinstance(fields := told.get("fields"), dict):
            told["fields"] = {name: _stripped(columns) for name, columns in fields.items()}
        return Map.model_validate(told)
    except FileNotFoundError as error:
        raise UserError(f"there is no map {path}") from error
    except (OSError, ValueError) as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
        raise UserError(f"{path} is no map that can be read: {reason}") from error


def _stripped(columns: object) -> object:
    """Headings are read without the spaces round them."""
    if isinstance(columns, str):
        return columns.strip()
    if isinstance(columns, list):
        return [_stripped(each) for each in columns]
    if isinstance(columns, dict):
        return {name: _stripped(value) if name == "columns" else value for name, value in columns.items()}
    return columns


def by_name(columns: Sequence[str]) -> Map:
    """The map of a file whose columns are named as our fields; `email` is the complainant's, the rest is metadata."""
    fields = {}
    for column in columns:
        field = column if _known(column) else f"complainant.{column}"
        if field not in FIELDS and not field.startswith("metadata."):
            field = "metadata." + "".join(char if char.isalnum() and char.isascii() else "_" for char in column)[:64]
        fields[field] = Columns(columns=(column,))
    return Map(fields=fields)
