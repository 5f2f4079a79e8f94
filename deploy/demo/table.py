"""What the demo shows: how far it is, and in the end the two counts side by side."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from deploy.demo.house import ZONE
from deploy.demo.own import Figure
from deploy.demo.tally import Tally

_TITLES: Final = {
    "first_response": "Time to first response",
    "promises": "Promises kept",
    "promises_by_people": "… said by people",
    "promises_by_system": "… said by the system",
    "complaints": "Complaints",
    "steps": "The seven steps, at every closing",
    "funnel": "How far complaints got",
    "totals": "The totals for Prometheus (/metrics)",
}


class Screen:
    """How far it is: the product clock, what came in, who was answered, which stories are told to their end."""

    def __init__(self, progress: Progress, complaints: int) -> None:
        self._progress = progress
        self._clock = progress.add_task("product clock", total=None, said="")
        names = ("handed in", "answered by a person", "told to the end")
        self._bars = {name: progress.add_task(name, total=complaints, said="") for name in names}
        self._stage = progress.add_task("", total=None, said="", visible=False)

    def doing(self, text: str) -> None:
        """This is being done now."""
        self._progress.update(self._stage, description=escape(text), visible=True)

    def done(self, text: str) -> None:
        """This is done; it stays on the screen."""
        self._progress.console.print(f"[green]✓[/] {escape(text)}", soft_wrap=True)

    def stage(self, text: str) -> None:
        """This part begins."""
        self.doing(text)
        if not self._progress.console.is_terminal:
            self._progress.console.print(escape(text), soft_wrap=True)

    def step(self, now: datetime, tally: Tally, posted: int) -> None:
        """So far it is."""
        self._progress.update(self._clock, said=now.astimezone(ZONE).strftime("%a %d %b %H:%M"))
        words = tally.words("person")
        kept = sum(word.standing(now) == "kept" for word in words)
        broken = sum(word.standing(now) == "broken" for word in words)
        self._set("handed in", posted, f"{tally.repeats} sent twice on purpose")
        self._set("answered by a person", tally.answered(), f"{len(words)} promises, {kept} kept, {broken} broken")
        self._set("told to the end", tally.told, "")

    def _set(self, name: str, completed: int, said: str) -> None:
        task: TaskID = self._bars[name]
        self._progress.update(task, completed=completed, said=said)


@contextmanager
def a_screen(console: Console, complaints: int) -> Iterator[Screen]:
    """A screen while the block runs."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(30),
        TextColumn("{task.fields[said]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield Screen(progress, complaints)


def show(console: Console, figures: Mapping[str, Mapping[str, Figure]]) -> None:
    """The two counts side by side, section by section; where they differ it is red."""
    table = Table("", "metrics service", "demo's own count", box=None, header_style="bold", pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for section, names in groupby(figures, key=lambda name: name.partition(".")[0]):
        table.add_row(Text(_TITLES.get(section, section), style="bold cyan"))
        for name in names:
            figure = figures[name]
            style = "" if figure["demo"] == figure["metrics"] else "bold red"
            label = name.partition(".")[2]
            cells = [words(label, figure["metrics"]), words(label, figure["demo"])]
            table.add_row(f"  {_label(label)}", *cells, style=style)
    console.print(table)


def _label(name: str) -> str:
    return name.removesuffix("_sum").removesuffix("_seconds").replace("_", " ")


def words(name: str, figure: Figure) -> str:
    """A figure as people read it: shares in percent, seconds as days, hours and minutes."""
    if figure is None:
        return "-"
    if name.startswith("share_"):
        return f"{figure:.1%}"
    if "_seconds" in name:
        return _span(figure)
    return str(figure)


def _span(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours:02} h {minutes:02} min"
    return f"{hours} h {minutes:02} min {rest:06.3f} s"
