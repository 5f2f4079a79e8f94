"""Questions asked at the same time are answered together: one call for all of them instead of one for each.

A question that comes alone goes at once; what is asked while it is under way goes in the next call. One call at a time,
and after one that answered several the next waits a moment for those who ask again: without, they fall apart into two
groups that take turns, each half as large, and every question costs a third more.
An error is everybody's who asked with it.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")

_MOST_AT_ONCE: Final = 250
_LONGEST_LINGER: Final = 0.003


@dataclass(slots=True)
class Together(Generic[Q, A]):
    """Answers by `ask`, which is given several questions and answers each, in order."""

    ask: Callable[[Sequence[Q]], Awaitable[Sequence[A]]]
    _waiting: list[tuple[Q, "asyncio.Future[A]"]] = field(default_factory=list)
    _under_way: "asyncio.Task[None] | None" = None
    _expected: int = 1
    _enough: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, question: Q) -> A:
        """The answer to this one."""
        future: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
        if len(self._waiting) >= self._expected:
            self._enough.set()
        self._go()
        return await future

    def _go(self) -> None:
        if self._waiting and self._under_way is None:
            group, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
            self._under_way = asyncio.create_task(self._answer(group))
            self._under_way.add_done_callback(self._done)

    def _done(self, _: "asyncio.Task[None]") -> None:
        self._under_way = None
        self._go()

    async def _answer(self, group: Sequence[tuple[Q, "asyncio.Future[A]"]]) -> None:
        await self._ask(group)
        if len(group) > 1:
            await self._linger(len(group) + len(self._waiting))

    async def _linger(self, expected: int) -> None:
        """Until as many wait as asked, or waited, just now."""
        self._enough.clear()
        self._expected = min(expected, _MOST_AT_ONCE)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_LINGER):
                await self._enough.wait()

    async def _ask(self, group: Sequence[tuple[Q, "asyncio.Future[A]"]]) -> None:
        try:
            answers = await self.ask([question for question, _ in group])
        except BaseException as error:
            for _, future in group:
                if not future.done():
                    future.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        for (_, future), answer in zip(group, answers, strict=True):
            if not future.done():  # whoever asked may have given up
                future.set_result(answer)
