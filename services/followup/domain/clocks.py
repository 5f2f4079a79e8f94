"""A case's clocks: what stops each, what pauses one, when it warns and when it is overdue.

Warning comes when a quarter of the target's working time is left. Source: `domain.md`, Clocks.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from services.followup.domain.case import KEPT, Case
from services.followup.domain.clock_parts import ClockView, Pause
from services.followup.domain.parts import evolve
from services.followup.domain.saying import say
from services.followup.domain.targets import in_business_time, later
from services.followup.domain.world import World
from shared.calendar import Calendar, NeverOpen
from shared.decision import Decision
from shared.events.followup import DeadlineOverdue, DeadlineWarned
from shared.events.values import Deadlines, to_instant
from shared.events.vocabulary import Clock

CLOCKS: Final[tuple[Clock, ...]] = ("acknowledge", "first_response", "resolution", "legal")
"""Those whose deadline is known at the start of a cycle; the others start and stop many times (`spells`)."""

WARN_AFTER: Final = 0.75
"""The part of the target's time after which its deadline comes near."""

_NOT_FOR_ANONYMOUS: Final = frozenset({"acknowledge", "first_response"})


@dataclass(frozen=True, slots=True)
class Stopped:
    """A clock that has been stopped: when, and whether in time (None where there was no deadline)."""

    at: datetime
    within: bool | None
    due: datetime | None


def deadline(case: Case, clock: Clock) -> datetime | None:
    """The instant that this clock is held to; None where nobody is: for history, and for anonymous contact clocks.

    What laws want is held by their own terms (`terms`); the legal clock here is the policy's own target.
    """
    if case.historical or (case.anonymous and clock in _NOT_FOR_ANONYMOUS):
        return None
    if clock == "legal" and not case.cycle.own_legal:
        return None
    due: datetime | None = getattr(case.cycle.deadlines, clock)
    return due


def stopped(case: Case, clock: Clock) -> Stopped | None:
    """When the clock stopped, or None while it still counts."""
    due: datetime | None = getattr(case.cycle.deadlines, clock)
    if clock == "first_response":
        first = case.first_response()
        return None if first is None else Stopped(first.occurred_at, first.within_target, first.target)
    at = case.cycle.resolved_at
    if clock == "acknowledge":
        at = case.acknowledged_at if case.cycle.number == 1 else None
    return None if at is None else Stopped(at, None if due is None else at <= due, due)


def paused(case: Case, clock: Clock) -> bool:
    """Waiting for the customer pauses the resolution; never the first response, never the law."""
    return clock == "resolution" and case.status == "waiting_customer"


def missed_at(case: Case, clock: Clock) -> datetime | None:
    """The instant at which this clock is, or will be, overdue; None where it was said, is met, paused, or ended."""
    if clock in case.cycle.breached or deadline(case, clock) is None:
        return None
    if end := stopped(case, clock):
        return end.due if end.within is False and not _after_end(case, end.due) else None
    return _still_due(case, clock)


def deadline_said(case: Case, clock: Clock) -> datetime | None:
    """The instant at which this clock, which was said to be overdue, is held to have run out."""
    end = stopped(case, clock)
    return end.due if end is not None and end.within is False else deadline(case, clock)


def warning_at(case: Case, clock: Clock) -> datetime | None:
    """The instant at which the customer's owner is, or will be, warned of this deadline; None where nobody is."""
    done = case.cycle.warned + case.cycle.breached
    if clock in done or deadline(case, clock) is None or stopped(case, clock) or _still_due(case, clock) is None:
        return None
    at: datetime | None = getattr(case.cycle.warn_at, clock)
    return at


def _still_due(case: Case, clock: Clock) -> datetime | None:
    due = deadline(case, clock)
    return None if paused(case, clock) or _after_end(case, due) else due


def _after_end(case: Case, due: datetime | None) -> bool:
    """The case ended before this instant: withdrawn, or going on inside another one."""
    return due is not None and case.ended_at is not None and due > case.ended_at


def overdue(case: Case, clock: Clock, *, at: datetime, now: datetime) -> Decision[Case]:
    """The deadline passed unmet at `at`; said once for this clock and cycle."""
    case = case.in_cycle(breached=(*case.cycle.breached, clock))
    age = (now - case.cycle.started_at).total_seconds()
    payload = DeadlineOverdue(clock=clock, deadline=at, cycle=case.cycle.number, age_seconds=age)
    return say(case, payload, now=now)


def warn(case: Case, clock: Clock, *, now: datetime, world: World) -> Decision[Case]:
    """The deadline comes near; said once for this clock and cycle, and not at all when it has passed meanwhile.

    Warnings keep to working hours: one whose time comes outside them is given at the next opening before the deadline.
    """
    due = deadline(case, clock)
    at = None if due is None else in_hours(world.hours_of_team(case), now, due)
    if at is not None and at > now:
        return Decision(case.in_cycle(warn_at=evolve(case.cycle.warn_at, **{clock: at})))
    case = case.in_cycle(warned=(*case.cycle.warned, clock))
    if due is None or at is None:
        return Decision(case)
    age = (now - case.cycle.started_at).total_seconds()
    return say(case, DeadlineWarned(clock=clock, deadline=due, cycle=case.cycle.number, age_seconds=age), now=now)


