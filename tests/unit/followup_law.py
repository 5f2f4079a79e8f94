"""A complaint under laws, in the hands of a test."""

from datetime import datetime
from typing import Any

from services.followup.api.views import whole
from services.followup.domain.clock_parts import ClockView
from services.followup.domain.resolution import Resolve, resolve
from shared.events.intake import ResponseDelivered, ResponseFailed
from shared.events.routing import ComplaintTriaged
from shared.events.values import LegalClock
from tests.unit.followup_life import DAY, DEADLINES, MONDAY, Life, assigned, received, triaged

DUE, EXTENDED = MONDAY + 20 * DAY, MONDAY + 40 * DAY
SOON = MONDAY + 2 * DAY
"""Long before any term is over."""


def law(stops: Any = "substance", due: datetime = DUE, **changes: Any) -> LegalClock:
    """A term of a law."""
    return LegalClock(**{"rule": "xx-law", "term": str(stops), "due": due, "stops": stops, **changes})


def read(*clocks: LegalClock, legal: datetime | None = DUE, **changes: Any) -> ComplaintTriaged:
    """As routing reads it under these laws."""
    return triaged(DEADLINES.model_copy(update={"legal": legal}), legal_clocks=clocks, **changes)


def bound(*clocks: LegalClock, **changes: Any) -> Life:
    """A complaint under these laws, answered once; Ana has it."""
    life = Life()
    life.hear(received(**changes))
    told = read(*clocks)
    life.hear(told)
    life.hear(assigned(deadlines=told.deadlines, legal_clocks=clocks))
    if not changes:
        life.answer("r0")
    return life.at(SOON)


def result(life: Life, response_id: str = "r1") -> None:
    """Ana gives the customer the result."""
    life.do(resolve, Resolve(response_id=response_id, by="ana", outcome="upheld", text="You have your money."))


def holding(life: Life, response_id: str = "h1", **changes: Any) -> None:
    """Ana says why it takes longer."""
    fields: dict[str, Any] = {"holding": True, "reasons": "The bank has not answered yet.", **changes}
    life.answer(response_id, **fields)


def delivered(life: Life, response_id: str = "r1", at: datetime | None = None) -> None:
    """A channel says that it arrived."""
    life.hear(ResponseDelivered(response_id=response_id, occurred_at=at or life.now))


def failed(life: Life, response_id: str = "r1") -> None:
    """A channel says that it did not."""
    life.hear(ResponseFailed(response_id=response_id, occurred_at=life.now))


def said(life: Life, kind: str = "overdue") -> list[tuple[str, datetime]]:
    """Term and deadline of what was said about laws."""
    found: list[Any] = [each for each in life.said if each.type == f"deadline.{kind}" and each.clock == "legal"]  # type: ignore[attr-defined]
    return [(each.term, each.deadline) for each in found]


def breaches(life: Life, until: datetime = EXTENDED + DAY) -> list[tuple[str, datetime]]:
    """What is said once a long time has passed."""
    life.at(until).tick()
    return said(life)


def shown(life: Life) -> list[ClockView]:
    """The legal clocks over the API."""
    return [view for view in whole(life.case, now=life.now, world=life.world).clocks if view.name == "legal"]


def states(life: Life) -> list[str]:
    """Their states."""
    return [view.state for view in shown(life)]
