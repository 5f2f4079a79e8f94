"""Whether we kept our word: promises by due date, as they stand now, seen at an instant."""

from dataclasses import dataclass, field
from typing import Annotated

from services.metrics.domain.promise_fact import PromiseFact
from services.metrics.domain.reports.figures import Figures, measure
from services.metrics.domain.reports.quantiles import median, share
from services.metrics.domain.reports.question import Question
from shared.events.vocabulary import PromiseStatus


class PromiseFigures(Figures):
    """Did we keep our word? Promises by their due, split by who gave the word: a person, or the system.

    All in the ledger; `made_to=customer` or `made_to=inner` (to colleagues) asks for a part.
    due = kept + broken + attempted + renegotiated + withdrawn + open.
    """

    due: Annotated[
        int,
        measure(
            "All that fall due in the span and had been made by `as_of`.",
            unit="promises",
            trap="By due, not by when they were made: `palabra_promises_made_total` counts others.",
        ),
    ]
    kept: Annotated[
        int,
        measure(
            "Evidence that it was done inside its window.",
            unit="promises",
            trap="Corrected when evidence turns out to have failed, or is heard of late.",
        ),
    ]
    broken: Annotated[
        int,
        measure(
            "No evidence at due.",
            unit="promises",
            trap="Stays broken when it is fulfilled later, or moved after due.",
        ),
    ]
    attempted: Annotated[
        int,
        measure(
            "At due somebody had tried as promised, and the customer could not be reached.",
            unit="promises",
            trap="Neither kept nor broken: in no share.",
        ),
    ]
    renegotiated: Annotated[
        int,
        measure(
            "The customer agreed to another time before due.",
            unit="promises",
            trap="The promise that takes its place is one of its own: many of them make share_kept look better, not "
            "share_first_word_kept.",
        ),
    ]
    withdrawn: Annotated[
        int, measure("The customer wanted it no longer.", unit="promises", trap="Only customers withdraw one.")
    ]
    open: Annotated[
        int,
        measure(
            "Not settled by `as_of`.",
            unit="promises",
            trap="In no share. Past due it is one that the timer has not reached yet.",
        ),
    ]
    late: Annotated[
        int, measure("Of the broken: fulfilled after due.", unit="promises", trap="No sixth outcome: it is in broken.")
    ]
    renegotiated_after_due: Annotated[
        int,
        measure("Of the broken: moved after due.", unit="promises", trap="In broken, and not in renegotiated."),
    ]
    share_kept: Annotated[
        float | None,
        measure(
            "kept / (kept + broken).", unit="share", trap="Flattered by renegotiation; read share_first_word_kept too."
        ),
    ]
    share_first_word_kept: Annotated[
        float | None,
        measure(
            "kept / (kept + broken + renegotiated), over promises that replace no other.",
            unit="share",
            trap="A moved word counts as not kept, also where the customer asked for it.",
        ),
    ]
    median_margin_seconds: Annotated[
        float | None,
        measure(
            "The middle of due less the instant of the evidence, over the kept.",
            unit="seconds",
            trap="The kept alone: it says nothing of how late the broken were.",
        ),
    ]


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
            self.renegotiated_after_due += _moved(promise, question)
        if status == "kept" and promise.evidence_at is not None:
            self.margins.append((promise.due - promise.evidence_at).total_seconds())

    def figures(self) -> PromiseFigures:
        """The row as shown. Promises kept = kept / (kept + broken); a renegotiated first word is not kept."""
        count, first = self.by_status.get, self.first_words.get
        kept, broken = count("kept", 0), count("broken", 0)
        first_kept = first("kept", 0)
        return PromiseFigures(
            due=sum(self.by_status.values()),
            kept=kept,
            broken=broken,
            attempted=count("attempted", 0),
            renegotiated=count("renegotiated", 0),
            withdrawn=count("withdrawn", 0),
            open=count("open", 0),
            late=self.late,
            renegotiated_after_due=self.renegotiated_after_due,
            share_kept=share(kept, kept + broken),
            share_first_word_kept=share(first_kept, first_kept + first("broken", 0) + first("renegotiated", 0)),
            median_margin_seconds=median(self.margins),
        )


def _moved(promise: PromiseFact, question: Question) -> bool:
    """Whether it had been moved after due by `as_of`; where nobody wrote down when, it had."""
    return promise.renegotiated_after_due and (promise.moved_at is None or question.happened(promise.moved_at))


def status_at(promise: PromiseFact, question: Question) -> PromiseStatus:
    """How it stood at `as_of`; a broken one is broken from its due instant."""
    settled = promise.settled_at
    if promise.status == "broken":
        settled = promise.broken_at or settled
    if promise.status != "open" and settled is not None and not question.happened(settled):
        return "open"
    return promise.status
