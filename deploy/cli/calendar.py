"""`palabra calendar`: business time that can be checked against cases from anywhere."""

import json
import math
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import typer
from pydantic import ValidationError

from deploy.cli.calendar_show import show
from shared.calendar import Calendar, NeverOpen

app = typer.Typer()
calendar = typer.Typer(no_args_is_help=True, help="Business time: show a calendar, run cases against this product's.")
app.add_typer(calendar, name="calendar")
calendar.command()(show)

NEVER_OPEN: Final = "never_open"
"""The result of a case that asks for an opening which never comes."""

Result = str | int | float | bool
_MINUTE: Final = timedelta(minutes=1)
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class CaseError(ValueError):
    """The case cannot be understood; the message names the field and the reason."""


@calendar.command()
def run(cases: Annotated[Path, typer.Argument(help="A JSON file of cases", metavar="CASES.json")]) -> None:
    """Run cases; print a line {"id", "result", "ok"} for each.

    `ok` is null where a case is flagged `convention` or names no expected value. Ends with 1 when an `ok` is false, a
    malformed case (reported on stderr) among them; with 2 when the file cannot be read.
    """
    failed = False
    for number, case in enumerate(_read(cases), start=1):
        known = case if isinstance(case, dict) else {}
        name = known.get("id", f"#{number}")
        result: Result | None
        ok: bool | None
        try:
            result, ok = judge(known)
        except CaseError as error:
            typer.echo(f"case {name}: {error}", err=True)
            result, ok = None, False
        failed = failed or ok is False
        typer.echo(json.dumps({"id": name, "result": result, "ok": ok}))
    raise typer.Exit(1 if failed else 0)


def judge(case: Mapping[str, Any]) -> tuple[Result, bool | None]:
    """What the calendar answers, and whether that is what the case expects; None when it expects nothing certain.

    Raises:
        CaseError: the case cannot be understood.
    """
    operation = case.get("op")
    if not isinstance(operation, str) or operation not in _OPERATIONS:
        raise CaseError(f"op: {operation!r} is none of {', '.join(_OPERATIONS)}")
    hours = _calendar(case)
    try:
        result = _OPERATIONS[operation](hours, case)
    except NeverOpen:
        result = NEVER_OPEN
    except CaseError:
        raise
    except (ValueError, OverflowError) as error:
        raise CaseError(f"out of range: {error}") from error
    expected = case.get("expected", case.get("expected_minutes"))
    if expected is None or case.get("convention") or "convention" in _list(case, "flags"):
        return result, None
    return result, any(_same(result, answer, hours) for answer in (expected, *_list(case, "also_acceptable")))


def _read(path: Path) -> list[Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        typer.echo(f"{path}: {error}", err=True)
        raise typer.Exit(2) from error
    cases = content.get("cases") if isinstance(content, dict) else content
    if not isinstance(cases, list):
        typer.echo(f'{path}: neither a list of cases nor an object with "cases"', err=True)
        raise typer.Exit(2)
    return cases


def _calendar(case: Mapping[str, Any]) -> Calendar:
    """The case's calendar: `timezone` is taken for `time_zone`, Monday for mon, null for absent."""
    given = case.get("calendar")
    if not isinstance(given, dict):
        raise CaseError("calendar: an object is needed")
    fields = {"time_zone" if key == "timezone" else key: value for key, value in given.items() if value is not None}
    if isinstance(weekly := fields.get("weekly"), dict):
        fields["weekly"] = {_weekday(key): spans or () for key, spans in weekly.items()}
    try:
        return Calendar.model_validate(fields)
    except ValidationError as error:
        reasons = (f"calendar.{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise CaseError("; ".join(reasons)) from error


def _weekday(key: str) -> str:
    return key.strip().lower()[:3] if key.strip().lower() in _DAYS else key.strip().lower()


def _add(hours: Calendar, case: Mapping[str, Any]) -> Result:
    return _written(hours.add(_instant(case, "start"), timedelta(minutes=_number(case, "add_minutes", "minutes"))))


def _between(hours: Calendar, case: Mapping[str, Any]) -> Result:
    open_time = hours.between(_instant(case, "start"), _instant(case, "end"))
    return open_time / _MINUTE if open_time % _MINUTE else open_time // _MINUTE


def _is_open(hours: Calendar, case: Mapping[str, Any]) -> Result:
    return hours.is_open(_instant(case, "at", "start"))


def _next_open(hours: Calendar, case: Mapping[str, Any]) -> Result:
    return _written(hours.next_open(_instant(case, "at", "start")))


def _add_working_days(hours: Calendar, case: Mapping[str, Any]) -> Result:
    number = _number(case, "add_days", "days", "working_days", "add_working_days", "n")
    if number != int(number):
        raise CaseError(f"{number} is no whole number of days")
    return hours.add_working_days(_date(case, hours, "start", "date", "at"), int(number)).isoformat()


def _working_days_between(hours: Calendar, case: Mapping[str, Any]) -> Result:
    return hours.working_days_between(_date(case, hours, "start"), _date(case, hours, "end"))


_OPERATIONS: Final[Mapping[str, Callable[[Calendar, Mapping[str, Any]], Result]]] = {
    "add": _add,
    "between": _between,
    "is_open": _is_open,
    "next_open": _next_open,
    "add_working_days": _add_working_days,
    "working_days_between": _working_days_between,
}


def _list(case: Mapping[str, Any], name: str) -> list[Any]:
    value = case.get(name)
    if value is not None and not isinstance(value, list):
        raise CaseError(f"{name}: {value!r} is no list")
    return value or []


def _field(case: Mapping[str, Any], names: Iterable[str]) -> tuple[str, Any]:
    """The first of these fields that the case has; they are names for the same thing."""
    found = next(((name, case[name]) for name in names if case.get(name) is not None), None)
    if found is None:
        raise CaseError(f"{next(iter(names))}: missing")
    return found


def _number(case: Mapping[str, Any], *names: str) -> float:
    name, value = _field(case, names)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise CaseError(f"{name}: {value!r} is no number")
    return value


def _instant(case: Mapping[str, Any], *names: str) -> datetime:
    name, value = _field(case, names)
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise CaseError(f"{name}: {value!r} is no ISO 8601 instant") from None
    if at.utcoffset() is None:
        raise CaseError(f"{name}: {value!r} has no offset, so it names no instant")
    return at


def _date(case: Mapping[str, Any], hours: Calendar, *names: str) -> date:
    name, value = _field(case, names)
    try:
        return _local_date(value, hours)
    except (TypeError, ValueError):
        raise CaseError(f"{name}: {value!r} is no ISO 8601 date") from None


def _local_date(text: str, hours: Calendar) -> date:
    """The date itself, or the date of that instant in the calendar's zone."""
    at = datetime.fromisoformat(text)
    return at.date() if at.utcoffset() is None else at.astimezone(ZoneInfo(hours.time_zone)).date()


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _same(result: Result, expected: Any, hours: Calendar) -> bool:
    """Whether both say the same: instants in any offset, minutes but for the rounding of a float."""
    if isinstance(result, bool) or isinstance(expected, bool):
        return result is expected
    if isinstance(result, str) and isinstance(expected, str) and result != expected:
        try:
            if "T" not in result:
                return date.fromisoformat(result) == _local_date(expected, hours)
            return datetime.fromisoformat(result) == datetime.fromisoformat(expected)
        except ValueError:
            return False
    if isinstance(result, int | float) and isinstance(expected, int | float):
        return math.isclose(result, expected, rel_tol=0, abs_tol=1e-6)
    return bool(result == expected)
