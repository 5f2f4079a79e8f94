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


async def test_those_who_ask_again_go_in_one_call_with_those_who_waited() -> None:
    """Else they fall apart into two groups that take turns."""
    calls: list[int] = []

    async def answer(questions: Sequence[int]) -> list[int]:
        calls.append(len(questions))
        await asyncio.sleep(0)
        return list(questions)

    together = Together(answer)

    async def ask_and_ask_again(number: int) -> None:
        for _ in range(4):
            await together(number)
            for _ in range(5):  # their way back and forth
                await asyncio.sleep(0)

    await asyncio.gather(*(ask_and_ask_again(number) for number in range(20)))
    assert sum(calls) == 80
    assert calls[0] == 1
    assert max(calls) == 20
    assert len(calls) <= 6


async def test_several_calls_are_under_way_where_that_is_wanted_and_no_more() -> None:
    under_way, most = 0, 0

    async def answer(questions: Sequence[int]) -> list[int]:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return list(questions)

    together = Together(answer, calls=2)
    asked = [asyncio.create_task(together(number)) for number in range(10)]
    assert await together.all(range(10, 700)) == list(range(10, 700))
    assert await asyncio.gather(*asked) == list(range(10))
    assert most == 2
