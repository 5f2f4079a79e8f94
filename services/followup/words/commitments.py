"""What both languages share in reading a commitment: where it stands, and what kind of promise it is."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.followup.words.found import PromiseKind
from services.followup.words.pieces import TimeWords


@dataclass(frozen=True, slots=True)
class Commitment:
    """A part of the text that gives our word. `kind` None: what is given decides, else it is `otherwise`.

    `unsure`: the same words may tell of something past ("le llamamos").
    """

    start: int
    end: int
    kind: PromiseKind | None
    otherwise: PromiseKind
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Grammar:
    """How one language promises, and what in a sentence says that it does not."""

    times: TimeWords
    spell: Callable[[str], str]
    commitments: Callable[[str, int, int], Sequence[Commitment]]
    nouns: Sequence[tuple[PromiseKind, re.Pattern[str]]]
    spoils: re.Pattern[str]
    condition: re.Pattern[str]
    negation: re.Pattern[str]
    no_negation: re.Pattern[str]
    border: re.Pattern[str]
    coming: re.Pattern[str]
    told_past: re.Pattern[str]


def kind_of(one: Commitment, text: str, start: int, end: int, grammar: Grammar) -> PromiseKind:
    """The kind of promise: by the verb; else by the first thing named behind it, else by the last one before it."""
    if one.kind is not None:
        return one.kind
    behind = min(_named(text, one.start, end, grammar), default=None)
    if behind is not None:
        return behind[1]
    before = max(_named(text, start, one.start, grammar), default=None)
    return before[1] if before is not None else one.otherwise


def _named(text: str, start: int, end: int, grammar: Grammar) -> list[tuple[int, PromiseKind]]:
    return [(match.start(), kind) for kind, noun in grammar.nouns if (match := noun.search(text, start, end))]
