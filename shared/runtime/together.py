"""Questions asked at the same time are answered together: one call for all of them instead of one for each.

A question that comes alone goes at once; what is asked while a call is under way goes in the next. With one call at a
time, the next one after a group waits a moment for those who ask again: without, they fall apart into two groups that
take turns, each half as large, and every question costs a third more.
An error is everybody's who asked with it.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")

MOST_AT_ONCE: Final = 250
_LONGEST_LINGER: Final = 0.003


@dataclass(slots=True)
class Together(Generic[Q, A]):
    """Answers by `ask`, which is given several questions and answers each, in order.

    `calls`: how many may be under way at the same time.
    """

    ask: Callable[[Sequence[Q]], Awaitable[Sequence[A]]]
    calls: int = 1
    _waiting: list[tuple[Q, "asyncio.Future[A]"]] = field(default_factory=list)
    _under_way: set["asyncio.Task[None]"] = field(default_factory=set)
    _expected: int = 1
    _enough: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, question: Q) -> A:
        """The answer to this one."""
        (future,) = self._put([question])
        return await future

    async def all(self, questions: Iterable[Q]) -> list[A]:
        """The answer to each, in order."""
        return list(await asyncio.gather(*self._put(questions)))

    def _put(self, questions: Iterable[Q]) -> "list[asyncio.Future[A]]":
        loop = asyncio.get_running_loop()
        put: list[tuple[Q, asyncio.Future[A]]] = [(question, loop.create_future()) for question in questions]
        self._waiting += put
        if len(self._waiting) >= self._expected:
            self._enough.set()
        self._go()
        return [future for _, future in put]

    def _go(self) -> None:
        while self._waiting and len(self._under_way) < self.calls:
            group, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            call = asyncio.create_task(self._answer(group))
            self._under_way.add(call)
            call.add_done_callback(self._done)

    def _done(self, call: "asyncio.Task[None]") -> None:
        self._under_way.discard(call)
        self._go()

    async def _answer(self, group: Sequence[tuple[Q, "asyncio.Future[A]"]]) -> None:
        await self._ask(group)
        if self.calls == 1 and len(group) > 1:
            await self._linger(len(group) + len(self._waiting))

    async def _linger(self, expected: int) -> None:
        """Until as many wait as asked, or waited, just now."""
        self._expected = min(expected, MOST_AT_ONCE)
        if len(self._waiting) >= self._expected:
            return
        self._enough.clear()
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
