"""Whether a promise can be kept, asked before it is made; and when it could be. Source: `domain.md`, Promises."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from services.followup.domain.case import Case
from services.followup.domain.parts import evolve
from services.followup.domain.refusals import PromiseNotFeasible
from services.followup.domain.terms import limit
from services.followup.domain.world import World
from shared.calendar import Calendar, NeverOpen
from shared.events.values import Money, to_instant

FARTHEST: Final = timedelta(days=3 * 366)
"""Nobody plans further ahead than that."""

_LOOK_BACK: Final = timedelta(days=14)
_INSTANT: Final = timedelta(milliseconds=1)
_STEPS: Final = (timedelta(hours=1), timedelta(hours=4), timedelta(hours=8))
_MOST: Final = 3
_HOURS: Final = 40

Problem = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: by when, by whom, after which other promise; who promises it, and how much money."""

    due: datetime
    not_before: datetime | None = None
    owner: str | None = None
    depends_on: str | None = None
    maker: str | None = None
    amount: Money | None = None

    def at(self, due: datetime) -> "Wish":
        """The same by another time."""
        return replace(self, due=due)


def infeasible(case: Case, wish: Wish, *, now: datetime, world: World) -> list[Problem]:
    """Why this cannot be kept, as (field, reason); empty where it can."""
    found = [("due", reason) for reason in _untimely(case, wish, now)]
    if not found and not _in_hours(world.hours_of(case, wish.owner), wish.due):
        found.append(("due", "is outside the working hours of whoever must keep it"))
    if world.away(wish.owner, wish.due):
        found.append(("owner", "is absent then"))
    if full_hour(wish.owner, wish.due, world):
        found.append(("due", "is in an hour in which whoever must keep it has enough to keep already"))
    if wish.amount is not None and not _may_promise(case, wish.maker, wish.amount, world):
        found.append(("amount", "is more than whoever promises it may give"))
    return found


def hour_of(at: datetime) -> datetime:
    """The hour, in UTC, in which an instant lies."""
    return at.replace(minute=0, second=0, microsecond=0)


def full_hour(owner: str | None, due: datetime, world: World) -> bool:
    """Whether the owner has as many promises to keep in that hour as they may; what people promised counts.

    What the system promised does not: that is their cases' first responses, of which there is a limit already.
    """
    limit = world.promises_per_hour(owner)
    return limit is not None and world.booked.get((owner or "", hour_of(due)), 0) >= limit


def _may_promise(case: Case, maker: str | None, amount: Money, world: World) -> bool:
    """All that a case is promised, by whomever, is within what its maker may give alone, or what it was granted."""
    whole = evolve(amount, value=_promised(case, amount.currency) + amount.value)
    return world.may_give(case, maker, whole) or whole.value <= case.steps.granted(amount.currency)


def _promised(case: Case, currency: str) -> Decimal:
    """All that is owed or paid by a promise; not what was withdrawn, or is owed by another in its place."""
    standing = (each.amount for each in case.promises if each.status != "withdrawn" and each.replaced_by is None)
    return sum((amount.value for amount in standing if amount and amount.currency == currency), Decimal(0))


def in_the_past(wish: Wish, now: datetime) -> bool:
    """Whether no reason on earth can make this a promise."""
    return wish.due <= now


def feasible_times(case: Case, wish: Wish, *, now: datetime, world: World) -> list[datetime]:
    """The nearest instants that could be promised instead, in order; at most three, none where nobody works again."""
    hours = world.hours_of(case, wish.owner)
    found: list[datetime] = []
    with suppress(NeverOpen):
        for candidates in (_candidates(case, wish, hours, now), _hourly(wish, hours, now)):
            if len(found) < _MOST:
                found += _feasible(case, wish, candidates, found, now=now, world=world)
    return sorted(sorted(found, key=lambda at: abs(at - wish.due))[:_MOST])


def _feasible(
    case: Case, wish: Wish, candidates: Iterator[datetime], known: list[datetime], *, now: datetime, world: World
) -> list[datetime]:
    new: list[datetime] = []
    for at in candidates:
        if at not in (*known, *new) and not infeasible(case, wish.at(at), now=now, world=world):
            new.append(at)
    return new


def _hourly(wish: Wish, hours: Calendar, now: datetime) -> Iterator[datetime]:
    """Where the usual times are taken: every working hour of the next days."""
    start = hours.next_open(max(wish.due, now))
    for n in range(1, _HOURS):
        yield to_instant(hours.add(start, timedelta(hours=n)))


def _untimely(case: Case, wish: Wish, now: datetime) -> Iterator[str]:
    if in_the_past(wish, now):
        yield "lies in the past"
    if wish.due > now + FARTHEST:
        yield "is too far ahead"
    legal = limit(case, now)
    if legal is not None and wish.due > legal:
        yield "is after the legal deadline"
    if wish.not_before is not None and wish.due < wish.not_before:
        yield "is before not_before"
    first = _dependency_due(case, wish)
    if first is not None and wish.due < first:
        yield "is before what it depends on is due"


def _dependency_due(case: Case, wish: Wish) -> datetime | None:
    first = case.promise_today(wish.depends_on)
    return first.due if first is not None and first.status == "open" else None


def _in_hours(calendar: Calendar, at: datetime) -> bool:
    """Inside working hours; the closing instant belongs to them ("by the end of the day")."""
    return calendar.is_open(at) or calendar.between(at - _INSTANT, at) > timedelta(0)


def _candidates(case: Case, wish: Wish, hours: Calendar, now: datetime) -> Iterator[datetime]:
    bounds = (now, wish.not_before, _dependency_due(case, wish))
    earliest = max(bound for bound in bounds if bound is not None)
    latest = min(now + FARTHEST, limit(case, now) or now + FARTHEST)
    wished = min(max(wish.due, earliest), latest)
    # The last moment before what was asked for: the customer waits no longer than they wanted to.
    *_, (_, closing) = [(earliest, earliest), *hours.spans(max(earliest, wished - _LOOK_BACK), wished)]
    yield closing
    for start in (wished, earliest):
        opening = hours.next_open(start)
        yield opening
        for step in _STEPS:
            yield to_instant(hours.add(opening, step))


def check_feasible(case: Case, wish: Wish, override_reason: str | None, *, now: datetime, world: World) -> bool:
    """Whether a reason was needed to let it through.

    Raises:
        PromiseNotFeasible: it cannot be kept, and there is no reason, or it lies in the past.
    """
    problems = infeasible(case, wish, now=now, world=world)
    if problems and (override_reason is None or in_the_past(wish, now)):
        raise PromiseNotFeasible(problems, feasible_times(case, wish, now=now, world=world))
    return bool(problems)
