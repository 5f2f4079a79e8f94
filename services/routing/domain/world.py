"""What routing's decisions rest on beside the document: reference data, the tables, and the places that were kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.routing.domain.assignment import Accused, Assignment, accused_by
from services.routing.domain.legal import LegalRule
from services.routing.domain.rules import Rules
from services.routing.domain.triage import Reading
from shared.events.reference import Reference
from shared.events.values import About


@dataclass(frozen=True, slots=True)
class Grant:
    """What the allocation found for one complaint: a place with this agent, or None: it waits in the queue.

    `turn`: the complaint's turn in which the place was kept. `why` is never empty.
    """

    agent: str | None
    why: tuple[str, ...]
    turn: int = 0


WAITS = Grant(None, ("it waits in the queue: nobody has been asked yet",))
"""For a complaint that no allocation has looked at; the queue's loop does."""


@dataclass(frozen=True, slots=True)
class World:
    """Prepared before a batch, a tick or a command. `grants` and `readings` by complaint id; both may be empty.

    `laws`: the legal rules that are known here, by id. `subjects`: by customer, whom they complained about; of those
    customers for whom somebody may be told one level up, or to whom a complaint is given.
    """

    reference: Reference
    rules: Rules
    grants: Mapping[str, Grant] = field(default_factory=dict)
    readings: Mapping[str, Reading] = field(default_factory=dict)
    laws: Mapping[str, LegalRule] = field(default_factory=dict)
    subjects: Mapping[str, Sequence[Accused]] = field(default_factory=dict)

    def grant(self, complaint_id: str) -> Grant:
        """What was found for it."""
        return self.grants.get(complaint_id, WAITS)

    def accused(self, case: Assignment) -> Sequence[About]:
        """Whom its customer complained about before."""
        return accused_by(self.subjects.get(case.customer_id or "", ()), case.told_at)
