"""Where a number is computed: the modules that use its constant, so that nobody has to keep a list."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[3]


def users(module: str, constants: Iterable[str], *rooms: str) -> dict[str, list[str]]:
    """By constant: the files in these folders that name it as `module.CONSTANT`."""
    texts = {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
        for room in rooms
        for path in sorted((ROOT / room).rglob("*.py"))
    }
    return {
        constant: [path for path, text in texts.items() if re.search(rf"\b{module}\.{constant}\b", text)]
        for constant in constants
    }


def named(module: Any, kind: Any) -> dict[str, Any]:
    """By constant: what the module declares of that kind."""
    return {name: value for name, value in vars(module).items() if name.isupper() and isinstance(value, kind)}
