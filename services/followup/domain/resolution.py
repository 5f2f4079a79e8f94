"""The result: given to the customer, checked with the customer, closed; or begun again when it was not over."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal, cast, get_args

from pydantic import Field

from services.followup.domain.answering import record
from services.followup.domain.asking import Ask, person
from services.followup.domain.case import ACTIVE, Case
from services.followup.domain.clocks import with_deadlines
from services.followup.domain.closing import close
from services.followup.domain.parts import Cycle, Resolution, Response, Verified, evolve
from services.followup.domain.pausing import without_waiting
from services.followup.domain.refusals import Conflict, NotVerified, PromiseOpen, RemedyMissing
from services.followup.domain.saying import remember, say, then
from services.followup.domain.spells import silent_since
from services.followup.domain.targets import deadlines_after_reopening
from services.followup.domain.world import World
from shared.decision import Decision, Invalid
from shared.events.followup import ComplaintReopened, ComplaintResolved, ComplaintVerified
from shared.events.values import AgentId, Deadlines, Evidence, LongText, RemedySought
from shared.events.vocabulary import CUSTOMER_KINDS, Outcome, RemedyMatch, ReopenReason, ResponseChannel

JUDGED: Final[frozenset[Outcome]] = frozenset({"upheld", "partly", "not_upheld"})
"""How a complaint ends; suggestions, praise and questions end in one of the other outcomes."""

_OWED: Final[Mapping[Outcome, Sequence[str]]] = {"partly": ("reasons",), "not_upheld": ("reasons", "next_step")}
"""What is said beside an outcome that gives less than was asked for: why; where nothing is given, what comes next."""

_CHANNELS: Final = get_args(ResponseChannel)


class Resolve(Ask):
    """The customer is given our result. `channel` None: the one by which they came."""

    response_id: str
    outcome: Outcome
    text: LongText
    channel: ResponseChannel | None = None
    remedy_given: RemedySought | None = None
    reasons: LongText | None = None
    next_step: LongText | None = None
    apology: bool = False


class Verify(Ask):
    """The customer was asked whether it is solved; `by` is who asked, None when they answered by their link."""

    answer: Literal["yes", "no", "declined"]
    via: Literal["link", "call", "agent"]
    evidence: Evidence | None = None
    satisfaction: Annotated[int, Field(ge=1, le=5)] | None = None
    comment: LongText | None = None


class Close(Ask):
    """It is over. `owed_within`: promises that are open in complaints that go on inside this one."""

    owed_within: tuple[str, ...] = ()


class Reopen(Ask):
    """It was not over."""

    reason: ReopenReason


def resolve(case: Case, ask: Resolve, *, now: datetime, world: World) -> Decision[Case]:
    """The customer has our result: it is said as a response first, which may be the first one of this cycle."""
    by = person(ask)
    _check_resolvable(case, ask)
    channel = cast(ResponseChannel, ask.channel or (case.channel if case.channel in _CHANNELS else "other"))
    case = without_waiting(case, now, world)
    response = Response(
        id=ask.response_id,
        by=by,
        channel=channel,
        text=ask.text,
        apology=ask.apology,
        occurred_at=now,
        told_at=now,
        result=True,
    )
    said, _ = record(case, response, now=now, world=world)
    return then(said, lambda state: _resolved(state, ask, by, now, world))


def _check_resolvable(case: Case, ask: Resolve) -> None:
    if case.status not in ACTIVE:
        raise Conflict(f"this complaint is {case.status} already")
    complaint = case.kind in CUSTOMER_KINDS
    if complaint != (ask.outcome in JUDGED):
        fitting = sorted(JUDGED if complaint else set(get_args(Outcome)) - JUDGED)
        raise Invalid("this outcome is for another kind", errors=[("outcome", f"one of {', '.join(fitting)}")])
    if complaint and case.remedy_sought is None:
        raise RemedyMissing("what would put it right? Ask the customer, and state it, before resolving")
    lacking = [name for name in _OWED.get(ask.outcome, ()) if getattr(ask, name) is None]
    if lacking:
        told = [(name, f"needed when it ends as {ask.outcome}") for name in lacking]
        raise Invalid(
            "the customer is told why they get less, and what they can do where they get nothing", errors=told
        )


def remedy_match(case: Case, outcome: Outcome, given: RemedySought | None) -> RemedyMatch | None:
    """What was given beside what was asked for: all, part, or something else; None where one is not known."""
    if case.remedy_sought is None or given is None:
        return None
    if given.kind != case.remedy_sought.kind:
        return "other"
    return "granted" if outcome == "upheld" else "partly"


def _resolved(case: Case, ask: Resolve, by: AgentId, now: datetime, world: World) -> Decision[Case]:
    elapsed = (now - case.cycle.started_at).total_seconds()
    resolution = Resolution(
        **ask.model_dump(exclude={"by", "channel", "remedy_given"}),
        by=by,
        at=now,
        remedy_given=ask.remedy_given,
        remedy_match=remedy_match(case, ask.outcome, ask.remedy_given),
    )
    days = timedelta(days=world.policy_of(case).close_after_days)
    case = evolve(case.in_cycle(resolved_at=now), status="resolved", resolution=resolution, close_at=now + days)
    if resolution.remedy_match is not None:
        case = remember(case, "remedy.compared", at=now, by=by, summary=resolution.remedy_match)
    payload = ComplaintResolved(
        **ask.model_dump(exclude={"by", "channel", "remedy_given", "response_id"}),
        by=by,
        remedy_given=ask.remedy_given,
        remedy_match=resolution.remedy_match,
        cycle=case.cycle.number,
        elapsed_seconds=elapsed,
    )
    said = say(case, payload, now=now)
    return Decision(said.state, said.events, resolution)


def verify(case: Case, ask: Verify, *, now: datetime, world: World) -> Decision[Case]:
    """The customer's own word on it is known, as somebody heard it. A "no" begins a new cycle in the same decision.

    Closed by silence, it is still open to a "no". Whoever owns or resolved the case cannot alone say that the customer
    is content, nor can an agent whom nobody names: it needs evidence that names a reference, or somebody else who asks.
    What the customer answers by a link, no person can say for them; a program that names nobody (a portal, a telephone
    menu) passes on what the customer answered there.
    """
    if ask.answer != "no" and ask.via == "link" and ask.by is not None:
        raise NotVerified("only the customer answers by their link: send it, or say that you asked (call, agent)")
    _check_asked(case, ask)
    shown = ask.evidence is not None and ask.evidence.reference is not None
    if ask.answer != "no" and not shown and _says_it_alone(case, ask):
        raise NotVerified("whoever resolved it cannot alone say that it is solved: give evidence, or let another ask")
    return _answered(case, ask, now, world)


def _says_it_alone(case: Case, ask: Verify) -> bool:
    if ask.by is None:
        return ask.via == "agent"
    return ask.by in (case.agent, case.resolution and case.resolution.by)


def verify_by_link(case: Case, ask: Verify, *, now: datetime, world: World) -> Decision[Case]:
    """As `verify`, by the customer themselves; the caller has made sure that they hold the link."""
    _check_asked(case, ask)
    return _answered(case, ask, now, world)


def _check_asked(case: Case, ask: Verify) -> None:
    silent = case.status == "closed" and case.verified is None
    if case.resolution is None or not (case.status == "resolved" or (silent and ask.answer == "no")):
        raise Conflict(f"this complaint is {case.status}: there is no result to ask about")


def _answered(case: Case, ask: Verify, now: datetime, world: World) -> Decision[Case]:
    verified = Verified(at=now, **ask.model_dump(exclude={"evidence"}))
    payload = ComplaintVerified(**ask.model_dump(exclude={"evidence"}), evidence=ask.evidence)
    if ask.answer == "yes":
        case = case.in_cycle(accepted_at=case.cycle.accepted_at or now)
    said = say(evolve(case, verified=verified), payload, now=now)
    if ask.answer != "no":
        return Decision(said.state, said.events, verified)
    again = then(said, lambda state: begun_again(state, "not_solved", ask.by, now, world))
    return Decision(again.state, again.events, verified)


def close_case(case: Case, ask: Close, *, now: datetime, world: World) -> Decision[Case]:
    """It is over: with the customer's word, or after the policy's days of silence; never over an open promise."""
    del world
    if case.status != "resolved":
        raise Conflict(f"this complaint is {case.status}: only what is resolved is closed")
    if owed := [*(entry.id for entry in case.open_promises), *ask.owed_within]:
        raise PromiseOpen("the customer still has our word", promises=owed)
    if case.verified is None and case.close_at is not None and now < case.close_at:
        raise NotVerified("the customer has not said whether it is solved", closes_at=case.close_at)
    return close(case, at=now, now=now, by=person(ask))


def reopen(case: Case, ask: Reopen, *, now: datetime, world: World) -> Decision[Case]:
    """It was not over: a new cycle with clocks of its own; what was measured in earlier cycles never changes."""
    if case.status not in ("resolved", "closed"):
        raise Conflict(f"this complaint is {case.status}: only what is resolved or closed is reopened")
    return begun_again(case, ask.reason, ask.by, now, world)


def begun_again(
    case: Case, reason: ReopenReason, by: AgentId | None, now: datetime, world: World, since: datetime | None = None
) -> Decision[Case]:
    """A new cycle begins; the caller has made sure that the case is resolved or closed.

    Its clocks start when we received the message that begins it (`since`), but not before the result, or what a person
    said after it; without a message now. What a law wants and was not done (a result that has not been delivered) runs
    on in it.
    """
    start = now if since is None else max(since, silent_since(case), case.cycle.resolved_at or since)
    cycle = Cycle(number=case.cycle.number + 1, started_at=start, terms=case.cycle.terms)
    case = evolve(
        case,
        cycles=(*case.cycles, cycle),
        status="in_progress",
        resolution=None,
        verified=None,
        verification=None,
        close_at=None,
        closed_at=None,
    )
    told = Deadlines() if case.historical else deadlines_after_reopening(case, start, world)
    case = with_deadlines(case, told, world)
    cycle = case.cycle
    payload = ComplaintReopened(
        by=by, reason=reason, cycle=cycle.number, started_at=cycle.started_at, deadlines=cycle.deadlines
    )
    return say(case, payload, now=now)
