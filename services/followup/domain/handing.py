"""A promise changes hands: with the case, or because its owner cannot keep it. The word itself stays.

Source: `domain.md`, Promises: an owner's absence hands open promises over before due; whom a complaint is about keeps
their hands off it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from services.followup.domain.case import Case
from services.followup.domain.parts import LedgerEntry, evolve
from services.followup.domain.saying import say, then
from services.followup.domain.world import World
from shared.decision import Decision
from shared.events.promises import PromiseHandedOver
from shared.events.values import AgentId


def hand_over(
    case: Case, entry: LedgerEntry, to: AgentId | None, why: Literal["case", "absence"], *, now: datetime
) -> Decision[Case]:
    """From now on `to` must keep it. Whose it was at first (the system's, before anybody had the case) is not said.

    Except where it goes on inside another case, whose owner has it: nobody could tell who that is.
    """
    before, entry = entry.owner, evolve(entry, owner=to)
    case = case.with_entry(entry.id, lambda _: entry)
    if before is None and entry.said_by == "system" and case.merged_into is None:
        return Decision(case)
    return say(case, PromiseHandedOver(promise=entry.promise, from_owner=before, to_owner=to, why=why), now=now)


def inherited(case: Case, before: AgentId | None, *, now: datetime) -> Decision[Case]:
    """The case's new owner has every open promise of the owner before, and those that were nobody's."""
    decision: Decision[Case] = Decision(case)
    for entry in case.open_promises:
        if entry.owner in (None, before) and entry.owner != case.agent:
            handed = hand_over(decision.state, entry, case.agent, "case", now=now)
            decision = Decision(handed.state, (*decision.events, *handed.events))
    return decision


def handed_over(case: Case, *, now: datetime, world: World) -> Decision[Case]:
    """Open promises that their owner cannot keep are somebody's who can; where there is nobody, they stay."""
    decision: Decision[Case] = Decision(case)
    for entry in case.open_promises:
        to = substitute(case, entry, world)
        if to is not None:
            why: Literal["case", "absence"] = "case" if entry.owner in case.subjects else "absence"
            handed = hand_over(decision.state, entry, to, why, now=now)
            decision = then(decision, lambda _, handed=handed: handed)  # type: ignore[misc]
    return decision


def substitute(case: Case, entry: LedgerEntry, world: World) -> AgentId | None:
    """Who takes it from an owner who is away at its due, or works here no more; None where it may stay, or must.

    Whom the complaint turns out to be about can keep nothing here: theirs may also be the case's owner's.
    """
    is_subject = entry.owner in case.subjects
    if entry.owner is None or (world.there(entry.owner, entry.due) and not is_subject):
        return None
    found = [*substitutes(case, entry, world), *([case.agent] if is_subject and case.agent else [])]
    return next((each for each in found if each not in case.subjects and world.there(each, entry.due)), None)


def substitutes(case: Case, entry: LedgerEntry, world: World) -> Iterator[AgentId]:
    """Whom one turns to in the owner's place: the promise's fallback, the owner's, the owner's manager.

    Never whom the complaint is about.
    """
    agent = world.reference.agents.get(entry.owner or "")
    named = (entry.fallback_owner, *((agent.fallback, agent.manager) if agent else ()))
    yield from (each for each in named if each is not None and each != entry.owner and each not in case.subjects)
