"""Reports over stories."""

from typing import Any
from zoneinfo import ZoneInfo

from services.metrics.domain.facts import Facts
from services.metrics.domain.fold import fold
from services.metrics.domain.reports.question import Question
from services.metrics.domain.reports.table import REPORTS, Report
from tests.support.story import START, Story, hours

NOW = START + hours(100)


def question(**changes: Any) -> Question:
    """All of it, seen long after."""
    asked: dict[str, Any] = {
        "start": START - hours(1000), "end": START + hours(1000), "as_of": NOW, "zone": ZoneInfo("UTC"), **changes,
    }  # fmt: skip
    return Question(**asked)


def facts(tale: Story) -> Facts:
    """What is known in the end."""
    known: Facts | None = None
    for event in tale.events:
        known, _ = fold(known, event)
    assert known is not None
    return known


def report(name: str, *tales: Story | Facts, **changes: Any) -> Report:
    """The report over these complaints."""
    made = REPORTS[name](question(**changes))
    for tale in tales:
        made.take(tale if isinstance(tale, Facts) else facts(tale))
    return made


def story(**changes: Any) -> Story:
    """A complaint that stands with its team, its first response due after four hours."""
    return Story("c1").received(**changes).triaged().assigned()
