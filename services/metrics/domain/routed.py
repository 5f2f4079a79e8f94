"""What routing says: priority, deadlines, team, escalation."""

from datetime import datetime

from services.metrics.domain import series
from services.metrics.domain.facts import Cycle, Facts
from services.metrics.domain.first_response import count_firsts
from shared.events import Event, routing


def on_triaged(facts: Facts, event: Event[routing.ComplaintTriaged]) -> Facts:
    """Priority and target are known; a response that came before them is counted now."""
    known = facts.model_copy(update={"triaged": True, "priority": event.data.priority})
    return count_firsts(_due(known, event.data.cycle, event.data.deadlines.first_response))


def on_assigned(facts: Facts, event: Event[routing.ComplaintAssigned]) -> Facts:
    """It stands with a team; a transfer moves a target that is still open, and nothing that was counted."""
    known = facts.model_copy(update={"team": event.data.team, "has_agent": event.data.agent is not None})
    return count_firsts(_due(known, event.data.cycle, event.data.deadlines.first_response))


def _due(facts: Facts, number: int, due: datetime | None) -> Facts:
    """The target is that cycle's own, also when a reopening was heard before it."""
    if due is None or due < facts.cycle_number(number).start:
        return facts

    def moved(cycle: Cycle) -> Cycle:
        return cycle.model_copy(update={"due": due})

    return facts.with_cycle(number, moved)


def on_escalated(facts: Facts, event: Event[routing.ComplaintEscalated]) -> Facts:
    """Counted."""
    return facts.counting(series.ESCALATIONS.one(str(event.data.level), event.data.reason))
