"""Waits for a state, with a generous deadline; never for a time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
DEADLINE = 60.0


async def until(look: Callable[[], Awaitable[T | None]], *, seconds: float = DEADLINE, what: str = "") -> T:
    """What `look` answers as soon as it is neither None nor False."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                found = await look()
                if found is not None and found is not False:
                    return found
                await asyncio.sleep(0.05)
    except TimeoutError:
        last = await look()
        raise AssertionError(f"not so after {seconds} s: {what or look}; last seen: {last!r}") from None
