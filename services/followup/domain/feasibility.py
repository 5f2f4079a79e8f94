"""Whether a promise can be kept, asked before it is made; and when it could be. Source: `domain.md`, Promises."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.followup.domain.case import Case
from services.followup.domain.world import World
from shared.calendar import Calendar, NeverOpen
from shared.events.values import to_instant

FARTHEST: Final = timedelta(days=3 * 366)
"""Nobody plans further ahead than that."""

_LOOK_BACK: Final = timedelta(days=14)
_INSTANT: Final = timedelta(milliseconds=1)
_STEPS: Final = (timedelta(hours=1), timedelta(hours=4), timedelta(hours=8))
_MOST: Final = 3

Problem = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: by when, by whom, and after which other promise."""

    due: datetime
    not_before: datetime | None = None
    owner: str | None = None
    depends_on: str | None = None


def infeasible(case: Case, wish: Wish, *, now: datetime, world: World) -> list[Problem]:
    """Why this cannot be kept, as (field, reason); empty where it can."""
    found = [("due", reason) for reason in _untimely(case, wish, now)]
    if not found and not _in_hours(world.hours_of(case, wish.owner), wish.due):
        found.append(("due", "is outside the working hours of whoever must keep it"))
    if world.away(wish.owner, wish.due):
        found.append(("owner", "is absent then"))
    return found


def in_the_past(wish: Wish, now: datetime) -> bool:
    """Whether no reason on earth can make this a promise."""
    return wish.due <= now


def feasible_times(case: Case, wish: Wish, *, now: datetime, world: World) -> list[datetime]:
    """The nearest instants that could be promised instead, in order; at most three, none where nobody works again."""
    hours = world.hours_of(case, wish.owner)
    found: list[datetime] = []
    try:
        for at in _candidates(case, wish, hours, now):
            if at not in found and not infeasible(case, _at(wish, at), now=now, world=world):
                found.append(at)
    except NeverOpen:
        pass
    return sorted(sorted(found, key=lambda at: abs(at - wish.due))[:_MOST])


def _at(wish: Wish, due: datetime) -> Wish:
    return Wish(due, wish.not_before, wish.owner, wish.depends_on)


def _untimely(case: Case, wish: Wish, now: datetime) -> Iterator[str]:
    if in_the_past(wish, now):
        yield "lies in the past"
    if wish.due > now + FARTHEST:
        yield "is too far ahead"
    legal = case.cycle.deadlines.legal
    if legal is not None and wish.due > legal:
        yield "is after the legal deadline"
    if wish.not_before is not None and wish.due <= wish.not_before:
        yield "is not after not_before"
    first = _dependency_due(case, wish)
    if first is not None and wish.due < first:
        yield "is before what it depends on is due"


def _dependency_due(case: Case, wish: Wish) -> datetime | None:
    return next((entry.due for entry in case.open_promises if entry.id == wish.depends_on), None)


def _in_hours(calendar: Calendar, at: datetime) -> bool:
    """Inside working hours; the closing instant belongs to them ("by the end of the day")."""
    return calendar.is_open(at) or calendar.between(at - _INSTANT, at) > timedelta(0)


def _candidates(case: Case, wish: Wish, hours: Calendar, now: datetime) -> Iterator[datetime]:
    bounds = (now, wish.not_before, _dependency_due(case, wish))
    earliest = max(bound for bound in bounds if bound is not None)
    latest = min(now + FARTHEST, case.cycle.deadlines.legal or now + FARTHEST)
    wished = min(max(wish.due, earliest), latest)
    # The last moment before what was asked for: the customer waits no longer than they wanted to.
    *_, (_, closing) = [(earliest, earliest), *hours.spans(max(earliest, wished - _LOOK_BACK), wished)]
    yield closing
    for start in (wished, earliest):
        opening = hours.next_open(start)
        yield opening
        for step in _STEPS:
            yield to_instant(hours.add(opening, step))
