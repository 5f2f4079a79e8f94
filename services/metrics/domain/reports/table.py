"""A report as a table: a row a group, and one total over all of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeAlias

from services.metrics.domain.facts import Facts
from services.metrics.domain.reports.complaints import ComplaintFigures, Complaints, Funnel, FunnelFigures
from services.metrics.domain.reports.figures import Figures
from services.metrics.domain.reports.first_response import FirstResponseFigures, FirstResponses
from services.metrics.domain.reports.promises import PromiseFigures, Promises
from services.metrics.domain.reports.question import Question
from shared.events.vocabulary import SaidBy

Line: TypeAlias = dict[str, Any]
"""A row's figures by name, and which row it is."""


class Report(Protocol):
    """Takes complaints in, one by one, and shows the table."""

    def take(self, facts: Facts) -> None:
        """This complaint is in the report, if the question asks for it."""

    def rows(self) -> list[Line]:
        """A row a group, sorted; the group that is not known (null) comes last."""

    def total(self) -> Line:
        """The figures over all rows."""


class Row(Protocol):
    """A row over complaints."""

    def take(self, facts: Facts, question: Question) -> None:
        """This complaint is in the row."""

    def figures(self) -> Figures:
        """The row as shown."""


@dataclass(slots=True)
class ByComplaint:
    """A report over complaints received in the span."""

    question: Question
    new_row: Callable[[], Row]
    _rows: dict[str | None, Row] = field(default_factory=dict)
    _total: list[Row] = field(default_factory=list)

    def take(self, facts: Facts) -> None:
        """This complaint is in the report, if the question asks for it."""
        question = self.question
        if not (question.within(facts.received_at) and question.wants(facts) and question.happened(facts.received_at)):
            return
        for row in (self._rows.setdefault(question.group(facts), self.new_row()), self._whole):
            row.take(facts, question)

    def rows(self) -> list[Line]:
        """A row a group, sorted; the group that is not known (null) comes last."""
        return [
            {"group": group, **self._rows[group].figures().model_dump()}
            for group in sorted(self._rows, key=_known_first)
        ]

    def total(self) -> Line:
        """The figures over all rows."""
        return self._whole.figures().model_dump()

    @property
    def _whole(self) -> Row:
        if not self._total:
            self._total.append(self.new_row())
        return self._total[0]


@dataclass(slots=True)
class ByPromise:
    """A report over promises that fall due in the span, split by who gave the word."""

    question: Question
    _rows: dict[tuple[str | None, SaidBy], Promises] = field(default_factory=dict)
    _total: Promises = field(default_factory=Promises)

    def take(self, facts: Facts) -> None:
        """This complaint's promises are in the report, as far as the question asks for them."""
        question = self.question
        if not question.wants(facts):
            return
        for promise in facts.promises:
            if question.wants_promise(promise):
                key = (question.promise_group(facts, promise), promise.said_by)
                self._rows.setdefault(key, Promises()).take(promise, question)
                self._total.take(promise, question)

    def rows(self) -> list[Line]:
        """A row for each group and who said it, sorted; the group that is not known (null) comes last."""
        ordered = sorted(self._rows, key=lambda key: (_known_first(key[0]), key[1]))
        return [{"group": key[0], "said_by": key[1], **self._rows[key].figures().model_dump()} for key in ordered]

    def total(self) -> Line:
        """The figures over all rows."""
        return self._total.figures().model_dump()


def _known_first(group: str | None) -> tuple[bool, str]:
    return group is None, group or ""


REPORTS: Final[dict[str, Callable[[Question], Report]]] = {
    "first-response": lambda question: ByComplaint(question, FirstResponses),
    "promises": ByPromise,
    "complaints": lambda question: ByComplaint(question, Complaints),
    "funnel": lambda question: ByComplaint(question, Funnel),
}
"""Each report by its name in the API."""

FIGURES: Final[dict[str, type[Figures]]] = {
    "first-response": FirstResponseFigures,
    "promises": PromiseFigures,
    "complaints": ComplaintFigures,
    "funnel": FunnelFigures,
}
"""What each report shows, with its definitions."""
