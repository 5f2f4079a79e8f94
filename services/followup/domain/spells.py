"""Clocks that start and stop many times in a cycle: the next response, and the longest silence towards the customer.

* `next_response` runs from the oldest message of the customer that no person has answered since; a person's response to
  the customer meets it. Waiting for the customer pauses it.
* `keep_informed` runs from the last word of a person to the customer, else from the cycle's start; nothing pauses it.

Both end with the result, a withdrawal or a merge. History has none, and nobody unknown can be told anything. A response
that fails was never given: the run before it goes on. Each run warns once and is overdue once. Source: `domain.md`.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, Literal

from services.followup.domain.case import ACTIVE, KEPT, Case
from services.followup.domain.clock_parts import ClockView, Spell
from services.followup.domain.clocks import in_hours, waited, warning_before
from services.followup.domain.parts import evolve
from services.followup.domain.saying import say
from services.followup.domain.targets import later, target_for
from services.followup.domain.world import World
from shared.decision import Decision
from shared.events.followup import DeadlineMoved, DeadlineOverdue, DeadlineWarned
from shared.events.reference import Target
from shared.events.values import to_instant
from shared.events.vocabulary import Clock

RECURRING: Final[tuple[Clock, ...]] = ("next_response", "keep_informed")
_MOST: Final = 50
_NOT_READ_YET: Final = ["None", "0"]
"""The hours of a case before its triage."""


def unanswered_since(case: Case) -> datetime | None:
    """The oldest message of this cycle that no person has answered since; None where none waits.

    The message with which a cycle begins is answered by its first response, and has that clock.
    """
    spoken = _last_word(case)
    waiting = (at for at in case.asked_at if at > case.cycle.started_at and (spoken is None or at > spoken))
    return min(waiting, default=None)


def asked(case: Case, at: datetime) -> Case:
    """The customer wrote. Kept are the newest instants, and always the oldest that waits for an answer."""
    waits, newest = unanswered_since(case), (*case.asked_at, at)[-KEPT:]
    return evolve(case, asked_at=newest if waits is None or waits in newest else (waits, *newest[1:]))


def thanked(case: Case, at: datetime) -> Case:
    """What the customer wrote at that instant waits for no answer; another message of the same instant does still."""
    if at not in case.asked_at:
        return case
    place = case.asked_at.index(at)
    return evolve(case, asked_at=(*case.asked_at[:place], *case.asked_at[place + 1 :]))


def silent_since(case: Case) -> datetime:
    """When a person last said something to the customer; the cycle's start where nobody has since."""
    spoken = _last_word(case)
    return case.cycle.started_at if spoken is None else max(spoken, case.cycle.started_at)


def _since(case: Case, clock: Clock) -> datetime | None:
    return unanswered_since(case) if clock == "next_response" else silent_since(case)


def _last_word(case: Case) -> datetime | None:
    return max((each.occurred_at for each in case.responses if each.answers), default=None)


def refreshed(case: Case, world: World) -> Case:
    """The runs are as they follow from messages, responses, pauses, policy and hours as they are known now."""
    if case.historical or case.anonymous:
        return case
    now_running = tuple(_running(case, world)) if case.status in ACTIVE else tuple(_ended_too_late(case))
    names = {(spell.clock, spell.since) for spell in now_running}
    told = [spell for spell in case.spells if _told(spell) and (spell.clock, spell.since) not in names]
    spells = (*told[-_MOST:], *now_running)
    return case if spells == case.spells else evolve(case, spells=spells)


def _running(case: Case, world: World) -> Iterator[Spell]:
    for clock in RECURRING:
        since = _since(case, clock)
        if since is not None:
            known = _of(case, clock, since) or Spell(clock=clock, since=since)
            yield _timed(case, known, world)


def _ended_too_late(case: Case) -> Iterator[Spell]:
    """Runs that were under way when the case ended, whose deadline had passed, and of whom nobody has said so yet."""
    if case.ended_at is None:
        return
    for spell in case.spells:
        under_way = spell.since == _since(case, spell.clock)
        if under_way and _due_before(spell, case.ended_at) and not spell.breached:
            yield spell


def _due_before(spell: Spell, at: datetime) -> bool:
    return spell.due is not None and spell.due <= at


def _told(spell: Spell) -> bool:
    return spell.warned or spell.breached


def _of(case: Case, clock: Clock, since: datetime) -> Spell | None:
    return next((spell for spell in case.spells if (spell.clock, spell.since) == (clock, since)), None)


def _timed(case: Case, spell: Spell, world: World) -> Spell:
    """The run with its deadline; one that was missed keeps the one it had."""
    if spell.breached:
        return spell
    target = target_for(world.policy_of(case), spell.clock, case)
    if target is None:
        return evolve(spell, due=None, warn_at=None, basis="")
    pause = _paused(case, spell, target, world)
    basis = f"{target.minutes}/{target.business}/{pause.total_seconds()}/{case.calendar}/{case.calendar_version}"
    if basis == spell.basis:
        return spell
    calendar = world.calendar_of(case)
    amount = timedelta(minutes=target.minutes) + pause
    due = to_instant(later(calendar, spell.since, amount, business=target.business))
    return evolve(spell, due=due, warn_at=warning_before(spell.since, due, calendar), basis=basis)


