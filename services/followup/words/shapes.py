"""A little notation that keeps patterns readable: a space stands for white space, each line is one way to say it."""

import re
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def spaced(template: str) -> str:
    """The regular expression: " ?" is white space that may be absent, " " white space that is there."""
    return template.replace(" ?", r"\s*").replace(" ", r"\s+")


def listed(text: str) -> tuple[str, ...]:
    """The words of a list, written with white space between them; "_" stands for a space inside one."""
    return tuple(word.replace("_", " ") for word in text.split())


def one_of(*ways: str) -> str:
    """Any of these, as part of a template."""
    return f"(?:{'|'.join(ways)})"


def whole(template: str) -> re.Pattern[str]:
    """A pattern for all of a text, or for how it begins."""
    return re.compile(spaced(template))


def shape(*ways: str) -> re.Pattern[str]:
    """A pattern that one of these ways of saying it matches, from where a word or an amount begins."""
    return re.compile(rf"(?<!\w)(?<!\d[.,:/-])(?<![€$£/])(?:{'|'.join(map(spaced, ways))})")


def said(*ways: str) -> re.Pattern[str]:
    """A pattern for whole words, wherever they stand."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(spaced, ways))})(?!\w)")


def ending(*ways: str) -> re.Pattern[str]:
    """A pattern for what stands at the end of a text, before something else."""
    return re.compile(rf"\b(?:{'|'.join(map(spaced, ways))})\s*$")


def shapes(table: Iterable[tuple[T, str]]) -> tuple[tuple[T, re.Pattern[str]], ...]:
    """The table, each way of saying it as a pattern of its own, in order."""
    return tuple((what, shape(way)) for what, way in table)
