"""What came in, and how it ended: complaints by `received_at`, and how far they got."""

from dataclasses import dataclass, field
from typing import Annotated, Final

from services.metrics.domain.facts import Facts
from services.metrics.domain.reports.figures import FIRST_CYCLE, Figures, measure
from services.metrics.domain.reports.first_response import first_answer
from services.metrics.domain.reports.quantiles import median
from services.metrics.domain.reports.question import Question

SATISFIED_FROM: Final = 4
"""Of five. Silence is no satisfaction."""


_NEWEST: Final = "The newest one: a reopening may change it."


class ComplaintFigures(Figures):
    """What came in, and how it ended: complaints by `received_at`."""

    received: Annotated[
        int,
        measure(
            "All that came in, anonymous and merged ones too.",
            trap="A part of a split is one more; a repeat with the same Idempotency-Key is none.",
        ),
    ]
    answered: Annotated[int, measure("A person's valid first response in the first cycle.", trap=FIRST_CYCLE)]
    resolved: Annotated[
        int,
        measure(
            "Had a result, in any cycle; the outcomes of suggestions, praise and questions are in it too.",
            trap="upheld + partly + not_upheld is less. Resolved is not closed, and not verified.",
        ),
    ]
    upheld: Annotated[int, measure("The newest result: the customer is right.", trap=_NEWEST)]
    partly: Annotated[int, measure("The newest result: right in part.", trap=_NEWEST)]
    not_upheld: Annotated[int, measure("The newest result: not right, with reasons.", trap=_NEWEST)]
    reopened: Annotated[
        int,
        measure(
            "Begun again at least once.",
            trap="Complaints, not reopenings: `palabra_complaints_reopened_total` counts each.",
        ),
    ]
    median_resolution_seconds: Annotated[
        float | None,
        measure(
            "The middle time from the start to the first result, waiting for the customer included.",
            unit="seconds",
            trap="The resolved alone; a quick result that is reopened counts as quick.",
        ),
    ]


class FunnelFigures(Figures):
    """How far complaints got. Each figure is of all that were received."""

    received: Annotated[int, measure("All that came in, by `received_at`.", trap="As in the report on complaints.")]
    acknowledged: Annotated[
        int,
        measure("The customer was told that we have it.", trap="By the system: no answer. Never of anonymous ones."),
    ]
    answered: Annotated[int, measure("A person's valid first response in the first cycle.", trap=FIRST_CYCLE)]
    resolved: Annotated[int, measure("Had a result, in any cycle.", trap="Also those that were reopened since.")]
    verified: Annotated[
        int,
        measure(
            "The customer's newest answer to whether it is solved is yes, and it has not been reopened since.",
            trap="Silence and `declined` are no yes. What is reopened must be verified anew.",
        ),
    ]
    satisfied: Annotated[
        int,
        measure(
            "Four or five of five, said with that yes.",
            trap="Who gives no mark is not in it: it is no share of the asked.",
        ),
    ]


@dataclass(slots=True)
class Complaints:
    """One row of the report, as it grows."""

    received: int = 0
    answered: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    reopened: int = 0
    resolution: list[float] = field(default_factory=list)

    def take(self, facts: Facts, question: Question) -> None:
        """This complaint is in the row. Its newest outcome counts; its first resolution is the one that is timed."""
        self.received += 1
        self.answered += first_answer(facts.cycles[0], question) is not None
        self.reopened += question.happened(facts.reopened_at)
        done = [cycle for cycle in facts.cycles if question.happened(cycle.resolved_at)]
        if done:
            outcome = done[-1].outcome or ""
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
            self.resolution.append((done[0].resolution_ms or 0) / 1000)

    def figures(self) -> ComplaintFigures:
        """The row as shown."""
        return ComplaintFigures(
            received=self.received,
            answered=self.answered,
            resolved=sum(self.outcomes.values()),
            upheld=self.outcomes.get("upheld", 0),
            partly=self.outcomes.get("partly", 0),
            not_upheld=self.outcomes.get("not_upheld", 0),
            reopened=self.reopened,
            median_resolution_seconds=median(self.resolution),
        )


@dataclass(slots=True)
class Funnel:
    """How many got how far. Each figure is of all that were received."""

    received: int = 0
    acknowledged: int = 0
    answered: int = 0
    resolved: int = 0
    verified: int = 0
    satisfied: int = 0

    def take(self, facts: Facts, question: Question) -> None:
        """This complaint is in the row."""
        self.received += 1
        self.acknowledged += question.happened(facts.acknowledged_at)
        self.answered += first_answer(facts.cycles[0], question) is not None
        self.resolved += any(question.happened(cycle.resolved_at) for cycle in facts.cycles)
        said_yes = facts.verified_answer == "yes" and question.happened(facts.verified_at)
        if said_yes and not _begun_again(facts, question):
            self.verified += 1
            self.satisfied += (facts.satisfaction or 0) >= SATISFIED_FROM

    def figures(self) -> FunnelFigures:
        """The row as shown."""
        return FunnelFigures(**{name: getattr(self, name) for name in self.__slots__})


def _begun_again(facts: Facts, question: Question) -> bool:
    """Whether it was reopened after the customer's answer."""
    since = facts.verified_cycle
    return since is not None and any(each.number > since and question.happened(each.start) for each in facts.cycles)
