"""How a promise ends: kept, broken or attempted, and what corrects that afterwards. Source: `domain.md`, Promises.

Evidence counts by when it happened, not by when we hear of it. `broken_at` is never cleared.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Final

from services.followup.domain.attempts import counting_attempt
from services.followup.domain.case import Case
from services.followup.domain.parts import LedgerEntry, Response, evolve
from services.followup.domain.saying import say, then
from shared.decision import Decision
from shared.events.promises import (
    PromiseAttempted,
    PromiseBroken,
    PromiseCorrected,
    PromiseFulfilledLate,
    PromiseKept,
    PromiseWithdrawn,
)
from shared.events.values import AgentId, Evidence
from shared.events.vocabulary import EvidenceType

ANSWERED_BY_ANY_RESPONSE: Final = frozenset({"answer", "update"})
"""What the system promises in a person's place, and any person's response fulfils."""


def kept(
    case: Case, entry: LedgerEntry, evidence: Evidence, *, now: datetime, by: AgentId | None = None
) -> Decision[Case]:
    """An open promise is kept by this evidence."""
    entry = evolve(entry, status="kept", settled_at=evidence.occurred_at, evidence=evidence)
    return say(_put(case, entry), PromiseKept(promise=entry.promise, evidence=evidence), now=now, by=by)


def late(
    case: Case, entry: LedgerEntry, evidence: Evidence, *, at: datetime, now: datetime, by: AgentId | None = None
) -> Decision[Case]:
    """A broken promise was fulfilled after all: it stays broken, and is late."""
    entry = evolve(entry, late_at=at, evidence=evidence)
    return say(_put(case, entry), PromiseFulfilledLate(promise=entry.promise, evidence=evidence), now=now, by=by)


def settle_at_due(case: Case, promise_id: str, *, now: datetime) -> Decision[Case]:
    """Due has come: attempted if there is an attempt that counts, else broken, both with the due instant."""
    entry = at_due(next(each for each in case.promises if each.id == promise_id))
    if entry.status == "attempted" and entry.evidence:
        return say(_put(case, entry), PromiseAttempted(promise=entry.promise, evidence=entry.evidence), now=now)
    said = say(_put(case, entry), PromiseBroken(promise=entry.promise), now=now)
    return then(said, lambda state: made_good(state, entry, now))


def at_due(entry: LedgerEntry) -> LedgerEntry:
    """The promise as it stands when due has come."""
    if attempt := counting_attempt(entry):
        return evolve(entry, status="attempted", settled_at=entry.due, evidence=attempt)
    return evolve(entry, status="broken", settled_at=entry.due, broken_at=entry.due, evidence=None)


def corrected(case: Case, new: LedgerEntry, why: str, *, now: datetime, by: AgentId | None = None) -> Decision[Case]:
    """What was counted was not so; from now on the promise stands as `new` says."""
    old = next(each for each in case.promises if each.id == new.id)
    told = PromiseCorrected(promise=new.promise, from_status=old.status, to_status=new.status, why=why)
    return say(_put(case, new), told, now=now, by=by)


def _as_kept(entry: LedgerEntry, evidence: Evidence) -> LedgerEntry:
    return evolve(entry, status="kept", settled_at=evidence.occurred_at, late_at=None, evidence=evidence)


def kept_after_all(
    case: Case, entry: LedgerEntry, evidence: Evidence, why: str, *, now: datetime, by: AgentId | None = None
) -> Decision[Case]:
    """It had been kept in time, and so had what was agreed in its place after we thought it broken.

    By that one's due, too, the customer had what was promised: the same evidence keeps it. It is not withdrawn, which
    only a customer does. One that has a window of its own is left as it is: only the customer can say that what
    was done before settles it.
    """

    def too(state: Case, later: LedgerEntry) -> Decision[Case]:
        if evidence.occurred_at is None or not later.window_holds(evidence.occurred_at):
            return Decision(state)
        if later.status == "open":
            return kept(state, later, evidence, now=now, by=by)
        if later.status not in ("broken", "attempted"):
            return Decision(state)
        return corrected(state, _as_kept(later, evidence), why, now=now, by=by)

    first = corrected(case, _as_kept(entry, evidence), why, now=now, by=by)
    return then(first, lambda state: each_of(state, _in_its_place(state, entry), too))


def _in_its_place(case: Case, entry: LedgerEntry) -> list[LedgerEntry]:
    """What took its place, what took that one's, and so on; a promise stands behind the one whose place it takes."""
    chain = [entry]
    for each in case.promises:
        if each.id == chain[-1].replaced_by:
            chain.append(each)
    return chain[1:]


