"""Whom a complaint is about, among the agents we know: by id, by name, or by team. They keep their hands off it."""

from collections.abc import Iterable

from services.followup.domain.case import Case
from services.followup.domain.world import World
from shared.events.reference import Agent
from shared.events.values import About, AgentId


def agents_meant(about: Iterable[About], world: World) -> tuple[AgentId, ...]:
    """The agents who are meant.

    By id; by name, when every word that was said is a word of the agent's name; the whole team, when neither id nor
    name was said. An id that nobody here has still counts.
    """
    found: dict[AgentId, None] = {}
    for subject in about:
        if subject.agent is not None:
            found[subject.agent] = None
            continue
        found |= dict.fromkeys(
            name for name, agent in world.reference.agents.items() if _is_meant(agent, subject, world)
        )
    return tuple(found)


def with_barred(case: Case, world: World) -> Case:
    """The case, in which they are known whom this customer is known by now to have complained about before."""
    found = world.barred(case.customer_id, case.received_at)
    return case.with_steps(barred=tuple(dict.fromkeys((*case.steps.barred, *found))))


def _is_meant(agent: Agent, subject: About, world: World) -> bool:
    in_team = subject.team is not None and _names(subject.team, agent.team, world)
    if subject.name is None:
        return in_team
    known_team = any(_names(subject.team or "", team, world) for team in world.reference.teams)
    said = set(subject.name.casefold().split())
    return said <= set(agent.name.casefold().split()) and (in_team or not known_team)


def _names(said: str, team_id: str, world: World) -> bool:
    team = world.reference.teams.get(team_id)
    return said.casefold() in (team_id, team.name.casefold() if team else "")
