"""Who decides about complaints, and what of that stands in them. Pure."""

from datetime import datetime
from typing import Any

from services.intake.domain.complaint import Complaint, TimelineEntry
from shared.decision import OwnerIsSubject
from shared.events.values import AgentId, Frozen


class Acting(Frozen):
    """Who decides, and the ids of what comes of it. `barred`: whom the customers concerned complained about before."""

    by: AgentId
    entry_id: str
    owed_id: str
    barred: tuple[AgentId, ...] = ()


def not_its_subject(state: Complaint, act: Acting) -> None:
    """Who decides is nobody whom the complaint, one that goes on in it, or an earlier one of its customer is about.

    Only ids are compared: whose a name is, and who is in a team, is not known here.

    Raises:
        OwnerIsSubject: it is about them.
    """
    if act.by in act.barred or any(about.agent == act.by for about in state.about):
        raise OwnerIsSubject(f"{act.by} is whom this complaint, or an earlier one of this customer, is about")


def entry_of(act: Acting, kind: str, now: datetime, summary: str, data: dict[str, Any]) -> TimelineEntry:
    """What stands in the timeline."""
    return TimelineEntry(id=act.entry_id, at=now, type=kind, source="intake", by=act.by, summary=summary, data=data)
