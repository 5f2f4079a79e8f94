"""`palabra import`: a file of complaints goes in through the HTTP API, each row taken, repeated or rejected."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from deploy.cli.client import Place
from deploy.cli.importing import maps
from deploy.cli.importing.lines import Maker, Unreadable
from deploy.cli.importing.rejects import Rejects
from deploy.cli.importing.rows import File, Row
from deploy.cli.importing.sending import Answered, Carrier, Item
from deploy.local import files
from deploy.local.errors import UserError

app = typer.Typer()
_REJECTED: Final = "rejected"


class Format(StrEnum):
    """How the file is written."""

    cfpb = "cfpb"
    csv = "csv"
    ndjson = "ndjson"


@dataclass(slots=True)
class Counts:
    """What became of the rows: taken + repeated + rejected = rows."""

    taken: int = 0
    repeated: int = 0
    rejected: int = 0

    @property
    def rows(self) -> int:
        """All of them."""
        return self.taken + self.repeated + self.rejected

    def add(self, result: str) -> None:
        """One row more."""
        setattr(self, result, getattr(self, result) + 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is imported, how it is read, and where it goes."""

    file: Path
    format: Format
    url: str
    key: str
    map: Path | None = None
    live: bool = False
    time_zone: str = "UTC"


class Import:
    """One import under way. The same again is safe: what was taken before is a repeat."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.counts = Counts()
        self.rejects = Rejects(plan.file)
        try:
            self._zone = ZoneInfo(plan.time_zone)
            self.file = File(plan.file)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise UserError(f"{plan.time_zone!r} is no time zone; write one like Europe/Madrid") from error
        except OSError as error:
            raise UserError(f"{plan.file} cannot be read: {error.strerror or error}") from error

    def run(self) -> Iterator[Counts]:
        """Goes on by one row at each step; the counts so far.

        Raises:
            UserError: the file, the map, the key or the service is not as it must be.
        """
        carrier = Carrier(self._plan.url, self._plan.key, self._plan.format.value)
        try:
            for answered in carrier.carry(self._items()):
                self._count(answered)
                yield self.counts
        finally:
            self.rejects.close()
            self.file.close()
        yield self.counts

    def _items(self) -> Iterator[Item]:
        """Lines to be sent; rows that cannot be read are rejected on the way."""
        rows, mapping = self._rows()
        maker = Maker(live=self._plan.live, zone=self._zone, mapping=mapping)
        for row in rows:
            try:
                line = json.dumps(maker.line(row)).encode()
            except Unreadable as problem:
                self._count(Answered(row, _REJECTED, str(problem)))
            else:
                yield row, line

    def _rows(self) -> tuple[Iterator[Row], maps.Map | None]:
        if self._plan.format is Format.ndjson:
            return self.file.json_rows(), None
        path = self._plan.map or (maps.SHIPPED / "cfpb.toml" if self._plan.format is Format.cfpb else None)
        mapping = None if path is None else maps.load(path)
        rows = self.file.csv_rows(mapping.delimiter if mapping else None)
        mapping = mapping or maps.by_name(self.file.columns)
        mapping.check(self.file.columns)
        return rows, mapping

    def _count(self, answered: Answered) -> None:
        self.counts.add(answered.result)
        if answered.result == _REJECTED:
            row = answered.row
            self.rejects.add(self.file.columns, row.line, answered.reason or "rejected", row.raw)


@app.command("import")
def import_(  # noqa: PLR0913 - a command's options are its parameters
    file: Annotated[Path, typer.Argument(help="CSV or NDJSON, also packed with gzip.", exists=True, dir_okay=False)],
    *,
    format_: Annotated[Format, typer.Option("--format", help="cfpb: as the US bureau publishes its complaints.")],
    map_: Annotated[Path | None, typer.Option("--map", help="TOML: which columns make which fields.")] = None,
    live: Annotated[bool, typer.Option("--live", help="Received now, with clocks; else they are history.")] = False,
    time_zone: Annotated[str, typer.Option(help="Of dates without one; a date alone is 00:00 there.")] = "UTC",
    url: Annotated[str | None, typer.Option(envvar="PALABRA_INTAKE_URL", help="Of intake.")] = None,
    key: Annotated[str | None, typer.Option(envvar="PALABRA_KEY", help="With complaints:write, history:write.")] = None,
    home: Annotated[Path, typer.Option(envvar="PALABRA_HOME", help="Of the local stack, for address and key.")] = (
        files.HOME
    ),
    as_json: Annotated[bool, typer.Option("--json", help="The counts as JSON, on the last line.")] = False,
) -> None:
    """Take a file of complaints in. Safe to repeat: a row is recognised by its reference and never taken twice.

    Rows that are not taken are written, with line and reason, to FILE.rejects.csv beside the file, or in the current
    folder where that one cannot be written to.
    """
    place = Place(home, url, key)
    work = Import(Plan(file, format_, place.address("intake"), place.secret(), map_, live, time_zone))
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(file.name, total=work.file.size, said="")
        for counts in work.run():
            if counts.rows % 100 == 0:
                _show(progress, task, work)
        _show(progress, task, work)
        progress.update(task, completed=work.file.size)
    counts = work.counts
    if as_json:
        rejects_file = None if work.rejects.path is None else str(work.rejects.path)
        told = {"rows": counts.rows, "taken": counts.taken, "repeated": counts.repeated, "rejected": counts.rejected}
        typer.echo(json.dumps({**told, "rejects_file": rejects_file}))
    else:
        typer.echo(_said(counts))
        if work.rejects.path is not None:
            typer.echo(f"Rejected rows, with reasons: {work.rejects.path}")


def _show(progress: Progress, task: TaskID, work: Import) -> None:
    progress.update(task, completed=work.file.read(), said=_said(work.counts))


def _said(counts: Counts) -> str:
    return f"{counts.rows} rows: {counts.taken} taken, {counts.repeated} repeated, {counts.rejected} rejected"
