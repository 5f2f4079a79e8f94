"""Questions asked at the same time are answered by one call, each by its own answer."""

import asyncio
from collections.abc import Sequence

import pytest

from shared.runtime.together import Together


async def test_what_is_asked_while_a_call_is_under_way_goes_in_one_call() -> None:
    calls: list[list[int]] = []
    go = asyncio.Event()

    async def double(questions: Sequence[int]) -> list[int]:
        calls.append(list(questions))
        await go.wait()
        return [2 * question for question in questions]

    together = Together(double)
    asked = [asyncio.create_task(together(number)) for number in range(6)]
    await asyncio.sleep(0)
    go.set()
    assert await asyncio.gather(*asked) == [0, 2, 4, 6, 8, 10]
    assert calls == [[0], [1, 2, 3, 4, 5]]


async def test_an_error_is_said_to_all_who_asked_with_it_and_the_next_are_answered() -> None:
    async def fail_once(questions: Sequence[int]) -> list[int]:
        if 1 in questions:
            raise OSError("away")
        return list(questions)

    together = Together(fail_once)
    with pytest.raises(OSError, match="away"):
        await together(1)
    assert await together(2) == 2


async def test_one_who_gives_up_takes_no_other_along() -> None:
    go = asyncio.Event()

    async def answer(questions: Sequence[int]) -> list[int]:
        await go.wait()
        return list(questions)

    together = Together(answer)
    first, second, third, fourth = (asyncio.create_task(together(number)) for number in range(4))
    await asyncio.sleep(0)
    third.cancel()
    go.set()
    assert list(await asyncio.gather(first, second, fourth)) == [0, 1, 3]
