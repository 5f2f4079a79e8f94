"""Figures: medians with their spread, percentiles, and what is said about the machine."""

import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, TypeAlias

from deploy.local.files import ROOT

Row: TypeAlias = dict[str, Any]


def middle(values: Sequence[float], digits: int = 0) -> str:
    """The median and, in brackets, the lowest and the highest."""
    if not values:
        return "-"
    low, mid, high = (f"{value:,.{digits}f}" for value in (min(values), median(values), max(values)))
    return mid if len(values) == 1 else f"{mid} ({low}-{high})"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def machine() -> Row:
    """What this was measured on, and how busy it was before."""
    cpus = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if "model name" in line
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
        return f"{title}: nothing measured"
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [names, *[[str(row.get(name, "")) for name in names] for row in rows]]
    wide = [max(len(line[place]) for line in cells) for place in range(len(names))]
    lines = [
        "| " + " | ".join(cell.ljust(size) for cell, size in zip(line, wide, strict=True)) + " |" for line in cells
    ]
    lines.insert(1, "| " + " | ".join("-" * size for size in wide) + " |")
    return f"### {title}\n\n" + "\n".join(lines)
