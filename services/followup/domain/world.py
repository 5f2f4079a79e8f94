"""What the rules may ask about the world outside one case, and thin adapters to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.followup.domain.case import Case
from shared.calendar import Calendar
from shared.events.reference import Agent, Policy, Reference
from shared.events.values import Frozen, Money
from shared.events.vocabulary import PromiseKind


class KeptBefore(Frozen):
    """How the owner's last promises of this kind ended; advice for whoever promises one more. Only settled ones."""

    kind: PromiseKind
    kept: int
    broken: int
    share_kept: float | None


@dataclass(frozen=True, slots=True)
class World:
    """A snapshot: reference data, the texts to customers, and how long to wait for a triage before acknowledging.

    `ack_patience` is product time: 60 real seconds at the clock's rate. For a promise that is being made: `booked` says
    how many an owner has to keep in an hour, `kept_before` how well they kept such promises.
    """

    reference: Reference
    ack_patience: timedelta
    texts: Mapping[str, str] = field(default_factory=dict)
    accused: Mapping[str, Sequence[tuple[datetime, str]]] = field(default_factory=dict)
    """By customer: whom they complained about, and when that was received. Looked up at a birth, and for a command."""
    booked: Mapping[tuple[str, datetime], int] = field(default_factory=dict)
    kept_before: KeptBefore | None = None

    def barred(self, customer_id: str | None, until: datetime) -> tuple[str, ...]:
        """Whom this customer complained about, as far as is known, in what was received up to and including then."""
        accused = self.accused.get(customer_id or "", ())
        return tuple(dict.fromkeys(agent for at, agent in accused if at <= until))

    def calendar_of(self, case: Case) -> Calendar:
        """The hours in which the case's business time is counted: as routing says, its policy's or its team's."""
        return self.reference.calendar(case.calendar)

    def hours_of(self, case: Case, owner: str | None) -> Calendar:
        """The working hours of a promise's owner; those of the case's team while the owner is not known here."""
        return self.reference.calendar(self.shift_of(case, owner))

    def shift_of(self, case: Case, owner: str | None) -> str | None:
        """The id of the calendar of these hours; None while that is not known."""
        return self.reference.shift(owner) if owner in self.reference.agents else self._shift_of_team(case)

    def hours_of_team(self, case: Case) -> Calendar:
        """The working hours of the case's team, in which it is warned; the case's own while that is unknown."""
        return self.reference.calendar(self._shift_of_team(case))

    def _shift_of_team(self, case: Case) -> str | None:
        team = self.reference.teams.get(case.team or "")
        return case.calendar if team is None else team.calendar

    def there(self, agent: str, at: datetime) -> bool:
        """Whether the agent, as far as is known here, works here and is not absent at that instant."""
        known: Agent | None = self.reference.agents.get(agent)
        return not self.away(agent, at) and (known is None or known.active)

    def promises_per_hour(self, agent: str | None) -> int | None:
        """How many promises of one hour the agent can keep; None where that is not known."""
        known: Agent | None = self.reference.agents.get(agent or "")
        return None if known is None else known.promises_per_hour

    def may_give(self, case: Case, agent: str | None, amount: Money) -> bool:
        """Whether the agent may give so much alone: within their own limit, else their role's; without one, nothing.

        Another currency than that of the limit is never within it.
        """
        known: Agent | None = self.reference.agents.get(agent or "")
        if known is None or not known.active:
            return False
        limit = known.compensation_limit or self.policy_of(case).compensation_limits.get(known.role)
        return limit is not None and limit.currency == amount.currency and amount.value <= limit.value

    def away(self, owner: str | None, at: datetime) -> bool:
        """Whether the owner has said to be absent at that instant."""
        agent: Agent | None = self.reference.agents.get(owner or "")
        return agent is not None and any(absence.start <= at < absence.end for absence in agent.absences)

    def policy_of(self, case: Case) -> Policy:
        """What we hold ourselves to in this case."""
        return self.reference.policy(case.policy or "default")[0]
