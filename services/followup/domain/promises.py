"""Our word to a customer: given, checked, moved with their agreement, taken back by them alone."""

from datetime import datetime
from typing import ClassVar, TypeVar

from services.followup.domain.asking import Ask, entry_of, person, told
from services.followup.domain.case import Case
from services.followup.domain.feasibility import Wish, feasible_times, in_the_past, infeasible
from services.followup.domain.parts import Check, LedgerEntry, evolve
from services.followup.domain.refusals import Conflict, NotFound, OwnerIsSubject, PromiseNotFeasible, PromiseSettled
from services.followup.domain.saying import say
from services.followup.domain.settling import withdrawn
from services.followup.domain.wording import zone_of
from services.followup.domain.world import World
from shared.decision import Decision, Invalid
from shared.events.followup import PromiseChecked, PromiseMade, PromiseRenegotiated
from shared.events.values import AgentId, Evidence, Instant, LongText, ShortText
from shared.events.vocabulary import MadeTo, PromiseKind, ResponseChannel

MOST_CHECKS = 50


class MakePromise(Ask):
    """What is to be promised; `by` is who makes the promise. `owner` None: whoever owns the case, else who made it."""

    adds: ClassVar[bool] = True

    promise_id: str
    kind: PromiseKind
    words: LongText
    due: Instant
    not_before: Instant | None = None
    time_zone: str | None = None
    owner: AgentId | None = None
    fallback_owner: AgentId | None = None
    channel: ResponseChannel | None = None
    number: ShortText | None = None
    made_in: ShortText | None = None
    made_to: MadeTo = "customer"
    depends_on: str | None = None
    why_not_now: LongText | None = None
    override_reason: LongText | None = None


class CheckPromise(Ask):
    """Whether whoever must keep it is on track."""

    adds: ClassVar[bool] = True
    after_merge: ClassVar[bool] = True

    promise_id: str
    on_track: bool
    note: LongText | None = None


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


class WithdrawPromise(Ask):
    """The customer does not want it any more; `words` are theirs."""

    after_merge: ClassVar[bool] = True

    promise_id: str
    words: LongText


def make_promise(case: Case, ask: MakePromise, *, now: datetime, world: World) -> Decision[Case]:
    """The customer has our word.

    Refuses a time that cannot be kept: past, closed, after the legal deadline, before what it depends on. The refusal
    names the nearest feasible times. With a reason it is promised all the same, and counted; never into the past.
    """
    maker = person(ask)
    _check_may_promise(case)
    owner = ask.owner or case.agent or maker
    if owner in case.subjects:
        raise OwnerIsSubject(f"{owner} is whom this complaint is about")
    if ask.depends_on is not None and ask.depends_on not in {entry.id for entry in case.promises}:
        raise NotFound(f"this complaint has no promise {ask.depends_on}")
    wish = Wish(ask.due, ask.not_before, owner, ask.depends_on)
    overridden = _check_feasible(case, wish, ask.override_reason, now=now, world=world)
    entry = LedgerEntry(
        **ask.model_dump(exclude={"by", "promise_id", "time_zone", "owner", "override_reason"}),
        id=ask.promise_id,
        complaint_id=case.complaint_id,
        time_zone=ask.time_zone or zone_of(case, world.hours_of(case, owner).time_zone),
        owner=owner,
        made_by=maker,
        said_by="person",
        made_at=now,
        override_reason=ask.override_reason if overridden else None,
        overridden=overridden,
    )
    case = evolve(case, promises=(*case.promises, entry))
    said = say(case, PromiseMade(promise=entry.promise, overridden=overridden), now=now, by=maker)
    return Decision(said.state, said.events, entry.promise)


def _check_may_promise(case: Case) -> None:
    if case.historical:
        raise Conflict("nothing is promised in history")
    if case.status in ("closed", "withdrawn"):
        raise Conflict(f"this complaint is {case.status}; reopen it, or take a new one, before promising anything")


