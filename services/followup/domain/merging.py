"""A complaint goes on inside another one, or stands on its own again. No promise ends by that, and no clock restarts.

Its own clocks end where it was merged; after a merge is undone they run on as if it had never been. What was promised
in it is still owed, and is kept or broken here, by whoever has the other one now. A split makes complaints that are
born with the same start.
"""

from datetime import datetime

from services.followup.domain.case import Case
from services.followup.domain.outside import apart
from services.followup.domain.parts import evolve
from services.followup.domain.pausing import without_waiting
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
    known = {"merged_at": at, "merged_into": event.data.into, "status_before_merge": before}
    return Decision(evolve(case, status="merged", **known))


def unmerged(case: Case, event: Event[ComplaintUnmerged], *, now: datetime, world: World) -> Decision[Case]:
    """It stands on its own again, where it stood before; what was answered in the other one is no answer to it."""
    del world
    if case.status != "merged" or case.status_before_merge is None:
        return Decision(case)
    known = {"merged_at": None, "merged_into": None, "status_before_merge": None}
    return apart(evolve(case, status=case.status_before_merge, **known), at=event.time, now=now)
