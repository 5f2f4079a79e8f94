"""Metrics' view of one promise."""

from datetime import datetime

from shared.events.values import Frozen
from shared.events.vocabulary import MadeTo, PromiseKind, PromiseStatus, SaidBy


class PromiseFact(Frozen):
    """One promise as it is known now. `evidence_at`: when what shows it happened, for kept ones.

    `moved_at`: when it was renegotiated after due; facts from before that was written down do not say.
    """

    id: str
    kind: PromiseKind
    said_by: SaidBy
    made_to: MadeTo = "customer"
    status: PromiseStatus
    due: datetime
    made_at: datetime
    settled_at: datetime | None = None
    broken_at: datetime | None = None
    late_at: datetime | None = None
    evidence_at: datetime | None = None
    replaces: str | None = None
    overridden: bool = False
    renegotiated_after_due: bool = False
    moved_at: datetime | None = None
    at_risk: bool = False

    @property
    def inner(self) -> bool:
        """Whether a colleague has our word, not the customer."""
        return self.made_to != "customer"
