"""The loops of a process all stop, and one that fails is noticed."""

import asyncio

import pytest

from shared.runtime import loops
from shared.runtime.loops import Loops


async def test_a_loop_that_swallows_a_cancellation_is_stopped_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "_PATIENCE_SECONDS", 0.01)
    swallowed = 0

    async def deaf() -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                swallowed += 1
                if swallowed == 3:
                    raise

    crew = Loops()
    crew.start(deaf())
    await asyncio.sleep(0)
    await crew.stop()
    assert swallowed == 3
    assert not crew.running
    assert not crew.failed.is_set()


async def test_what_a_loop_starts_while_it_is_being_stopped_stops_too() -> None:
    crew = Loops()

    async def late() -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            crew.start(asyncio.sleep(3600))

    crew.start(late())
    await asyncio.sleep(0)
    await crew.stop()
    assert not crew.running


async def test_a_loop_that_fails_is_said_and_one_that_is_done_is_not() -> None:
    crew = Loops()

    async def broken() -> None:
        raise RuntimeError("ours")

    crew.start(asyncio.sleep(0))
    await asyncio.sleep(0.01)
    assert not crew.failed.is_set()
    crew.start(broken())
    async with asyncio.timeout(10):
        await crew.failed.wait()
