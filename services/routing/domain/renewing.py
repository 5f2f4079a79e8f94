"""What is still due is counted anew: after a reopening, a transfer, or a change of policy, calendar or team. Pure."""

from datetime import datetime

from services.routing.domain.assignment import Assignment
from services.routing.domain.receiving import assigned, calendar_of, triaged
from services.routing.domain.targets import TargetClock, deadlines
from services.routing.domain.world import World
from shared.decision import Decision
from shared.events.reference import Reference
from shared.events.routing import PolicyVersion, RoutingPayload


def renewed(case: Assignment, reference: Reference) -> tuple[Assignment, tuple[TargetClock, ...]]:
    """The same with every open deadline counted by what holds now, and the clocks whose deadline moved by that.

    Deadlines of clocks that have stopped stay as they were. Pauses are not in them: whoever keeps the clock adds them.
    """
    policy, version = reference.policy(case.policy.id)
    calendar = calendar_of(case.team or "", reference)
    found, _ = deadlines(
        policy, case.measured(), reference.calendar(calendar), case.started_at, anonymous=case.anonymous
    )
    moved = tuple(clock for clock in case.open_clocks() if getattr(case.deadlines, clock) != getattr(found, clock))
    fresh = case.but(
        policy=PolicyVersion(id=case.policy.id, version=version),
        calendar=calendar,
        calendar_version=reference.calendar_version(calendar),
        team_version=reference.versions.get(("team", case.team or ""), 0),
        deadlines=case.deadlines.model_copy(update={clock: getattr(found, clock) for clock in moved}),
    )
    return fresh, moved


def tick(case: Assignment, *, now: datetime, world: World) -> Decision[Assignment]:
    """The document agrees with the newest policy, calendar and team; something is said only if a deadline moved.

    A new policy is said as `triaged` again, a new calendar as `assigned` with what moved.
    """
    fresh, moved = renewed(case, world.reference)
    if not moved:
        return Decision(fresh)
    said: list[RoutingPayload] = []
    if fresh.policy != case.policy:
        said.append(triaged(fresh, again=True))
    else:
        fresh = fresh.but(assigned_why=(f"the hours of {fresh.team} changed",), assigned_at=now)
        said.append(assigned(fresh, moved=moved))
    return Decision(fresh, said)


def refreshed(decision: Decision[Assignment], *, now: datetime, world: World) -> Decision[Assignment]:
    """The same decision, followed by what a newer policy, calendar or team changes.

    The timer's due instant does not outlive another save, so whoever saves an outdated document renews it as well.
    """
    case, reference = decision.state, world.reference
    known = (case.policy.version, case.calendar_version, case.team_version)
    newest = (
        reference.policy(case.policy.id)[1],
        reference.calendar_version(case.calendar),
        reference.versions.get(("team", case.team or ""), 0),
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
            return {"state.open": True, "state.calendar": datum_id, "state.calendar_version": {"$lt": version}}
        case "team":
            return {"state.open": True, "state.team": datum_id, "state.team_version": {"$lt": version}}
    return None
