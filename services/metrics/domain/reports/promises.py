"""Whether we kept our word: promises by due date, as they stand now, seen at an instant."""

from dataclasses import dataclass, field
from typing import Any

from services.metrics.domain.facts import PromiseFact
from services.metrics.domain.reports.quantiles import median, share
from services.metrics.domain.reports.question import Question
from shared.events.vocabulary import PromiseStatus


@dataclass(slots=True)
class Promises:
    """One row of the report, as it grows."""

    by_status: dict[PromiseStatus, int] = field(default_factory=dict)
    first_words: dict[PromiseStatus, int] = field(default_factory=dict)
    late: int = 0
    renegotiated_after_due: int = 0
    margins: list[float] = field(default_factory=list)

    def take(self, promise: PromiseFact, question: Question) -> None:
        """This promise is in the row."""
        status = status_at(promise, question)
        self.by_status[status] = self.by_status.get(status, 0) + 1
        if promise.replaces is None:
            self.first_words[status] = self.first_words.get(status, 0) + 1
        if status == "broken":
            self.late += question.happened(promise.late_at)
            self.renegotiated_after_due += promise.renegotiated_after_due
        if status == "kept" and promise.evidence_at is not None:
            self.margins.append((promise.due - promise.evidence_at).total_seconds())

    def figures(self) -> dict[str, Any]:
        """The row as shown. Promises kept = kept / (kept + broken); a renegotiated first word is not kept."""
        count, first = self.by_status.get, self.first_words.get
        kept, broken = count("kept", 0), count("broken", 0)
        first_kept = first("kept", 0)
        return {
            "due": sum(self.by_status.values()),
            "kept": kept,
            "broken": broken,
            "attempted": count("attempted", 0),
            "renegotiated": count("renegotiated", 0),
            "withdrawn": count("withdrawn", 0),
            "open": count("open", 0),
            "late": self.late,
            "renegotiated_after_due": self.renegotiated_after_due,
            "share_kept": share(kept, kept + broken),
            "share_first_word_kept": share(first_kept, first_kept + first("broken", 0) + first("renegotiated", 0)),
            "median_margin_seconds": median(self.margins),
        }


def status_at(promise: PromiseFact, question: Question) -> PromiseStatus:
    """How it stood at `as_of`; a broken one is broken from its due instant."""
    settled = promise.settled_at
    if promise.status == "broken":
        settled = promise.broken_at or settled
    if promise.status != "open" and settled is not None and not question.happened(settled):
        return "open"
    return promise.status
