"""Reference data fits together: what names something names something that is there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from shared.calendar import Calendar, NeverOpen
from shared.decision import Invalid
from shared.events.reference import Agent, Policy, Team
from shared.runtime.reference import ReferenceStore


@dataclass(frozen=True, slots=True)
class Checks:
    """Checks before a change; what is written in the same moment by others is not seen."""

    store: ReferenceStore
    now: datetime

    async def team(self, team: Team) -> None:
        """Its calendar is there, and opens.

        Raises:
            Invalid: not so.
        """
        await self._calendar(team.calendar)

    async def agent(self, agent: Agent) -> None:
        """The team is there, and the calendar if one is named.

        Raises:
            Invalid: not so.
        """
        if await self.store.get("team", agent.team) is None:
            raise Invalid("there is no such team", errors=[("team", f"there is no team {agent.team}")])
        if agent.calendar is not None:
            await self._calendar(agent.calendar)

    async def policy(self, policy: Policy, laws: Collection[str]) -> None:
        """Its legal rules are among these, and the calendars that it names are there; its own one opens.

        Raises:
            Invalid: not so.
        """
        if unknown := [name for name in policy.legal if name not in laws]:
            reason = f"no rule {', '.join(unknown)}; known: {', '.join(sorted(laws))}"
            raise Invalid("there is no such legal rule", errors=[("legal", reason)])
        if policy.legal_calendar is not None and await self.store.get("calendar", policy.legal_calendar) is None:
            reason = f"there is no calendar {policy.legal_calendar}"
            raise Invalid("there is no such calendar", errors=[("legal_calendar", reason)])
        if policy.calendar is not None:
            await self._calendar(policy.calendar)

    async def calendar(self, calendar_id: str, calendar: Calendar) -> None:
        """No team works by it and no policy counts in it, or it opens.

        Raises:
            Invalid: not so.
        """
        if self._opens(calendar):
            return
        known = [*await self.store.list("team"), *await self.store.list("policy")]
        if using := [name for name, _, datum in known if getattr(datum, "calendar", None) == calendar_id]:
            reason = f"never opens again, and {', '.join(using)} works by it"
            raise Invalid("a team or a policy needs a calendar that opens", errors=[("weekly", reason)])

    async def _calendar(self, calendar_id: str) -> None:
        found = await self.store.get("calendar", calendar_id)
        if found is None:
            raise Invalid("there is no such calendar", errors=[("calendar", f"there is no calendar {calendar_id}")])
        if not isinstance(found[1], Calendar) or not self._opens(found[1]):
            reason = f"{calendar_id} never opens again"
            raise Invalid("nobody can work by a calendar that never opens", errors=[("calendar", reason)])

    def _opens(self, calendar: Calendar) -> bool:
        try:
            calendar.next_open(self.now)
        except NeverOpen:
            return False
        return True
