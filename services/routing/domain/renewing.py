"""What is still due is counted anew: after a reopening, a transfer, or a change of policy, calendar or team. Pure."""

from datetime import datetime

from services.routing.domain.assignment import Assignment
from services.routing.domain.duties import Duties, duties, rulebook
from services.routing.domain.receiving import assigned, calendar_of, triaged
from services.routing.domain.targets import TargetClock
from services.routing.domain.world import World
from shared.decision import Decision
from shared.events.routing import PolicyVersion


def renewed(case: Assignment, world: World) -> tuple[Assignment, tuple[TargetClock, ...]]:
    """The same with every open deadline counted by what holds now, and the clocks whose deadline moved by that.

    Deadlines of clocks that have stopped stay as they were. Pauses are not in them: whoever keeps the clock adds them.
    """
    reference = world.reference
    policy, version = reference.policy(case.policy.id)
    calendar = calendar_of(policy, case.team or "", reference)
    found = duties(rulebook(reference, case.policy.id, calendar, world.laws), case.measured(), case.concerned())
    moved = tuple(
        clock for clock in case.open_clocks() if getattr(case.deadlines, clock) != getattr(found.deadlines, clock)
    )
    due = case.deadlines.model_copy(update={clock: getattr(found.deadlines, clock) for clock in moved})
    fresh = case.but(
        policy=PolicyVersion(id=case.policy.id, version=version),
        calendar=calendar,
        calendar_version=reference.calendar_version(calendar),
        team_version=reference.versions.get(("team", case.team or ""), 0),
        legal_calendar=policy.legal_calendar,
        legal_calendar_version=reference.calendar_version(policy.legal_calendar or ""),
        deadlines=due,
    )
    fresh = _with_law(fresh, found)
    changed = (fresh.legal_clocks, fresh.deadlines.legal) != (case.legal_clocks, case.deadlines.legal)
    return fresh, (*moved, "legal") if changed and case.cycle == 1 else moved


def _with_law(case: Assignment, found: Duties) -> Assignment:
    """What the law wants now of an open complaint; nothing after a reopening, since a law is answered once."""
    if not case.open:
        return case
    legal, clocks = (found.deadlines.legal, found.legal_clocks) if case.cycle == 1 else (None, ())
    return case.but(deadlines=case.deadlines.model_copy(update={"legal": legal}), legal_clocks=clocks)


def tick(case: Assignment, *, now: datetime, world: World) -> Decision[Assignment]:
    """The document agrees with the newest policy, calendar and team.

    Something is said only if a deadline moved, or if an open complaint is counted in another calendar: follow-up counts
    more clocks in it. A new policy is said as `triaged` again, a new calendar as `assigned` with what moved.
    """
    fresh, moved = renewed(case, world)
    if not moved and (not case.open or fresh.calendar == case.calendar):
        return Decision(fresh)
    if fresh.policy != case.policy:
        return Decision(fresh, [triaged(fresh, again=True)])
    fresh = fresh.but(assigned_why=(_what_changed(case, fresh, moved, world),), assigned_at=now)
    return Decision(fresh, [assigned(fresh, moved=moved)])


def _what_changed(case: Assignment, fresh: Assignment, moved: tuple[TargetClock, ...], world: World) -> str:
    if moved == ("legal",) and fresh.legal_calendar_version != case.legal_calendar_version:
        return f"the holidays of {fresh.legal_calendar} changed"
    policy, _ = world.reference.policy(fresh.policy.id)
    return f"the hours of {f'the policy {fresh.policy.id}' if policy.calendar else fresh.team} changed"


def refreshed(decision: Decision[Assignment], *, now: datetime, world: World) -> Decision[Assignment]:
    """The same decision, followed by what a newer policy, calendar or team changes.

    The timer's due instant does not outlive another save, so whoever saves an outdated document renews it as well.
    """
    case, reference = decision.state, world.reference
    known = (case.policy.version, case.calendar_version, case.team_version, case.legal_calendar_version)
    newest = (
        reference.policy(case.policy.id)[1],
        reference.calendar_version(case.calendar),
        reference.versions.get(("team", case.team or ""), 0),
        reference.calendar_version(case.legal_calendar or ""),
    )
    if not case.open or known == newest:
        return decision
    after = tick(case, now=now, world=world)
    return Decision(after.state, [*decision.events, *after.events], decision.answer)


def stale(kind: str, datum_id: str, version: int) -> dict[str, object] | None:
    """Which open documents were computed with an older version of this datum, as a query on what is stored."""
    match kind:
        case "policy":
            return {"state.open": True, "state.policy.id": datum_id, "state.policy.version": {"$lt": version}}
        case "calendar":
            older = {"$lt": version}
            hours = {"state.calendar": datum_id, "state.calendar_version": older}
            law = {"state.legal_calendar": datum_id, "state.legal_calendar_version": older}
            return {"$or": [{"state.open": True, **hours}, {"state.open": True, **law}]}
        case "team":
            return {"state.open": True, "state.team": datum_id, "state.team_version": {"$lt": version}}
    return None
