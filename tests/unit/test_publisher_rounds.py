"""How the publisher takes its rounds: what comes alone goes at once, what comes in numbers goes together, in order."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from shared.kafka import Message
from shared.mongo import Document
from shared.runtime.publisher import Publisher
from tests.support.wait import until


class Log:
    """Acknowledges all it is given, and notes each round."""

    def __init__(self) -> None:
        self.rounds: list[list[str]] = []

    async def partitions(self, _: str) -> int:
        return 1

    async def send(self, _: str, by_partition: Mapping[int, Sequence[Message]]) -> dict[int, int]:
        self.rounds.append([key.decode() for messages in by_partition.values() for key, _, _ in messages])
        return {partition: len(messages) for partition, messages in by_partition.items()}

    @property
    def said(self) -> list[str]:
        return [key for round_ in self.rounds for key in round_]


class Shelf:
    """Notes the removals that it is asked for."""

    def __init__(self) -> None:
        self.removals: list[list[Any]] = []

    async def bulk_write(self, writes: Sequence[Any], *, ordered: bool) -> None:
        assert not ordered
        self.removals.append([(write._filter, write._doc) for write in writes])  # noqa: SLF001 - the driver shows no more


def outbox(complaint_id: str, *seqs: int) -> list[Document]:
    """Events of one complaint as a document keeps them."""
    at = datetime(2026, 3, 2, tzinfo=UTC)
    common = {"type": "complaint.withdrawn", "source": "intake", "time": at, "version": 1, "data": "{}"}
    return [{**common, "id": f"{complaint_id}-{seq}", "complaint_id": complaint_id, "seq": seq} for seq in seqs]


async def test_what_comes_after_many_goes_together_and_nothing_is_left_out() -> None:
    log, shelf = Log(), Shelf()
    publisher = Publisher("intake", shelf, log, "t")  # type: ignore[arg-type]
    for number in range(10):
        publisher.offer(f"a{number}", outbox(f"a{number}", 1))
    running = asyncio.create_task(publisher.run())
    async with asyncio.timeout(60):
        while len(log.said) < 10:  # noqa: ASYNC110 - the very next moment counts
            await asyncio.sleep(0)
    for number in range(10):
        publisher.offer(f"b{number}", outbox(f"b{number}", 1))
        await asyncio.sleep(0)
    await until(lambda: _done(len(log.said) == 20))
    running.cancel()
    assert [len(round_) for round_ in log.rounds] == [10, 10]


async def test_one_alone_goes_at_once_after_another_alone() -> None:
    log = Log()
    publisher = Publisher("intake", Shelf(), log, "t")  # type: ignore[arg-type]
    running = asyncio.create_task(publisher.run())
    for number in range(3):
        publisher.offer(f"c{number}", outbox(f"c{number}", 1))
        for _ in range(20):
            await asyncio.sleep(0)
        assert len(log.rounds) == number + 1
    running.cancel()


async def test_documents_that_lose_the_same_numbers_are_cleared_by_one_statement() -> None:
    log, shelf = Log(), Shelf()
    publisher = Publisher("intake", shelf, log, "t")  # type: ignore[arg-type]
    for complaint_id, seqs in (("a", [1]), ("b", [1]), ("c", [2, 3])):
        publisher.offer(complaint_id, outbox(complaint_id, *seqs))
    running = [asyncio.create_task(loop) for loop in (publisher.run(), publisher.remove())]
    await until(lambda: _done(bool(shelf.removals)))
    for loop in running:
        loop.cancel()
    assert shelf.removals == [[
        ({"_id": {"$in": ["a", "b"]}}, {"$pull": {"outbox": {"seq": {"$in": [1]}}}}),
        ({"_id": {"$in": ["c"]}}, {"$pull": {"outbox": {"seq": {"$in": [2, 3]}}}}),
    ]]  # fmt: skip


async def _done(it_is: bool) -> bool:
    return it_is


async def test_large_events_are_taken_a_few_at_a_time_and_no_more_lie_in_memory_than_a_bound() -> None:
    log, shelf = Log(), Shelf()
    publisher = Publisher("intake", shelf, log, "t")  # type: ignore[arg-type]
    for number in range(50):
        publisher.offer(f"c{number}", [{**record, "data": "x" * 900_000} for record in outbox(f"c{number}", 1)])
    running = asyncio.create_task(publisher.run())
    kept = 36  # 32 million characters; the rest stays in its document, and the sweep finds it

    async def all_said() -> bool:
        return len(log.said) >= kept

    await until(all_said, what="what was kept is said")
    publisher.offer("again", outbox("again", 1))

    async def said_again() -> bool:
        return "again" in log.said

    await until(said_again, what="there is room again")
    running.cancel()
    assert log.said == [f"c{number}" for number in range(kept)] + ["again"]
    assert max(map(len, log.rounds)) == 9
