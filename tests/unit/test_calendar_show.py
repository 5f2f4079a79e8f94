"""`palabra calendar show`: what a person reads, and what a program does."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from deploy.cli import calendar_show
from deploy.cli.main import app
from deploy.local.errors import UserError
from shared.calendar import Calendar

OFFICE = {
    "name": "Pamplona",
    "time_zone": "Europe/Madrid",
    "weekly": {
        "mon": [["09:00", "14:00"], ["16:00", "19:00"]],
        "wed": [["09:00", "24:00"]],
        "thu": [["22:00", "06:00"]],
        "sun": [["00:00", "24:00"]],
    },
    "public_holidays": {"country": "ES", "region": "NC"},
    "date_overrides": {"2026-12-24": [["09:00", "12:00"]], "2026-12-30": []},
    "holidays": ["2026-12-31"],
    "feed_entries": [
        {"uid": "a", "dates": ["2026-12-28"], "summary": "Cierre", "accepted": True},
        {"uid": "b", "dates": ["2027-01-04"], "summary": "Feria"},
    ],
}


def show(folder: Path, *words: str, calendar: Any = OFFICE) -> Result:
    file = folder / "office.json"
    file.write_text(json.dumps(calendar))
    return CliRunner().invoke(app, ["calendar", "show", "--file", str(file), *words])


def lines(result: Result) -> list[str]:
    assert result.exit_code == 0, result.output
    return [" ".join(line.split()) for line in result.stdout.splitlines()]


def test_each_day_says_when_it_is_open_and_why_not(tmp_path: Path) -> None:
    assert lines(show(tmp_path, "--from", "2026-12-23", "--to", "2026-12-31")) == [
        "Pamplona (Europe/Madrid)",
        "Wed 2026-12-23 09:00-24:00",
        "Thu 2026-12-24 09:00-12:00 own hours on this date",
        "Fri 2026-12-25 closed public holiday: Natividad del Señor",
        "Sat 2026-12-26 closed no hours on a Saturday",
        "Sun 2026-12-27 00:00-24:00",
        "Mon 2026-12-28 closed feed: Cierre",
        "Tue 2026-12-29 closed no hours on a Tuesday",
        "Wed 2026-12-30 closed closed on this date",
        "Thu 2026-12-31 closed holiday of this calendar",
        "open 42 h on 3 of 9 days",
        "not decided yet, so open, of its feed (1): Feria (2027-01-04)",
    ]


def test_a_night_and_a_clock_change_are_named(tmp_path: Path) -> None:
    told = lines(show(tmp_path, "--from", "2026-03-26", "--to", "2026-03-29"))
    assert told[1] == "Thu 2026-03-26 22:00-06:00 (+1)"
    assert told[4:6] == ["Sun 2026-03-29 00:00-24:00 clock change: a day of 23 h", "open 31 h on 2 of 4 days"]


def test_a_program_gets_json(tmp_path: Path) -> None:
    told = json.loads(show(tmp_path, "--from", "2026-12-24", "--to", "2026-12-25", "--json").stdout)
    assert told == {
        "calendar": "office",
        "time_zone": "Europe/Madrid",
        "open_minutes": 180,
        "days": [
            {
                "date": "2026-12-24",
                "spans": [["2026-12-24T09:00:00+01:00", "2026-12-24T12:00:00+01:00"]],
                "open_minutes": 180,
                "why": ["own hours on this date"],
            },
            {"date": "2026-12-25", "spans": [], "open_minutes": 0, "why": ["public holiday: Natividad del Señor"]},
        ],
    }


def test_without_dates_it_shows_two_weeks_from_today(tmp_path: Path) -> None:
    assert len(json.loads(show(tmp_path, "--json").stdout)["days"]) == 14


def test_a_calendar_that_never_opens_can_be_shown(tmp_path: Path) -> None:
    told = lines(show(tmp_path, "--from", "2026-12-25", "--to", "2026-12-25", calendar={"time_zone": "UTC"}))
    assert told[-1] == "open 0 h on 0 of 1 days"


@pytest.mark.parametrize(
    ("words", "calendar", "said"),
    [
        (["--from", "soon"], OFFICE, "--from: 'soon' is no date"),
        (["--from", "2026-02-01", "--to", "2026-01-01"], OFFICE, "must be on or after"),
        (["--from", "2026-02-01", "--to", "2056-01-01"], OFFICE, "at most 3660 days"),
        ([], {"time_zone": "Mars"}, "time_zone: Value error, 'Mars' is no IANA time zone"),
        ([], [], "a calendar is an object"),
    ],
)
def test_a_mistake_is_one_clear_line(tmp_path: Path, words: list[str], calendar: Any, said: str) -> None:
    result = show(tmp_path, *words, calendar=calendar)
    assert result.exit_code == 1
    assert said in str(result.exception)


def test_it_is_read_from_routing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def routing(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        shown = Calendar.model_validate(OFFICE).model_dump(mode="json")
        return httpx.Response(200, json={"id": "office", "version": 3, **shown})

    transport = httpx.MockTransport(routing)
    real = httpx.Client
    monkeypatch.setattr("deploy.cli.client.httpx.Client", lambda **options: real(**{**options, "transport": transport}))
    words = ["office", "--from", "2026-12-24", "--url", "http://palabra.example", "--key", "k"]
    result = CliRunner().invoke(app, ["calendar", "show", *words, "--home", str(tmp_path)])
    assert lines(result)[0] == "Pamplona (Europe/Madrid)"
    assert asked == ["/v1/calendars/office"]


def test_one_must_say_which(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="say which calendar"):
        calendar_show.show(home=tmp_path)
    result = show(tmp_path, "--file", str(tmp_path / "nowhere.json"))
    assert "nowhere.json" in str(result.exception)
