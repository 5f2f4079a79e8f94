"""Group commit: who waits together is stored together, and each gets its own outcome."""

import asyncio
from collections.abc import Mapping, Sequence

from shared.mongo import Document, DuplicateKey, OutcomeUnknown, ServerAway, Unstorable
from shared.runtime.group import GroupCommit


class Shelf:
    """A store in memory that can be slow and hostile; it notes each call."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.stored: list[str] = []
        self.open = asyncio.Event()
        self.open.set()
        self.fails_after_storing = 0

    async def insert(self, documents: Sequence[Document]) -> Mapping[int, DuplicateKey]:
        self.calls.append([document["_id"] for document in documents])
        await self.open.wait()
        if any(document.get("hostile") for document in documents):
            raise Unstorable("too large")
        taken: dict[int, DuplicateKey] = {}
        for place, document in enumerate(documents):
            if document["_id"] in self.stored:
                taken[place] = DuplicateKey("_id_")
            elif document.get("key") == "taken":
                taken[place] = DuplicateKey("key")
            else:
                self.stored.append(document["_id"])
        if self.fails_after_storing:
            self.fails_after_storing -= 1
            raise OutcomeUnknown("the primary stepped down")
        return taken


async def test_those_who_come_while_a_call_is_under_way_go_together() -> None:
    shelf = Shelf()
    shelf.open.clear()
    group = GroupCommit(shelf.insert)
    adding = [asyncio.create_task(group.add([{"_id": str(n)}])) for n in range(10)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    shelf.open.set()
    assert await asyncio.gather(*adding) == [[None]] * 10
    assert shelf.calls[:2] == [["0"], ["1"]]
    assert shelf.calls[2] == [str(n) for n in range(2, 10)]


async def test_each_has_its_own_outcome() -> None:
    shelf = Shelf()
    outcomes = await GroupCommit(shelf.insert).add([{"_id": "a"}, {"_id": "b", "key": "taken"}, {"_id": "c"}])
    assert outcomes[0] is outcomes[2] is None
    assert isinstance(outcomes[1], DuplicateKey)
    assert outcomes[1].index_name == "key"


async def test_one_hostile_document_takes_no_other_along() -> None:
    shelf = Shelf()
    outcomes = await GroupCommit(shelf.insert).add([{"_id": "a"}, {"_id": "b", "hostile": True}, {"_id": "c"}])
    assert outcomes[0] is outcomes[2] is None
    assert isinstance(outcomes[1], Unstorable)
    assert shelf.stored == ["a", "c"]


async def test_a_group_whose_outcome_is_unknown_is_repeated_one_by_one_and_doubles_nothing() -> None:
    shelf = Shelf()
    shelf.fails_after_storing = 1
    outcomes = await GroupCommit(shelf.insert).add([{"_id": "a"}, {"_id": "b", "key": "taken"}])
    assert outcomes[0] is None
    assert isinstance(outcomes[1], DuplicateKey)
    assert shelf.stored == ["a"]


async def test_while_the_server_is_away_nobody_waits_for_it_twice() -> None:
    calls: list[int] = []

    async def away(documents: Sequence[Document]) -> Mapping[int, DuplicateKey]:
        calls.append(len(documents))
        raise ServerAway("no primary")

    outcomes = await GroupCommit(away).add([{"_id": str(n)} for n in range(50)])
    assert all(isinstance(outcome, ServerAway) for outcome in outcomes)
    assert calls == [50, 1]


async def test_an_outcome_that_stays_unknown_is_told_to_whom_it_concerns_only() -> None:
    shelf = Shelf()
    shelf.fails_after_storing = 2
    outcomes = await GroupCommit(shelf.insert).add([{"_id": "a"}, {"_id": "b"}])
    assert isinstance(outcomes[0], OutcomeUnknown) or outcomes[0] is None
    assert shelf.stored == ["a", "b"]
    assert outcomes[1] is None
