"""How a complaint is read: category, severity, priority, language and treatment, each with its reasons. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.routing.domain.rules import Rules
from services.routing.domain.words import READ_AT_MOST, tokens
from shared.events.intake import ComplaintReceived, MessageReceived
from shared.events.vocabulary import Priority, Severity, Signal, TreatmentDimension

PRIORITIES: Final[tuple[Priority, ...]] = ("urgent", "high", "normal", "low")
PRODUCT_POINTS: Final = 2
"""A product's name counts as much as two words of the text."""
DEFAULT_LANGUAGE: Final = "en"

Found = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a complaint is read. `why` is never empty."""

    category: str
    severity: Severity
    priority: Priority
    language: str
    treatment: tuple[TreatmentDimension, ...]
    angry: bool
    why: tuple[str, ...]


@dataclass(slots=True)
class _Desk:
    """One complaint on the desk of whoever reads it, and the reasons written down so far."""

    said: ComplaintReceived
    rules: Rules
    words: Sequence[str]
    letters: frozenset[str]
    found: Found
    why: list[str] = field(default_factory=list)

    def has(self, tag: str) -> str | None:
        """The first phrase found under the tag."""
        return next(iter(self.found.get(tag, ())), None)


def read(said: ComplaintReceived, rules: Rules) -> Reading:
    """The complaint as the tables see it. The same words are always read the same way."""
    text = "\n".join(part for part in (said.subject, said.text) if part)
    words = tokens(text)
    desk = _Desk(said, rules, words, frozenset(text[:READ_AT_MOST].casefold()), rules.lexicon.find(words))
    category = _category(desk)
    severity = _severity(desk, category)
    priority = _raised(desk, rules.matrix[severity][_urgency(desk)])
    treatment = tuple(name for name in rules.treatment if desk.has(f"treatment:{name}"))
    desk.why += [f'treatment {name}: "{desk.has(f"treatment:{name}")}"' for name in treatment]
    language = _language(desk)
    angry = _signal(desk, "anger") is not None
    return Reading(category, severity, priority, language, treatment, angry, tuple(desk.why))


def is_angry(said: MessageReceived, rules: Rules) -> bool:
    """Whether whoever took the customer's further words says so, or the words do."""
    return "anger" in said.signals or bool(rules.lexicon.find(tokens(said.text)).get("signal:anger"))


def _category(desk: _Desk) -> str:
    given = (desk.said.category or "").strip()
    if given:
        known = desk.rules.names.get(given.casefold())
        desk.why.append(f"category {known or given}: so it was given")
        return known or given
    if by_kind := desk.rules.kinds.get(desk.said.kind):
        desk.why.append(f"category {by_kind}: by its kind, {desk.said.kind}")
        return by_kind
    hints = desk.rules.products.find(tokens(desk.said.product or ""))
    points = {
        name: len(desk.found.get(f"category:{name}", ())) + (PRODUCT_POINTS if name in hints else 0)
        for name in desk.rules.categories
    }
    best = max(points, key=points.__getitem__)
    if not points[best]:
        desk.why.append("category general: nothing in the tables fits")
        return "general"
    reasons = [f'"{words}"' for words in desk.found.get(f"category:{best}", ())[:3]]
    reasons += [f'product "{desk.said.product}"'] if best in hints else []
    desk.why.append(f"category {best}: {', '.join(reasons)}")
    return best


def _signal(desk: _Desk, signal: Signal) -> str | None:
    """How it is known, or None."""
    if signal in desk.said.signals:
        return "signalled"
    words = desk.has(f"signal:{signal}")
    return f'"{words}"' if words else None


def _severity(desk: _Desk, category: str) -> Severity:
    grade, reason = _severity_and_reason(desk, category)
    desk.why.append(f"severity {grade}: {reason}")
    return grade


def _severity_and_reason(desk: _Desk, category: str) -> tuple[Severity, str]:
    if safety := _signal(desk, "safety"):
        return "high", f"safety, {safety}"
    if desk.said.kind in desk.rules.quiet_kinds:
        return "low", f"a {desk.said.kind}"
    if words := desk.has("severity:high"):
        return "high", f'"{words}"'
    if words := desk.has("severity:low"):
        return "low", f'"{words}"'
    entry = desk.rules.categories.get(category)
    if entry is None:
        return "medium", "the category is not in the table"
    return entry.severity, f"usual for {category}"


def _urgency(desk: _Desk) -> Severity:
    grade, reason = _urgency_and_reason(desk)
    desk.why.append(f"urgency {grade}: {reason}")
    return grade


def _urgency_and_reason(desk: _Desk) -> tuple[Severity, str]:
    if safety := _signal(desk, "safety"):
        return "high", f"safety, {safety}"
    if words := desk.has("urgency:high"):
        return "high", f'"{words}"'
    if desk.said.kind in desk.rules.quiet_kinds:
        return "low", f"a {desk.said.kind}"
    if words := desk.has("urgency:low"):
        return "low", f'"{words}"'
    return "medium", "nothing says otherwise"


def _raised(desk: _Desk, priority: Priority) -> Priority:
    if safety := _signal(desk, "safety"):
        desk.why.append(f"priority urgent: safety, {safety}")
        return "urgent"
    desk.why.append(f"priority {priority}: severity and urgency")
    rank = PRIORITIES.index(priority)
    for reason in _raises(desk):
        rank = max(rank - 1, 0)
        desk.why.append(f"priority raised to {PRIORITIES[rank]}: {reason}")
    return PRIORITIES[rank]


def _raises(desk: _Desk) -> list[str]:
    said, raises = desk.said, desk.rules.raises
    reasons = []
    if said.contacts_before >= raises.contacts_before:
        reasons.append(f"contact number {said.contacts_before + 1}")
    signals: tuple[Signal, ...] = ("anger", "vulnerable")
    reasons += [f"{signal}, {seen}" for signal in signals if (seen := _signal(desk, signal))]
    stake = said.amount_at_stake
    limit = raises.amounts.get(stake.currency) if stake else None
    if stake and limit is not None and stake.value >= limit:
        reasons.append(f"{stake.value} {stake.currency} at stake")
    return reasons


def _language(desk: _Desk) -> str:
    given = tokens(desk.said.complainant.language or "")[:1]
    if given:
        desk.why.append(f"language {given[0]}: so it was given")
        return given[0]
    letters = {name: len(desk.letters & set(known)) for name, known in desk.rules.letters.items()}
    points = {
        name: letters.get(name, 0) + sum(word in known for word in desk.words)
        for name, known in desk.rules.language_words.items()
    }
    best = max(points, key=points.__getitem__, default=DEFAULT_LANGUAGE)
    runner_up = max((score for name, score in points.items() if name != best), default=0)
    if points.get(best, 0) > runner_up:
        desk.why.append(f"language {best}: by its words")
        return best
    desk.why.append(f"language {DEFAULT_LANGUAGE}: nothing says otherwise")
    return DEFAULT_LANGUAGE
