"""Several things at the same time, all of which end."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")


async def all_of(parts: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """What each comes to, in order. All of them have ended before the first error, if there is one, is raised."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    await asyncio.gather(*tasks, return_exceptions=True)
    return [task.result() for task in tasks]


async def both(one: Coroutine[Any, Any, A], other: Coroutine[Any, Any, B]) -> tuple[A, B]:
    """As `all_of`, for two things of different kinds."""
    came: list[Any] = await all_of((one, other))
    return came[0], came[1]
