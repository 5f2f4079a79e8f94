"""Our word to a customer: given, checked, moved with their agreement, taken back by them alone."""

from datetime import date, datetime, timedelta
from typing import ClassVar, Final, TypeVar

from services.followup.domain.asking import Ask, check_reference, entry_of, person, told_since
from services.followup.domain.case import Case
from services.followup.domain.feasibility import Wish, check_feasible
from services.followup.domain.parts import Check, LedgerEntry, evolve
from services.followup.domain.refusals import Conflict, NotFound, PromiseSettled
from services.followup.domain.saying import say
from services.followup.domain.settling import withdrawn
from services.followup.domain.windows import Window, window
from services.followup.domain.wording import zone_of
from services.followup.domain.world import KeptBefore, World
from shared.decision import Decision, OwnerIsSubject
from shared.events.promises import PromiseChecked, PromiseMade
from shared.events.values import AgentId, Evidence, Instant, LongText, Money, Promise, ShortText
from shared.events.vocabulary import MadeTo, PromiseKind, ResponseChannel

MOST_CHECKS = 50


class MakePromise(Ask):
    """What is to be promised; `by` is who makes the promise. `owner` None: whoever owns the case, else who made it.

    When: `due` with or without `not_before`, or the day `on` (`windows`).
    """

    adds: ClassVar[bool] = True

    promise_id: str
    kind: PromiseKind
    words: LongText
    due: Instant | None = None
    not_before: Instant | None = None
    on: date | None = None
    time_zone: str | None = None
    owner: AgentId | None = None
    fallback_owner: AgentId | None = None
    channel: ResponseChannel | None = None
    number: ShortText | None = None
    amount: Money | None = None
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


class WithdrawPromise(Ask):
    """The customer does not want it any more; `words` are theirs. `evidence`: what shows it, and when they said so."""

    after_merge: ClassVar[bool] = True

    promise_id: str
    words: LongText
    evidence: Evidence | None = None


def make_promise(case: Case, ask: MakePromise, *, now: datetime, world: World) -> Decision[Case]:
    """The customer has our word.

    Refuses a time that cannot be kept: past, closed, after the legal deadline, before what it depends on. The refusal
    names the nearest feasible times. With a reason it is promised all the same, and counted; never into the past.
    """
    maker = person(ask)
    check_may_promise(case)
    owner = ask.owner or case.agent or maker
    if owner in case.subjects:
        raise OwnerIsSubject(f"{owner} is whom this complaint is about")
    if ask.depends_on is not None and ask.depends_on not in {entry.id for entry in case.promises}:
        raise NotFound(f"this complaint has no promise {ask.depends_on}")
    wish = wish_of(case, ask, world)
    overridden = check_feasible(case, wish, ask.override_reason, now=now, world=world)
    entry = LedgerEntry(
        **ask.model_dump(exclude=_NOT_KEPT),
        id=ask.promise_id,
        complaint_id=case.complaint_id,
        not_before=wish.not_before,
        due=wish.due,
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
    return Decision(said.state, said.events, promised(entry, world))


_NOT_KEPT: Final = {"by", "promise_id", "time_zone", "owner", "override_reason", "due", "not_before", "on"}


class Promised(Promise):
    """The promise that was made, and how well such promises were kept before."""

    kept_before: KeptBefore | None = None


def promised(entry: LedgerEntry, world: World) -> Promised:
    """The answer to whoever made it."""
    return Promised(**entry.promise.model_dump(), kept_before=world.kept_before)


def wish_of(case: Case, ask: MakePromise, world: World) -> Wish:
    """What is asked for: whose promise it is to be, and its window in their hours.

    Raises:
        Invalid: its times make no window.
    """
    owner = ask.owner or case.agent or ask.by
    not_before, due = window_of(case, owner, ask.due, ask.not_before, ask.on, world=world)
    return Wish(due, not_before, owner, ask.depends_on, ask.by, ask.amount)


def window_of(
    case: Case,
    owner: str | None,
    due: datetime | None,
    not_before: datetime | None,
    on: date | None = None,
    *,
    world: World,
) -> Window:
    """The window in the owner's hours, with the grace of the case's policy.

    Raises:
        Invalid: the times make no window.
    """
    grace = timedelta(minutes=world.policy_of(case).grace_minutes)
    return window(due, not_before, on, hours=world.hours_of(case, owner), grace=grace)


def check_may_promise(case: Case) -> None:
    """A promise can be made in this case.

    Raises:
        Conflict: it cannot: the case is history, or over.
    """
    if case.historical:
        raise Conflict("nothing is promised in history")
    if case.status in ("closed", "withdrawn"):
        raise Conflict(f"this complaint is {case.status}; reopen it, or take a new one, before promising anything")


def check_promise(case: Case, ask: CheckPromise, *, now: datetime, world: World) -> Decision[Case]:
    """It is known before due whether the promise is on track."""
    del world
    entry = _open(entry_of(case, ask.promise_id))
    check = Check(at=now, by=ask.by, on_track=ask.on_track, note=ask.note)
    entry = evolve(entry, checks=(*entry.checks, check)[-MOST_CHECKS:])
    payload = PromiseChecked(promise=entry.promise, by=ask.by, on_track=ask.on_track, note=ask.note)
    said = say(case.with_entry(entry.id, lambda _: entry), payload, now=now)
    return Decision(said.state, said.events, entry.promise)


def withdraw_promise(case: Case, ask: WithdrawPromise, *, now: datetime, world: World) -> Decision[Case]:
    """The customer has taken it off us, in their words; only what is open can be.

    Told after due it corrects how the promise ended, if they said so before, and what shows it can be checked; not
    where it was fulfilled late since.
    """
    del world
    entry = entry_of(case, ask.promise_id)
    at, over = now, entry.replaced_by is not None or entry.late_at is not None
    if ask.evidence is not None:
        shown = told_since(case, entry, ask.evidence, now)
        at = shown.occurred_at or now
        entry = evolve(entry, evidence=evolve(shown, text=shown.text or ask.words))
    if entry.status not in ("broken", "attempted") or over or at > entry.due:
        _open(entry)
    else:
        check_reference(entry.evidence)
    done = withdrawn(case, entry, at=at, now=now, words=ask.words, by=ask.by)
    return Decision(done.state, done.events, entry_of(done.state, entry.id).promise)


P = TypeVar("P", bound=LedgerEntry)


def _open(entry: P) -> P:
    if entry.status != "open":
        raise PromiseSettled(f"this promise is {how(entry)} already", promise_status=entry.status)
    return entry


def how(entry: LedgerEntry) -> str:
    """How it ended, in words."""
    return "replaced by another" if entry.replaced_by else entry.status
