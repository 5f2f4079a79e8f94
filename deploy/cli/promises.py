"""`palabra promises`: the promises that messages make, found in their words."""

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import typer

if TYPE_CHECKING:  # reading words takes a second to load; `--help` does not wait for it
    from services.followup.words import Found, Language

app = typer.Typer()
promises = typer.Typer(no_args_is_help=True, help="Promises found in words.")
app.add_typer(promises, name="promises")

_LANGUAGES: Final[Mapping[str, "Language"]] = {"es": "es", "en": "en"}


class LineError(ValueError):
    """The line cannot be answered; the message says why."""


@promises.callback()
def _promises() -> None:
    """Keeps `find` a command of its own while it is the only one."""


@promises.command()
def find() -> None:
    """Read messages from stdin, a JSON object a line; print a line {"id", "promises"} for each as it comes.

    A message is {"id", "text", "at", "zone"} and may name its "language", es or en. A promise is {"words", "kind",
    "due"}, with "not_before" where the words name one: "at four" has both at 16:00, "before twelve" only a due. A line
    that cannot be read is named on stderr and has no answer; the others have theirs, and the command ends with 1.
    """
    failed = False
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        try:
            answer = _answer(line)
        except LineError as error:
            typer.echo(f"line {number}: {error}", err=True)
            failed = True
            continue
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    raise typer.Exit(1 if failed else 0)


def _answer(line: bytes) -> Mapping[str, Any]:
    from services.followup import words

    try:
        message = json.loads(line.decode("utf-8-sig"))
    except ValueError as error:
        raise LineError(f"is no JSON: {error}") from error
    if not isinstance(message, dict):
        raise LineError("is no JSON object")
    name = message.get("id")
    if not isinstance(name, str | int) or isinstance(name, bool):
        raise LineError(f"id: {_shown(name)} is no text and no whole number")
    found = words.find(_text(message), at=_instant(message), zone=_zone(message), language=_language(message))
    return {"id": name, "promises": [_promise(each) for each in found]}


def _promise(found: "Found") -> Mapping[str, str]:
    named = {"words": found.words, "kind": found.kind, "due": found.due.isoformat()}
    return named if found.not_before is None else {**named, "not_before": found.not_before.isoformat()}


def _text(message: Mapping[str, Any]) -> str:
    text = message.get("text")
    if not isinstance(text, str):
        raise LineError(f"text: {_shown(text)} is no text")
    return text


def _instant(message: Mapping[str, Any]) -> datetime:
    try:
        at = datetime.fromisoformat(message["at"])
        if at.utcoffset() is not None:
            return at
    except KeyError:
        raise LineError("at: missing") from None
    except (TypeError, ValueError):
        pass
    raise LineError(f"at: {_shown(message['at'])} is no ISO 8601 instant with an offset")


def _zone(message: Mapping[str, Any]) -> ZoneInfo:
    from shared.calendar.zones import known_zone

    zone = message.get("zone")
    if not isinstance(zone, str):
        raise LineError(f"zone: {_shown(zone)} is no IANA time zone")
    try:
        return ZoneInfo(known_zone(zone))
    except ValueError as error:
        raise LineError(f"zone: {error}") from error


def _language(message: Mapping[str, Any]) -> "Language | None":
    """The language named, region and all; none where the words have to tell."""
    named = message.get("language")
    if named is None:
        return None
    language = _LANGUAGES.get(named.casefold()[:2]) if isinstance(named, str) else None
    if language is None:
        raise LineError(f"language: {_shown(named)} is neither es nor en")
    return language


def _shown(value: Any) -> str:
    return "null" if value is None else json.dumps(value, ensure_ascii=False)[:60]
