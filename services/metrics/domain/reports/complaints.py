"""What came in, and how it ended: complaints by `received_at`, and how far they got."""

from dataclasses import dataclass, field
from typing import Any, Final

from services.metrics.domain.facts import Facts
from services.metrics.domain.reports.first_response import first_answer
from services.metrics.domain.reports.quantiles import median
from services.metrics.domain.reports.question import Question

SATISFIED_FROM: Final = 4
"""Of five. Silence is no satisfaction."""


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

    def figures(self) -> dict[str, Any]:
        """The row as shown; seconds. `resolved` also holds the outcomes of suggestions, praise and questions."""
        return {
            "received": self.received,
            "answered": self.answered,
            "resolved": sum(self.outcomes.values()),
            "upheld": self.outcomes.get("upheld", 0),
            "partly": self.outcomes.get("partly", 0),
            "not_upheld": self.outcomes.get("not_upheld", 0),
            "reopened": self.reopened,
            "median_resolution_seconds": median(self.resolution),
        }


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
        if question.happened(facts.verified_at):
            self.verified += facts.verified_answer == "yes"
            self.satisfied += (facts.satisfaction or 0) >= SATISFIED_FROM

    def figures(self) -> dict[str, Any]:
        """The row as shown. `verified`: the customer said yes; `satisfied`: four or five of five."""
        return {name: getattr(self, name) for name in self.__slots__}
