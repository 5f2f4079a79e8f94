"""Evidence that a promise was fulfilled, or that somebody tried. It counts by when it happened."""

from datetime import datetime
from typing import ClassVar, Final

from services.followup.domain.asking import Ask, check_reference, entry_of, first_word, told_since
from services.followup.domain.attempts import is_attempt
from services.followup.domain.case import Case
from services.followup.domain.parts import LedgerEntry, evolve
from services.followup.domain.refusals import Conflict, PromiseSettled
from services.followup.domain.saying import remember
from services.followup.domain.settling import corrected, kept, kept_after_all, late
from services.followup.domain.world import World
from shared.decision import Decision, Invalid
from shared.events.values import Evidence

MOST_ATTEMPTS: Final = 50


class PromiseTooEarly(Conflict):
    """It happened before the promised window, and the customer has not said that this settles it."""

    code = "promise_too_early"


class Fulfil(Ask):
    """It was done. `settles_it`: the customer said so of something done before `not_before`."""

    after_merge: ClassVar[bool] = True

    promise_id: str
    evidence: Evidence
    settles_it: bool = False


class Attempt(Ask):
    """Somebody tried, and the customer could not be reached."""

    adds: ClassVar[bool] = True
    after_merge: ClassVar[bool] = True

    promise_id: str
    evidence: Evidence


def fulfil(case: Case, ask: Fulfil, *, now: datetime, world: World) -> Decision[Case]:
    """The promise is kept if it was done inside its window; done after due, it stays broken and is late.

    Done in time and told after due it corrects the break, if the evidence names a reference that can be checked. What
    took another promise's place promises the same: it is kept also by what was done since the first of them was made.
    """
    del world
    entry = entry_of(case, ask.promise_id)
    evidence = told_since(case, first_word(case, entry), ask.evidence, now)
    at = evidence.occurred_at or now
    _check_arrived(case, evidence)
    if entry.not_before is not None and at < entry.not_before and not ask.settles_it:
        raise PromiseTooEarly("this was before the promised time; it settles the promise only if the customer says so")
    decision = _fulfilled(case, entry, evidence, ask, at=at, now=now)
    return Decision(decision.state, decision.events, entry_of(decision.state, entry.id).promise)


def _fulfilled(
    case: Case, entry: LedgerEntry, evidence: Evidence, ask: Fulfil, *, at: datetime, now: datetime
) -> Decision[Case]:
    if entry.status == "open":
        return kept(case, entry, evidence, now=now, by=ask.by)
    if entry.status in ("broken", "attempted") and at <= entry.due:
        check_reference(evidence)
        return kept_after_all(case, entry, evidence, "done in time; told after due", now=now, by=ask.by)
    if entry.status == "broken" and entry.late_at is None and entry.replaced_by is None:
        return late(case, entry, evidence, at=at, now=now, by=ask.by)
    raise PromiseSettled(f"this promise is {entry.status} already", promise_status=entry.status)


def attempt(case: Case, ask: Attempt, *, now: datetime, world: World) -> Decision[Case]:
    """The attempt is on record; it settles nothing before due. What did not go to the customer is none.

    Told after due it corrects a break, if it was inside the window, by the promised channel, and names a reference.
    """
    del world
    entry = entry_of(case, ask.promise_id)
    evidence = told_since(case, entry, ask.evidence, now)
    _check_arrived(case, evidence)
    tried = evolve(entry, attempts=(*entry.attempts, evidence)[-MOST_ATTEMPTS:])
    if entry.status == "open":
        case = remember(case, "promise.attempt", at=now, by=ask.by, summary=evidence.text or "", about=entry.id)
        return Decision(case.with_entry(entry.id, lambda _: tried), (), entry.promise)
    if entry.status != "broken" or entry.late_at or not is_attempt(entry, evidence):
        raise PromiseSettled(f"this promise is {entry.status} already", promise_status=entry.status)
    check_reference(evidence)
    tried = evolve(tried, status="attempted", settled_at=entry.due, evidence=evidence)
    decision = corrected(case, tried, "tried in time; told after due", now=now, by=ask.by)
    return Decision(decision.state, decision.events, tried.promise)


def _check_arrived(case: Case, evidence: Evidence) -> None:
    failed = {each.response_id for each in case.reports if each.failed}
    for response in case.responses:
        if response.failed_at is not None:
            failed |= {name for name in (response.id, response.external_reference) if name}
    if evidence.reference in failed:
        reason = "names something that did not reach the customer"
        raise Invalid("this shows that it was not done", errors=[("evidence.reference", reason)])
