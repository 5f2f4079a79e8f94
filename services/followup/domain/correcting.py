"""Deadlines that were said to be overdue, and were not: what shows it happened in time, and was heard of late.

The complaint was withdrawn, or merged, before the deadline; a result had reached the customer, or they had been told
why it takes longer, before the law's term was over; the message that seemed to wait for an answer was thanks. What was
said stays said; that it was not so is said beside it, once. An answer that is told late is none of these: it is
measured against its target (docs/promises.md).
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from services.followup.domain import terms
from services.followup.domain.case import Case
from services.followup.domain.clock_parts import LegalTerm, Spell
from services.followup.domain.clocks import CLOCKS, deadline_said
from services.followup.domain.parts import evolve
from services.followup.domain.saying import say, then
from shared.decision import Decision
from shared.events.followup import DeadlineCorrected
from shared.events.vocabulary import Clock


def put_right(case: Case, *, now: datetime) -> Decision[Case]:
    """Nothing stands as overdue that was not, as far as is known now. A repeat changes nothing."""
    decision: Decision[Case] = Decision(case)
    for term in _terms(case):
        decision = then(decision, partial(_term_met, term=term, now=now))
    for spell in case.spells:
        if spell.breached and spell.clock == "next_response" and _was_thanks(case, spell.since):
            why = "the message was thanks, and asked for no answer"
            decision = then(decision, partial(_spell_met, spell=spell, why=why, now=now))
    if case.ended_at is None:
        return decision
    for clock, due in _clocks(case, case.ended_at):
        decision = then(decision, partial(_clock_ended, clock=clock, due=due, now=now))
    for spell in decision.state.spells:
        if spell.breached and spell.due is not None and spell.due > case.ended_at:
            decision = then(decision, partial(_spell_met, spell=spell, why=_ended(case), now=now))
    return decision


def _terms(case: Case) -> Iterator[LegalTerm]:
    for term in case.cycle.terms:
        if term.breached is not None and (not terms.missed(case, term) or term.in_force > term.breached):
            yield term


def _clocks(case: Case, ended_at: datetime) -> Iterator[tuple[Clock, datetime]]:
    for clock in CLOCKS:
        if clock in case.cycle.breached and (due := deadline_said(case, clock)) and due > ended_at:
            yield clock, due


def _was_thanks(case: Case, at: datetime) -> bool:
    thanks = any(reply.at == at and reply.reading == "thanks" for reply in case.steps.replies)
    return thanks and at not in case.asked_at


def _term_met(case: Case, *, term: LegalTerm, now: datetime) -> Decision[Case]:
    if term.met:
        why = "what the law wants had been done in time"
    elif term.held_by is not None:
        why = "the customer had been told in time why it takes longer"
    else:
        why = _ended(case)
    case = terms.with_term(case, evolve(term, breached=None))
    return _said(case, now, clock="legal", deadline=term.breached, rule=term.rule, term=term.term, why=why)


def _clock_ended(case: Case, *, clock: Clock, due: datetime, now: datetime) -> Decision[Case]:
    case = case.in_cycle(breached=tuple(each for each in case.cycle.breached if each != clock))
    return _said(case, now, clock=clock, deadline=due, cycle=case.cycle.number, why=_ended(case))


def _spell_met(case: Case, *, spell: Spell, why: str, now: datetime) -> Decision[Case]:
    spells = tuple(evolve(each, breached=False) if each is spell else each for each in case.spells)
    begun = (cycle.number for cycle in case.cycles if cycle.started_at <= spell.since)
    case, number = evolve(case, spells=spells), max(begun, default=1)
    return _said(case, now, clock=spell.clock, deadline=spell.due, cycle=number, why=why)


def _ended(case: Case) -> str:
    return "it had been withdrawn before" if case.withdrawn_at is not None else "it went on inside another one before"


def _said(case: Case, now: datetime, **fields: Any) -> Decision[Case]:
    return say(case, DeadlineCorrected(**fields), now=now)
