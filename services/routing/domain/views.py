"""What routing answers about one complaint. Pure."""

from services.routing.domain.assignment import Assignment, Escalation
from shared.events.routing import PolicyVersion
from shared.events.values import Deadlines, Frozen, Instant, LegalClock
from shared.events.vocabulary import EscalationReason, Priority, Severity, TreatmentDimension


class AssignmentView(Frozen):
    """How a complaint was read, with whom it stands, by when what is due, and why."""

    id: str
    number: str
    category: str
    severity: Severity
    priority: Priority
    language: str
    treatment: tuple[TreatmentDimension, ...]
    team: str | None
    agent: str | None
    open: bool
    waiting: bool
    assigned_at: Instant | None
    calendar: str
    deadlines: Deadlines
    legal_clocks: tuple[LegalClock, ...]
    policy: PolicyVersion
    cycle: int
    historical: bool
    escalations: tuple[Escalation, ...]
    why: tuple[str, ...]


class EscalationView(Frozen):
    """Who was told, at which level; `to` None: nobody stands above."""

    id: str
    level: int
    reason: EscalationReason
    to: str | None
    at: Instant


def view(complaint_id: str, case: Assignment) -> AssignmentView:
    """The complaint as routing shows it."""
    fields = {name: getattr(case, name) for name in AssignmentView.model_fields if name not in ("id", "why")}
    return AssignmentView(id=complaint_id, why=(*case.why, *case.assigned_why), **fields)


def escalation_view(complaint_id: str, case: Assignment) -> EscalationView:
    """The last escalation."""
    last = case.escalations[-1]
    return EscalationView(id=complaint_id, level=last.level, reason=last.reason, to=last.to, at=last.at)
