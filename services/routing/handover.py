"""A transfer: the new agent's place is kept first, then the complaint changes hands, then the old place is free."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from services.routing.assign import Assigner
from services.routing.domain.assignment import Assignment, accused_by
from services.routing.domain.commanding import AgentFull, Transfer, TurnMoved, transfer, transfer_allowed
from services.routing.domain.renewing import refreshed
from services.routing.domain.views import view
from services.routing.domain.world import World
from shared.decision import Decision
from shared.runtime.commands import Answer, Command, Unavailable
from shared.runtime.desk import Desk

_TRIES: Final = 10


@dataclass(frozen=True, slots=True)
class HandOver:
    """Hands complaints over."""

    desk: Desk[Assignment, World]
    assigner: Assigner

    async def hand_over(
        self, complaint_id: str, ask: Transfer, command: Command, *, expect: int | None = None
    ) -> Answer:
        """The complaint stands with that team, and its agent; a repeat of the command gets the first answer.

        Raises:
            AgentFull: the agent has no place left.
            Refusal: by a rule; nothing changed.
        """
        complaint_id = await self.desk.find_id(complaint_id)
        for _ in range(_TRIES):
            loaded = await self.desk.load(complaint_id)
            case = loaded.state
            if case is None or loaded.answered(command.id) is not None or expect not in (None, loaded.version):
                return await self.desk.decide(complaint_id, command, _never, expect=expect)
            ask = await self._with_subjects(case, ask)
            transfer_allowed(case, ask, await self.desk.service.prepare([]))
            new = ask.agent if ask.agent != case.agent else None
            if new is not None:
                await self._keep(new, complaint_id, case.turn)
            try:
                return await self._save(complaint_id, case, ask, command, expect)
            except TurnMoved:
                continue
            finally:
                if new is not None:
                    await self.assigner.places.give_back(new, complaint_id, case.turn)
        raise Unavailable("too many changes at once; ask again with the same Idempotency-Key")

    async def _with_subjects(self, case: Assignment, ask: Transfer) -> Transfer:
        known = await self.assigner.history.subjects({case.customer_id})
        return replace(ask, subjects=accused_by(known.get(case.customer_id or "", ()), case.told_at))

    async def _keep(self, agent: str, complaint_id: str, turn: int) -> None:
        """A place with the agent is kept for the complaint in this turn.

        Raises:
            AgentFull: there is none.
        """
        places, clock = self.assigner.places, self.assigner.clock
        for _ in range(_TRIES):
            if (await places.held({complaint_id: turn})).get(complaint_id) == agent:
                return
            seen = await places.taken([agent])
            if seen[agent].open >= self.assigner.reference().agents[agent].capacity:
                raise AgentFull(f"{agent} has {seen[agent].open} open complaints", agent=agent)
            if not await places.keep({agent: {complaint_id: turn}}, seen, clock.now()):
                return
        raise Unavailable("too many changes at once; ask again with the same Idempotency-Key")

    async def _save(
        self, complaint_id: str, case: Assignment, ask: Transfer, command: Command, expect: int | None
    ) -> Answer:
        def decide(state: Assignment, *, now: datetime, world: World) -> Decision[Assignment]:
            decision = transfer(state, ask, turn=case.turn, now=now, world=world)
            decision = refreshed(decision, now=now, world=world)
            return Decision(decision.state, decision.events, view(complaint_id, decision.state))

        answer = await self.desk.decide(complaint_id, command, decide, expect=expect)
        if case.agent is not None and case.agent != ask.agent and not answer.replayed:
            await self.assigner.places.release([(case.agent, complaint_id, case.turn)])
        return answer


def _never(state: Assignment, *, now: datetime, world: World) -> Decision[Assignment]:
    """For a command that was answered before, or that names an old version: the runtime answers, and never asks."""
    del state, now, world
    raise TurnMoved
