"""What routing says: how it read a complaint, who must answer, and by when."""

from typing import Annotated, ClassVar

from pydantic import Field

from shared.events.envelope import Payload
from shared.events.values import AgentId, Deadlines, Frozen, LegalClock, LongText
from shared.events.vocabulary import EscalationReason, Priority, Severity, Source, TreatmentDimension


class RoutingPayload(Payload):
    """Said by routing."""

    source: ClassVar[Source] = "routing"


class PolicyVersion(Frozen):
    """Which policy, in which of its versions, a deadline was computed with."""

    id: str
    version: int


class ComplaintTriaged(RoutingPayload):
    """The complaint is read: category, severity, priority, language and deadlines, and why.

    When: on `complaint.received`; again when a change of policy moves an open deadline or the calendar (`again`).
    `legal_clocks`: every term of the laws that the policy names; `deadlines.legal` is the first that binds.
    """

    type: ClassVar[str] = "complaint.triaged"

    category: str
    severity: Severity
    priority: Priority
    language: str
    treatment: tuple[TreatmentDimension, ...] = ()
    policy: PolicyVersion
    calendar: str
    deadlines: Deadlines
    legal_clocks: tuple[LegalClock, ...] = ()
    why: tuple[str, ...]
    again: bool = False
    historical: bool = False
    cycle: Annotated[int, Field(ge=1)] = 1


class ComplaintAssigned(RoutingPayload):
    """The complaint stands with a team, and with an agent if one is free; without one it waits in the team's queue.

    `deadlines` are those in force from now on, computed with `calendar` (the policy's own, else the team's); `moved`
    names the clocks whose deadline changed by a transfer, by reopening or by a changed calendar. `cycle` is the cycle
    that they belong to: 1, and one more with each reopening. `summary` is the hand-over.
    """

    type: ClassVar[str] = "complaint.assigned"

    team: str
    agent: AgentId | None = None
    calendar: str
    deadlines: Deadlines
    legal_clocks: tuple[LegalClock, ...] = ()
    why: tuple[str, ...]
    moved: tuple[str, ...] = ()
    cycle: Annotated[int, Field(ge=1)] = 1
    by: AgentId | None = None
    reason: LongText | None = None
    summary: LongText | None = None


class ComplaintEscalated(RoutingPayload):
    """Somebody one level up is told, and is expected to act."""

    type: ClassVar[str] = "complaint.escalated"

    level: Annotated[int, Field(ge=1, le=3)]
    reason: EscalationReason
    to: AgentId | None = None
    by: AgentId | None = None
    words: LongText | None = None
    dossier: LongText | None = None


class ComplaintLinkedToCause(RoutingPayload):
    """This complaint comes from a trouble that several customers share."""

    type: ClassVar[str] = "complaint.linked_to_cause"

    cause_id: str
    why: LongText | None = None
