"""A case agrees with the newest policy, hours and agents: whoever decides anything renews what rests on them.

The first cycle's deadlines come from routing, which says when they move. Here: a later cycle's, when it closes by
itself, the clocks that start and stop, what ended a law's term, what was wrongly said to be overdue, whose turn each
promise is, and when its owner is reminded of it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from services.followup.domain import terms
from services.followup.domain.case import ACTIVE, Case
from services.followup.domain.clocks import with_deadlines
from services.followup.domain.correcting import put_right
from services.followup.domain.handing import handed_over
from services.followup.domain.parts import evolve
from services.followup.domain.reminding import planned
from services.followup.domain.saying import then
from services.followup.domain.spells import moved, refreshed
from services.followup.domain.targets import deadlines_after_reopening
from services.followup.domain.world import World
from shared.decision import Decision
from shared.events.reference import Reference

_ALIVE: Final = frozenset({*ACTIVE, "resolved"})
COUNTED: Final[Mapping[str, Any]] = {"state.historical": False, "state.status": {"$in": sorted(_ALIVE)}}
"""Stored cases in which clocks may run, or which may close by themselves."""


def renewed(case: Case, *, now: datetime, world: World) -> Decision[Case]:
    """The same case, as it follows from what is known now. A repeat changes nothing and says nothing."""
    newest = terms.refreshed(refreshed(_with_newest(case, world), world), world)
    decision = then(moved(newest, case.spells, now=now), partial(put_right, now=now))
    decision = then(decision, partial(handed_over, now=now, world=world))
    return then(decision, lambda state: Decision(planned(state, now=now, world=world)))


def _with_newest(case: Case, world: World) -> Case:
    policy, version = world.reference.policy(case.policy or "default")
    hours = world.reference.calendar_version(case.calendar or "")
    if (case.policy_version, case.calendar_version) == (version, hours):
        return case
    outdated = case.policy_version > 0 or case.calendar_version > 0
    case = evolve(case, policy_version=version, calendar_version=hours)
    if not outdated:
        return case
    if case.resolution is not None and case.status == "resolved":
        case = evolve(case, close_at=case.resolution.at + timedelta(days=policy.close_after_days))
    if case.cycle.number > 1 and case.status in ACTIVE and not case.historical:
        case = with_deadlines(case, deadlines_after_reopening(case, case.cycle.started_at, world), world)
    return case


def stale(kind: str, datum_id: str, version: int, reference: Reference) -> Mapping[str, Any] | None:
    """Which cases rest on an older version of this datum, or on an agent or a team of whom something changed.

    A promise's owner works by a calendar of their own, else by their own team's, whoever has the case; an owner who is
    not known here works by that of the case's team. `reference`: with the change in it.
    """
    match kind:
        case "policy":
            return {**COUNTED, "state.policy": datum_id, "state.policy_version": {"$lt": version}}
        case "calendar":
            named = {"state.policy": {"$in": [*reference.policies, None]}, "state.calendar": datum_id}
            counted = {**COUNTED, **named, "state.calendar_version": {"$lt": version}}
            owners = [name for name in reference.agents if reference.shift(name) == datum_id]
            teams = [name for name, team in reference.teams.items() if team.calendar == datum_id]
            return {"$or": [counted, _promised(owners), _by_strangers(teams, reference)]}
        case "agent":
            return _promised([datum_id])
        case "team":
            owners = [name for name, agent in reference.agents.items() if agent.team == datum_id]
            return {"$or": [_promised(owners), _by_strangers([datum_id], reference)]}
    return None


def _promised(owners: Sequence[str]) -> Mapping[str, Any]:
    return {"state.promises": {"$elemMatch": {"status": "open", "owner": {"$in": owners}}}}


def _by_strangers(teams: Sequence[str], reference: Reference) -> Mapping[str, Any]:
    """What people who are not known here have promised in these teams' cases."""
    promised = {"status": "open", "said_by": "person", "owner": {"$nin": list(reference.agents)}}
    held = {"state.team": {"$in": teams}, "state.status": {"$in": sorted([*_ALIVE, "merged"])}}
    return {**held, "state.promises": {"$elemMatch": promised}}
