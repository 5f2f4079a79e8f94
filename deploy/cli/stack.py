"""`palabra up`, `down` and `status`: the whole system on this machine."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.status import Status as ConsoleStatus
from rich.table import Table
from rich.text import Text

from deploy.local import files, follow, services
from deploy.local.stack import Stack
from deploy.local.state import State
from deploy.local.status import Status
from deploy.local.status import status as look

app = typer.Typer()
Home = Annotated[
    Path,
    typer.Option(envvar="PALABRA_HOME", help="Folder of the stack: its data, logs and state.", show_default=".local"),
]
COLOURS = {"intake": "cyan", "routing": "magenta", "followup": "green", "metrics": "yellow"}


class Screen:
    """Shows what goes on: a line that changes, and above it a line for each thing done."""

    def __init__(self, console: Console, line: ConsoleStatus) -> None:
        self.console = console
        self._line = line

    def doing(self, text: str) -> None:
        """This is being done now."""
        self._line.update(escape(text))

    def done(self, text: str) -> None:
        """This is done."""
        self.console.print(f"[green]✓[/] {escape(text)}", soft_wrap=True)


@contextmanager
def a_screen() -> Iterator[Screen]:
    """A screen whose changing line is gone at the end."""
    console = Console(highlight=False)
    with console.status("") as line:
        yield Screen(console, line)


@app.command()
def up(
    home: Home = files.HOME,
    *,
    fg: Annotated[bool, typer.Option("--fg", help="Stay, show the services' logs; Ctrl-C stops everything.")] = False,
) -> None:
    """Start MongoDB, Kafka and the four services, or whatever of them does not run.

    Data, key and clock are kept from one time to the next. Set PALABRA_MONGODB_URI or PALABRA_KAFKA to use servers of
    your own.
    """
    stack = Stack(home.resolve(), log_format="console" if fg else "json")
    signal.signal(signal.SIGTERM, _interrupt)  # told to end while it starts: what was started is stopped
    with a_screen() as screen:
        state, started = stack.up(screen)
    _greet(screen.console, stack, state, already=not started)
    if fg:
        _stay(screen.console, stack, state)


@app.command()
def down(home: Home = files.HOME) -> None:
    """Stop everything that runs; data stay. Harmless when nothing runs."""
    with a_screen() as screen:
        stopped = Stack(home.resolve()).down(screen)
    if not stopped:
        screen.console.print("Nothing was running.")


@app.command()
def status(
    home: Home = files.HOME,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: one JSON object.")] = False,
) -> None:
    """Say how the stack is; exit code 1 unless everything is up and ready."""
    report = look(Stack(home.resolve()))
    if as_json:
        typer.echo(report.model_dump_json())
    else:
        _show(Console(highlight=False), report)
    raise typer.Exit(0 if report.ready else 1)


def _greet(console: Console, stack: Stack, state: State, *, already: bool) -> None:
    console.print("[bold]Palabra is already up.[/]" if already else "[bold]Palabra is up.[/]")
    for name in stack.commands:
        console.print(f"  {name:9} {services.url(state.running[name].port)}")
    for server in filter(None, (state.kafka, state.mongodb)):
        console.print(f"  {server.server}: {escape(server.why)}", soft_wrap=True)
    _clock(console, state.clock.rate)
    console.print(f"  Key for development, with every scope: {state.key}", soft_wrap=True)
    console.print(f"  Logs: {stack.home / 'logs'}\n\nA first complaint:\n", soft_wrap=True)
    body = '{"channel": "web", "text": "My parcel never came.", "product": "parcel", '
    body += '"complainant": {"name": "Ana Ruiz", "email": "ana@example.org"}}'
    address = services.url(state.running["intake"].port)
    curl = f"curl -s {address}/v1/complaints -H 'Authorization: Bearer {state.key}' -H 'Idempotency-Key: my-first'"
    console.print(Text(f"{curl} -H 'Content-Type: application/json' -d '{body}'\n"), soft_wrap=True)


def _clock(console: Console, rate: float) -> None:
    if rate != 1:
        console.print(f"  [bold yellow]The product clock runs {rate:g} times as fast as real time.[/]")


def _stay(console: Console, stack: Stack, state: State) -> None:
    """Show the logs until Ctrl-C, a request to end, or the end of one of the stack's processes; then stop all."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    console.print("Ctrl-C stops everything.\n")
    try:
        for name, line in follow.follow(state, list(stack.commands)):
            if not line:
                console.print(f"[bold red]{name} has ended[/]; see {state.running[name].log}", soft_wrap=True)
                raise typer.Exit(1)
            prefix = Text(f"{name:8} | ", style=COLOURS.get(name, ""))
            console.print(prefix.append_text(Text.from_ansi(line)), soft_wrap=True)
    except KeyboardInterrupt:
        console.print("\nStopping.")
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with a_screen() as screen:
            stack.down(screen)


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt


def _show(console: Console, report: Status) -> None:
    table = Table("service", "address", "pid", "ready", "lag", "outbox", box=None)
    for name, service in report.services.items():
        cells = (
            service.url,
            service.pid,
            "yes" if service.ready else "no",
            report.lag.get(name),
            report.outbox.get(name),
        )
        table.add_row(name, *("-" if cell is None else str(cell) for cell in cells))
    console.print("[bold green]up[/]" if report.ready else "[bold red]not up[/]: `palabra up` starts what is missing")
    _clock(console, report.clock_rate)
    console.print(table)
    console.print(f"{report.kafka.server or 'no Kafka'} {report.kafka.address or ''}", soft_wrap=True)
    console.print(f"{report.mongodb.server or 'no MongoDB'} {report.mongodb.uri or ''}", soft_wrap=True)
    parked = "unknown" if report.parked is None else report.parked
    console.print(f"parked events: {parked}; key: {report.key or 'none yet'}", soft_wrap=True)
