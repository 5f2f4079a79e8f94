"""Run: `python -m services.metrics.measures [--check]`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from services.metrics.measures.measured import untold
from services.metrics.measures.page import BEGIN, END, generated
from services.metrics.measures.sources import ROOT

PAGE: Final = "docs/measures.md"
_NEW: Final = f"# Measures\n\n{BEGIN}\n{END}\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when the page is as the classes say (now, or already with `--check`), else 1."""
    asked = _parser().parse_args(arguments)
    if lacking := untold():
        return _fail("\n".join([*lacking, "Each number needs a definition, a unit, a trap and a place."]))
    path: Path = asked.root / PAGE
    before = path.read_text("utf-8") if path.exists() else _NEW
    try:
        wanted = renewed(before)
    except ValueError:
        return _fail(f"{PAGE} has lost one of its two markers:\n{BEGIN}\n{END}")
    if path.exists() and wanted == before:
        return _say(f"{PAGE} is current")
    if asked.check:
        return _fail(f"stale: {PAGE}\nThe classes say something else: run `make schemas`")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(wanted, encoding="utf-8")
    return _say(f"{PAGE} written")


def renewed(page: str) -> str:
    """The page with the part between its markers as it must be; what stands before and behind it stays.

    Raises:
        ValueError: a marker is missing.
    """
    begin = page.index(BEGIN)
    return page[:begin] + generated() + page[page.index(END, begin) + len(END) :]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m services.metrics.measures", description=f"Write {PAGE} from the series and reports."
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail when it is stale")
    parser.add_argument("--root", type=Path, default=ROOT, help="the project's folder (default: this one)")
    return parser


def _say(line: str) -> int:
    sys.stdout.write(f"{line}\n")
    return 0


def _fail(reason: str) -> int:
    sys.stderr.write(f"{reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
