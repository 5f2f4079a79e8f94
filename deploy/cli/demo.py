"""`palabra demo`: a busy time on a stack of its own; in the end what metrics reports beside the demo's own count."""

import asyncio
import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from deploy.demo import house, table
from deploy.demo.figures import compared, differing, reported_figures
from deploy.demo.house import House
from deploy.demo.own import Figure, own_figures
from deploy.demo.play import TROUBLE, Play, first_of
from deploy.demo.services import services_of
from deploy.local import services
from deploy.local.errors import UserError
from deploy.local.state import State

app = typer.Typer()

Compared = dict[str, dict[str, Figure]]


@app.command()
def demo(
    *,
    complaints: Annotated[int, typer.Option("--complaints", min=1, max=100_000, help="How many.")] = 200,
    rate: Annotated[float, typer.Option(min=60, max=36_000, help="Product seconds in a second.")] = 3600,
    as_json: Annotated[bool, typer.Option("--json", help="The figures as JSON, on the last line.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the stack running in the end.")] = False,
    home: Annotated[
        Path, typer.Option(envvar="PALABRA_DEMO_HOME", help="Folder of its stack.", show_default=".local/demo")
    ] = house.HOME,
) -> None:
    """Play a busy time: complaints come in, people answer, and promises are kept, broken and moved.

    It runs beside whatever else runs, on data of its own, with a clock on which an hour passes in a second. Exit code 1
    when a figure of the metrics service differs from the demo's own count.
    """
    said = Console(stderr=True, highlight=False)
    place = House(home.resolve(), rate)
    with house.alone(place.home), _told_to_end(), table.a_screen(said, complaints) as screen:
        state, figures = _run(place, screen, complaints, keep=keep)
    different = differing(figures)
    table.show(said if as_json else Console(highlight=False), figures)
    verdict = f"[bold red]They differ: {', '.join(different)}[/]" if different else "[bold green]All are equal.[/]"
    said.print(verdict)
    if keep:
        _greet(said, state, place)
    if as_json:
        typer.echo(json.dumps({"complaints": complaints, "figures": figures, "equal": not different}))
    raise typer.Exit(1 if different else 0)


def _run(place: House, screen: table.Screen, complaints: int, *, keep: bool) -> tuple[State, Compared]:
    stay = False
    try:
        state = place.enter(screen)
        screen.done(f"the product clock runs {place.rate:g} times as fast as real time")
        figures = asyncio.run(_play(state, screen, complaints))
        stay = keep
    except BaseExceptionGroup as errors:
        error = first_of(errors)
        if isinstance(error, TROUBLE):
            raise UserError(f"the demo broke off: {error!s} (logs: {place.home / 'logs'})") from error
        raise
    finally:
        if not stay:
            _leave(place, screen)
    return state, figures


async def _play(state: State, screen: table.Screen, complaints: int) -> Compared:
    async with services_of(state) as reached:
        play = Play(reached, screen)
        as_of = await play.run(complaints)
        screen.stage("asking the metrics service")
        return compared(own_figures(play.tally, as_of), await reported_figures(reached, as_of))


def _leave(place: House, screen: table.Screen) -> None:
    """Whoever is impatient now would leave something running."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        place.leave(screen)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _told_to_end() -> Iterator[None]:
    """A request to end is as good as Ctrl-C: the stack is stopped first."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _greet(console: Console, state: State, place: House) -> None:
    for name in services.NAMES:
        console.print(f"  {name:9} {services.url(state.running[name].port)}")
    console.print(f"  Key: {state.key}\n  palabra down --home {place.home} stops it.", soft_wrap=True)
