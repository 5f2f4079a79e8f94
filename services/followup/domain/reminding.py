"""Checked before due: a promise's owner is reminded, then the fallback, in working hours; and what puts one at risk.

The owner is reminded when a quarter of their working time is left, the fallback when an eighth is, unless the newest
check says that it is on track. What the system promised needs none: its deadline warns. Source: `domain.md`, Promises.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, Literal

from services.followup.domain.case import Case
from services.followup.domain.clocks import in_hours
from services.followup.domain.handing import substitutes
from services.followup.domain.parts import LedgerEntry, evolve
from services.followup.domain.saying import say
from services.followup.domain.world import World
from shared.calendar import Calendar
from shared.decision import Decision
from shared.events.promises import PromiseReminded
from shared.events.values import AgentId, to_instant

_PARTS: Final = {"remind_at": 0.75, "remind_fallback_at": 0.875}
"""Parts of the owner's working time between promise and due, after which the owner and the fallback are reminded."""

Reminder = Literal["remind_at", "remind_fallback_at", "inner_late_at"]


def planned(case: Case, *, now: datetime, world: World) -> Case:
    """Every open promise of a person has the instants of its reminders; anew where hands or hours changed."""
    for entry in case.open_promises:
        if entry.said_by == "person":
            fresh = _unowned(entry) if entry.owner is None else _planned(case, entry, now, world)
            untold = entry.owner is not None and not fresh.inner_late_told and fresh.inner_late_at is None
            if untold and _inner_is_late(case, fresh):
                fresh = evolve(fresh, inner_late_at=now)
            if fresh is not entry:
                case = case.with_entry(entry.id, lambda _, fresh=fresh: fresh)  # type: ignore[misc]
    return case


def _unowned(entry: LedgerEntry) -> LedgerEntry:
    """Whoever has it next is reminded anew, also if it is who had it before; the instants so far stand meanwhile."""
    return entry if entry.planned_for is None else evolve(entry, planned_for=None)


def _planned(case: Case, entry: LedgerEntry, now: datetime, world: World) -> LedgerEntry:
    """In new hours what is past does not come again; for a new owner all does, and their time counts from now."""
    shift = world.shift_of(case, entry.owner)
    version, same_owner = world.reference.calendar_version(shift or ""), entry.planned_for == entry.owner
    if same_owner and (entry.planned_in, entry.planned_version) == (shift, version):
        return entry
    first_owner = entry.planned_for is None and entry.planned_from is None
    start = (entry.planned_from or entry.made_at) if same_owner or first_owner else now
    hours = world.hours_of(case, entry.owner)
    plan = {
        which: _part(hours, start, entry.due, part)
        for which, part in _PARTS.items()
        if not same_owner or getattr(entry, which) is not None
    }
    known = {"planned_for": entry.owner, "planned_from": start, "planned_in": shift, "planned_version": version}
    return evolve(entry, **known, **plan)


def _part(hours: Calendar, start: datetime, due: datetime, part: float) -> datetime:
    """The instant at which that part of the working time is over; due, when nobody is reminded, where there is none."""
    working = hours.between(start, due)
    return due if working <= timedelta(0) else to_instant(hours.add(start, working * part))


def reminders(entry: LedgerEntry) -> Iterator[tuple[datetime, Reminder]]:
    """When somebody is, or will be, reminded of this open promise."""
    if entry.remind_at is not None:
        yield entry.remind_at, "remind_at"
    if entry.remind_fallback_at is not None:
        yield entry.remind_fallback_at, "remind_fallback_at"
    if entry.inner_late_at is not None and not entry.inner_late_told:
        yield entry.inner_late_at, "inner_late_at"


def remind(case: Case, promise_id: str, which: Reminder, *, now: datetime, world: World) -> Decision[Case]:
    """Whoever it is for is reminded, once; at their next opening before due, and not at all after it.

    What is nobody's for now is its fallback's to know.
    """
    entry = next(each for each in case.promises if each.id == promise_id)
    for_owner = which != "remind_fallback_at" and entry.owner is not None
    to = entry.owner if for_owner else next(substitutes(case, entry, world), None)
    at = None if to is None or on_track(entry, which) else in_hours(world.hours_of(case, to), now, entry.due)
    if at is not None and at > now:
        return Decision(case.with_entry(entry.id, lambda each: evolve(each, **{which: at})))
    told_late = which == "inner_late_at" and to is not None
    entry = evolve(entry, inner_late_told=True) if told_late else evolve(entry, **{which: None})
    if to is None or at is None:
        return Decision(case.with_entry(entry.id, lambda _: entry))
    return _reminded(case, evolve(entry, reminded_at=now), to, which, now)


def _reminded(case: Case, entry: LedgerEntry, to: AgentId, which: Reminder, now: datetime) -> Decision[Case]:
    payload = PromiseReminded(
        promise=entry.promise,
        to=to,
        fallback=to != entry.owner,
        why="inner_late" if which == "inner_late_at" else "unchecked",
    )
    return say(case.with_entry(entry.id, lambda _: entry), payload, now=now)


def on_track(entry: LedgerEntry, which: Reminder) -> bool:
    """Whether the newest check makes this reminder needless; nothing does when an inner promise is late."""
    return which != "inner_late_at" and bool(entry.checks) and entry.checks[-1].on_track


def at_risk(case: Case, entry: LedgerEntry) -> bool:
    """It is open, and not on track, or unchecked since a reminder, or what it depends on is late or at risk itself."""
    if entry.status != "open":
        return False
    newest = entry.checks[-1] if entry.checks else None
    if newest is not None and not newest.on_track:
        return True
    unchecked = entry.reminded_at is not None and (newest is None or newest.at < entry.reminded_at)
    inner = inner_of(case, entry)
    return unchecked or (inner is not None and (_is_late(inner, entry) or at_risk(case, inner)))


def inner_of(case: Case, entry: LedgerEntry) -> LedgerEntry | None:
    """The promise that this one depends on, as it stands today: what was renegotiated is what took its place."""
    return case.promise_today(entry.depends_on)


def _inner_is_late(case: Case, entry: LedgerEntry) -> bool:
    inner = inner_of(case, entry)
    return inner is not None and _is_late(inner, entry)


def _is_late(inner: LedgerEntry, outer: LedgerEntry) -> bool:
    """Broken and not made good, tried in vain, or due only after what depends on it."""
    if inner.status == "open":
        return inner.due > outer.due
    return inner.status == "attempted" or (inner.status == "broken" and inner.late_at is None)
