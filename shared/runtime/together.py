"""Questions asked at the same time are answered together: one call for all of them instead of one for each.

Nothing waits for company: the first question goes at once; what is asked while it is under way goes in the next call.
One call at a time: with two under way the groups were half as large and cost a third more for each question.
An error is everybody's who asked with it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")

_MOST_AT_ONCE: Final = 250


@dataclass(slots=True)
class Together(Generic[Q, A]):
    """Answers by `ask`, which is given several questions and answers each, in order."""

    ask: Callable[[Sequence[Q]], Awaitable[Sequence[A]]]
    _waiting: list[tuple[Q, "asyncio.Future[A]"]] = field(default_factory=list)
    _under_way: "asyncio.Task[None] | None" = None

    async def __call__(self, question: Q) -> A:
        """The answer to this one."""
        future: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
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
