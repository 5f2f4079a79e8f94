"""Another time for what was promised: agreed by the customer before due, it takes the old one's place."""

from datetime import datetime
from typing import ClassVar

from services.followup.domain.asking import Ask, entry_of, person, told_since
from services.followup.domain.case import Case
from services.followup.domain.feasibility import Wish, check_feasible
from services.followup.domain.parts import LedgerEntry, evolve
from services.followup.domain.promises import check_may_promise, how, promised, window_of
from services.followup.domain.refusals import PromiseSettled
from services.followup.domain.saying import say, then
from services.followup.domain.settling import corrected
from services.followup.domain.world import World
from shared.decision import Decision, Invalid
from shared.events.promises import PromiseMade, PromiseRenegotiated
from shared.events.values import AgentId, Evidence, Instant, LongText


class Renegotiate(Ask):
    """Another time was asked for; `new_id` is the promise that takes the old one's place if the customer agreed."""

    adds: ClassVar[bool] = True
    after_merge: ClassVar[bool] = True

    promise_id: str
    new_id: str
    due: Instant
    not_before: Instant | None = None
    words: LongText
    agreed_by_customer: bool
    evidence: Evidence | None = None
    override_reason: LongText | None = None


def new_wish(case: Case, ask: Renegotiate, world: World) -> Wish:
    """What is asked for in the old promise's place; its money was promised already, and needs nobody's limit.

    Raises:
        Invalid: its times make no window.
        NotFound: there is no such promise.
    """
    old = entry_of(case, ask.promise_id)
    not_before, due = window_of(case, old.owner, ask.due, ask.not_before, world=world)
    return Wish(due, not_before, old.owner, old.depends_on, ask.by)


def renegotiate(case: Case, ask: Renegotiate, *, now: datetime, world: World) -> Decision[Case]:
    """Agreed by the customer before due, a new promise takes the old one's place.

    Agreed after due, the old one stays broken and a new promise follows it. Agreed before and told after, which a
    reference shows, it corrects how the old one ended. Not agreed, it is recorded and the old due stands. The new time
    must be feasible as for any promise.
    """
    by, old = person(ask), entry_of(case, ask.promise_id)
    evidence = told_since(case, old, ask.evidence, now) if ask.evidence else None
    told_late = ask.agreed_by_customer and evidence is not None and _agreed_before_due(old, evidence)
    if old.replaced_by or (old.status not in ("open", "broken") and not told_late):
        raise PromiseSettled(f"this promise is {how(old)} already", promise_status=old.status)
    if not ask.agreed_by_customer:
        return _refused(case, old, ask, by, evidence, now)
    check_may_promise(case)
    if evidence is None:
        raise Invalid("what shows that the customer agreed?", errors=[("evidence", "is needed when they agreed")])
    wish = new_wish(case, ask, world)
    overridden = check_feasible(case, wish, ask.override_reason, now=now, world=world)
    new = _successor(old, ask, wish, now, overridden=overridden)
    ended = _ended(case, old, ask, evidence, by, now)

    def followed(case: Case) -> Decision[Case]:
        made = PromiseMade(promise=new.promise, overridden=overridden)
        return say(evolve(case, promises=(*case.promises, new)), made, now=now, by=by)

    said = then(ended, followed)
    return Decision(said.state, said.events, promised(new, world))


def _agreed_before_due(old: LedgerEntry, evidence: Evidence) -> bool:
    """Whether what ended otherwise at due had been moved before, as can be checked."""
    in_time = evidence.occurred_at is not None and evidence.occurred_at <= old.due
    ended = old.status in ("broken", "attempted") and old.late_at is None
    return ended and in_time and evidence.reference is not None


def _ended(
    case: Case, old: LedgerEntry, ask: Renegotiate, evidence: Evidence, by: AgentId, now: datetime
) -> Decision[Case]:
    """The old promise is replaced, and renegotiated but where that was agreed after due."""
    was, old = old, evolve(old, replaced_by=ask.new_id)
    if _agreed_before_due(was, evidence):
        old = evolve(old, status="renegotiated", settled_at=evidence.occurred_at, evidence=evidence)
        why = "the customer had agreed to another time before due; we heard of it after"
        return corrected(case, old, why, now=now, by=by)
    if was.status == "open":
        old = evolve(old, status="renegotiated", settled_at=now)
    payload = _renegotiated(old, ask, by, evidence, after_due=was.status == "broken")
    return say(case.with_entry(old.id, lambda _: old), payload, now=now, by=by)


def _successor(old: LedgerEntry, ask: Renegotiate, wish: Wish, now: datetime, *, overridden: bool) -> LedgerEntry:
    carried = old.model_dump(
        include={"complaint_id", "kind", "time_zone", "owner", "fallback_owner", "channel", "number", "amount",
                 "made_to", "depends_on"}
    )  # fmt: skip
    return LedgerEntry(
        **carried,
        id=ask.new_id,
        words=ask.words,
        due=wish.due,
        not_before=wish.not_before,
        made_by=wish.maker,
        said_by="person",
        made_at=now,
        replaces=old.id,
        override_reason=ask.override_reason if overridden else None,
        overridden=overridden,
    )


def _refused(
    case: Case, old: LedgerEntry, ask: Renegotiate, by: AgentId, evidence: Evidence | None, now: datetime
) -> Decision[Case]:
    old = evolve(old, refused_changes=old.refused_changes + 1)
    payload = _renegotiated(old, ask, by, evidence, after_due=old.status == "broken")
    said = say(case.with_entry(old.id, lambda _: old), payload, now=now, by=by)
    return Decision(said.state, said.events, old.promise)


def _renegotiated(
    old: LedgerEntry, ask: Renegotiate, by: AgentId, evidence: Evidence | None, *, after_due: bool
) -> PromiseRenegotiated:
    return PromiseRenegotiated(
        promise=old.promise,
        by=by,
        agreed_by_customer=ask.agreed_by_customer,
        proposed_due=ask.due,
        words=ask.words,
        evidence=evidence,
        after_due=after_due,
    )
