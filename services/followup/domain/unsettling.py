"""What shows that a promise ended turns out to show nothing: it never arrived, or was said in another case."""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Final

from services.followup.domain.case import Case
from services.followup.domain.parts import LedgerEntry, Response, evolve
from services.followup.domain.saying import then
from services.followup.domain.settling import answers_to, at_due, corrected, each_of, evidence_of, kept, made_good
from shared.decision import Decision

_WHY: Final = {
    "kept": "the response that kept it did not reach the customer",
    "attempted": "what was tried did not go to the customer",
}
"""How a promise ends by evidence that can fail, and what is said then."""


def taken_back(case: Case, names: Collection[str | None], *, at: datetime, now: datetime) -> Decision[Case]:
    """What goes by these names never arrived, so it keeps nothing, and was no attempt.

    What ended by it is open before due, else broken from the due instant, or attempted where another attempt counts.

    Another valid response takes its place as evidence, inside the window or, for what is broken, as a late fulfilment.
    What it had fulfilled late is not fulfilled. What the customer had taken back with the complaint meanwhile is
    withdrawn: it was open then.
    """
    case = evolve(case, promises=tuple(_not_tried(entry, names) for entry in case.promises))
    return unsettled(case, ended_by(case, names), at=at, now=now)


def ended_by(case: Case, names: Collection[str | None]) -> list[LedgerEntry]:
    """What was settled, or fulfilled late, by evidence that goes by one of these names."""
    return [entry for entry in case.promises if entry.evidence and entry.evidence.reference in names]


def unsettled(
    case: Case, entries: Collection[LedgerEntry], *, at: datetime, now: datetime, why: str | None = None
) -> Decision[Case]:
    """The evidence of these counts no more; without `why`, because it did not reach the customer."""
    ended = [entry for entry in entries if entry.status in _WHY]
    late_ones = [entry for entry in entries if entry.late_at is not None]
    first = each_of(case, ended, partial(_without, at=at, now=now, why=why))
    return then(first, lambda case: each_of(case, late_ones, partial(_not_even_late, now=now, why=why)))


def _not_tried(entry: LedgerEntry, names: Collection[str | None]) -> LedgerEntry:
    attempts = tuple(each for each in entry.attempts if each.reference not in names)
    return entry if len(attempts) == len(entry.attempts) else evolve(entry, attempts=attempts)


def _not_even_late(case: Case, entry: LedgerEntry, *, now: datetime, why: str | None) -> Decision[Case]:
    why = why or "what fulfilled it late did not reach the customer"
    entry = evolve(entry, late_at=None, evidence=None)
    return then(corrected(case, entry, why, now=now), lambda state: made_good(state, entry, now))


def _without(case: Case, entry: LedgerEntry, *, at: datetime, now: datetime, why: str | None) -> Decision[Case]:
    open_again = evolve(entry, status="open", settled_at=None, evidence=None)
    why = why or _WHY[entry.status]
    if other := _other_answer(case, entry):
        first = corrected(case, open_again, why, now=now)
        return then(first, lambda state: kept(state, open_again, evidence_of(other), now=now, by=other.by))
    if case.withdrawn_at is not None and case.withdrawn_at <= entry.due:
        return corrected(case, evolve(open_again, status="withdrawn", settled_at=case.withdrawn_at), why, now=now)
    if at < entry.due:
        return corrected(case, open_again, why, now=now)
    ended = at_due(open_again)
    return then(corrected(case, ended, why, now=now), lambda state: made_good(state, ended, now))


def _other_answer(case: Case, entry: LedgerEntry) -> Response | None:
    """Another answer inside the window; told after due, it must name a reference that can be checked."""
    fitting = (each for each in answers_to(case, entry) if entry.window_holds(each.occurred_at))
    shown = (each for each in fitting if each.told_at <= entry.due or each.external_reference)
    return min(shown, key=lambda each: each.occurred_at, default=None)
