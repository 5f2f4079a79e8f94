"""The first step, respect: the customer is told by name that we have it, what happens next, and when.

The "when" is the first response's deadline, and from then on a promise of the system in the ledger.
"""

from datetime import datetime

from services.followup.domain.case import Case
from services.followup.domain.parts import LedgerEntry, evolve
from services.followup.domain.saying import say
from services.followup.domain.wording import acknowledgement, in_words, language_of, zone_of
from services.followup.domain.world import World
from shared.decision import Decision
from shared.events.followup import ComplaintAcknowledged
from shared.events.promises import PromiseMade


def to_acknowledge(case: Case) -> bool:
    """Whether an acknowledgement is still owed: never for history, for anonymous complaints, after a withdrawal."""
    return not (case.historical or case.anonymous or case.withdrawn_at or case.acknowledged_at)


def acknowledge(case: Case, *, promise_id: str | None, now: datetime, world: World) -> Decision[Case]:
    """The customer knows that we have it; changes nothing where none is owed.

    Without `promise_id`, or where no time can be named (no target, it has passed, a person has answered already),
    nothing is promised.
    """
    if not to_acknowledge(case):
        return Decision(case)
    due = case.cycle.deadlines.first_response
    language = language_of(case)
    case = _acknowledged(case, now)
    if promise_id is None or due is None or due <= now or case.first_response() or case.answers_outside:
        text, _ = acknowledgement(case, world.texts, None)
        return say(case, ComplaintAcknowledged(text=text, language=language), now=now)
    zone = zone_of(case, world.calendar_of(case).time_zone)
    text, words = acknowledgement(case, world.texts, in_words(due, zone, language))
    entry = LedgerEntry(
        id=promise_id,
        complaint_id=case.complaint_id,
        kind="answer",
        words=words,
        due=due,
        time_zone=zone,
        owner=case.agent,
        said_by="system",
        made_at=now,
    )
    case = evolve(case, promises=(*case.promises, entry))
    told = ComplaintAcknowledged(text=text, language=language, promise_id=promise_id)
    return say(case, told, PromiseMade(promise=entry.promise), now=now)


def _acknowledged(case: Case, now: datetime) -> Case:
    status = "acknowledged" if case.status == "received" else case.status
    return evolve(case, acknowledged_at=now, status=status, patience_until=None)
