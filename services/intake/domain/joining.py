"""Complaints that have to do with one another: merged and parted again, split, linked.

A decision changes one complaint. What must follow in another one is written down in `owed`, in the same save, and
done afterwards, at least once, idempotent by its id.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.intake.domain.acting import Acting, entry_of, not_its_subject
from services.intake.domain.complaint import KEPT, OVER, Complaint, FirstResponse, Owed, Part, TimelineEntry
from services.intake.domain.joined import ToldPart
from services.intake.domain.messages import owed_words
from shared.decision import Conflict, Decision, Invalid
from shared.events.cloudevents import too_large
from shared.events.intake import (
    ComplaintLinked,
    ComplaintMerged,
    ComplaintReceived,
    ComplaintSplit,
    ComplaintUnmerged,
)
from shared.events.values import Frozen
from shared.events.vocabulary import Status


class Joined(Frozen):
    """The answer: where the complaint stands; `into`, `to` or `parts` name the others."""

    id: str
    number: str
    status: Status
    into: str | None = None
    to: str | None = None
    parts: tuple[str, ...] = ()


class TargetOver(Conflict):
    """The complaint in which another one should go on is over itself."""


class CustomersDiffer(Conflict):
    """Two complaints of different customers never become one: what is said to one is not said to the other."""

    code = "customers_differ"
    title = "Of different customers"


def merge(
    state: Complaint, *, into: Complaint, act: Acting, now: datetime, world: object = None
) -> Decision[Complaint]:
    """It goes on inside the other one; nothing that was promised here ends by that. Undone by `unmerge`.

    What was answered here was said to the same customer: it is an answer there too, and stays one after `unmerge`. What
    the customer has said since is said there too.
    """
    del world
    not_its_subject(state, act)
    not_its_subject(into, act)
    _not_itself(state, into.id, "into")
    _not_over(state)
    same_customer(state, into)
    if into.status in OVER:
        raise TargetOver(f"the complaint {into.number} is {into.status}; nothing goes on in it")
    event = ComplaintMerged(into=into.id, by=act.by)
    owed = Owed(id=act.owed_id, what="absorb", to=into.id, by=act.by)
    changed = state.changed(
        now,
        entry_of(act, event.type, now, f"Merged into {into.number}", {"into": into.id}),
        status="merged",
        before_merge=state.status,
        merged_into=into.id,
        merged_by=act.by,
        answers=tuple(_also_in(one, into.id) for one in state.answers),
        owed=(*state.owed, owed, *owed_words(state, into, act.owed_id)),
    )
    return Decision(changed, [event], _joined(changed, into=into.id))


def _also_in(answer: FirstResponse, other: str) -> FirstResponse:
    return answer.model_copy(update={"also_in": tuple(dict.fromkeys((*answer.also_in, other)))})


def _not_in(answer: FirstResponse, other: str) -> FirstResponse:
    return answer.model_copy(update={"also_in": tuple(one for one in answer.also_in if one != other)})


def unmerge(
    state: Complaint, *, act: Acting, refused_by: str | None = None, now: datetime, world: object = None
) -> Decision[Complaint]:
    """The merge is undone: it stands where it stood, with its own start and its own promises.

    `refused_by`: the other one, if it never took this one in; then nothing that was answered here counts there.
    """
    del world
    not_its_subject(state, act)
    if state.status != "merged" or state.merged_into is None:
        raise Conflict("The complaint is not merged into another one.", status_now=state.status)
    if refused_by not in (None, state.merged_into):
        raise Conflict("The complaint goes on in yet another one by now.", status_now=state.status)
    event = ComplaintUnmerged(out_of=state.merged_into, by=act.by)
    owed = Owed(id=act.owed_id, what="release", to=state.merged_into, by=act.by)
    answers = tuple(_not_in(one, state.merged_into) for one in state.answers) if refused_by else state.answers
    changed = state.changed(
        now,
        entry_of(act, event.type, now, "The merge is undone", {"out_of": state.merged_into}),
        answers=answers,
        status=state.apart().status,
        before_merge=None,
        merged_into=None,
        merged_by=None,
        owed=(*state.owed, owed),
    )
    return Decision(changed, [event], _joined(changed))


def link(
    state: Complaint, *, to: Complaint, why: str, act: Acting, back: bool = False, now: datetime, world: object = None
) -> Decision[Complaint]:
    """Both know of one another, and neither changes; the second side is told unless this is it (`back`)."""
    del world
    for one in () if back else (state, to):
        not_its_subject(one, act)
    _not_itself(state, to.id, "to")
    if to.id in state.related:
        return Decision(state, (), _joined(state, to=to.id))
    event = ComplaintLinked(to=to.id, why=why, by=act.by)
    owed = () if back else (Owed(id=act.owed_id, what="link", to=to.id, by=act.by, why=why),)
    changed = state.changed(
        now,
        entry_of(act, event.type, now, f"Has to do with {to.number}", {"to": to.id}),
        related=(*state.related, to.id)[-KEPT:],
        owed=(*state.owed, *owed),
    )
    return Decision(changed, [event], _joined(changed, to=to.id))


def split(
    state: Complaint,
    *,
    parts: tuple[ToldPart, ...],
    ids: tuple[str, ...],
    act: Acting,
    now: datetime,
    world: object = None,
) -> Decision[Complaint]:
    """Parts go on as complaints of their own, from the same start; this one goes on as it is."""
    del world
    not_its_subject(state, act)
    _not_over(state)
    event = ComplaintSplit(parts=ids, by=act.by)
    owed = [
        Owed(id=f"{act.owed_id}/{one}", what="part", to=one, by=act.by, part=Part(**told.model_dump()))
        for one, told in zip(ids, parts, strict=True)
    ]
    _not_too_large(state, owed, now)
    entry = entry_of(act, event.type, now, f"Split: {len(ids)} parts go on by themselves", {"parts": " ".join(ids)})
    changed = state.changed(now, entry, split_into=(*state.split_into, *ids)[-KEPT:], owed=(*state.owed, *owed))
    return Decision(changed, [event], _joined(changed, parts=ids))


def part_of(
    state: None, *, whole: Complaint, owed: Owed, number: str, now: datetime, world: object = None
) -> Decision[Complaint]:
    """A part is a complaint of its own, of the same customer, with the same start of its clocks.

    Not with the same call: who answered the whole has not answered the part.
    """
    del state, world
    told = {name: value for name, value in dict(owed.part or Part()).items() if value is not None}
    fresh: dict[str, Any] = {"number": number, "external_reference": None, "contact": None, "split_from": whole.id}
    blank: dict[str, Any] = dict.fromkeys(("text", "subject", "category", "remedy_sought", "amount_at_stake"))
    received: ComplaintReceived = whole.received.model_copy(update={**blank, **told, **fresh, "attachments": ()})
    summary = f"A part of {whole.number}, received as {number}"
    entry = TimelineEntry(
        id=owed.id,
        at=now,
        type=received.type,
        source="intake",
        by=owed.by,
        summary=summary,
        data={"split_from": whole.id},
    )
    complaint = Complaint(
        id=owed.to,
        number=number,
        received=received,
        customer_version=whole.customer_version,
        changed_at=now,
        timeline=(entry,),
        timeline_count=1,
    )
    return Decision(complaint, [received])


def _not_too_large(whole: Complaint, owed: Sequence[Owed], now: datetime) -> None:
    """Each part can be said, with all that it takes over from the whole."""
    for place, one in enumerate(owed):
        (received,) = part_of(None, whole=whole, owed=one, number=whole.number, now=now).events
        if too_large(received.model_dump_json()):
            raise Invalid("A part is too large.", errors=[(f"parts.{place}", "shorten it")])


def same_customer(state: Complaint, into: Complaint) -> None:
    """Both, and what goes on in them, are the same customer's, as far as is known; whoever is unknown may be the same.

    Raises:
        CustomersDiffer: they are known to be two.
    """
    if len({*state.customers, *into.customers}) > 1:
        raise CustomersDiffer(
            f"{state.number} and {into.number} are complaints of different customers; link them, or set right whose"
            " they are first, if it is the same person"
        )


def _not_itself(state: Complaint, other: str, field: str) -> None:
    if other == state.id:
        raise Invalid("This is the complaint itself.", errors=[(field, "name another complaint")])


def _not_over(state: Complaint) -> None:
    if state.status in OVER:
        raise Conflict(f"The complaint is {state.status}.", status_now=state.status)


def _joined(state: Complaint, **others: Any) -> Joined:
    return Joined(id=state.id, number=state.number, status=state.status, **others)
