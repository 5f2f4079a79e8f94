"""What every route of follow-up needs: who asks, what for, on which version; and where it is handed in."""

from dataclasses import dataclass, replace
from typing import Annotated, TypeVar

from fastapi import Depends, Response

from services.followup.customers import informed
from services.followup.domain.asking import Ask, CommandRule, Decide, obey
from services.followup.domain.case import Case
from services.followup.domain.links import IssueLink, Token, issue, telling
from services.followup.domain.step_parts import LinkPurpose
from services.followup.domain.world import World
from shared import ids
from shared.http import Caller, CallerOf, CommandOf, IfMatch, get_desk, reply
from shared.http.auth import digest
from shared.runtime.commands import Command
from shared.runtime.desk import Desk

A = TypeVar("A", bound=Ask)


@dataclass(frozen=True, slots=True)
class Counter:
    """Where a command is handed in."""

    desk: Desk[Case, World]
    caller: Caller
    command: Command
    expect: int | None

    def new_id(self) -> str:
        """An id for something that this command makes. A repeat of the command gets the first answer, and its id."""
        return ids.uuid7(self.desk.clock.now())

    async def hand_in(self, case_id: str, rule: CommandRule[A], ask: A, *, status: int = 200) -> Response:
        """The command is decided; its answer, the case's version as `ETag`."""
        decide = await informed(self.desk, case_id, obey(rule, ask))
        answer = await self.desk.decide(case_id, self.command, decide, expect=self.expect)
        return reply(answer, status=status)

    async def hand_in_with_link(
        self, case_id: str, rule: CommandRule[A], ask: A, purpose: LinkPurpose, *, status: int = 200
    ) -> Response:
        """As `hand_in`; the customer can answer by a link, which is told once and kept nowhere.

        A repeat gets the first answer, without the link; a new one is made by `…/customer-links`.
        """
        token = ids.new_token()
        told = telling(rule, Token(digest(token), purpose))
        return await self._with_link(case_id, obey(told, ask), token, status)

    async def hand_in_link(self, case_id: str, by: str | None, purpose: LinkPurpose) -> Response:
        """A new link for the customer."""
        token = ids.new_token()
        ask = IssueLink(by=by, sha256=digest(token), purpose=purpose)
        return await self._with_link(case_id, obey(issue, ask), token, 201)

    async def _with_link(self, case_id: str, decide: Decide, token: str, status: int) -> Response:
        decide = await informed(self.desk, case_id, decide)
        answer = await self.desk.decide(case_id, self.command, decide, expect=self.expect)
        link = None if answer.replayed else f"/c/{token}"
        return reply(replace(answer, body={**(answer.body or {}), "link": link}), status=status)


async def _counter(
    desk: Annotated[Desk[Case, World], Depends(get_desk)],
    caller: Annotated[Caller, CallerOf("cases:write")],
    command: CommandOf,
    if_match: IfMatch = None,
) -> Counter:
    return Counter(desk, caller, command, if_match)


CounterOf = Annotated[Counter, Depends(_counter)]
ReaderOf = Annotated[Caller, CallerOf("cases:read")]
DeskOf = Annotated[Desk[Case, World], Depends(get_desk)]