def in_hours(calendar: Calendar, at: datetime, before: datetime) -> datetime | None:
    """The instant itself where somebody works, else the next opening; None where that is not before the other one.

    In a calendar that never opens again any time is as good as any other.
    """
    try:
        opening = calendar.next_open(at)
    except NeverOpen:
        opening = at
    return opening if opening < before else None


def with_deadlines(case: Case, told: Deadlines, world: World, *, same_hours: bool = False) -> Case:
    """These deadlines are in force for clocks that still run; what was met or breached keeps the one it had.

    `same_hours`: the calendar is the one that the deadlines so far were set with, so their warnings need no new sum.
    """
    calendar, old = world.calendar_of(case), case.cycle
    new = evolve(told, resolution=_with_pauses(told.resolution, case, world))
    kept = {clock: getattr(old.deadlines, clock) for clock in CLOCKS if _settled(case, clock)}
    in_force = evolve(new, **kept)
    warn_at = {
        clock: getattr(old.warn_at, clock)
        if same_hours and due == getattr(old.deadlines, clock)
        else warning_before(old.started_at, due, calendar)
        for clock in CLOCKS
        if (due := getattr(in_force, clock))
    }
    return case.in_cycle(deadlines=in_force, warn_at=Deadlines(**warn_at), resolution_unpaused=told.resolution)


def _settled(case: Case, clock: Clock) -> bool:
    if clock in case.cycle.breached:
        return True
    # A response keeps the target it was measured against, so that the newest target can wait for its failure.
    return clock != "first_response" and stopped(case, clock) is not None


def _with_pauses(due: datetime | None, case: Case, world: World) -> datetime | None:
    business = in_business_time(case, "resolution", world)
    seconds = case.cycle.paused_business_seconds if business else case.cycle.paused_seconds
    if due is None or not seconds:
        return due
    return to_instant(later(world.calendar_of(case), due, timedelta(seconds=seconds), business=business))


def warning_before(start: datetime, due: datetime, calendar: Calendar) -> datetime:
    """When a quarter of the working time is left; of all the time where none of it is working time."""
    open_time = calendar.between(start, due)
    if open_time <= timedelta(0):
        return to_instant(start + (due - start) * WARN_AFTER)
    return to_instant(calendar.add(start, open_time * WARN_AFTER))


def after_pause(case: Case, since: datetime, until: datetime, world: World) -> Case:
    """The time in which we waited for the customer is added to the resolution's time."""
    elapsed, business = waited(since, until, world.calendar_of(case))
    cycle = case.cycle
    case = case.in_cycle(
        paused_seconds=cycle.paused_seconds + elapsed,
        paused_business_seconds=cycle.paused_business_seconds + business,
        pauses=(*cycle.pauses, Pause(since=since, until=until))[-KEPT:],
    )
    told = evolve(cycle.deadlines, resolution=cycle.resolution_unpaused)
    return with_deadlines(case, told, world, same_hours=True)


def waited(start: datetime, end: datetime, calendar: Calendar) -> tuple[float, float]:
    """Elapsed and business seconds between two instants."""
    return (end - start).total_seconds(), calendar.between(start, end).total_seconds()


def shown(case: Case, *, now: datetime, world: World) -> list[ClockView]:
    """The running cycle's clocks as they are at `now`; without those that a withdrawal ended before their time.

    A first response is shown as it was measured, whatever hours count since. One in time meets its clock, also where it
    was told of only after the deadline had been said to be overdue.
    """
    found = (_shown(case, clock, now, world) for clock in CLOCKS)
    return [view for view in found if view is not None]


def _shown(case: Case, clock: Clock, now: datetime, world: World) -> ClockView | None:
    end, due, missed = stopped(case, clock), deadline(case, clock), missed_at(case, clock)
    said = clock in case.cycle.breached and not (end and end.within)
    breached = said or (missed is not None and missed <= now)
    if end is None and not breached and (due is None or _after_end(case, due)):
        return None
    if clock == "legal" and not case.cycle.own_legal:
        return None
    until = end.at if end else case.ended_at or now
    elapsed, business = waited(case.cycle.started_at, until, world.calendar_of(case))
    first = case.first_response()
    if clock == "first_response" and first is not None and first.elapsed_seconds == elapsed:
        business = business if first.business_seconds is None else first.business_seconds
    if clock == "resolution":
        elapsed, business = _without_pauses(case, elapsed, business, now, world)
    state: Literal["running", "paused", "met", "breached"]
    state = "breached" if breached else "met" if end else "paused" if paused(case, clock) else "running"
    return ClockView(
        name=clock,
        due=end.due if end else due,
        state=state,
        elapsed_seconds=elapsed,
        business_seconds=business,
    )


def _without_pauses(case: Case, elapsed: float, business: float, now: datetime, world: World) -> tuple[float, float]:
    running = (0.0, 0.0)
    if case.waiting is not None and case.status == "waiting_customer":
        running = waited(case.waiting.since, now, world.calendar_of(case))
    return (
        elapsed - case.cycle.paused_seconds - running[0],
        business - case.cycle.paused_business_seconds - running[1],
    )
