"""A complaint goes on inside another one, or stands on its own again. No promise ends by that, and no clock restarts.

Its own clocks end where it was merged; after a merge is undone they run on as if it had never been. What was promised
in it is still owed, and is kept or broken here, by whoever has the other one now. A split makes complaints that are
born with the same start.
"""

from datetime import datetime
from functools import partial

from services.followup.domain.case import Case
from services.followup.domain.handing import inherited
from services.followup.domain.outside import apart
from services.followup.domain.parts import Owner, evolve
from services.followup.domain.pausing import without_waiting
from services.followup.domain.saying import then
from services.followup.domain.world import World
from shared.decision import Decision
from shared.events import Event
from shared.events.intake import ComplaintMerged, ComplaintUnmerged


def merged(case: Case, event: Event[ComplaintMerged], *, now: datetime, world: World) -> Decision[Case]:
    """It goes on inside the other one; its first value, its cycles and its promises stay as they are."""
    del now
    if case.status in ("withdrawn", "merged"):
        return Decision(case)
    at, before = event.time, case.status
    if case.waiting is not None:
        case, before = without_waiting(case, max(at, case.waiting.since), world), "in_progress"
    owner = Owner(agent=case.agent, team=case.team)
    known = {"merged_at": at, "merged_into": event.data.into, "status_before_merge": before}
    return Decision(evolve(case, status="merged", owner_before_merge=owner, **known))


def unmerged(case: Case, event: Event[ComplaintUnmerged], *, now: datetime, world: World) -> Decision[Case]:
    """It stands on its own again, where it stood before; what was answered in the other one is no answer to it.

    Whoever had it has it again, and its open promises; but nobody whom it is known by now to be about.
    """
    del world
    if case.status != "merged" or case.status_before_merge is None:
        return Decision(case)
    known = {"merged_at": None, "merged_into": None, "status_before_merge": None, "owner_before_merge": None}
    before, owner = case.agent, case.owner_before_merge or Owner(agent=case.agent, team=case.team)
    agent = None if owner.agent in case.subjects else owner.agent
    case = evolve(case, status=case.status_before_merge, agent=agent, team=owner.team, **known)
    return then(apart(case, at=event.time, now=now), partial(inherited, before=before, now=now))
