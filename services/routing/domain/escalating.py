"""Somebody one level up is told: by rule, or because somebody asks. Pure. Source: `domain.md`, Promises and Clocks."""

from datetime import datetime
from typing import Final

from services.routing.domain.assignment import Assignment, Escalation, kept
from services.routing.domain.dossier import dossier
from services.routing.domain.teams import is_subject, superior
from services.routing.domain.triage import is_angry
from services.routing.domain.world import World
from shared.decision import Decision
from shared.events import Event
from shared.events.followup import ComplaintVerified, DeadlineOverdue
from shared.events.intake import MessageReceived
from shared.events.promises import PromisePayload
from shared.events.routing import ComplaintEscalated
from shared.events.values import Promise
from shared.events.vocabulary import EscalationReason

OVERDUE_CLOCKS: Final = frozenset({"first_response", "resolution"})
TOP: Final = 3
ANGER: Final = "anger"


def escalate(
    case: Assignment,
    *,
    level: int,
    reason: EscalationReason,
    of: str,
    now: datetime,
    world: World,
    by: str | None = None,
    words: str | None = None,
) -> Decision[Assignment]:
    """Whoever stands that many levels above the owner is told; once for each `of`, and never for a historical case.

    Nobody is told whom it, or an earlier complaint of its customer, is about.
    """
    if case.historical or case.escalated(of):
        return Decision(case)
    agents, teams = world.reference.agents, world.reference.teams
    about = (*case.meant(), *world.accused(case))
    subjects = [name for name, agent in agents.items() if is_subject(name, agent, about, teams)]
    to = superior(level, teams.get(case.team or ""), case.agent, agents, subjects)
    note = Escalation(level=level, reason=reason, of=of, to=to, at=now)
    story = dossier(case, now=now)
    event = ComplaintEscalated(level=level, reason=reason, to=to, by=by, words=words, dossier=story)
    return Decision(case.but(escalations=kept(case.escalations, note)), [event])


def on_overdue(case: Assignment, event: Event[DeadlineOverdue], *, now: datetime, world: World) -> Decision[Assignment]:
    """A first response or a resolution that is late is passed one level up, once a clock and cycle."""
    said = event.data
    if said.clock not in OVERDUE_CLOCKS:
        return Decision(case)
    of = f"overdue/{said.clock}/{said.cycle}"
    return escalate(case, level=1, reason="overdue", of=of, now=now, world=world)


def on_promise_broken(
    case: Assignment, event: Event[PromisePayload], *, now: datetime, world: World
) -> Decision[Assignment]:
    """A broken promise, the system's too, goes one level up; the second one on a case, and every later one, two."""
    promise = event.data.promise
    case = without_promise(case, promise.id)
    if promise.id in case.broken:
        return Decision(case)
    case = case.but(broken=kept(case.broken, promise.id))
    level = 1 if len(case.broken) == 1 else 2
    if level == 1 and _is_late_anyway(case, promise):
        return Decision(case)
    return escalate(case, level=level, reason="promise_broken", of=f"promise/{promise.id}", now=now, world=world)


def _is_late_anyway(case: Assignment, promise: Promise) -> bool:
    """What the system promised was the first response, by its deadline: that one is overdue, and passed up as such."""
    by_deadline = promise.said_by == "system" and promise.due == case.deadlines.first_response
    return by_deadline and "first_response" in case.open_clocks()


def without_promise(case: Assignment, promise_id: str) -> Assignment:
    """The same; that promise is nobody's task any more."""
    return case.but(promises=tuple(promise for promise in case.promises if promise.id != promise_id))


def on_verified(
    case: Assignment, event: Event[ComplaintVerified], *, now: datetime, world: World
) -> Decision[Assignment]:
    """A customer who says that it is not solved is heard one level up; at the next "no", one level higher still."""
    if event.data.answer != "no":
        return Decision(case)
    before = sum(escalation.reason == "verification_no" for escalation in case.escalations)
    level = min(before + 1, TOP)
    return escalate(case, level=level, reason="verification_no", of=f"verified/{event.id}", now=now, world=world)


def on_message(case: Assignment, event: Event[MessageReceived], *, now: datetime, world: World) -> Decision[Assignment]:
    """A customer may grow angry later: whoever has answered them since then has heard them out."""
    if case.angry or not is_angry(event.data, world.rules):
        return Decision(case)
    return heard_out(case.but(angry=True, angry_since=event.data.received_at), now=now, world=world)


def heard_out(case: Assignment, *, now: datetime, world: World) -> Decision[Assignment]:
    """An angry customer whom a person has answered since is passed one level up with the whole dossier; once."""
    answered = case.answered_at()
    if not case.angry or answered is None or (case.angry_since is not None and answered < case.angry_since):
        return Decision(case)
    return escalate(case, level=1, reason="anger", of=ANGER, now=now, world=world)