def _check_feasible(case: Case, wish: Wish, override_reason: str | None, *, now: datetime, world: World) -> bool:
    """Whether a reason was needed to let it through."""
    if wish.not_before is not None and wish.not_before >= wish.due:
        raise Invalid("the window has no inside", errors=[("not_before", "must be before due")])
    problems = infeasible(case, wish, now=now, world=world)
    if problems and (override_reason is None or in_the_past(wish, now)):
        raise PromiseNotFeasible(problems, feasible_times(case, wish, now=now, world=world))
    return bool(problems)


def check_promise(case: Case, ask: CheckPromise, *, now: datetime, world: World) -> Decision[Case]:
    """It is known before due whether the promise is on track."""
    del world
    entry = _open(entry_of(case, ask.promise_id))
    check = Check(at=now, by=ask.by, on_track=ask.on_track, note=ask.note)
    entry = evolve(entry, checks=(*entry.checks, check)[-MOST_CHECKS:])
    payload = PromiseChecked(promise=entry.promise, by=ask.by, on_track=ask.on_track, note=ask.note)
    said = say(case.with_entry(entry.id, lambda _: entry), payload, now=now)
    return Decision(said.state, said.events, entry.promise)


def renegotiate(case: Case, ask: Renegotiate, *, now: datetime, world: World) -> Decision[Case]:
    """Agreed by the customer before due, a new promise takes the old one's place.

    Agreed after due, the old one stays broken and a new promise follows it. Not agreed, it is recorded and the old due
    stands. The new time must be feasible as for any promise.
    """
    by, old = person(ask), entry_of(case, ask.promise_id)
    if old.status not in ("open", "broken") or old.replaced_by:
        raise PromiseSettled(f"this promise is {_how(old)} already", promise_status=old.status)
    evidence = told(case, ask.evidence, now) if ask.evidence else None
    if not ask.agreed_by_customer:
        return _refused(case, old, ask, by, evidence, now)
    _check_may_promise(case)
    if evidence is None:
        raise Invalid("what shows that the customer agreed?", errors=[("evidence", "is needed when they agreed")])
    wish = Wish(ask.due, ask.not_before, old.owner, old.depends_on)
    overridden = _check_feasible(case, wish, ask.override_reason, now=now, world=world)
    new = _successor(old, ask, by, now, overridden=overridden)
    after_due = old.status == "broken"
    old = evolve(old, replaced_by=new.id)
    if not after_due:
        old = evolve(old, status="renegotiated", settled_at=now)
    case = case.with_entry(old.id, lambda _: old)
    case = evolve(case, promises=(*case.promises, new))
    payload = _renegotiated(old, ask, by, evidence, after_due=after_due)
    said = say(case, payload, PromiseMade(promise=new.promise, overridden=overridden), now=now, by=by)
    return Decision(said.state, said.events, new.promise)


def _successor(old: LedgerEntry, ask: Renegotiate, by: AgentId, now: datetime, *, overridden: bool) -> LedgerEntry:
    carried = old.model_dump(
        include={"complaint_id", "kind", "time_zone", "owner", "fallback_owner", "channel", "number", "made_to",
                 "depends_on"}
    )  # fmt: skip
    return LedgerEntry(
        **carried,
        id=ask.new_id,
        words=ask.words,
        due=ask.due,
        not_before=ask.not_before,
        made_by=by,
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


def withdraw_promise(case: Case, ask: WithdrawPromise, *, now: datetime, world: World) -> Decision[Case]:
    """The customer has taken it off us, in their words; only what is open can be."""
    del world
    entry = _open(entry_of(case, ask.promise_id))
    done = withdrawn(case, entry, at=now, now=now, words=ask.words, by=ask.by)
    return Decision(done.state, done.events, entry_of(done.state, entry.id).promise)


P = TypeVar("P", bound=LedgerEntry)


def _open(entry: P) -> P:
    if entry.status != "open":
        raise PromiseSettled(f"this promise is {_how(entry)} already", promise_status=entry.status)
    return entry


def _how(entry: LedgerEntry) -> str:
    return "replaced by another" if entry.replaced_by else entry.status
