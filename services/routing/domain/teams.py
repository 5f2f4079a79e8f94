"""Which team a complaint belongs to, whom it is about, and who is told one level up. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from services.routing.domain.words import tokens
from shared.events.reference import Agent, Team
from shared.events.values import About

FALLBACK: Final = "around-the-clock"
"""The team for what belongs to no other; its queue exists even while the team does not."""

AROUND_THE_CLOCK_CALENDAR: Final = "around-the-clock"


def same(one: str | None, other: str | None) -> bool:
    """Whether two names are the same to a reader: case, accents and spaces make no difference."""
    return one is not None and other is not None and tokens(one) == tokens(other)


def names_team(name: str | None, team_id: str, team: Team | None) -> bool:
    """Whether somebody who says `name` means this team."""
    return same(name, team_id) or (team is not None and same(name, team.name))


def is_subject(agent_id: str, agent: Agent | None, about: Iterable[About], teams: Mapping[str, Team]) -> str | None:
    """Why this agent is whom it is about, or None.

    By id; by name, when every word of the name that was said is a word of the agent's name (and the agent is in the
    team that was said, if there is such a team); or by team, when neither id nor name was said.
    """
    for subject in about:
        if _is_meant(agent_id, agent, subject, teams):
            return f"{agent_id} is whom it is about"
    return None


def _is_meant(agent_id: str, agent: Agent | None, subject: About, teams: Mapping[str, Team]) -> bool:
    if subject.agent is not None:
        return subject.agent.casefold() == agent_id.casefold()
    if agent is None:
        return False
    known_team = any(names_team(subject.team, name, team) for name, team in teams.items())
    in_team = names_team(subject.team, agent.team, teams.get(agent.team))
    if subject.name is None:
        return in_team
    said = tokens(subject.name)
    return bool(said) and set(said) <= set(tokens(agent.name)) and (in_team or not known_team)


def team_for(
    product: str | None, language: str, about: Sequence[About], teams: Mapping[str, Team]
) -> tuple[str, tuple[str, ...]]:
    """The team whose queue the complaint stands in, and why; never none.

    The team whose products name the product, one that speaks the language first; else `around-the-clock`; else a team
    for any product; else the first active team by id. A team that the complaint is about is passed over if there is
    another one.
    """
    active = {name: team for name, team in sorted(teams.items()) if team.active}
    about_whole_teams = [subject.team for subject in about if subject.agent is None and subject.name is None]
    others = {
        name: team
        for name, team in active.items()
        if not any(names_team(subject, name, team) for subject in about_whole_teams)
    }
    why = tuple(f"not {name}: it is about this team" for name in active if name not in others) if others else ()
    chosen, reason = _choose(product, language, others or active)
    return chosen, (*why, f"team {chosen}: {reason}")


def _choose(product: str | None, language: str, teams: Mapping[str, Team]) -> tuple[str, str]:
    wanted = (product or "").strip().casefold()
    owning = [name for name, team in teams.items() if wanted in {known.casefold() for known in team.products}]
    if owning:
        speaking = [name for name in owning if speaks(teams[name].languages, language)]
        if speaking:
            return speaking[0], f'product "{product}"'
        return owning[0], f'product "{product}"; no team for it answers in {language}'
    if FALLBACK in teams:
        return FALLBACK, "the product belongs to no other team"
    for_any = [name for name, team in teams.items() if not team.products]
    for name in (*for_any, *teams):
        return name, "no team is named for the product"
    return FALLBACK, "no team is active"


def speaks(languages: Sequence[str], language: str) -> bool:
    """Whether these languages include it; none named means any."""
    return not languages or any(known.partition("-")[0].casefold() == language.casefold() for known in languages)


def superior(
    level: int, team: Team | None, agent_id: str | None, agents: Mapping[str, Agent], barred: Iterable[str]
) -> str | None:
    """Who is told at this level: the agent's manager (else the team's), then that one's manager, and so on.

    Nobody whom the complaint is about, and not the agent. The highest there is where the line ends below the level;
    None where nobody is left.
    """
    passed_over = {agent_id, *barred}
    agent = agents.get(agent_id or "")
    line: list[str] = []
    upward = agent.manager if agent else None
    while upward is not None and upward not in line:
        line.append(upward)
        above = agents.get(upward)
        upward = above.manager if above else None
    if team is not None and team.manager is not None and team.manager not in line:
        line.append(team.manager)
    line = [name for name in line if name not in passed_over]
    return line[min(level, len(line)) - 1] if line else None
