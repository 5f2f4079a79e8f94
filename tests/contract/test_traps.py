"""The table of traps in docs/measures.md names tests that are there."""

import ast
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
HEADING: Final = "## Traps, and the tests that hold them"
TRAPS: Final = 20
"""So many are in the design's list."""


def rows() -> list[tuple[str, list[str]]]:
    """Each trap, and the tests that hold it."""
    section = (ROOT / "docs" / "measures.md").read_text("utf-8").partition(HEADING)[2].partition("\n## ")[0]
    cells = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("| ")][2:]
    return [(trap.strip(), [name.strip(" `") for name in named.split("<br>")]) for trap, named in cells]


def names_in(path: str) -> set[str]:
    """The tests in that file, by their names as pytest has them."""
    found = set()
    for node in ast.parse((ROOT / "tests" / path).read_text("utf-8")).body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        functions = (each for each in inner if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
        found |= {f"{path}::{prefix}{each.name}" for each in functions}
    return found


def test_each_trap_is_held_by_tests_that_are_there() -> None:
    table = rows()
    assert len({trap for trap, _ in table}) == TRAPS
    named = [name for _, names in table for name in names]
    assert [name for name in named if name not in names_in(name.partition("::")[0])] == []
    assert all(names for _, names in table)
