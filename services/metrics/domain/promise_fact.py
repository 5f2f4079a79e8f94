"""Metrics' view of one promise."""

from collections.abc import Sequence
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
    depends_on: str | None = None
    overridden: bool = False
    renegotiated_after_due: bool = False
    moved_at: datetime | None = None
    at_risk: bool = False

    @property
    def inner(self) -> bool:
        """Whether a colleague has our word, not the customer."""
        return self.made_to != "customer"

    def fails(self, outer: "PromiseFact") -> bool:
        """Whether the other one, which depends on this one, cannot rest on it: late, tried in vain, or due after it."""
        if self.status == "open":
            return self.due > outer.due
        return self.status == "attempted" or (self.status == "broken" and self.late_at is None)


def risky(promise: PromiseFact, among: Sequence[PromiseFact]) -> bool:
    """Whether an open promise may not be kept, as follow-up sees it (`services.followup.domain.reminding.at_risk`).

    Its owner is not on track, or had to be reminded and has not said since; or it depends on one that fails it, or that
    is open and at risk itself.
    """
    inner = _today(promise.depends_on, among)
    if promise.at_risk or inner is None:
        return promise.at_risk
    return inner.fails(promise) or (inner.status == "open" and risky(inner, among))


def _today(promise_id: str | None, among: Sequence[PromiseFact]) -> PromiseFact | None:
    """That promise, or what took its place; a promise stands behind the one whose place it takes."""
    found = None
    for each in among:
        if each.id == promise_id or (found is not None and each.replaces == found.id):
            found = each
    return found