def answered(case: Case, response: Response, *, now: datetime) -> Decision[Case]:
    """What a person's response to the customer means for the answers and updates that the system promised.

    Inside the window it keeps what is open. Where it was told in time, or names a reference outside this system, it
    corrects a break, or an attempt; else it is the late fulfilment of what is broken, if it is the first.
    """
    if not response.answers:
        return Decision(case)
    return each_of(
        case, _waiting_for_an_answer(case.promises), lambda state, entry: _answer(state, entry, response, now)
    )


def _waiting_for_an_answer(entries: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    return [
        entry
        for entry in entries
        if entry.said_by == "system"
        and entry.kind in ANSWERED_BY_ANY_RESPONSE
        and entry.status in ("open", "broken", "attempted")
    ]


def _answer(case: Case, entry: LedgerEntry, response: Response, now: datetime) -> Decision[Case]:
    evidence = evidence_of(response)
    in_window = entry.window_holds(response.occurred_at)
    if entry.status == "open":
        return kept(case, entry, evidence, now=now, by=response.by) if in_window else Decision(case)
    if in_window and (response.external_reference or response.told_at <= entry.due):
        why = "the answer had been given in time; we heard of it after due"
        return kept_after_all(case, entry, evidence, why, now=now, by=response.by)
    if entry.status == "attempted" or entry.late_at is not None:
        return Decision(case)
    at = response.told_at if in_window else response.occurred_at
    return late(case, entry, evidence, at=at, now=now, by=response.by)


def evidence_of(response: Response) -> Evidence:
    """The response as evidence; its reference is the response's id."""
    kind: EvidenceType = "call" if response.channel == "phone" else "message"
    return Evidence(type=kind, reference=response.id, occurred_at=response.occurred_at)


def made_good(case: Case, entry: LedgerEntry, now: datetime) -> Decision[Case]:
    """What is broken is fulfilled late by the first answer that there is already, if there is any."""
    first = min(answers_to(case, entry), key=lambda each: each.occurred_at, default=None)
    if entry.status != "broken" or first is None:
        return Decision(case)
    return _answer(case, entry, first, now)


def answers_to(case: Case, entry: LedgerEntry) -> Iterator[Response]:
    """What can keep what the system promised: what people have answered here, and where it goes on."""
    if entry.said_by == "system" and entry.kind in ANSWERED_BY_ANY_RESPONSE:
        yield from (each for each in (*case.responses, *case.answers_outside) if each.answers)


def withdrawn(
    case: Case, entry: LedgerEntry, *, at: datetime, now: datetime, words: str | None, by: AgentId | None = None
) -> Decision[Case]:
    """The customer does not want it any more, from `at` on."""
    was, entry = entry.status, evolve(entry, status="withdrawn", settled_at=at, late_at=None)
    if was != "open":
        return corrected(case, entry, "the customer had withdrawn it before due; we heard of it after", now=now, by=by)
    return say(_put(case, entry), PromiseWithdrawn(promise=entry.promise, by=by, words=words), now=now)


def all_withdrawn(case: Case, *, at: datetime, now: datetime, words: str | None) -> Decision[Case]:
    """With the complaint the customer withdraws what was promised: all that was open at `at`.

    What had fallen due before is left to the timer, if that has not been here yet: it is broken.
    """
    unsettled_then = ("open", "broken", "attempted")
    were_open = [entry for entry in case.promises if entry.status in unsettled_then and entry.due >= at]
    return each_of(case, were_open, lambda state, entry: withdrawn(state, entry, at=at, now=now, words=words))


def each_of(
    case: Case, entries: Iterable[LedgerEntry], rule: Callable[[Case, LedgerEntry], Decision[Case]]
) -> Decision[Case]:
    """The rule, for one promise after the other."""
    decision = Decision(case)
    for entry in entries:
        decision = then(decision, partial(_turned, rule, entry))
    return decision


def _turned(rule: Callable[[Case, LedgerEntry], Decision[Case]], entry: LedgerEntry, case: Case) -> Decision[Case]:
    return rule(case, entry)


def _put(case: Case, entry: LedgerEntry) -> Case:
    return case.with_entry(entry.id, lambda _: entry)
