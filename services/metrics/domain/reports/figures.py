"""What a report shows: each figure with its definition, its unit, and what it is easily taken for.

`docs/measures.md` and the API's description are written from these classes; a figure that says none of it fails the
check.
"""

from typing import Any, Final, Literal, TypeAlias

from pydantic import Field
from pydantic.fields import FieldInfo

from shared.events.values import Frozen

Unit: TypeAlias = Literal["complaints", "promises", "share", "seconds"]


def measure(definition: str, *, trap: str, unit: Unit = "complaints") -> FieldInfo:
    """What the figure is; `trap`: what it is not, or what moves it without anybody having done better or worse."""
    told: Any = Field(description=definition, json_schema_extra={"unit": unit, "trap": trap})
    return told  # type: ignore[no-any-return]


class Figures(Frozen):
    """One row of a report, or its total. Null where there is nothing to divide or to rank."""


FIRST_CYCLE: Final = "First cycle alone: what was answered after a reopening is not in it."
