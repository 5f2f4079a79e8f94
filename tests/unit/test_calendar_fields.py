"""What a calendar may say, and how a mistake in it is named."""

import json
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from shared.calendar import AROUND_THE_CLOCK, Calendar


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"time_zone": "Mars/Olympus"}, "time_zone", "no IANA time zone"),
        ({"time_zone": "America"}, "time_zone", "no IANA time zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone", "no IANA time zone"),
        ({"time_zone": "localtime"}, "time_zone", "no IANA time zone"),
        ({"time_zone": ""}, "time_zone", "no IANA time zone"),
        ({"weekly": {"monday": []}}, "weekly.monday", "'mon', 'tue'"),
        ({"weekly": {"mon": [["09:00", "25:00"]]}}, "weekly.mon.0.1", "no time of day"),
        ({"weekly": {"mon": [["09:00", "24:01"]]}}, "weekly.mon.0.1", "no time of day"),
        ({"weekly": {"mon": [["09:60", "17:00"]]}}, "weekly.mon.0.0", "no time of day"),
        ({"weekly": {"mon": [["nine", "17:00"]]}}, "weekly.mon.0.0", "no time of day"),
        ({"weekly": {"mon": [[9, 17]]}}, "weekly.mon.0.0", "string"),
        ({"weekly": {"mon": [["09:00"]]}}, "weekly.mon.0", "required"),
        ({"weekly": {"mon": [["24:00", "06:00"]]}}, "weekly.mon.0", "cannot open at 24:00"),
        ({"weekly": {"mon": [["12:00", "17:00"], ["09:00", "13:00"]]}}, "weekly.mon", "09:00-13:00 and 12:00-17:00"),
        ({"weekly": {"mon": [["22:00", "06:00"], ["23:00", "24:00"]]}}, "weekly.mon", "overlap"),
        ({"date_overrides": {"2026-13-01": []}}, "date_overrides.2026-13-01", "date"),
        ({"holidays": ["tomorrow"]}, "holidays.0", "date"),
        ({"holidays": [20260101]}, "holidays.0", "no date"),
        ({"holidays": ["9999-12-31"]}, "holidays.0", "outside the years"),
        ({"timezone": "UTC"}, "timezone", "Extra inputs"),
    ],
)
def test_a_mistake_names_its_field_and_its_reason(fields: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Calendar.model_validate({"time_zone": "UTC"} | fields)
    first = refused.value.errors()[0]
    assert ".".join(map(str, first["loc"])).startswith(field)
    assert words in first["msg"]


def test_json_comes_back_as_it_went_in_order() -> None:
    written = {
        "name": "Lima",
        "time_zone": "America/Lima",
        "weekly": {"mon": [["16:00", "24:00"], ["9:00", "13:00"]]},
        "holidays": ["2026-12-25", "2026-01-01", "2026-12-25"],
        "date_overrides": {"2026-12-24": [["09:00", "12:00:30"]], "2026-12-31": []},
    }
    calendar = Calendar.model_validate_json(json.dumps(written))
    assert calendar.model_dump(mode="json", exclude_defaults=True) == written | {
        "weekly": {"mon": [["09:00", "13:00"], ["16:00", "24:00"]]},
        "holidays": ["2026-01-01", "2026-12-25"],
    }
    assert Calendar.model_validate_json(calendar.model_dump_json()) == calendar


def test_touching_spans_are_allowed_and_one() -> None:
    calendar = Calendar(time_zone="UTC", weekly={"mon": [("09:00", "12:00"), ("12:00", "17:00")]})
    assert len(calendar.day(date(2026, 6, 1))) == 1


def test_a_calendar_cannot_be_changed_and_a_copy_forgets_the_old_hours() -> None:
    monday = date(2026, 6, 1)
    assert AROUND_THE_CLOCK.is_working_day(monday)
    with pytest.raises(ValidationError, match="frozen"):
        AROUND_THE_CLOCK.time_zone = "Europe/Madrid"  # type: ignore[misc]
    assert not AROUND_THE_CLOCK.model_copy(update={"weekly": {}}).is_working_day(monday)
    with pytest.raises(ValidationError):
        AROUND_THE_CLOCK.model_copy(update={"weekly": {"mon": "always"}})
    assert AROUND_THE_CLOCK.model_copy() == AROUND_THE_CLOCK


def test_it_has_a_json_schema() -> None:
    assert set(Calendar.model_json_schema()["properties"]) == set(Calendar.model_fields)
