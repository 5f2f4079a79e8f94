"""Public holidays by country and region: what is closed, what is only commemorated, and what others assert."""

import json
import os
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import ValidationError

from shared.calendar import WEEKDAYS, Calendar, PublicHolidays
from shared.calendar.plan import plan_of
from shared.calendar.public import _of_year
from shared.calendar.reasons import reasons

FACTS: Final = Path(__file__).parents[3] / "shared" / "data" / "business_time" / "holidays.json"

CODES: Final[Mapping[str, str]] = {
    "Argentina": "AR", "Chile": "CL", "Colombia": "CO", "Mexico": "MX", "Panama": "PA", "Paraguay": "PY",
    "Barbados": "BB", "ElSalvador": "SV", "Spain": "ES", "Andalusia": "ES-AN", "Aragon": "ES-AR",
    "CastileAndLeon": "ES-CL", "CastillaLaMancha": "ES-CM", "CanaryIslands": "ES-CN", "Catalonia": "ES-CT",
    "Extremadura": "ES-EX", "Galicia": "ES-GA", "BalearicIslands": "ES-IB", "LaRioja": "ES-RI",
    "CommunityofMadrid": "ES-MD", "Murcia": "ES-MC", "Navarre": "ES-NC", "Asturias": "ES-AS", "BasqueCountry": "ES-PV",
    "Cantabria": "ES-CB", "ValencianCommunity": "ES-VC", "Brazil": "BR", "UnitedStates": "US", "France": "FR",
    "Italy": "IT", "UnitedKingdom": "GB-ENG", "Portugal": "PT",
}  # fmt: skip
"""What the facts call a calendar → country, or country and region."""

NOT_SO: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "a Sunday of Easter, which no statute there names; it is closed in no week that rests on Sundays": {
        "Colombia": ("2015-03-29", "2015-04-05", "2020-04-05", "2020-04-12"),
        "Panama": ("2013-03-31",),
        "Barbados": ("2009-04-12", "2018-04-01", "2019-04-21"),
        "UnitedKingdom": ("2002-03-31", "2012-04-08", "2013-03-31", "2020-04-12"),
    },
    "the Saturday before Easter, no day off by law": {"Panama": ("2013-03-30",)},
    "a day of the banks alone: closed with the category `bank`": {"Chile": ("2013-12-31", "2021-12-31")},
    "a substitute day that Mexican law does not know (art. 74 Ley Federal del Trabajo)": {
        "Mexico": ("2016-05-02", "2016-12-26", "2017-01-02", "2021-04-30", "2021-12-24", "2021-12-31"),
    },
    "moved by decree to a Monday, 4 March and 17 June 2019": {"Paraguay": ("2019-03-01", "2019-06-12")},
    "a day of a region's rights or statute that was no day off that year": {
        "Aragon": ("2019-12-20", "2020-12-20"),
        "BasqueCountry": ("2019-10-25", "2020-10-25"),
    },
    "true, but the package has not got it; before anything that we count": {
        "UnitedKingdom": ("1973-11-14", "1977-06-06"),
    },
}
"""Facts that do not hold here, by the reason. All others do."""


def facts() -> Iterator[tuple[str, date, bool]]:
    if not FACTS.exists():
        missing = f"{FACTS} is missing"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    for name, said in json.loads(FACTS.read_text())["calendars"].items():
        for is_holiday in (True, False):
            days = said["holidays" if is_holiday else "not_holidays"]
            yield from ((name, date.fromisoformat(day), is_holiday) for day in days)


def shop(code: str, **fields: Any) -> Calendar:
    """Open every day but on public holidays."""
    country, _, region = code.partition("-")
    public = {"country": country, "region": region or None, **fields}
    weekly = dict.fromkeys(WEEKDAYS, (("09:00", "17:00"),))
    return Calendar.model_validate({"time_zone": "UTC", "weekly": weekly, "public_holidays": public})


def test_the_facts_of_others_hold_but_for_those_that_are_explained() -> None:
    told = list(facts())
    shops = {name: shop(code) for name, code in CODES.items()}
    wrong = {(name, day) for name, day, is_holiday in told if shops[name].is_working_day(day) is is_holiday}
    explained = {
        (name, date.fromisoformat(day)) for by_name in NOT_SO.values() for name, days in by_name.items() for day in days
    }
    assert len(told) == 597
    assert wrong == explained


def test_a_day_of_the_banks_is_closed_only_where_it_is_named() -> None:
    last = date(2021, 12, 31)
    assert shop("CL").is_working_day(last)
    assert not shop("CL", categories=["public", "bank"]).is_working_day(last)


@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("US", date(2026, 2, 14)),  # Valentine's Day: unofficial
        ("US", date(2026, 12, 24)),  # half a day for the government
        ("BR", date(2026, 2, 16)),  # carnival: optional
        ("BR", date(2026, 10, 28)),  # public servants' day
    ],
)
def test_what_is_only_commemorated_or_half_a_day_is_open(code: str, day: date) -> None:
    assert shop(code).is_working_day(day)


def test_a_substitute_day_is_closed_and_so_is_the_day_itself() -> None:
    assert [shop("GB-ENG").is_working_day(date(2026, 12, day)) for day in (25, 26, 28, 29)] == [
        False,
        False,
        False,
        True,
    ]


def test_a_spanish_holiday_on_a_sunday_is_closed_though_the_official_list_leaves_it_out() -> None:
    christmas = date(2022, 12, 25)
    assert reasons(shop("ES"), christmas) == ("public holiday: Natividad del Señor",)
    assert not shop("ES-NC").is_working_day(christmas)


