"""`palabra metrics rebuild`: everything is counted again from the log, and compared with what was shown."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from deploy.local import files, services, state
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
def rebuild(
    *,
    url: Annotated[str | None, typer.Option(envvar="PALABRA_METRICS_URL", help="Of metrics.")] = None,
    key: Annotated[str | None, typer.Option(envvar="PALABRA_KEY", help="With scope admin.")] = None,
    home: Annotated[Path, typer.Option(envvar="PALABRA_HOME", help="Of the local stack, for address and key.")] = (
        files.HOME
    ),
    as_json: Annotated[bool, typer.Option("--json", help="The result as JSON, on the last line.")] = False,
) -> None:
    """Count everything again from the beginning of the log, beside the live totals, which it then replaces.

    Exit code 1 when a total differs from the live one at the same place of the log, or when the rebuild fails.
    """
    url, key = _where(url, key, home)
    console = Console(stderr=True, highlight=False)
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=10, trust_env=False) as client:
        run = _watched(console, client, _asked(client, console))
    if as_json:
        typer.echo(httpx.Response(200, json=run).text)
    else:
        _tell(Console(highlight=False), run)
    raise typer.Exit(0 if run["state"] == "done" and not run["difference_count"] else 1)


def _asked(client: httpx.Client, console: Console) -> str:
    """The id of the rebuild; of the one under way, if there is one."""
    try:
        answer = client.post("/v1/rebuilds")
    except httpx.TransportError as error:
        raise UserError(f"metrics does not answer at {client.base_url}: {error}") from error
    body = answer.json()
    if body.get("code") == "rebuild_running":
        console.print("A rebuild is under way already; watching that one.")
        return str(body["rebuild_id"])
    if answer.is_error:
        raise UserError(f"metrics refuses: {body.get('detail', answer.text)}")
    return str(body["id"])


def _watched(console: Console, client: httpx.Client, rebuild_id: str) -> dict[str, Any]:
    """The rebuild as it stands in the end."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("waiting for a worker", total=None)
        for run in _looks(client, rebuild_id):
            if run["state"] == "running":
                told = f"{run['read']} of {run['to_read']} events"
                progress.update(task, description=told, completed=run["read"], total=run["to_read"] or None)
    return run


def _looks(client: httpx.Client, rebuild_id: str) -> Iterator[dict[str, Any]]:
    """How it stands, again and again, until it is over. A service that is away for a while is waited for."""
    heard = time.monotonic()
    while True:
        try:
            answer = client.get(f"/v1/rebuilds/{rebuild_id}")
        except httpx.TransportError:
            answer = httpx.Response(503)
        if answer.is_success:
            heard = time.monotonic()
            run: dict[str, Any] = answer.json()
            yield run
            if run["state"] in ("done", "failed"):
                return
        elif time.monotonic() - heard > _PATIENCE:
            raise UserError(f"metrics does not say any more how rebuild {rebuild_id} stands")
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


def _where(url: str | None, key: str | None, home: Path) -> tuple[str, str]:
    """Address and key: as told, else those of the local stack."""
    if url is not None and key is not None:
        return url, key
    stack = state.load(home.resolve())
    running = None if stack is None else stack.alive("metrics")
    if stack is None or (url is None and running is None):
        raise UserError("no metrics service runs here; start it with `palabra up`, or give --url and --key")
    return url or services.url(running.port if running else 0), key or stack.key
