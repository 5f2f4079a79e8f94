"""What happens because time has passed, each thing at its own instant, however late somebody looks."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import NamedTuple, Protocol

from services.followup.domain import spells, terms
from services.followup.domain.acknowledge import acknowledge
from services.followup.domain.answering import with_answered_call
from services.followup.domain.case import Case
from services.followup.domain.clock_parts import LegalTerm, Spell
from services.followup.domain.clocks import CLOCKS, missed_at, overdue, warn, warning_at
from services.followup.domain.closing import close, closes_by_itself_at, may_close_at
from services.followup.domain.parts import evolve
from services.followup.domain.pausing import resume
from services.followup.domain.reminding import Reminder, remind, reminders
from services.followup.domain.renewing import renewed
from services.followup.domain.saying import then
from services.followup.domain.settling import settle_at_due
from services.followup.domain.world import World
from shared.decision import Decision
from shared.events.vocabulary import Clock


class Act(Protocol):
    """What happens to a case at an instant."""

    def __call__(self, case: Case, *, at: datetime, now: datetime, world: World) -> Decision[Case]:
        """What becomes of it; the matter does not come back."""


class Matter(NamedTuple):
    """Something that is to happen at an instant."""

    at: datetime
    act: Act


def due_at(case: Case) -> datetime | None:
    """The next instant at which something happens by itself; None when nothing will."""
    return min((matter.at for matter in matters(case)), default=None)


def tick(case: Case, *, now: datetime, world: World) -> Decision[Case]:
    """All that was due up to and including `now` has happened, in the order of its instants.

    A repeat changes nothing.
    """
    decision = renewed(case, now=now, world=world)
    while matter := _next(decision.state, now):
        acted = evolve(decision.state, changed_at=now)
        decision = then(Decision(acted, decision.events), partial(matter.act, at=matter.at, now=now, world=world))
        decision = then(decision, partial(renewed, now=now, world=world))
    return decision


def close_with_others(case: Case, *, now: datetime, world: World) -> Decision[Case]:
    """As `tick`; and the case is closed if its time has come, though others go on inside it.

    The caller has made sure that nothing is open in them.
    """
    decision = tick(case, now=now, world=world)
    at = may_close_at(decision.state)
    if at is None or at > now:
        return decision
    closed = close(evolve(decision.state, changed_at=now), at=at, now=now)
    return then(Decision(closed.state, (*decision.events, *closed.events)), partial(renewed, now=now, world=world))


def matters(case: Case) -> Iterator[Matter]:
    """Everything that will happen by itself, as the case stands. Of two at one instant, the earlier in this order."""
    if case.waiting is not None and case.waiting.until is not None:
        yield Matter(case.waiting.until, _go_on)
    if case.patience_until is not None and case.withdrawn_at is None:
        yield Matter(case.patience_until, _lose_patience)
    for entry in case.open_promises:
        yield Matter(entry.due, partial(_settle, promise_id=entry.id))
        for remind_at, which in reminders(entry):
            yield Matter(remind_at, partial(_remind, promise_id=entry.id, which=which))
    yield from _of_clocks(case)
    if at := closes_by_itself_at(case):
        yield Matter(at, _close)


def _of_clocks(case: Case) -> Iterator[Matter]:
    for clock in CLOCKS:
        if at := warning_at(case, clock):
            yield Matter(at, partial(_warn, clock=clock))
        if at := missed_at(case, clock):
            yield Matter(at, partial(_overdue, clock=clock))
    for due, spell in spells.to_warn(case):
        yield Matter(due, partial(_warn_of, spell=spell))
    for due, spell in spells.to_miss(case):
        yield Matter(due, partial(_miss, spell=spell))
    for at, term in terms.to_warn(case):
        yield Matter(at, partial(_warn_of_law, term=term))
    for at, term in terms.to_miss(case):
        yield Matter(at, partial(_breach, term=term))


def _next(case: Case, now: datetime) -> Matter | None:
    due = [matter for matter in matters(case) if matter.at <= now]
    return min(due, key=lambda matter: matter.at, default=None)


def _go_on(case: Case, *, at: datetime, now: datetime, world: World) -> Decision[Case]:
    """We have waited as long as we said."""
    return resume(case, "until", at=at, now=now, world=world)


def _lose_patience(case: Case, *, at: datetime, now: datetime, world: World) -> Decision[Case]:
    """The triage does not come: the customer hears from us all the same, without a time and without a promise."""
    del at
    recorded = with_answered_call(evolve(case, patience_until=None), now=now, world=world)
    return then(recorded, partial(acknowledge, promise_id=None, now=now, world=world))


def _settle(case: Case, *, at: datetime, now: datetime, world: World, promise_id: str) -> Decision[Case]:
    del at, world
    return settle_at_due(case, promise_id, now=now)


def _warn(case: Case, *, at: datetime, now: datetime, world: World, clock: Clock) -> Decision[Case]:
    del at
    return warn(case, clock, now=now, world=world)


def _warn_of(case: Case, *, at: datetime, now: datetime, world: World, spell: Spell) -> Decision[Case]:
    del at
    return spells.warn(case, spell, now=now, world=world)


def _miss(case: Case, *, at: datetime, now: datetime, world: World, spell: Spell) -> Decision[Case]:
    del at, world
    return spells.overdue(case, spell, now=now)


def _warn_of_law(case: Case, *, at: datetime, now: datetime, world: World, term: LegalTerm) -> Decision[Case]:
    del at
    return terms.warn(case, term, now=now, world=world)


def _breach(case: Case, *, at: datetime, now: datetime, world: World, term: LegalTerm) -> Decision[Case]:
    del at, world
    return terms.overdue(case, term, now=now)


def _remind(
    case: Case, *, at: datetime, now: datetime, world: World, promise_id: str, which: Reminder
) -> Decision[Case]:
    del at
    return remind(case, promise_id, which, now=now, world=world)


def _overdue(case: Case, *, at: datetime, now: datetime, world: World, clock: Clock) -> Decision[Case]:
    del world
    return overdue(case, clock, at=at, now=now)


def _close(case: Case, *, at: datetime, now: datetime, world: World) -> Decision[Case]:
    """The customer has said nothing more for as long as the policy waits."""
    del world
    return close(case, at=at, now=now)
