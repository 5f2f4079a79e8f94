"""Figures: medians with their spread, percentiles, what is said about the machine, and how it all is shown."""

import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, TypeAlias

from deploy.local.files import ROOT

Row: TypeAlias = dict[str, Any]
"""Of a table: a column's name and its cell, which is a word, a number, or what `middle` gives."""


def middle(values: Sequence[float], digits: int = 0) -> Row | None:
    """The median of some runs, the lowest, the highest, and how many they are. None of none is None."""
    if not values:
        return None
    low, mid, high = (round(value, digits) for value in (min(values), median(values), max(values)))
    return {"median": mid, "low": low, "high": high, "runs": len(values), "digits": digits}


def middles(runs: Sequence[Mapping[str, float]], digits: Mapping[str, int]) -> Row:
    """The same for each of these columns; a column that no run has is left out."""
    found = {name: [run[name] for run in runs if name in run] for name in digits}
    return {name: middle(values, digits[name]) for name, values in found.items() if values}


def per(spent: Mapping[str, float], count: float, who: Mapping[str, str]) -> dict[str, float]:
    """Microseconds of processor time for each of `count` operations: `who` names the column of each process."""
    return {f"CPU us {column}": spent[name] / count * 1e6 for name, column in who.items() if name in spent}


SERVERS = {"mongodb": "MongoDB", "kafka": "Kafka"}
"""How the two are named in tables."""


def value_of(cell: Any) -> float:
    """What an aim is held against: the median, or the number itself."""
    return float(cell["median"] if isinstance(cell, dict) else cell)


def shown(cell: Any) -> str:
    """The median and, in brackets, the lowest and the highest if they differ."""
    if cell is None:
        return "-"
    if not isinstance(cell, dict):
        return f"{cell:,}" if isinstance(cell, int) else str(cell)
    low, mid, high = (f"{cell[name]:,.{cell['digits']}f}" for name in ("low", "median", "high"))
    return mid if low == high else f"{mid} ({low}-{high})"


def line(row: Row) -> str:
    """A row in words, for those who watch."""
    return ", ".join(f"{name} {shown(cell)}" for name, cell in row.items())


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def machine() -> Row:
    """What this was measured on, and how busy it was before."""
    cpus = [
        one.partition(":")[2].strip() for one in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in one
    ]
    memory = Path("/proc/meminfo").read_text().split()[1]
    return {
        "cpu": cpus[0] if cpus else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(int(memory) / 1e6, 1),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load_before": [round(one, 1) for one in os.getloadavg()],
        "commit": _commit(),
    }


def _commit() -> str:
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    return done.stdout.strip() or "unknown"


def table(title: str, rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    if not rows:
        return f"### {title}\n\nNothing was measured."
    names = list(dict.fromkeys(name for row in sorted(rows, key=len, reverse=True) for name in row))
    cells = [names, *[[shown(row[name]) if name in row else "" for name in names] for row in rows]]
    wide = [max(len(each[place]) for each in cells) for place in range(len(names))]
    lines = [
        "| " + " | ".join(cell.ljust(size) for cell, size in zip(each, wide, strict=True)) + " |" for each in cells
    ]
    lines.insert(1, "| " + " | ".join("-" * size for size in wide) + " |")
    return f"### {title}\n\n" + "\n".join(lines)
