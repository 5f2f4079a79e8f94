"""What holds for every command: the case is brought up to the instant, who asks may ask, and a person has begun."""

from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar, Final, Protocol, TypeVar

from services.followup.domain.case import UNTOUCHED, Case
from services.followup.domain.parts import LedgerEntry, evolve
from services.followup.domain.refusals import Conflict, NotFound
from services.followup.domain.renewing import renewed
from services.followup.domain.saying import then
from services.followup.domain.subjects import with_barred
from services.followup.domain.tick import tick
from services.followup.domain.world import World
from shared.decision import ComplaintFull, Decision, Invalid, OwnerIsSubject
from shared.events.values import AgentId, Evidence, Frozen
from shared.events.vocabulary import Status

MOST: Final = 1000
"""Responses, promises or notes of one case."""
MOST_TEXT: Final = 600_000
"""Characters of one case, written out; a document stays under a megabyte."""
CLOCKS_DIFFER: Final = timedelta(minutes=1)
"""A telephone exchange's clock and ours need not agree to the second."""
_INSTANT: Final = timedelta(milliseconds=1)


class Ask(Frozen):
    """A command, as a rule gets it. `by`: the person who asks; None for the system itself.

    `adds`: it makes the case longer, so a full case refuses it. What ends something is never refused for that.
    `after_merge`: it can be done in a case that goes on inside another one, whose promises are still owed.
    """

    adds: ClassVar[bool] = False
    after_merge: ClassVar[bool] = False

    by: AgentId | None = None


A_contra = TypeVar("A_contra", bound=Ask, contravariant=True)


class Standing(Frozen):
    """Where the case stands after a command that has no answer of its own."""

    id: str
    number: str
    status: Status
    cycle: int


class CommandRule(Protocol[A_contra]):
    """`(case, ask, now, world) -> decision`, or a refusal. The case is settled up to `now` already."""

    def __call__(self, case: Case, ask: A_contra, /, *, now: datetime, world: World) -> Decision[Case]:
        """What becomes of the case."""


class Decide(Protocol):
    """What the runtime calls: `(document, now, world) -> decision`."""

    def __call__(self, case: Case, *, now: datetime, world: World) -> Decision[Case]:
        """What becomes of the case."""


def obey(rule: CommandRule[A_contra], ask: A_contra) -> Decide:
    """The command as a decision: first whatever fell due before `now`, then the rule; one save for both.

    So the outcome never depends on how late the timer is: what is promised for noon is broken for a command at a
    millisecond past noon, whether or not the timer has been here.
    """

    def decide(case: Case, *, now: datetime, world: World) -> Decision[Case]:
        case = with_barred(case, world)
        _guard(case, ask)

        def ruled(settled: Case) -> Decision[Case]:
            return rule(settled, ask, now=now, world=world)

        decision = then(tick(case, now=now - _INSTANT, world=world), ruled)
        decision = then(decision, partial(renewed, now=now, world=world))
        state = evolve(_begun(decision.state, ask), changed_at=now)
        return Decision(state, decision.events, decision.answer or _standing(state))

    return decide


def _guard(case: Case, ask: Ask) -> None:
    if ask.by is not None and ask.by in case.subjects:
        raise OwnerIsSubject(f"{ask.by} is whom this complaint, one that goes on in it, or an earlier one is about")
    if case.status == "merged" and not ask.after_merge:
        raise Conflict("this complaint goes on inside another one")
    if ask.adds and _is_full(case):
        raise ComplaintFull("this case holds as much as it may; open a new complaint and link it")


def _begun(case: Case, ask: Ask) -> Case:
    return evolve(case, status="in_progress") if ask.by and case.status in UNTOUCHED else case


def _is_full(case: Case) -> bool:
    longest = max(len(case.responses), len(case.promises), len(case.notes))
    return longest >= MOST or len(case.model_dump_json()) >= MOST_TEXT


def _standing(case: Case) -> Standing:
    return Standing(id=case.complaint_id, number=case.number, status=case.status, cycle=case.cycle.number)


def person(ask: Ask) -> AgentId:
    """Who asks, where only a person can.

    Raises:
        Invalid: nobody is named.
    """
    if ask.by is None:
        raise Invalid("this needs a person", errors=[("by", "name the agent who does this")])
    return ask.by


def entry_of(case: Case, promise_id: str) -> LedgerEntry:
    """The promise of that id.

    Raises:
        NotFound: this case has none such.
    """
    for entry in case.promises:
        if entry.id == promise_id:
            return entry
    raise NotFound(f"this complaint has no promise {promise_id}")


def first_word(case: Case, entry: LedgerEntry) -> LedgerEntry:
    """The promise in whose place this one stands, however often it was moved; itself where it replaces none."""
    for each in reversed(case.promises):
        if each.id == entry.replaces:
            entry = each
    return entry


def told(case: Case, evidence: Evidence, now: datetime) -> Evidence:
    """The evidence with its instant: when we were told, where it names none.

    Raises:
        Invalid: it lies in the future, or before the complaint began.
    """
    at = evidence.occurred_at or now
    check_occurred(case, at, now, field="evidence.occurred_at")
    return evolve(evidence, occurred_at=at)


def told_since(case: Case, entry: LedgerEntry, evidence: Evidence, now: datetime) -> Evidence:
    """The evidence with its instant; what was done before a person gave their word shows nothing about it.

    Not so of what the system promises in a person's place: somebody may have done it before the machine spoke.

    Raises:
        Invalid: it lies in the future, before the complaint began, or before the promise was made.
    """
    shown = told(case, evidence, now)
    at = shown.occurred_at or now
    if entry.said_by == "person" and at < entry.made_at - CLOCKS_DIFFER:
        reason = "lies before the promise was made: it shows nothing about it"
        raise Invalid("what has been done since?", errors=[("evidence.occurred_at", reason)])
    return shown


def check_reference(evidence: Evidence | None) -> None:
    """What happened in time and is told after due can be checked.

    Raises:
        Invalid: it names no reference.
    """
    if evidence is None or evidence.reference is None:
        reason = "is needed when something done in time is told after due"
        raise Invalid("what shows that it was in time?", errors=[("evidence.reference", reason)])


def check_occurred(case: Case, at: datetime, now: datetime, *, field: str) -> None:
    """The instant lies between the complaint's start and now.

    Raises:
        Invalid: it does not.
    """
    if at > now:
        raise Invalid("this has not happened yet", errors=[(field, "lies in the future")])
    if at < case.cycles[0].started_at:
        raise Invalid("this was before the complaint", errors=[(field, "lies before the complaint's start")])
