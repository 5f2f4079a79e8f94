"""Hands out what waits: whenever places are free, shifts begin, or agents and teams change. Looks every second.

Replicas race harmlessly: a place is kept once for a complaint's turn, and the complaint's document is saved once.
"""

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import structlog

from services.routing.assign import Assigner, Wish
from services.routing.domain.assignment import Assignment
from services.routing.domain.commanding import accused, looked_through, send_back, take, take_away, wanted
from services.routing.domain.renewing import refreshed
from services.routing.domain.world import Grant
from services.routing.history import History
from shared.decision import Decision
from shared.mongo import StoreError
from shared.runtime.desk import Desk

log = structlog.get_logger()

_AT_ONCE: Final = 500
_SAME_MOMENT: Final = 10


@dataclass(frozen=True, slots=True)
class Queue:
    """The queues of all teams."""

    desk: Desk[Assignment, Any]
    assigner: Assigner
    history: History

    async def serve(self, seconds: float) -> None:
        """Looks for ever, every so many seconds of real time; at once again while something is handed out."""
        while True:
            try:
                handed = await self.round()
            except (StoreError, OSError) as error:
                log.warning("queue_not_served", error=repr(error))
                handed = 0
            if not handed:
                await asyncio.sleep(seconds)

    async def round(self) -> int:
        """Everybody who can be handed out now is, in each queue's order; answers how many were.

        Somebody whom nobody free may own stays, and is passed by those behind.
        """
        await self._take_back()
        await self._take_away()
        teams = await self.history.waiting_teams()
        room = await self.assigner.room(teams)
        return sum([await self._serve_team(team) for team in teams if room[team][1] > 0])

    async def _serve_team(self, team: str) -> int:
        waiting = await self.history.waiting(team, _AT_ONCE)
        grants = await self.assigner.allocate([_wish(complaint_id, case) for complaint_id, case in waiting])
        return sum([await self._hand_out(complaint_id, grants[complaint_id]) for complaint_id, _ in waiting])

    async def _hand_out(self, complaint_id: str, grant: Grant) -> bool:
        if (agent := grant.agent) is None:
            return False

        def decide(case: Assignment, *, now: datetime, world: Any) -> Decision[Assignment]:
            return refreshed(take(case, agent, grant.why, now=now, turn=grant.turn), now=now, world=world)

        if await self.desk.submit(complaint_id, decide):
            return True
        await self.assigner.places.give_back(agent, complaint_id, grant.turn)
        return False

    async def _take_back(self) -> None:
        """Nobody who left keeps a complaint."""
        gone = [name for name, agent in self.assigner.reference().agents.items() if not agent.active]
        for complaint_id, agent in await self.history.left_behind(gone, _AT_ONCE):
            await self._send_back(complaint_id, agent)

    async def _send_back(self, complaint_id: str, agent: str) -> None:
        def decide(case: Assignment, *, now: datetime, world: Any) -> Decision[Assignment]:
            del world
            return send_back(case, agent, now=now)

        await self._to_its_queue(complaint_id, agent, decide)

    async def _take_away(self) -> None:
        """Nobody keeps a complaint of a customer who complained about them before it.

        The earlier one may be heard of later; and a later one that comes at the same moment may not know of it yet.
        """
        accusing = await self.history.accusing(_AT_ONCE)
        theirs: dict[str | None, list[tuple[str, Assignment]]] = defaultdict(list)
        for owned_id, owned in await self.history.owned({case.customer_id for _, case in accusing}):
            theirs[owned.customer_id].append((owned_id, owned))
        for complaint_id, accuser in accusing:
            for owned_id, owned in theirs[accuser.customer_id]:
                if owned_id != complaint_id and owned.agent and accused(owned, accuser, self.assigner.reference()):
                    await self._to_its_queue(owned_id, owned.agent, partial(take_away, accuser=accuser))
            if accuser.accusing is None or self.desk.clock.now() >= accuser.accusing + self._same_moment:
                await self.desk.submit(complaint_id, looked_through)

    @property
    def _same_moment(self) -> timedelta:
        """The real time within which batches that do not know of one another are saved, as product time."""
        return timedelta(seconds=_SAME_MOMENT * self.desk.clock.rate)

    async def _to_its_queue(self, complaint_id: str, agent: str, rule: Any) -> None:
        turns: list[int] = []

        def decide(case: Assignment, *, now: datetime, world: Any) -> Decision[Assignment]:
            turns.append(case.turn)
            decision = rule(case, now=now, world=world)
            return refreshed(decision, now=now, world=world) if decision.events else decision

        if await self.desk.submit(complaint_id, decide):
            await self.assigner.places.release([(agent, complaint_id, turns[-1])])


def _wish(complaint_id: str, case: Assignment) -> Wish:
    return Wish(
        wanted(case, complaint_id=complaint_id),
        case.priority_rank,
        case.started_at,
        case.turn,
        case.customer_id,
        queued=True,
        accuses=case.kind != "praise",
        told_at=case.told_at,
    )