def test_regions_differ() -> None:
    saint = date(2026, 12, 3)
    assert not shop("ES-NC").is_working_day(saint)
    assert shop("ES-MD").is_working_day(saint)
    assert shop("ES").is_working_day(saint)


@pytest.mark.parametrize("region", ["NC", "ES-NC", "Navarra"])
def test_a_region_may_be_written_in_three_ways(region: str) -> None:
    assert PublicHolidays(country="ES", region=region).region == "NC"


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"country": "XX"}, "country", "no public holidays are known for XX"),
        ({"country": "Spain"}, "country", "pattern"),
        ({"country": "ES", "region": "Narnia"}, "region", "no region Narnia; known: AN, AR"),
        ({"country": "PE", "region": "LIM"}, "region", "known: none at all"),
        ({"country": "ES", "categories": ["bank"]}, "categories", "no category bank in ES; known: public"),
        ({"country": "ES", "categories": []}, "categories", "at least 1"),
        ({"country": "ES", "observed": False}, "observed", "Extra inputs"),
        ({"country": "XX", "region": "A", "categories": ["bank"]}, "country", "no public holidays"),
    ],
)
def test_a_mistake_names_its_field_and_what_is_known(fields: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        PublicHolidays.model_validate(fields)
    first = refused.value.errors()[0]
    assert first["loc"] == (field,)
    assert words in first["msg"]


def test_an_override_wins_over_a_public_holiday_and_names_it_still() -> None:
    day = date(2026, 12, 25)
    opened = shop("ES").model_copy(update={"date_overrides": {day: [["10:00", "12:00"]]}})
    assert opened.between(datetime(2026, 12, 25, tzinfo=UTC), datetime(2026, 12, 26, tzinfo=UTC)) == timedelta(hours=2)
    assert reasons(opened, day) == ("own hours on this date", "public holiday: Natividad del Señor")
    assert reasons(opened.model_copy(update={"date_overrides": {day: []}}), day)[0] == "closed on this date"


def test_a_public_holiday_cuts_the_night_before_it() -> None:
    nights = Calendar.model_validate(
        {
            "time_zone": "UTC",
            "weekly": dict.fromkeys(WEEKDAYS, (("22:00", "06:00"),)),
            "public_holidays": {"country": "ES"},
        }
    )
    assert nights.closing_of_day(date(2026, 12, 24)) == datetime(2026, 12, 25, tzinfo=UTC)
    assert nights.is_open(datetime(2026, 12, 24, 23, tzinfo=UTC))
    assert not nights.is_open(datetime(2026, 12, 25, 1, tzinfo=UTC))
    assert nights.is_open(datetime(2026, 12, 26, 23, tzinfo=UTC))


def test_at_the_turn_of_a_year_the_new_year_is_the_next_year_s() -> None:
    office = shop("PE")
    assert office.add_working_days(date(2026, 12, 31), 1) == date(2027, 1, 2)
    assert office.working_days_between(date(2026, 12, 30), date(2027, 1, 2)) == 2
    nights = office.model_copy(update={"weekly": dict.fromkeys(WEEKDAYS, (("22:00", "06:00"),))})
    assert nights.closing_of_day(date(2026, 12, 31)) == datetime(2027, 1, 1, tzinfo=UTC)


def test_years_without_a_table_have_no_holidays() -> None:
    assert shop("ES").is_working_day(date(1990, 12, 25))
    assert shop("ES").is_working_day(date(2150, 12, 25))


def test_decades_of_holidays_cost_little() -> None:
    plan_of.cache_clear()
    _of_year.cache_clear()
    office = shop("ES-NC")
    start = datetime(2009, 1, 1, tzinfo=UTC)
    begun = time.perf_counter()
    first = office.add(start, timedelta(hours=8 * 300 * 40))
    cold = time.perf_counter() - begun
    begun = time.perf_counter()
    for minute in range(1000):
        office.add(start + timedelta(minutes=minute), timedelta(hours=8 * 300 * 40))
    warm = time.perf_counter() - begun
    assert first.year > 2040
    assert cold < 2, "forty years looked up and summed"
    assert warm < 2, "a thousand additions over forty years"


def test_what_a_calendar_says_itself_is_told_apart_from_the_country_s() -> None:
    own = shop("ES").model_copy(
        update={
            "holidays": [date(2026, 9, 8)],
            "date_overrides": {date(2026, 9, 9): [], date(2026, 9, 10): [["09:00", "10:00"]]},
            "feed_entries": [
                {"uid": "a", "dates": [date(2026, 9, 11)], "summary": "Local", "accepted": True},
                {"uid": "b", "dates": [date(2026, 9, 14)], "summary": "Not asked"},
                {"uid": "c", "dates": [date(2026, 9, 15)], "summary": "Refused", "accepted": False},
                {"uid": "d", "dates": [date(2026, 9, 10)], "summary": "Overruled", "accepted": True},
            ],
        }
    )
    assert own.own_closed_dates == (date(2026, 9, 8), date(2026, 9, 9), date(2026, 9, 11))
    closed = [day for day in range(7, 17) if not own.is_working_day(date(2026, 9, day))]
    assert closed == [8, 9, 11]
    assert reasons(own, date(2026, 9, 8)) == ("holiday of this calendar",)
    assert reasons(own, date(2026, 9, 11)) == ("feed: Local",)
    assert reasons(own, date(2026, 9, 14)) == ()
