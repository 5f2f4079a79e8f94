"""Run: `python -m shared.events.generate [--check]`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from shared.events.generate.papers import Paper, frozen_breaks, leftovers, papers, stale
from shared.events.generate.schemas import without_example

ROOT: Final = Path(__file__).parents[3]
_WAY_OUT: Final = (
    "A published schema gains optional fields only. Anything else: a new version beside the old one (docs/events.md).\n"
    "For a type that was never on any log: --replace-frozen."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when the files are as the classes say (now, or already with `--check`), else 1."""
    asked = _parser().parse_args(arguments)
    if forgotten := without_example():
        return _fail(f"no example in shared/events/examples for: {', '.join(sorted(forgotten))}")
    wanted = papers()
    breaks = frozen_breaks(asked.root, wanted)
    if breaks and (asked.check or not asked.replace_frozen):
        return _fail("\n".join([*breaks, _WAY_OUT]))
    old, left = stale(asked.root, wanted), leftovers(asked.root, wanted)
    return _checked(old, left) if asked.check else _written(asked.root, old, left, len(wanted))


def _checked(old: Sequence[Paper], left: Sequence[str]) -> int:
    if not old and not left:
        _say("schemas and papers of events are current")
        return 0
    named = [*(f"stale: {paper.path}" for paper in old), *(f"left over: {path}" for path in left)]
    return _fail("\n".join([*named, "The event classes say something else: run `make schemas`"]))


def _written(root: Path, old: Sequence[Paper], left: Sequence[str], total: int) -> int:
    for number, paper in enumerate(old, 1):
        _say(f"[{number}/{len(old)}] {paper.path}")
        (root / paper.path).parent.mkdir(parents=True, exist_ok=True)
        (root / paper.path).write_text(paper.text, encoding="utf-8")
    for path in left:
        _say(f"removed {path}")
        (root / path).unlink()
    _say(f"{total} files: {len(old)} written, {total - len(old)} were current, {len(left)} removed")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m shared.events.generate",
        description="Write the JSON Schemas, examples, docs/asyncapi.json and docs/events.md from the event classes.",
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail and name what is stale")
    parser.add_argument(
        "--replace-frozen",
        action="store_true",
        help="also change published schemas incompatibly; only for types that were never on any log",
    )
    parser.add_argument("--root", type=Path, default=ROOT, help="the project's folder (default: this one)")
    return parser


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _fail(reason: str) -> int:
    sys.stderr.write(reason + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