def moved(case: Case, before: tuple[Spell, ...], *, now: datetime) -> Decision[Case]:
    """What a new target or new hours moved is said; not what a wait gave back, which `complaint.resumed` says."""
    old = {(spell.clock, spell.since): spell for spell in before}
    told = [(was, spell) for spell in case.spells if (was := old.get((spell.clock, spell.since)))]
    said = [_moved(case, was, spell) for was, spell in told]
    return say(case, *(payload for payload in said if payload is not None), now=now)


def _moved(case: Case, was: Spell, spell: Spell) -> DeadlineMoved | None:
    if was.due is None or spell.due in (None, was.due):
        return None
    (target, hours), (old_target, old_hours) = _rests_on(spell), _rests_on(was)
    if old_hours == _NOT_READ_YET or (target, hours) == (old_target, old_hours):
        return None
    why = "its hours changed" if target == old_target else "its target changed"
    return DeadlineMoved(clock=spell.clock, deadline=spell.due, before=was.due, cycle=case.cycle.number, why=why)


def _rests_on(spell: Spell) -> tuple[list[str], list[str]]:
    minutes, business, _, *hours = spell.basis.split("/")
    return [minutes, business], hours


def _paused(case: Case, spell: Spell, target: Target, world: World) -> timedelta:
    """How long we waited for the customer since this run began, in the target's kind of time."""
    total = timedelta(0)
    if spell.clock != "next_response":
        return total
    for pause in case.cycle.pauses:
        if pause.until > spell.since:
            elapsed, business = waited(max(pause.since, spell.since), pause.until, world.calendar_of(case))
            total += timedelta(seconds=business if target.business else elapsed)
    return total


def current(case: Case, clock: Clock) -> Spell | None:
    """The run of this clock that is under way, if it is held to a deadline."""
    if case.status not in ACTIVE:
        return None
    since = _since(case, clock)
    found = None if since is None else _of(case, clock, since)
    return found if found is not None and found.due is not None else None


def stands_still(case: Case, clock: Clock) -> bool:
    """Waiting for the customer pauses the next response; we keep them informed all the same."""
    return clock == "next_response" and case.status == "waiting_customer"


def to_miss(case: Case) -> list[tuple[datetime, Spell]]:
    """Deadlines that are, or will be, missed, each with its run."""
    going = [spell for clock in RECURRING if (spell := current(case, clock)) and not stands_still(case, clock)]
    found = [*going, *_ended_too_late(case)]
    return [(spell.due, spell) for spell in found if spell.due is not None and not spell.breached]


def to_warn(case: Case) -> list[tuple[datetime, Spell]]:
    """Warnings that are still to be given, each with its run."""
    runs = [spell for clock in RECURRING if (spell := current(case, clock)) and not stands_still(case, clock)]
    return [(spell.warn_at, spell) for spell in runs if spell.warn_at and not _told(spell)]


def overdue(case: Case, spell: Spell, *, now: datetime) -> Decision[Case]:
    """The deadline passed unmet at its instant; said once for this run."""
    assert spell.due is not None  # noqa: S101 - only what has a deadline is missed
    case = _with(case, evolve(spell, breached=True))
    age = (now - spell.since).total_seconds()
    payload = DeadlineOverdue(clock=spell.clock, deadline=spell.due, cycle=case.cycle.number, age_seconds=age)
    return say(case, payload, now=now)


def warn(case: Case, spell: Spell, *, now: datetime, world: World) -> Decision[Case]:
    """The deadline comes near: said once for this run, in working hours, and never when it has passed."""
    assert spell.due is not None  # noqa: S101 - only what has a deadline warns
    at = in_hours(world.hours_of_team(case), now, spell.due)
    if at is None or at > now:
        return Decision(_with(case, evolve(spell, warn_at=at)))
    case = _with(case, evolve(spell, warned=True))
    age = (now - spell.since).total_seconds()
    payload = DeadlineWarned(clock=spell.clock, deadline=spell.due, cycle=case.cycle.number, age_seconds=age)
    return say(case, payload, now=now)


def _with(case: Case, spell: Spell) -> Case:
    name = (spell.clock, spell.since)
    return evolve(case, spells=tuple(spell if (each.clock, each.since) == name else each for each in case.spells))


def shown(case: Case, *, now: datetime, world: World) -> list[ClockView]:
    """The runs under way, as they are at `now`; their times count from where each began."""
    views = []
    for clock in RECURRING:
        if spell := current(case, clock):
            elapsed, business = waited(spell.since, now, world.calendar_of(case))
            still, missed = stands_still(case, clock), spell.due is not None and spell.due <= now
            state: Literal["running", "paused", "breached"]
            state = "breached" if spell.breached or (missed and not still) else "paused" if still else "running"
            views.append(
                ClockView(name=clock, due=spell.due, state=state, elapsed_seconds=elapsed, business_seconds=business)
            )
    return views
