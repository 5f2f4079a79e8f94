"""How long customers waited for a person's first answer; those who still wait are in every denominator.

By `received_at`, first cycle. Anonymous complaints have no target and are counted apart; history, which has none
either, shows its answers when asked for.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from services.metrics.domain.facts import Cycle, Facts, Response
from services.metrics.domain.reports.figures import Figures, measure
from services.metrics.domain.reports.quantiles import censored_median, median, quantile, share
from services.metrics.domain.reports.question import Question


class FirstResponseFigures(Figures):
    """How long customers waited for a person's first answer: complaints by `received_at`, their first cycle.

    Each complaint is in exactly one of the counts. History is in it only when asked for, and has no target.
    """

    fell_due: Annotated[
        int,
        measure(
            "answered_within + answered_late + unanswered + ended_unanswered: past its target, or answered.",
            trap="An answer before due counts at once, the unanswered only at due: of today's it shows the good half.",
        ),
    ]
    answered_within: Annotated[
        int,
        measure(
            "The first valid response by a person, to the customer, came at or before its target.",
            trap="By when it was said, not when it was told of: one told late is in time here, and yet overdue in "
            "`palabra_deadlines_overdue_total`.",
        ),
    ]
    answered_late: Annotated[
        int, measure("The first valid response came after its target.", trap="They were unanswered until it came.")
    ]
    unanswered: Annotated[
        int,
        measure(
            "The target has passed, and nobody has answered.",
            trap="In no average of the answered; a bounce brings a complaint back here.",
        ),
    ]
    ended_unanswered: Annotated[
        int,
        measure(
            "Withdrawn or merged after the target, without an answer.",
            trap="Who gives up waiting is no success: they stay in the denominator.",
        ),
    ]
    not_yet_due: Annotated[
        int, measure("Nobody has answered, and there is time left.", trap="In no share, until it falls due.")
    ]
    ended_before_due: Annotated[
        int,
        measure("Withdrawn or merged before the target, without an answer.", trap="In no share: nobody was late."),
    ]
    without_target: Annotated[
        int,
        measure(
            "No target applies, or routing has not set one yet.",
            trap="Grows when routing is behind; then the other counts are too small.",
        ),
    ]
    anonymous: Annotated[int, measure("Nobody can be answered.", trap="In none of the other counts, and in no median.")]
    share_within: Annotated[
        float | None,
        measure(
            "answered_within / fell_due.",
            unit="share",
            trap="Of all that fell due, not of the answered: lower than where the unanswered are left out.",
        ),
    ]
    median_elapsed_seconds: Annotated[
        float | None,
        measure("The middle wait of the answered.", unit="seconds", trap="Falls when the slow are never answered."),
    ]
    p90_elapsed_seconds: Annotated[
        float | None,
        measure(
            "Nine of ten of the answered waited no longer; between two values by linear interpolation.",
            unit="seconds",
            trap="As the median: the answered alone.",
        ),
    ]
    median_business_seconds: Annotated[
        float | None,
        measure(
            "The middle wait of the answered in working time.",
            unit="seconds",
            trap="Counted in the policy's hours, else in the owning team's: whoever has others differs by that.",
        ),
    ]
    median_censored_seconds: Annotated[
        float | None,
        measure(
            "The shortest wait by which half of all are expected to be answered (Kaplan-Meier): who still waits, or "
            "ended unanswered, counts as having waited longer.",
            unit="seconds",
            trap="Null while fewer than half are answered. No mean of rows gives the total.",
        ),
    ]


@dataclass(slots=True)
class FirstResponses:
    """One row of the report, as it grows."""

    answered_within: int = 0
    answered_late: int = 0
    unanswered: int = 0
    ended_unanswered: int = 0
    not_yet_due: int = 0
    ended_before_due: int = 0
    without_target: int = 0
    anonymous: int = 0
    elapsed: list[float] = field(default_factory=list)
    business: list[float] = field(default_factory=list)
    waits: list[tuple[float, bool]] = field(default_factory=list)

    def take(self, facts: Facts, question: Question) -> None:
        """This complaint is in the row. Each is in exactly one of the counts."""
        if facts.anonymous and not facts.historical:
            self.anonymous += 1
            return
        cycle = facts.cycles[0]
        answer = first_answer(cycle, question)
        ended = facts.ended_at if question.happened(facts.ended_at) else None
        if answer is None:
            self._take_unanswered(cycle.start, cycle.due, ended, question.as_of)
        else:
            self._take_answered(answer, cycle)

    def _take_answered(self, answer: Response, cycle: Cycle) -> None:
        self.elapsed.append(answer.elapsed_ms / 1000)
        self.waits.append((answer.elapsed_ms / 1000, True))
        if answer.business_ms is not None:
            self.business.append(answer.business_ms / 1000)
        within = within_target(answer, cycle)
        if within is None:
            self.without_target += 1
        elif within:
            self.answered_within += 1
        else:
            self.answered_late += 1

    def _take_unanswered(self, start: datetime, due: datetime | None, ended: datetime | None, as_of: datetime) -> None:
        self.waits.append((max(((ended or as_of) - start).total_seconds(), 0.0), False))
        if due is None:
            self.without_target += 1
        elif ended is not None and ended <= due:
            self.ended_before_due += 1
        elif as_of < due:
            self.not_yet_due += 1
        elif ended is not None:
            self.ended_unanswered += 1
        else:
            self.unanswered += 1

    def figures(self) -> FirstResponseFigures:
        """The row as shown."""
        fell_due = self.answered_within + self.answered_late + self.unanswered + self.ended_unanswered
        return FirstResponseFigures(
            fell_due=fell_due,
            answered_within=self.answered_within,
            answered_late=self.answered_late,
            unanswered=self.unanswered,
            ended_unanswered=self.ended_unanswered,
            not_yet_due=self.not_yet_due,
            ended_before_due=self.ended_before_due,
            without_target=self.without_target,
            anonymous=self.anonymous,
            share_within=share(self.answered_within, fell_due),
            median_elapsed_seconds=median(self.elapsed),
            p90_elapsed_seconds=quantile(self.elapsed, 0.9),
            median_business_seconds=median(self.business),
            median_censored_seconds=censored_median(self.waits),
        )


def first_answer(cycle: Cycle, question: Question) -> Response | None:
    """The earliest valid response of the cycle that had happened by `as_of`."""
    first = cycle.first()
    return first if first is not None and question.happened(first.at) else None


def within_target(answer: Response, cycle: Cycle) -> bool | None:
    """As was said with it, else by its target; None where no target applies."""
    due = answer.due or cycle.due
    if answer.within is not None or due is None:
        return answer.within
    return answer.at <= due
