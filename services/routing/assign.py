"""Who gets which complaint: a batch is allocated in memory from one snapshot, then kept with one write an agent.

Two replicas never push an agent over capacity: a place is kept only as the agent's document was read. A place that
a complaint holds already is used, so that a batch taken again after a crash gives the same answer.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from services.routing.domain.assignment import Accused, accused_by
from services.routing.domain.candidates import Floor, Load, Wanted, candidates, nobody
from services.routing.domain.world import Grant
from services.routing.history import History
from services.routing.places import Places
from shared.clock import Clock
from shared.events.reference import Reference

_TRIES: Final = 10


@dataclass(frozen=True, slots=True)
class Wish:
    """A complaint that looks for an agent, in its turn. `queued`: it stands in the queue already.

    `told_at`: when its customer told us of it. `accuses`: whom it is about never gets a later one of this customer;
    praise accuses nobody.
    """

    wanted: Wanted
    rank: int
    started_at: datetime
    turn: int = 0
    customer: str | None = None
    queued: bool = False
    accuses: bool = True
    told_at: datetime = field(kw_only=True)

    @property
    def id(self) -> str:
        """The complaint's id."""
        return self.wanted.complaint_id

    @property
    def order(self) -> tuple[int, datetime]:
        """The highest priority first, inside it the oldest."""
        return self.rank, self.started_at


@dataclass(slots=True)
class _Round:
    """One allocation in memory."""

    floor: Floor
    loads: dict[str, Load]
    heads: Mapping[str, tuple[int, datetime]]
    kept: dict[str, dict[str, int]] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)

    def give(self, wish: Wish) -> Grant:
        """A place in memory, or why it waits."""
        head = self.heads.get(wish.wanted.team)
        if head is not None and not wish.queued and head < wish.order:
            return Grant(None, (f"it waits: others wait before it for {wish.wanted.team}",), wish.turn)
        owner = self.owners.get(wish.customer or "") or wish.wanted.owner
        best = next(candidates(replace(wish.wanted, owner=owner), self.floor), None)
        if best is None:
            return Grant(None, (nobody(wish.wanted, self.floor),), wish.turn)
        if wish.customer:
            self.owners[wish.customer] = best.agent
        load = self.floor.load(best.agent)
        self.loads[best.agent] = replace(load, open=load.open + 1, last_at=self.floor.now)
        self.kept.setdefault(best.agent, {})[wish.id] = wish.turn
        return Grant(best.agent, best.why, wish.turn)


@dataclass(frozen=True, slots=True)
class Assigner:
    """Gives places to complaints."""

    places: Places
    history: History
    reference: Callable[[], Reference]
    clock: Clock

    async def allocate(self, wishes: Sequence[Wish]) -> dict[str, Grant]:
        """By complaint id, a place that is kept from now on, or why it waits.

        Where others were faster too often, the complaint waits: the queue's loop tries again.
        """
        wishes = await self._with_history(sorted(wishes, key=lambda wish: (wish.order, wish.id)))
        grants: dict[str, Grant] = {}
        left = wishes
        for _ in range(_TRIES):
            if not left:
                return grants
            grants |= await self._kept_before(left)
            left = await self._try([wish for wish in left if wish.id not in grants], grants)
        return grants | {wish.id: Grant(None, ("it waits: others were faster",), wish.turn) for wish in left}

    async def _with_history(self, wishes: Sequence[Wish]) -> list[Wish]:
        """Each knows its customer's owner, and about whom that customer complained before; also in this batch."""
        known = await self.history.customers({wish.customer for wish in wishes if wish.customer})
        for wish in wishes:
            if wish.customer and wish.accuses:
                named = (Accused(subject, wish.told_at) for subject in wish.wanted.about)
                known.subjects[wish.customer] = (*known.subjects.get(wish.customer, ()), *named)
        return [
            replace(
                wish,
                wanted=replace(
                    wish.wanted,
                    owner=wish.wanted.owner or known.owners.get(wish.customer or ""),
                    subjects=accused_by(known.subjects.get(wish.customer or "", ()), wish.told_at),
                ),
            )
            for wish in wishes
        ]

    async def _kept_before(self, wishes: Sequence[Wish]) -> dict[str, Grant]:
        held = await self.places.held({wish.id: wish.turn for wish in wishes})
        return {
            wish.id: Grant(held[wish.id], (f"a place with {held[wish.id]} was kept for it",), wish.turn)
            for wish in wishes
            if wish.id in held
        }

    async def _try(self, wishes: Sequence[Wish], grants: dict[str, Grant]) -> list[Wish]:
        """Allocates once; answers those whose agent somebody else changed meanwhile."""
        if not wishes:
            return []
        reference, now = self.reference(), self.clock.now()
        teams = {wish.wanted.team for wish in wishes}
        agents = [name for name, agent in reference.agents.items() if agent.team in teams and agent.active]
        seen, due, heads = await asyncio.gather(
            self.places.taken(agents),
            self.history.due_today(agents, reference, now),
            self.history.heads({wish.wanted.team for wish in wishes if not wish.queued}),
        )
        loads = {name: Load(taken.open, due.get(name, 0), taken.last_at) for name, taken in seen.items()}
        here = _Round(Floor(reference, loads, now), loads, heads)
        given = {wish.id: here.give(wish) for wish in wishes}
        late = await self.places.keep(here.kept, seen, now) if here.kept else set()
        grants |= {name: grant for name, grant in given.items() if grant.agent not in late}
        return [wish for wish in wishes if given[wish.id].agent in late]

    async def room(self, teams: Sequence[str]) -> dict[str, tuple[int, int]]:
        """By team, how many agents are on shift now, and how many complaints they could still take."""
        reference, now = self.reference(), self.clock.now()
        members = [name for name, agent in reference.agents.items() if agent.team in teams and agent.active]
        seen = await self.places.taken(members)
        floor = Floor(reference, {}, now)
        room = dict.fromkeys(teams, (0, 0))
        for name in filter(floor.on_shift, members):
            agent = reference.agents[name]
            at_work, left = room[agent.team]
            room[agent.team] = (at_work + 1, left + max(0, agent.capacity - seen[name].open))
        return room
