"""What belongs to no complaint: calendars, teams, agents, policies, keys. Whole state and version in each message.

They travel on the compacted topic `complaints.reference`, keyed `kind/id`; routing owns them, the others hold a copy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints

from shared.calendar import AROUND_THE_CLOCK, Calendar
from shared.events.values import AgentId, Frozen, Instant, Money, ShortText
from shared.events.vocabulary import Channel, Clock, Priority

ReferenceKind = Literal["calendar", "team", "agent", "policy", "key"]
RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}-[a-z0-9-]{1,60}$")]
TeamId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]

Scope = Literal[
    "complaints:write",
    "complaints:read",
    "cases:write",
    "cases:read",
    "cases:act_as",
    "reports:read",
    "admin",
    "history:write",
]


class Team(Frozen):
    """Who answers together, in the hours of `calendar`. `products` and `languages` empty: any."""

    name: ShortText
    calendar: str
    products: tuple[ShortText, ...] = ()
    languages: tuple[str, ...] = ()
    manager: AgentId | None = None
    active: bool = True


class Absence(Frozen):
    """Away from `start` until, not including, `end`."""

    start: Instant
    end: Instant


class Agent(Frozen):
    """A person who answers. `capacity`: open cases at once. `calendar` None: the team's hours."""

    name: ShortText
    team: TeamId
    role: ShortText = "agent"
    manager: AgentId | None = None
    fallback: AgentId | None = None
    skills: tuple[ShortText, ...] = ()
    languages: tuple[str, ...] = ()
    calendar: str | None = None
    capacity: Annotated[int, Field(ge=0, le=10_000)] = 20
    promises_per_hour: Annotated[int, Field(ge=0)] = 6
    compensation_limit: Money | None = None
    active: bool = True
    absences: tuple[Absence, ...] = ()


class Target(Frozen):
    """Within so many minutes, of business time or of any time. None of channel, category, priority: any."""

    channel: Channel | None = None
    category: str | None = None
    priority: Priority | None = None
    clock: Clock
    minutes: Annotated[int, Field(gt=0, le=5_256_000)]
    business: bool = True


class Policy(Frozen):
    """What we hold ourselves to. Of the targets that fit, the most specific one counts.

    `calendar`: the one in whose hours business time is counted; None: that of the team that owns the complaint.
    `legal`: the legal rules that bind us besides, such as `pe-consumer`. `legal_calendar`: the calendar whose holidays
    count for them instead of the bare country's (a region's, local ones, days decreed at short notice); not its hours.
    `compensation_limits`: by role, how much whoever has no limit of their own may give a customer alone.
    """

    name: ShortText
    targets: tuple[Target, ...]
    questions: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    grace_minutes: Annotated[int, Field(ge=0, le=1440)] = 10
    close_after_days: Annotated[int, Field(ge=1, le=365)] = 7
    survey_every_days: Annotated[int, Field(ge=1, le=3650)] = 30
    new_customer_cost: Money | None = None
    compensation_limits: Annotated[Mapping[ShortText, Money], Field(max_length=100)] = Field(default_factory=dict)
    legal: Annotated[tuple[RuleId, ...], Field(max_length=20)] = ()
    legal_calendar: TeamId | None = None
    calendar: TeamId | None = None

    def target(
        self, clock: Clock, *, channel: Channel, category: str | None, priority: Priority | None
    ) -> Target | None:
        """The most specific target that fits: the one that names most of channel, category and priority.

        Of two that name equally many, one that names the category goes before one that names the channel, and that
        before one that names the priority; of two that name the same, the first in the policy.
        """
        fitting = [
            target
            for target in self.targets
            if target.clock == clock
            and target.channel in (None, channel)
            and target.priority in (None, priority)
            and (target.category is None or target.category.casefold() == (category or "").casefold())
        ]
        return max(fitting, key=_specificity, default=None)


def _specificity(target: Target) -> tuple[int, bool, bool, bool]:
    named = (target.category is not None, target.channel is not None, target.priority is not None)
    return sum(named), *named


class Key(Frozen):
    """An API key as the services know it: never the key itself, only its SHA-256 in hex.

    `owner` is the source system's name or, for a person, the agent's id.
    """

    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    owner: ShortText
    kind: Literal["system", "person"] = "system"
    scopes: tuple[Scope, ...]
    created_at: Instant
    revoked_at: Instant | None = None


MODELS: Final[dict[ReferenceKind, type[Calendar] | type[Frozen]]] = {
    "calendar": Calendar,
    "team": Team,
    "agent": Agent,
    "policy": Policy,
    "key": Key,
}
DEFAULT_POLICY: Final = "default"


@dataclass(frozen=True, slots=True)
class Reference:
    """Everything that belongs to no complaint, as this service knows it now. An immutable snapshot."""

    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)
    agents: Mapping[str, Agent] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    keys: Mapping[str, Key] = field(default_factory=dict)
    versions: Mapping[tuple[ReferenceKind, str], int] = field(default_factory=dict)

    def policy(self, policy_id: str = DEFAULT_POLICY) -> tuple[Policy, int]:
        """The policy and its version; one without any target, version 0, while none is known."""
        known = self.policies.get(policy_id)
        return (known, self.versions[("policy", policy_id)]) if known else (Policy(name="none", targets=()), 0)

    def calendar(self, calendar_id: str | None) -> Calendar:
        """The calendar of that id; around the clock while it is not known."""
        return self.calendars.get(calendar_id or "", AROUND_THE_CLOCK)

    def calendar_version(self, calendar_id: str) -> int:
        """The version of the calendar; 0 while it is not known."""
        return self.versions.get(("calendar", calendar_id), 0)

    def agent_calendar(self, agent_id: str | None) -> Calendar:
        """The shift of an agent: their own, else their team's."""
        return self.calendar(self.shift(agent_id))

    def shift(self, agent_id: str | None) -> str | None:
        """The id of the calendar by which an agent works; None while that is not known."""
        agent = self.agents.get(agent_id or "")
        if agent is None:
            return None
        team = self.teams.get(agent.team)
        return agent.calendar or (team.calendar if team else None)

    def with_datum(self, kind: ReferenceKind, datum_id: str, version: int, model: Calendar | Frozen) -> "Reference":
        """The snapshot with one datum newer."""
        plural: dict[str, str] = {
            "calendar": "calendars", "team": "teams", "agent": "agents", "policy": "policies", "key": "keys",
        }  # fmt: skip
        name = plural[kind]
        changed: Any = {name: {**getattr(self, name), datum_id: model}}
        return replace(self, versions={**self.versions, (kind, datum_id): version}, **changed)
