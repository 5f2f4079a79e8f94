"""The terms of the laws that bind a case: what ends each, when it warns, when it is breached. ADR 0010.

* `acknowledgement` ends with the acknowledgement.
* `substance` ends with a result: the resolution, which says the outcome and, where it is not all that was asked for,
  the reasons. An acknowledgement, a word on the way or a holding reply is none.
* `delivery` ends when a channel says that a result has reached the customer.
* `acceptance` ends with the customer's consent: a solution chosen, or the "yes" that it is solved.

A result that failed was never given. `extended` is in force if the customer was told the reasons for the delay, by a
holding reply that did not fail, at `due` at the latest. No status pauses a term, and a reopening neither restarts nor
ends one: what had not ended runs on. One that binds nobody warns, and is never breached.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, Literal

from services.followup.domain.case import Case
from services.followup.domain.clock_parts import ClockView, LegalTerm
from services.followup.domain.clocks import in_hours, waited, warning_before
from services.followup.domain.parts import Response, evolve
from services.followup.domain.saying import say
from services.followup.domain.world import World
from shared.decision import Decision
from shared.events.followup import DeadlineOverdue, DeadlineWarned
from shared.events.routing import ComplaintAssigned, ComplaintTriaged
from shared.events.vocabulary import LegalStop

_RESULT: Final = frozenset[LegalStop]({"substance", "delivery", "acceptance"})
"""What an acknowledgement does not end."""


def told(case: Case, said: ComplaintTriaged | ComplaintAssigned, world: World, *, same_hours: bool = False) -> Case:
    """The terms are those that routing names; one that is over or was missed stays as it was.

    A law is answered once: after a reopening routing names none, and what still runs stays. `same_hours`: as for
    `with_deadlines`.
    """
    if case.cycle.number > 1:
        return case
    known = {(term.rule, term.term): term for term in case.cycle.terms}
    terms = []
    for clock in said.legal_clocks:
        new = LegalTerm(**clock.model_dump())
        old = known.pop((clock.rule, clock.term), None)
        if old is not None:
            new = old if old.settled else evolve(old, **clock.model_dump())
        same = same_hours and old is not None and old.in_force == new.in_force
        terms.append(new if same or new.settled else _with_warning(case, new, world))
    settled = (term for term in known.values() if term.settled)
    own = said.deadlines.legal not in {clock.due for clock in said.legal_clocks}
    return case.in_cycle(terms=(*settled, *terms), own_legal=own)


def _with_warning(case: Case, term: LegalTerm, world: World) -> LegalTerm:
    start = case.cycles[0].started_at
    return evolve(term, warn_at=warning_before(start, term.in_force, world.calendar_of(case)))


def refreshed(case: Case, world: World) -> Case:
    """Each term is held, extended or ended as follows from what is known now."""
    if not case.cycle.terms:
        return case
    terms = tuple(_ended(case, _extended(case, term, world)) for term in case.cycle.terms)
    return case if terms == case.cycle.terms else case.in_cycle(terms=terms)


def _extended(case: Case, term: LegalTerm, world: World) -> LegalTerm:
    held_by = _holding_reply(case, term)
    if held_by == term.held_by:
        return term
    moved = evolve(term, held_by=held_by)
    return moved if moved.in_force == term.in_force else _with_warning(case, moved, world)


def _holding_reply(case: Case, term: LegalTerm) -> str | None:
    if term.extended is None:
        return None
    told_in_time = (each for each in case.responses if each.holds and each.occurred_at <= term.due)
    return next((each.id for each in told_in_time), None)


def _ended(case: Case, term: LegalTerm) -> LegalTerm:
    return evolve(term, ended_at=min(_endings(case, term.stops), default=None))


def _endings(case: Case, stops: LegalStop) -> Iterator[datetime]:
    if stops == "acknowledgement":
        yield from () if case.acknowledged_at is None else (case.acknowledged_at,)
    elif stops == "substance":
        yield from (each.occurred_at for each in _results(case))
    elif stops == "delivery":
        yield from (each.delivered_at for each in _results(case) if each.delivered_at is not None)
    else:
        yield from (cycle.accepted_at for cycle in case.cycles if cycle.accepted_at is not None)
        if case.steps.offer is not None and case.steps.offer.accepted_at is not None:
            yield case.steps.offer.accepted_at


def _results(case: Case) -> Iterator[Response]:
    return (each for each in case.responses if each.result and each.answers)


def missed(case: Case, term: LegalTerm) -> bool:
    """Whether its deadline passed, or will pass, with nothing to meet it; as it stands now."""
    return term.binding and not case.historical and not term.met and not _gone(case, term)


def _gone(case: Case, term: LegalTerm) -> bool:
    """The case ended before the term did: withdrawn, or going on inside another one."""
    return case.ended_at is not None and term.in_force > case.ended_at


def to_miss(case: Case) -> list[tuple[datetime, LegalTerm]]:
    """Deadlines that are, or will be, missed and have not been said so, each with its term."""
    return [(term.in_force, term) for term in case.cycle.terms if term.breached is None and missed(case, term)]


def to_warn(case: Case) -> list[tuple[datetime, LegalTerm]]:
    """Warnings that are still to be given, each with its term."""
    if case.historical:
        return []
    running = (term for term in case.cycle.terms if not term.settled and not term.is_near and not _gone(case, term))
    return [(term.warn_at, term) for term in running if term.warn_at is not None]


def running_out(case: Case) -> Iterator[LegalTerm]:
    """Terms that run, whose deadline comes near."""
    return (term for term in case.cycle.terms if term.is_near and not term.settled and missed(case, term))


def run_out(case: Case) -> bool:
    """Whether a term was missed, and what it asks for is still not done."""
    return any(term.breached is not None and term.ended_at is None for term in case.cycle.terms)


def overdue(case: Case, term: LegalTerm, *, now: datetime) -> Decision[Case]:
    """The term passed unmet at its last instant; said once."""
    case = with_term(case, evolve(term, breached=term.in_force))
    payload = DeadlineOverdue(
        clock="legal", deadline=term.in_force, age_seconds=_age(case, now), rule=term.rule, term=term.term
    )
    return say(case, payload, now=now)


def warn(case: Case, term: LegalTerm, *, now: datetime, world: World) -> Decision[Case]:
    """The deadline comes near: said once for each deadline of the term, in working hours, and never after it."""
    at = in_hours(world.hours_of_team(case), now, term.in_force)
    if at is not None and at > now:
        return Decision(with_term(case, evolve(term, warn_at=at)))
    case = with_term(case, evolve(term, **{"warned_of_extended" if term.is_extended else "warned": True}))
    if at is None:
        return Decision(case)
    payload = DeadlineWarned(
        clock="legal", deadline=term.in_force, age_seconds=_age(case, now), rule=term.rule, term=term.term
    )
    return say(case, payload, now=now)


def _age(case: Case, now: datetime) -> float:
    """A term runs from the start of the complaint, in whichever cycle it ends."""
    return (now - case.cycles[0].started_at).total_seconds()


def with_term(case: Case, term: LegalTerm) -> Case:
    """The same, with that term in the place of the one of the same name."""
    name = (term.rule, term.term)
    return case.in_cycle(terms=tuple(term if (each.rule, each.term) == name else each for each in case.cycle.terms))


def limit(case: Case, now: datetime) -> datetime | None:
    """By when the law, or the policy's own legal target, wants a result that has not been given; None: by no time.

    What is over already limits nothing any more: what is owed since is still owed, and can still be promised.
    """
    laws = (term.in_force for term in case.cycle.terms if term.binding and term.stops in _RESULT and not term.ended_at)
    ours = (case.cycle.deadlines.legal,) if case.cycle.own_legal else ()
    return min((at for at in (*laws, *ours) if at is not None and at > now), default=None)


def shown(case: Case, *, now: datetime, world: World) -> list[ClockView]:
    """The terms as they are at `now`; not one that binds nobody and was not met in time, nor one that ended before.

    A later cycle shows only those that have not ended.
    """
    terms: Iterable[LegalTerm] = () if case.historical else case.cycle.terms
    found = (_shown(case, term, now, world) for term in terms)
    return [view for view in found if view is not None]


def _shown(case: Case, term: LegalTerm, now: datetime, world: World) -> ClockView | None:
    state: Literal["running", "met", "breached"]
    if term.met:
        state = "met"
    elif _gone(case, term):
        return None
    elif now < term.in_force:
        state = "running"
    elif term.binding:
        state = "breached"
    else:
        return None
    if state == "met" and case.cycle.number > 1:
        return None
    until = term.ended_at or case.ended_at or now
    elapsed, business = waited(case.cycles[0].started_at, until, world.calendar_of(case))
    return ClockView(
        name="legal",
        due=term.in_force,
        state=state,
        elapsed_seconds=elapsed,
        business_seconds=business,
        rule=term.rule,
        term=term.term,
        stops=term.stops,
        binding=term.binding,
    )
