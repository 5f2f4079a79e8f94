"""The whole demo: complaints at a steady rate, everybody at work, and the end when nothing is left to happen."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

import httpx

from deploy.demo.people import instant
from deploy.demo.rules import set_rules
from deploy.demo.services import Services
from deploy.demo.story import Stage
from deploy.demo.tally import Complaint, Tally, Word
from deploy.local.errors import UserError

A_SECOND: Final = 8
"""Complaints that come in a real second."""
_LOOK_EVERY: Final = 0.25
_QUIET_WITHIN: Final = 90.0
"""Real seconds in which everything must have been heard by everybody, once nothing new is said."""
_STORY_WITHIN: Final = 900.0
_AT_ONCE: Final = 8
_TIMER_BEHIND: Final = 1.0
"""Real seconds that a timer may take to look."""


class Show(Protocol):
    """Shows how far it is."""

    def stage(self, text: str) -> None:
        """This part begins."""

    def step(self, now: datetime, tally: Tally, posted: int) -> None:
        """So far it is."""


@dataclass(slots=True)
class Play:
    """One run. In the end `tally` holds all that was done."""

    services: Services
    show: Show
    tally: Tally = field(default_factory=Tally)
    posted: int = 0
    _owned: defaultdict[str, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))

    async def run(self, complaints: int) -> datetime:
        """So many complaints are handed in and taken care of; the instant from which on nothing happens any more.

        Raises:
            UserError: a service does not do what it should, or does not come to rest.
        """
        stage = Stage(self.services, self.tally, self._assigned)
        await set_rules(self.services)
        async with asyncio.TaskGroup() as group:
            helpers = [group.create_task(self._watch()), group.create_task(self._show())]
            self.show.stage("complaints come in and are taken care of")
            await stage.take_history()
            async with asyncio.timeout(_STORY_WITHIN + complaints / A_SECOND), asyncio.TaskGroup() as stories:
                start = time.monotonic()
                for number in range(complaints):
                    await asyncio.sleep(start + number / A_SECOND - time.monotonic())
                    stories.create_task(self._story(stage, number))
            self.show.stage("waiting until everybody has heard everything")
            await self._quiet()
            await self._look_up()
            self.show.stage("waiting until the last deadline and the last promise have passed")
            await self._last_due()
            await self._quiet()
            for helper in helpers:
                helper.cancel()
        return self.services.now()

    async def _story(self, stage: Stage, number: int) -> None:
        self.posted += 1
        await stage.play(number)
        self.tally.told += 1

    async def _assigned(self, complaint_id: str) -> None:
        await self._owned[complaint_id].wait()

    async def _watch(self) -> None:
        """Whoever gets a complaint sees it: one look for all of them."""
        since = self.services.now()
        while True:
            async for case in self._cases(changed_since=since.isoformat(), sort="changed_at", limit=100):
                since = max(since, instant(case["changed_at"]) - self.services.product(1))
                if case["agent"]:
                    self._owned[case["id"]].set()
            await asyncio.sleep(_LOOK_EVERY)

    async def _cases(self, **asked: Any) -> Any:
        cursor: dict[str, str] = {}
        while True:
            page = await self.services.get("followup", "/v1/cases", **asked, **cursor)
            for case in page["items"]:
                yield case
            if page["next"] is None:
                return
            cursor = {"cursor": page["next"]}

    async def _show(self) -> None:
        while True:
            self.show.step(self.services.now(), self.tally, self.posted)
            await asyncio.sleep(_LOOK_EVERY)

    async def _look_up(self) -> None:
        """When the services heard what, when they acknowledged, and what they promised on their own."""
        slots = asyncio.Semaphore(_AT_ONCE)

        async def look(count: Complaint) -> None:
            async with slots:
                case = await self.services.get("followup", f"/v1/cases/{count.id}")
            _add(count, case)

        async with asyncio.TaskGroup() as group:
            for count in self.tally.all():
                group.create_task(look(count))

    async def _last_due(self) -> None:
        if (due := self.tally.last_due()) is not None:
            await self.services.until(due + self.services.product(_TIMER_BEHIND))

    async def _quiet(self) -> None:
        """Nothing is due, nothing waits to be published or heard, two looks in a row."""
        quiet = 0
        missing = "everything"

        async def look() -> None:
            nonlocal quiet, missing
            missing = await self._unrest()
            quiet = 0 if missing else quiet + 1

        await _until(look, lambda: quiet > 1, lambda: missing)

    async def _unrest(self) -> str:
        """What is still on its way; empty when nothing is."""
        looked_at = self.services.now() - self.services.product(_TIMER_BEHIND)
        async for case in self._cases(due_before=looked_at.isoformat(), limit=1):
            return f"complaint {case['number']} has something due at {case['next_due']}"
        for name in ("intake", "routing", "followup", "metrics"):
            said = await self.services.get(name, "/status")
            found = {what: said.get(what) for what in ("outbox", "lag", "parked") if said.get(what)}
            if found:
                return f"{name} has {found}"
        return ""


def _add(count: Complaint, case: Mapping[str, Any]) -> None:
    told = {each["id"]: each["told_at"] for each in case["responses"]}
    for said in (said for each in count.rounds for said in each.spoken):
        if said.id in told and said.told is None:
            said.told = instant(told[said.id])
    first = case["cycles"][0]
    if not count.anonymous:
        due, by = first["deadlines"]["first_response"], first["deadlines"]["acknowledge"]
        count.rounds[0].due = count.rounds[0].due or (instant(due) if due else None)
        count.acknowledge_by = instant(by) if by else None
    count.acknowledged_at = instant(case["acknowledged_at"]) if case["acknowledged_at"] else None
    count.withdrawn_at = instant(case["withdrawn_at"]) if case["withdrawn_at"] else None
    for promise in case["promises"]:
        if promise["said_by"] == "system":
            count.words.append(Word(promise["id"], "system", instant(promise["due"])))
    count.settle()


async def _until(look: Callable[[], Awaitable[None]], done: Callable[[], bool], missing: Callable[[], str]) -> None:
    end = time.monotonic() + _QUIET_WITHIN
    while True:
        await look()
        if done():
            return
        if time.monotonic() > end:
            raise UserError(f"the services do not come to rest within {_QUIET_WITHIN:.0f} s: {missing()}")
        await asyncio.sleep(_LOOK_EVERY)


def first_of(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first single error in it."""
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


TROUBLE: Final = (UserError, httpx.HTTPError, TimeoutError)
"""What a person can read without a traceback."""
