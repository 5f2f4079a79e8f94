"""Reads the facts that a report asks for, one by one: in memory are its figures, never all the facts."""

import asyncio
from typing import Any, Final

from services.metrics.domain.facts import Facts
from services.metrics.domain.reports.question import Question
from services.metrics.domain.reports.table import REPORTS, Report
from shared.mongo import Collection

_BREATH: Final = 200
"""So many facts are taken before others get their turn."""
_FIELDS: Final = {"state.steps": 0, "state.failed_early": 0}


async def report(complaints: Collection, name: str, question: Question) -> Report:
    """The report over what is stored now.

    Raises:
        StoreError: the facts cannot be read.
    """
    answer = REPORTS[name](question)
    taken = 0
    async for document in complaints.find(_where(name, question), _FIELDS):
        answer.take(Facts.model_validate(document["state"]))
        taken += 1
        if taken % _BREATH == 0:
            await asyncio.sleep(0)
    return answer


def _where(name: str, question: Question) -> dict[str, Any]:
    span = {"$gte": question.start, "$lt": question.end}
    wanted = {} if question.historical == "include" else {"state.historical": question.historical == "only"}
    if name == "promises":
        return {"state.promises": {"$elemMatch": {"due": span}}, **wanted}
    return {"state.received_at": span, **wanted}
