"""What both languages share in reading a commitment: where it stands, and what kind of promise it is."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from services.followup.words.found import PromiseKind
from services.followup.words.pieces import TimeWords
from services.followup.words.shapes import one_of, shape

Doubt = Literal["", "past", "bare"]

_MOVABLE: Final = "_moves"


def verbs(table: Iterable[tuple[PromiseKind, bool, Iterable[str]]]) -> str:
    """Any of these verbs, as part of a template; what it promises is the name of the group that matched.

    Of each: what it promises; whether what is given decides instead ("send" a refund, a technician); its forms.
    """
    groups: dict[str, list[str]] = {}
    for kind, movable, forms in table:
        groups.setdefault(kind + _MOVABLE * movable, []).extend(forms)
    return one_of(*(f"(?P<{name}>{one_of(*sorted(each, key=len, reverse=True))})" for name, each in groups.items()))


@dataclass(frozen=True, slots=True)
class Way:
    """One way to give one's word. Without a kind, the verb in it says which; without one, what is given does.

    `doubt`: "past": a form in "-mos" may be past ("le llamamos"); "bare": it counts only beside words that look ahead.
    `follows`: it counts only behind another one ("and ring you").
    """

    says: re.Pattern[str]
    kind: PromiseKind | None
    otherwise: PromiseKind
    doubt: Doubt
    follows: bool


def ways(
    *says: str,
    kind: PromiseKind | None = None,
    otherwise: PromiseKind = "other",
    doubt: Doubt = "",
    follows: bool = False,
) -> tuple[Way, ...]:
    """Each of these, as one way to say the same."""
    return tuple(Way(shape(each), kind, otherwise, doubt, follows) for each in says)


@dataclass(frozen=True, slots=True)
class Commitment:
    """A part of the text that gives our word. `kind` None: what is given decides, else it is `otherwise`.

    `doubt`: the same words may tell of something past, or of no promise at all; see `Way`.
    """

    start: int
    end: int
    kind: PromiseKind | None
    otherwise: PromiseKind
    doubt: Doubt = ""


@dataclass(frozen=True, slots=True)
class Grammar:
    """How one language promises, and what in a sentence says that it does not.

    Promises: `ways`, the `times` they are for, `nouns` that tell what is given, `by_phone` behind an answer. Guards,
    read without the `harmless` phrases that only look like one: `spoils` a whole sentence (somebody else's word,
    sarcasm, a doubt, opening hours); `denial` in its clause; a `condition` (its groups: `embedded`, "let you know if";
    `when`, which a time of its own outlives); an `order` to the customer, `joined` to what they get for it;
    `told_past`, unless something is `coming`. `telling` ("le confirmo que") announces another commitment; a `border`
    ends a clause; a `pronoun` stands for something named before.
    """

    times: TimeWords
    spell: Callable[[str], str]
    ways: Sequence[Way]
    by_phone: re.Pattern[str]
    nouns: Sequence[tuple[PromiseKind, re.Pattern[str]]]
    harmless: re.Pattern[str]
    spoils: re.Pattern[str]
    condition: re.Pattern[str]
    order: re.Pattern[str]
    joined: re.Pattern[str]
    telling: re.Pattern[str]
    pronoun: re.Pattern[str]
    denial: re.Pattern[str]
    border: re.Pattern[str]
    coming: re.Pattern[str]
    told_past: re.Pattern[str]


def commitments(text: str, start: int, end: int, grammar: Grammar) -> list[Commitment]:
    """Where the text between the two gives our word, in order; of those that overlap, the first and longest."""
    found: list[Commitment] = []
    for follows, one in sorted(_all(text, start, end, grammar), key=lambda each: (each[1].start, -each[1].end)):
        if (found or not follows) and (not found or one.start >= found[-1].end):
            found.append(one)
    return [one for one in found if not grammar.telling.match(text, one.end, end)]


def _all(text: str, start: int, end: int, grammar: Grammar) -> Iterator[tuple[bool, Commitment]]:
    for way in grammar.ways:
        for match in way.says.finditer(text, start, end):
            yield way.follows, _commitment(way, match, grammar)


def _commitment(way: Way, match: re.Match[str], grammar: Grammar) -> Commitment:
    name, form = next(((name, form) for name, form in match.groupdict().items() if form), ("", ""))
    kind = next((kind for kind in get_args(PromiseKind) if kind == name.removesuffix(_MOVABLE)), None)
    doubt: Doubt = "" if way.doubt == "past" and not form.endswith("mos") else way.doubt
    if kind is None:
        return Commitment(*match.span(), way.kind, way.otherwise, doubt)
    firm = None if name.endswith(_MOVABLE) else kind
    if kind == "answer" and grammar.by_phone.match(match.string, match.end()):
        firm = "callback"
    return Commitment(*match.span(), way.kind or firm, kind, doubt)


def kind_of(one: Commitment, text: str, start: int, end: int, grammar: Grammar) -> PromiseKind:
    """The kind of promise: by the verb, else by what is first named behind it, else before it ("your refund will")."""
    if one.kind is not None:
        return one.kind
    borders = [match.end() for match in grammar.border.finditer(text, start, one.start)]
    clause = start if grammar.pronoun.match(text, one.start) or not borders else borders[-1]
    for begin, stop in ((one.end, end), (clause, one.end)):
        named = [(noun.start(), kind) for kind, each in grammar.nouns if (noun := each.search(text, begin, stop))]
        if named:
            return min(named)[1]
    return one.otherwise
