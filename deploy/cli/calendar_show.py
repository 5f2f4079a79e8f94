"""`palabra calendar show`: a calendar day by day as a person reads it, and why a day is closed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from deploy.cli.client import AsJson, Home, Key, Url, a_client, as_json_text
from deploy.local import files
from deploy.local.errors import UserError
from shared.calendar import Calendar
from shared.calendar.reasons import reasons
from shared.clock import ProductClock

_USUAL: Final = timedelta(days=13)
_ONE_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)
_MOST_DAYS: Final = 3660
_NOT_OF_A_CALENDAR: Final = ("id", "version")

Name = Annotated[str | None, typer.Argument(help="The calendar's id in routing.", metavar="CALENDAR")]
FirstDay = Annotated[
    str | None, typer.Option("--from", metavar="DATE", help="YYYY-MM-DD.", show_default="today, in the calendar's zone")
]
LastDay = Annotated[
    str | None, typer.Option("--to", metavar="DATE", help="The last day shown.", show_default="13 days later")
]
File = Annotated[Path | None, typer.Option("--file", help="A calendar as JSON, instead of one of the running stack.")]


@dataclass(frozen=True, slots=True)
class Day:
    """One local date of a calendar: what opens on it, why it is as it is, and how long it really lasts."""

    date: date
    spans: list[tuple[datetime, datetime]]
    why: tuple[str, ...]
    length: timedelta

    @property
    def open(self) -> timedelta:
        """How long it is open, as time really passes."""
        return sum((closes - opens for opens, closes in self.spans), timedelta(0))


def show(
    name: Name = None,
    *,
    first: FirstDay = None,
    last: LastDay = None,
    file: File = None,
    home: Home = files.HOME,
    url: Url = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Print when a calendar is open, day by day, and why it is closed: a holiday's name, a date of its own, a feed."""
    title = name or (file.stem if file else "")
    calendar = _from_file(file) if file else _from_routing(title, home, url, key)
    begin = _date(first, "--from") or calendar.local_date(ProductClock().now())
    end = _date(last, "--to") or begin + _USUAL
    if not 0 <= (end - begin).days < _MOST_DAYS:
        raise UserError(f"--to {end} must be on or after --from {begin}, and at most {_MOST_DAYS} days on")
    days = list(_days(calendar, begin, end))
    if as_json:
        typer.echo(as_json_text(_as_json(title, calendar, days)))
        return
    _print(title, calendar, days)


def _from_routing(name: str, home: Path, url: str | None, key: str | None) -> Calendar:
    if not name:
        raise UserError("say which calendar: its id in routing, or --file with a calendar as JSON")
    with a_client(home, url, key) as client:
        return _calendar(client.get("routing", f"/v1/calendars/{quote(name, safe='')}"), name)


def _from_file(file: Path) -> Calendar:
    try:
        return _calendar(json.loads(file.read_text(encoding="utf-8")), str(file))
    except (OSError, ValueError) as error:
        raise UserError(f"{file}: {error}") from error


def _calendar(found: Any, place: str) -> Calendar:
    """The calendar in JSON values, as routing's API shows it.

    Raises:
        UserError: it is none; names the fields.
    """
    if not isinstance(found, dict):
        raise UserError(f"{place}: a calendar is an object")
    try:
        return Calendar.model_validate({name: v for name, v in found.items() if name not in _NOT_OF_A_CALENDAR})
    except ValidationError as error:
        reasons_ = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise UserError(f"{place} is no calendar: {'; '.join(reasons_)}") from error


def _date(text: str | None, option: str) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise UserError(f"{option}: {text!r} is no date: write YYYY-MM-DD") from error


def _days(calendar: Calendar, first: date, last: date) -> Iterator[Day]:
    for n in range((last - first).days + 1):
        day = first + n * _ONE_DAY
        length = calendar.instant(day, "24:00") - calendar.instant(day, "00:00")
        yield Day(day, calendar.day(day), reasons(calendar, day), length)


def _as_json(name: str, calendar: Calendar, days: list[Day]) -> dict[str, Any]:
    zone = ZoneInfo(calendar.time_zone)
    return {
        "calendar": name,
        "time_zone": calendar.time_zone,
        "open_minutes": sum((day.open for day in days), timedelta(0)) / _MINUTE,
        "days": [
            {
                "date": day.date.isoformat(),
                "spans": [[at.astimezone(zone).isoformat() for at in span] for span in day.spans],
                "open_minutes": day.open / _MINUTE,
                "why": day.why,
            }
            for day in days
        ],
    }


def _print(name: str, calendar: Calendar, days: list[Day]) -> None:
    console = Console(highlight=False, markup=False, soft_wrap=True)
    console.print(f"{calendar.name or name} ({calendar.time_zone})")
    table = Table(box=None, show_header=False, pad_edge=False)
    zone = ZoneInfo(calendar.time_zone)
    for day in days:
        spans = "  ".join(_span(opens, closes, day.date, zone) for opens, closes in day.spans) or "closed"
        unsaid = () if day.spans or day.why else (f"no hours on a {day.date:%A}",)
        why = "; ".join((*day.why, *unsaid, *_clock_change(day)))
        table.add_row(f"{day.date:%a} {day.date.isoformat()}", spans, why)
    console.print(table)
    total, working = sum((day.open for day in days), timedelta(0)), sum(bool(day.spans) for day in days)
    console.print(f"open {_hours(total)} on {working} of {len(days)} days")
    waiting = [entry for entry in calendar.feed_entries if entry.accepted is None]
    if waiting:
        named = ", ".join(f"{entry.summary} ({entry.dates[0]})" for entry in waiting[:5])
        console.print(f"not decided yet, so open, of its feed ({len(waiting)}): {named}")


def _span(opens: datetime, closes: datetime, day: date, zone: ZoneInfo) -> str:
    first, last = opens.astimezone(zone), closes.astimezone(zone)
    if last.date() == day:
        return f"{first:%H:%M}-{last:%H:%M}"
    return f"{first:%H:%M}-24:00" if (last.hour, last.minute) == (0, 0) else f"{first:%H:%M}-{last:%H:%M} (+1)"


def _clock_change(day: Day) -> list[str]:
    return [] if day.length == _ONE_DAY else [f"clock change: a day of {_hours(day.length)}"]


def _hours(time: timedelta) -> str:
    minutes = time // _MINUTE
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes % 60 else f"{minutes // 60} h"
