"""`palabra parked`: what services have kept aside, whole, because they could not take it."""

import itertools
from typing import Annotated, Any, Final
from urllib.parse import quote

import typer
from rich.console import Console
from rich.table import Table

from deploy.cli.client import AsJson, Home, Key, Service, Url, a_client, as_json_text
from deploy.local import files

app = typer.Typer()
parked = typer.Typer(no_args_is_help=True)
app.add_typer(parked, name="parked", help="Events kept aside: list, show, redrive, discard. Needs the scope admin.")

Which = Annotated[Service, typer.Option("--service", help="Whose.")]
Ref = Annotated[str, typer.Argument(help="topic/partition/offset, as `palabra parked list` shows it.")]
_PAGE: Final = 200


@parked.command("list")
def list_(
    *,
    service: Annotated[Service | None, typer.Option(help="Whose; all four's without it.")] = None,
    complaint: Annotated[str | None, typer.Option(help="Of this complaint only: its id.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most, of each service.")] = _PAGE,
    home: Home = files.HOME,
    url: Url = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """List what is kept aside, and why."""
    found: list[dict[str, Any]] = []
    more = False
    with a_client(home, url, key) as client:
        for name in Service if service is None else (service,):
            path = f"/v1/services/{name}/parked"
            items = client.items(name, path, complaint=complaint, limit=min(limit + 1, _PAGE))
            taken = list(itertools.islice(items, limit + 1))
            found += [{"service": name.value, **item} for item in taken[:limit]]
            more = more or len(taken) > limit
    if as_json:
        typer.echo(as_json_text({"items": found, "more": more}))
        return
    _show_list(found, more=more)


def _show_list(found: list[dict[str, Any]], *, more: bool) -> None:
    console = Console(highlight=False, markup=False)
    if not found:
        console.print("Nothing is parked.")
        return
    table = Table("service", "reference", "complaint", "event", "reason", "error", box=None)
    for item in found:
        event = "-" if item["type"] is None else f"{item['source']} {item['seq']} {item['type']}"
        table.add_row(item["service"], item["ref"], item["complaint_id"] or "-", event, item["reason"], item["error"])
    console.print(table)
    if more:
        console.print("There are more; see --limit.")


@parked.command()
def show(
    ref: Ref, *, service: Which, home: Home = files.HOME, url: Url = None, key: Key = None, as_json: AsJson = False
) -> None:
    """Show one message whole, with what it says, which may be personal."""
    with a_client(home, url, key) as client:
        found = client.get(service, f"/v1/services/{service}/parked/{quote(ref)}")
    if as_json:
        typer.echo(as_json_text(found))
        return
    for name in ("ref", "complaint_id", "source", "seq", "type", "reason", "error", "at", "discarded"):
        if found[name] is not None:
            typer.echo(f"{name + ':':13} {found[name]}")
    typer.echo(f"{'key:':13} {_text(found['key'])}")
    for header in found["headers"]:
        typer.echo(f"{'header:':13} {header['name']}: {_text(header['value'])}")
    typer.echo(_text(found["value"]))


def _text(content: dict[str, str] | None) -> str:
    if content is None:
        return "(none)"
    return content["content"] if content["encoding"] == "text" else f"base64:{content['content']}"


@parked.command()
def redrive(
    *,
    service: Which,
    complaint: Annotated[str | None, typer.Option(help="Only this one, by id or number; else every one.")] = None,
    home: Home = files.HOME,
    url: Url = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Try parked events again, in order, once the cause is mended; exit code 1 while any stay parked."""
    counts = {"complaints": 0, "applied": 0, "parked": 0}
    cursor: str | None = None
    with a_client(home, url, key) as client:
        while True:
            asked = {"complaint_id": complaint, "cursor": cursor}
            form = {name: value for name, value in asked.items() if value is not None}
            done = client.post(service, f"/v1/services/{service}/parked/redrive", form)
            counts = {name: count + done[name] for name, count in counts.items()}
            cursor = done["next"]
            if cursor is None:
                break
    _tell(counts, as_json=as_json)
    raise typer.Exit(1 if counts["parked"] else 0)


@parked.command()
def discard(
    ref: Ref,
    *,
    service: Which,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    home: Home = files.HOME,
    url: Url = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Give one event up for good, and apply what waited behind it."""
    if not yes:
        typer.confirm(f"{service} will never apply {ref}. Go on?", abort=True, err=True)
    with a_client(home, url, key) as client:
        done = client.post(service, f"/v1/services/{service}/parked/discard", {"ref": ref})
    counts = {name: done[name] for name in ("complaints", "applied", "parked")}
    _tell(counts, as_json=as_json)


def _tell(counts: dict[str, int], *, as_json: bool) -> None:
    words = f"{counts['complaints']} complaints: {counts['applied']} events applied, {counts['parked']} still parked"
    typer.echo(as_json_text(counts) if as_json else words)
