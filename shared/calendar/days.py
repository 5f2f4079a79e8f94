"""Dates as a calendar holds them: in reach of the arithmetic, never a number or an instant."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from shared.calendar.zones import FIRST_YEAR, LAST_YEAR


def _no_number(value: Any) -> Any:
    if isinstance(value, int | float):
        raise ValueError(f"{value} is no date: write YYYY-MM-DD")  # noqa: TRY004 - pydantic hears ValueError only
    return value


def in_reach(day: date) -> date:
    """The date itself.

    Raises:
        TypeError: it is an instant.
        ValueError: it lies outside the years 2 to 9997.
    """
    if isinstance(day, datetime):
        raise TypeError(f"{day.isoformat()} is an instant: a date is needed")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{day.isoformat()} is outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return day


Day = Annotated[date, BeforeValidator(_no_number), AfterValidator(in_reach)]
Days = Annotated[tuple[Day, ...], Field(max_length=10_000), AfterValidator(lambda days: tuple(sorted(set(days))))]
"""Dates in order, each once."""
