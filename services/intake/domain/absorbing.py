"""The other side of a merge: a complaint takes another one in, hears what becomes of it, and lets it go."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TypeVar

from services.intake.domain.acting import Acting, entry_of
from services.intake.domain.complaint import KEPT, OVER, Complaint, Owed
from services.intake.domain.joining import TargetOver, same_customer
from shared.decision import Decision
from shared.events.intake import ComplaintAbsorbed, ComplaintReleased
from shared.events.values import AbsorbedAnswer

T = TypeVar("T")


def absorb(
    state: Complaint, *, other: Complaint, act: Acting, now: datetime, world: object = None
) -> Decision[Complaint]:
    """The other one goes on here. Refused when this one has ended, or is another customer's, meanwhile.

    Then the merge is undone.
    """
    del world
    if other.id in state.absorbed:
        return Decision(state)
    same_customer(other, state)
    if state.status in OVER:
        raise TargetOver(f"the complaint is {state.status}")
    return _with(state, other, act, now)


def renew(
    state: Complaint, *, other: Complaint, act: Acting, now: datetime, world: object = None
) -> Decision[Complaint]:
    """What goes on in this one stands otherwise than it was told: its start, its answers, or whom it is about."""
    del world
    if other.id not in state.absorbed or other.merged_into != state.id:
        return Decision(state)
    return _with(state, other, act, now)


def _with(state: Complaint, other: Complaint, act: Acting, now: datetime) -> Decision[Complaint]:
    answers = tuple(
        AbsorbedAnswer(reference=other.name_elsewhere(one.response_id), occurred_at=one.at)
        for one in other.answers
        if state.id in one.also_in
    )
    event = ComplaintAbsorbed(
        absorbed=other.id,
        number=other.number,
        started_at=other.started_at,
        answered_at=answers[0].occurred_at if answers else None,
        answers=answers,
        about=other.about,
        by=act.by,
    )
    entry = entry_of(act, event.type, now, f"{other.number} goes on in this complaint", {"absorbed": other.id})
    absorbed = tuple(dict.fromkeys((*state.absorbed, other.id)))[-KEPT:]
    changed = state.changed(
        now,
        entry,
        absorbed=absorbed,
        absorbed_about=_of_these(absorbed, {**state.absorbed_about, other.id: other.about}),
        absorbed_from=_of_these(absorbed, {**state.absorbed_from, other.id: other.started_at}),
        absorbed_of=_of_these(absorbed, {**state.absorbed_of, other.id: other.customers}),
        owed=(*state.owed, *_owed_further(state, act)),
    )
    return Decision(changed, [event])


def release(
    state: Complaint, *, other: Complaint, act: Acting, now: datetime, world: object = None
) -> Decision[Complaint]:
    """The other one stands on its own again."""
    del world
    if other.id not in state.absorbed:
        return Decision(state)
    event = ComplaintReleased(absorbed=other.id, by=act.by)
    entry = entry_of(act, event.type, now, f"{other.number} stands on its own again", {"absorbed": other.id})
    absorbed = tuple(one for one in state.absorbed if one != other.id)
    changed = state.changed(
        now,
        entry,
        absorbed=absorbed,
        absorbed_about=_of_these(absorbed, state.absorbed_about),
        absorbed_from=_of_these(absorbed, state.absorbed_from),
        absorbed_of=_of_these(absorbed, state.absorbed_of),
        owed=(*state.owed, *_owed_further(state, act)),
    )
    return Decision(changed, [event])


def _of_these(absorbed: Collection[str], known: Mapping[str, T]) -> dict[str, T]:
    return {name: what for name, what in known.items() if name in absorbed}


def _owed_further(state: Complaint, act: Acting) -> tuple[Owed, ...]:
    """The one in which this one goes on itself is to know what has changed here."""
    if state.merged_into is None:
        return ()
    return (Owed(id=f"{act.owed_id}/{state.id}", what="renew", to=state.merged_into, by=act.by),)
