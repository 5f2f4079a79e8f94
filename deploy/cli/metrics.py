"""`palabra metrics rebuild`: everything is counted again from the log, and compared with what was shown."""

import time
from collections.abc import Iterator
from typing import Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from deploy.cli.client import AsJson, Client, Home, Key, Refused, Url, a_client, as_json_text
from deploy.local import files
from deploy.local.errors import UserError

app = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="The totals of the metrics service.")
app.add_typer(group, name="metrics")

_LOOK_EVERY: Final = 0.5
_PATIENCE: Final = 120.0
"""Seconds without an answer after which we give up watching; the rebuild itself goes on."""


@group.callback()
def _metrics() -> None:
    """The totals of the metrics service."""


@group.command()
def rebuild(home: Home = files.HOME, url: Url = None, key: Key = None, *, as_json: AsJson = False) -> None:
    """Count everything again from the beginning of the log, beside the live totals, which it then replaces.

    Exit code 1 when a total differs from the live one at the same place of the log, or when the rebuild fails.
    """
    console = Console(stderr=True, highlight=False)
    with a_client(home, url, key) as client:
        run = _watched(console, client, _asked(client, console))
    if as_json:
        typer.echo(as_json_text(run))
    else:
        _tell(Console(highlight=False), run)
    raise typer.Exit(0 if run["state"] == "done" and not run["difference_count"] else 1)


def _asked(client: Client, console: Console) -> str:
    """The id of the rebuild; of the one under way, if there is one."""
    try:
        return str(client.post("metrics", "/v1/rebuilds", {})["id"])
    except Refused as refused:
        if refused.code != "rebuild_running":
            raise
        console.print("A rebuild is under way already; watching that one.")
        return str(client.get("metrics", "/v1/rebuilds/current")["id"])


def _watched(console: Console, client: Client, rebuild_id: str) -> dict[str, Any]:
    """The rebuild as it stands in the end."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("waiting for a worker", total=None)
        for run in _looks(client, rebuild_id):
            if run["state"] == "running":
                told = f"{run['read']} of {run['to_read']} events"
                progress.update(task, description=told, completed=run["read"], total=run["to_read"] or None)
    return run


def _looks(client: Client, rebuild_id: str) -> Iterator[dict[str, Any]]:
    """How it stands, again and again, until it is over. A service that is away for a while is waited for."""
    heard = time.monotonic()
    while True:
        try:
            run = client.get("metrics", f"/v1/rebuilds/{rebuild_id}")
        except UserError as problem:
            if time.monotonic() - heard > _PATIENCE:
                raise UserError(f"rebuild {rebuild_id} goes on unwatched: {problem}") from problem
        else:
            heard = time.monotonic()
            yield run
            if run["state"] in ("done", "failed"):
                return
        time.sleep(_LOOK_EVERY)


def _tell(console: Console, run: dict[str, Any]) -> None:
    if run["state"] == "failed":
        console.print(f"[bold red]The rebuild failed[/]: {run['error']}", soft_wrap=True)
        return
    console.print(f"{run['read']} events were counted again; the new totals are shown from now on.")
    if not run["difference_count"]:
        console.print("[green]No difference[/] to what was shown before.")
        return
    table = Table("partition", "team", "series", "was", "is", box=None)
    for found in run["differences"]:
        table.add_row(*(str(found[name]) for name in ("partition", "team", "series", "live", "rebuilt")))
    console.print(table)
    console.print(f"[bold red]{run['difference_count']} totals differed[/] from what was shown before.")
