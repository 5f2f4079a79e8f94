"""Metrics as the runtime sees it: it only listens, says nothing and has no timer."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from services.metrics.domain.facts import Facts
from services.metrics.domain.fold import BIRTHS, HANDLERS
from services.metrics.domain.fold import fold as fold_event
from shared.decision import Decision
from shared.events import Event
from shared.runtime.service import Heard, Service


def _react(facts: Facts | None, event: Event[Any], *, now: datetime, world: None) -> Decision[Facts]:
    """Totals follow from the log alone: neither the clock nor anything outside is asked."""
    del now, world
    return Decision(fold_event(facts, event)[0])


def _tick(facts: Facts, *, now: datetime, world: None) -> Decision[Facts]:
    del now, world
    return Decision(facts)


def _never(_: Facts) -> None:
    return None


async def _nothing(_: Sequence[Heard[Facts]]) -> None:
    return None


def build(_: object) -> Service[Facts, None]:
    """The service."""
    reactions: dict[Any, Callable[..., Decision[Facts]]] = dict.fromkeys(HANDLERS, _react)
    return Service(
        name="metrics",
        state=Facts,
        reactions=reactions,
        births=BIRTHS,
        due_at=_never,
        tick=_tick,
        prepare=_nothing,
        lanes=2,
    )
