"""Attempts: somebody tried as promised, and the customer could not be reached."""

from typing import Final

from services.followup.domain.parts import LedgerEntry
from shared.events.values import Evidence
from shared.events.vocabulary import EvidenceType

_BY_CHANNEL: Final[dict[str, frozenset[EvidenceType]]] = {
    "phone": frozenset({"call"}),
    "counter": frozenset({"visit"}),
    "letter": frozenset({"document", "message"}),
    "fax": frozenset({"document", "message"}),
}
_BY_KIND: Final[dict[str, frozenset[EvidenceType]]] = {
    "callback": frozenset({"call"}),
    "visit": frozenset({"visit"}),
    "delivery": frozenset({"visit"}),
}


def counting_attempt(entry: LedgerEntry) -> Evidence | None:
    """The newest attempt inside the window and by the promised channel, or None."""
    return next((each for each in reversed(entry.attempts) if is_attempt(entry, each)), None)


def is_attempt(entry: LedgerEntry, evidence: Evidence) -> bool:
    """Whether this is an attempt of what was promised: inside its window, by its channel."""
    expected = _BY_KIND.get(entry.kind)
    if entry.channel:
        expected = _BY_CHANNEL.get(entry.channel, frozenset({"message"}))
    at = evidence.occurred_at
    return at is not None and entry.window_holds(at) and (expected is None or evidence.type in expected)
