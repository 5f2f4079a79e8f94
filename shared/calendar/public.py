"""Public holidays of a country or a region, as the `holidays` package lists them: a year in, dates and names out.

Pure: no I/O but the package's own tables, as with time zones. What is closed by default is the package's category
`public` with substitute days (a holiday on a Sunday that is kept on the Monday). Days that are only commemorated, half
days, optional days and days of banks or of one religion are other categories: closed only where a calendar names them.
Years for which the package has no table (for most countries before 1900 or 2000, and after 2100) have no holidays.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated, Final

from holidays import country_holidays
from holidays.holiday_base import HolidayBase
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

_SUNDAYS_UNLISTED: Final = frozenset({"ES"})
"""Countries whose yearly list leaves out what falls on a Sunday, since nobody works then; a shop may.

Spain: the list in the BOE names working days only (art. 37.2 Estatuto de los Trabajadores, art. 45 RD 2001/1983).
"""
_SUNDAY: Final = 6
_PUBLIC: Final = ("public",)
_NONE: Final[Mapping[int, str]] = MappingProxyType({})

Category = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]


class PublicHolidays(BaseModel):
    """Whose public holidays. `region`: the code after the country's in ISO 3166-2, or the region's name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = Field(
        description="Two letters, ISO 3166-1", examples=["ES"]
    )
    region: Annotated[str, StringConstraints(min_length=1, max_length=60)] | None = Field(default=None, examples=["NC"])
    categories: Annotated[tuple[Category, ...], Field(min_length=1, max_length=12)] = Field(
        default=_PUBLIC, description="Kinds of days that are closed; `public` alone unless said otherwise"
    )

    @field_validator("country")
    @classmethod
    def _known_country(cls, country: str) -> str:
        if _table(country) is None:
            raise ValueError(f"no public holidays are known for {country}: write two letters such as ES")
        return country

    @field_validator("region")
    @classmethod
    def _known_region(cls, region: str | None, info: ValidationInfo) -> str | None:
        table = _table(info.data.get("country", ""))
        if region is None or table is None:
            return region
        given = region.removeprefix(f"{table.country}-")
        aliases: Mapping[str, str] = table.subdivisions_aliases
        code = aliases.get(given, given)
        if code not in table.subdivisions:
            known = ", ".join(table.subdivisions) or "none at all"
            raise ValueError(f"{table.country} has no region {region}; known: {known}")
        return code

    @field_validator("categories")
    @classmethod
    def _known_categories(cls, categories: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        table = _table(info.data.get("country", ""))
        if table is not None and (unknown := set(categories) - set(table.supported_categories)):
            known = ", ".join(table.supported_categories)
            raise ValueError(f"no category {', '.join(sorted(unknown))} in {table.country}; known: {known}")
        return tuple(sorted(set(categories)))

    def of_year(self, year: int) -> Mapping[int, str]:
        """By day (proleptic ordinal), the names of that year's holidays in the country's own language."""
        return _of_year(self.country, self.region, self.categories, year)


@lru_cache(maxsize=256)
def _table(country: str) -> HolidayBase | None:
    try:
        return country_holidays(country)
    except NotImplementedError:
        return None


@lru_cache(maxsize=8192)
def _of_year(country: str, region: str | None, categories: tuple[str, ...], year: int) -> Mapping[int, str]:
    table = _table(country)
    if table is None or not table.start_year <= year <= table.end_year:
        return _NONE

    def listed(*, observed: bool) -> HolidayBase:
        return country_holidays(
            country,
            subdiv=region,
            years=year,
            expand=False,
            observed=observed,
            language=table.default_language,
            categories=categories,
        )

    names = {day.toordinal(): name for day, name in listed(observed=True).items()}
    if country in _SUNDAYS_UNLISTED:
        nominal = listed(observed=False).items()
        names |= {day.toordinal(): name for day, name in nominal if day.weekday() == _SUNDAY}
    return MappingProxyType(names)
