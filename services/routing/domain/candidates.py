"""Which agents could take a complaint, best first, and why. Pure: who gets a place is decided where places are kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.routing.domain.teams import is_subject, speaks
from shared.events.reference import Agent, Reference
from shared.events.values import About


@dataclass(frozen=True, slots=True)
class Wanted:
    """A complaint that looks for an agent. `subjects`: whom this customer complained about before."""

    complaint_id: str
    team: str
    category: str
    product: str | None
    language: str
    about: Sequence[About] = ()
    subjects: Sequence[About] = ()
    complainant: Sequence[str] = ()
    owner: str | None = None
    """Who dealt with this customer before."""


@dataclass(frozen=True, slots=True)
class Load:
    """What an agent has on the table: open cases, promises due today, and when the last case came."""

    open: int = 0
    due_today: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agent who may take it; `why` is never empty."""

    agent: str
    why: tuple[str, ...]


@dataclass(frozen=True)
class Floor:
    """Who works now, as one snapshot: reference data and loads at an instant. Shifts are looked up once."""

    reference: Reference
    loads: Mapping[str, Load]
    now: datetime
    _shifts: dict[str, bool] = field(default_factory=dict)
    _rosters: dict[str, list[str]] = field(default_factory=dict)

    def load(self, agent_id: str) -> Load:
        """What the agent has on the table."""
        return self.loads.get(agent_id, Load())

    def has_room(self, agent_id: str) -> bool:
        """Whether the agent is below capacity."""
        return self.load(agent_id).open < self.reference.agents[agent_id].capacity

    def on_shift(self, agent_id: str) -> bool:
        """Whether the agent works at this instant: active, in working hours, not absent."""
        if agent_id not in self._shifts:
            agent = self.reference.agents[agent_id]
            self._shifts[agent_id] = agent.active and (
                not any(absence.start <= self.now < absence.end for absence in agent.absences)
                and self.reference.agent_calendar(agent_id).is_open(self.now)
            )
        return self._shifts[agent_id]

    def team(self, team_id: str) -> list[str]:
        """Agents of the team who work now and have room."""
        if team_id not in self._rosters:
            agents = self.reference.agents.items()
            self._rosters[team_id] = [name for name, agent in agents if agent.team == team_id and self.on_shift(name)]
        return [name for name in self._rosters[team_id] if self.has_room(name)]


def nobody(wanted: Wanted, floor: Floor) -> str:
    """Why there is no candidate."""
    agents = floor.reference.agents
    members = [name for name, agent in agents.items() if agent.team == wanted.team and agent.active]
    if not members:
        return f"it waits: {wanted.team} has no agents"
    if not (at_work := [name for name in members if floor.on_shift(name)]):
        return f"it waits: nobody of {wanted.team} is on shift"
    if not any(floor.has_room(name) for name in at_work):
        return f"it waits: everybody on shift in {wanted.team} is at capacity"
    return f"it waits: nobody who may own it is free in {wanted.team}"


def barred(agent_id: str, wanted: Wanted, reference: Reference) -> str | None:
    """Why this agent must never own the complaint, or None: a person never owns a complaint about themselves.

    Barred are whom it is about, whom this customer complained about before, and the complainant.
    """
    agent = reference.agents.get(agent_id)
    if reason := is_subject(agent_id, agent, wanted.about, reference.teams):
        return reason
    if is_subject(agent_id, agent, wanted.subjects, reference.teams):
        return f"{agent_id} is whom this customer complained about before"
    if agent_id in wanted.complainant:
        return f"{agent_id} is the complainant"
    return None


def candidates(wanted: Wanted, floor: Floor) -> Iterator[Candidate]:
    """Agents on shift, below capacity and not barred, best first.

    The customer's previous owner goes before everybody else of the team: nobody tells the story twice. Then skill for
    the category or the product, the language, fewest open cases and promises due today; of equals whoever has waited
    longest for a case, then by id. An owner in another team is not asked: products, hours and deadlines are the
    team's.
    """
    free = [name for name in floor.team(wanted.team) if barred(name, wanted, floor.reference) is None]
    free.sort(key=lambda name: _order(name, wanted, floor))
    return (Candidate(name, _why(name, wanted, floor)) for name in free)


def _skill(agent: Agent, wanted: Wanted) -> str | None:
    skills = {skill.casefold(): skill for skill in agent.skills}
    for named in (wanted.category, wanted.product):
        if named is not None and named.casefold() in skills:
            return skills[named.casefold()]
    return None


def _order(name: str, wanted: Wanted, floor: Floor) -> tuple[bool, bool, bool, int, float, str]:
    agent, load = floor.reference.agents[name], floor.load(name)
    return (
        name != wanted.owner,
        _skill(agent, wanted) is None,
        not speaks(agent.languages, wanted.language),
        load.open + load.due_today,
        load.last_at.timestamp() if load.last_at else float("-inf"),
        name,
    )


def _why(name: str, wanted: Wanted, floor: Floor) -> tuple[str, ...]:
    agent, load = floor.reference.agents[name], floor.load(name)
    why = [f"{name} is on shift and has room: {load.open} of {agent.capacity} open"]
    if name == wanted.owner:
        why.append(f"{name} has dealt with this customer before")
    if skill := _skill(agent, wanted):
        why.append(f"knows {skill}")
    if not speaks(agent.languages, wanted.language):
        why.append(f"does not speak {wanted.language}; nobody better was free")
    if load.due_today:
        why.append(f"{load.due_today} promises due today")
    return tuple(why)
