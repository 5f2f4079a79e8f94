"""`palabra audit`: every complaint's last event in each service against what every other service has heard of it."""

import heapq
import itertools
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, NamedTuple

import typer
from rich.console import Console
from rich.status import Status

from deploy.cli.client import AsJson, Client, Home, Key, Service, Url, a_client, as_json_text
from deploy.local import files

app = typer.Typer()

SOURCES: Final = ("intake", "routing", "followup")
"""Who says events. Metrics says none."""
CONSUMERS: Final = ("routing", "followup", "metrics", "intake")
_NAMED: Final = 20
_PAGE: Final = 1000
_NAP_SECONDS: Final = 0.5


class Mark(NamedTuple):
    """How far one service's document of a complaint is."""

    id: str
    seq: int
    applied: Mapping[str, int]
    parked: bool = False


class Debt(NamedTuple):
    """Events of a complaint that a consumer has not heard: after `heard`, up to `said`, of that source."""

    complaint_id: str
    consumer: str
    source: str
    heard: int
    said: int
    parked: bool

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is about, however large."""
        return self.complaint_id, self.consumer, self.source


def debts(complaint_id: str, marks: Mapping[str, Mark]) -> Iterator[Debt]:
    """What each consumer has still to hear of this complaint. A service is not compared with itself."""
    for source in SOURCES:
        said = marks[source].seq if source in marks else 0
        for consumer in CONSUMERS:
            mark = marks.get(consumer, Mark(complaint_id, 0, {}))
            heard = mark.applied.get(source, 0)
            if consumer != source and heard < said:
                yield Debt(complaint_id, consumer, source, heard, said, mark.parked)


def side_by_side(streams: Mapping[str, Iterable[Mark]]) -> Iterator[tuple[str, dict[str, Mark]]]:
    """Each complaint with the mark of every service that knows it. The streams are in the order of their ids."""
    named = [_named(name, stream) for name, stream in streams.items()]
    for complaint_id, group in itertools.groupby(heapq.merge(*named, key=_by_id), key=_by_id):
        yield complaint_id, {name: mark for _, name, mark in group}


def _named(name: str, stream: Iterable[Mark]) -> Iterator[tuple[str, str, Mark]]:
    for mark in stream:
        yield mark.id, name, mark


def _by_id(row: tuple[str, str, Mark]) -> str:
    return row[0]


@dataclass(slots=True)
class Look:
    """One look at everything. At most `most` of what is owed are remembered."""

    most: int = 100_000
    complaints: int = 0
    behind: Counter[str] = field(default_factory=Counter)
    owed: dict[tuple[str, str, str], int] = field(default_factory=dict)
    """Up to which event each had to hear."""
    whole: bool = True
    """Everything owed is remembered."""

    def take(self, complaint_id: str, marks: Mapping[str, Mark]) -> None:
        """One complaint more."""
        self.complaints += any(marks[source].seq for source in SOURCES if source in marks)
        found = list(debts(complaint_id, marks))
        self.behind.update({debt.consumer for debt in found})
        for debt in found:
            if len(self.owed) < self.most:
                self.owed[debt.key] = debt.said
            else:
                self.whole = False

    def still_owed(self, debt: Debt) -> bool:
        """Whether it was so at this look already; what was said since may be on its way."""
        wanted = self.owed.get(debt.key)
        return not self.whole if wanted is None else debt.heard < wanted


@dataclass(slots=True)
class Missing:
    """The complaints of which some service misses something; `parked`: it lies there, kept aside."""

    count: int = 0
    parked: int = 0
    named: list[Debt] = field(default_factory=list)

    def take(self, before: Look, complaint_id: str, marks: Mapping[str, Mark]) -> None:
        """One complaint more."""
        found = [debt for debt in debts(complaint_id, marks) if before.still_owed(debt)]
        if found:
            self.count += 1
            self.parked += all(debt.parked for debt in found)
            self.named += found[: _NAMED - len(self.named)]


class Audit:
    """An audit under way, over the services' own word."""

    def __init__(self, client: Client, line: Status) -> None:
        self._client = client
        self._line = line

    def run(self, wait_seconds: float) -> tuple[Look, Missing, bool]:
        """What was behind at first, what is missing after waiting, and whether everything had come to rest by then."""
        first, missing = Look(), Missing()
        for complaint_id, marks in self._marks("comparing"):
            first.take(complaint_id, marks)
        if not first.behind:
            return first, missing, True
        rested = self._rest(wait_seconds)
        for complaint_id, marks in self._marks("comparing again"):
            missing.take(first, complaint_id, marks)
        return first, missing, rested

    def _marks(self, doing: str) -> Iterator[tuple[str, dict[str, Mark]]]:
        for count, row in enumerate(side_by_side({name.value: self._stream(name) for name in Service}), 1):
            if count % _PAGE == 0:
                self._line.update(f"{doing}: {count} complaints")
            yield row

    def _stream(self, service: str) -> Iterator[Mark]:
        for item in self._client.items(service, f"/v1/services/{service}/marks", limit=_PAGE):
            yield Mark(item["id"], item["seq"], item["applied"], item["parked"])

    def _rest(self, seconds: float) -> bool:
        """Outboxes and lags were seen at zero twice: what was in an outbox at first is on the log then, and heard."""
        until, quiet = time.monotonic() + seconds, 0
        while quiet < 2:  # noqa: PLR2004 - said above
            if time.monotonic() > until:
                return False
            said = [self._client.get(name, f"/v1/services/{name}/status") for name in Service]
            lag, outbox = sum(abs(one["lag"]) for one in said), sum(one["outbox"] for one in said)
            quiet = 0 if lag or outbox else quiet + 1
            self._line.update(f"waiting: {outbox} events to be said, {lag} to be heard")
            time.sleep(_NAP_SECONDS)
        return True


@app.command()
def audit(
    *,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait at most for what is only late.")] = 60,
    home: Home = files.HOME,
    url: Url = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Compare every complaint's last event with what each service has heard; exit code 1 when anything is missing.

    `behind`: complaints that a service had not heard all of at the first look. `missing`: complaints of which it still
    had not once nothing was under way any more; `parked` of them lie kept aside, see `palabra parked`.
    """
    console = Console(stderr=True, highlight=False)
    with a_client(home, url, key) as client, console.status("comparing") as line:
        first, missing, rested = Audit(client, line).run(wait)
    behind = {consumer: first.behind[consumer] for consumer in CONSUMERS}
    if as_json:
        figures: dict[str, Any] = {"complaints": first.complaints, "behind": behind, "missing": missing.count}
        typer.echo(as_json_text({**figures, "parked": missing.parked, "at_rest": rested}))
    else:
        _tell(first, missing, behind)
    for debt in missing.named:
        aside = " (parked)" if debt.parked else ""
        told = f"{debt.consumer} has heard {debt.heard} of {debt.said} events of {debt.source}"
        console.print(f"{debt.complaint_id}: {told}{aside}", soft_wrap=True, markup=False)
    if not rested:
        console.print(
            f"After {wait:g} s events were still under way: wait longer with --wait, or see `palabra status`."
        )
    raise typer.Exit(1 if missing.count else 0)


def _tell(first: Look, missing: Missing, behind: Mapping[str, int]) -> None:
    typer.echo(f"{first.complaints} complaints compared.")
    for consumer, count in behind.items():
        if count:
            typer.echo(f"{consumer} was behind in {count} at the first look.")
    verdict = f"{missing.count} complaints miss events, {missing.parked} of them parked."
    typer.echo(verdict if missing.count else "Nothing is missing.")
