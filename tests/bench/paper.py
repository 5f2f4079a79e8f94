"""What was measured, as Markdown for `docs/performance.md`: the machine, the aims and whether they are met, all tables.

`python -m tests.bench --table .local/bench.json` writes it from the figures that a run kept.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.bench.figures import Row, shown, table, value_of

ACCEPT: Final = "(a) durable accept"
DRAIN: Final = "(b) draining a backlog"
LATENCY: Final = "(c) from POST to"
REBUILD: Final = "(d) metrics rebuilt"
SIZES: Final = "(e) cost by how many there are"
MEMORY: Final = "(f) memory"
STARTUP: Final = "(f) start-up"
LEDGER: Final = "(g) promises that fall due in one second"


@dataclass(frozen=True, slots=True)
class Aim:
    """What a column of some rows should be: at least so much, or at most (`most`)."""

    table: str
    column: str
    limit: float
    where: Mapping[str, Any] = field(default_factory=dict)
    most: bool = False

    def fits(self, row: Row) -> bool:
        """It is about this row, which has the figure."""
        ours = all(row.get(name) == value for name, value in self.where.items())
        return ours and row.get(self.column) is not None

    def met(self, row: Row) -> bool:
        """By the median."""
        value = value_of(row[self.column])
        return value <= self.limit if self.most else value >= self.limit

    def judged(self, row: Row) -> Row:
        """A line of the table of aims."""
        return {
            "figure": f"{self.table}: {_which(row)}, {self.column}",
            "measured": shown(row[self.column]),
            "aim": f"{'at most' if self.most else 'at least'} {self.limit:,g}",
            "": "met" if self.met(row) else "missed",
        }


_AT_32: Final = {"connections": 32, "what": "accept"}
_CONSUMERS: Final = ("routing", "followup", "metrics")

AIMS: Final = (
    Aim(ACCEPT, "x bare", 2, _AT_32),
    Aim(ACCEPT, "p99 x bare", 1, _AT_32, most=True),
    *(Aim(DRAIN, "x bare loop", 0.6, {"what": name}) for name in _CONSUMERS),
    *(Aim(DRAIN, "events/s", 10_000, {"what": name}) for name in _CONSUMERS),
    Aim(LATENCY, "assigned p50 ms", 25, {"beside": "idle"}, most=True),
    Aim(LATENCY, "assigned p99 ms", 100, {"beside": "idle"}, most=True),
    Aim(REBUILD, "events/s", 20_000),
    *(Aim(MEMORY, "MB", 120, {"when": when}, most=True) for when in ("(a)", "(b)", "(e)")),
    Aim(SIZES, "x the fewest", 1.3, most=True),
    Aim(LEDGER, "late s p99", 2, most=True),
)
"""What issues and design ask for, by the figure that says it."""

_NAMES: Final = ("connections", "what", "beside", "events", "process", "when", "due at once", "complaints")


def _which(row: Row) -> str:
    return ", ".join(f"{shown(row[name])} {name}" if isinstance(row[name], int) else str(row[name])
                     for name in _NAMES if name in row)  # fmt: skip


def aims(tables: Mapping[str, Sequence[Row]]) -> list[Row]:
    """Each aim for which something was measured, in the order of the tables."""
    judged = {**tables, SIZES: list(_growth(tables.get(SIZES, ())))}
    return [aim.judged(row) for aim in AIMS for row in judged.get(aim.table, ()) if aim.fits(row)]


def _growth(rows: Sequence[Row]) -> Iterator[Row]:
    """What each operation costs among the most complaints, as a multiple of what it costs among the fewest."""
    for what in dict.fromkeys(row["what"] for row in rows):
        ours = sorted((row for row in rows if row["what"] == what), key=lambda row: int(row["complaints"]))
        few, many = ours[0], ours[-1]
        if few is not many:
            yield {"what": what, "complaints": many["complaints"], "x the fewest": round(_cost(many) / _cost(few), 2)}


def _cost(row: Row) -> float:
    """Microseconds of all processors together; milliseconds where that is not known. Errors have no cost: no number."""
    if value_of(row.get("bad", 0)):
        return math.nan
    spent = [value_of(cell) for name, cell in row.items() if name.startswith("CPU us ")]
    return sum(spent) if spent else value_of(row["ms p50"])


def paper(told: Mapping[str, Any]) -> str:
    """All of it. `told` is what `.local/bench.json` holds."""
    return "\n\n".join(_parts(told)) + "\n"


def _parts(told: Mapping[str, Any]) -> Iterator[str]:
    yield _header(told)
    yield table("Aims", aims(told["tables"]))
    for title in sorted(told["tables"]):
        yield table(title, told["tables"][title])
    if told["failed"]:
        yield "Not measured, because it failed: " + "; ".join(f"{n} ({why})" for n, why in told["failed"].items()) + "."


def _header(told: Mapping[str, Any]) -> str:
    on = told["machine"]
    return (
        f"`{told['command']}`, commit `{on['commit']}`, {told['minutes']} minutes: {on['cores']} cores ({on['cpu']}), "
        f"{on['memory_gb']} GB, Linux {on['kernel']}, Python {on['python']}; {'; '.join(told['servers'])}, on the "
        f"same cores. Load before: {', '.join(map(str, on['load_before']))}. {_runs(told['tables'])}Memory in (f) is "
        "the most that a process of its kind took."
    )


def _runs(tables: Mapping[str, Sequence[Row]]) -> str:
    """How many runs the medians are of."""
    counts = {
        cell["runs"] for rows in tables.values() for row in rows for cell in row.values() if isinstance(cell, dict)
    }
    if not counts:
        return ""
    few, many = min(counts), max(counts)
    return f"Medians of {few if few == many else f'{few} to {many}'} runs (lowest-highest). "
