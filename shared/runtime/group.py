"""Group commit: documents that wait together are stored with one call, each with an outcome of its own.

Nothing waits for company: the first call goes at once; what comes while it is under way makes the next group. A group
that fails as a whole is repeated one by one, so that one hostile document takes no other along.
Source: "Saving" in the architecture.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from shared.mongo import Document, DuplicateKey, ServerAway, StoreError, Unstorable

Outcome: TypeAlias = DuplicateKey | Unstorable | StoreError | None
"""None: stored. `StoreError`: not known."""

Insert: TypeAlias = Callable[[Sequence[Document]], Awaitable[Mapping[int, DuplicateKey]]]

MOST_AT_ONCE: Final = 250
_AT_ONCE_UNDER_WAY: Final = 2


@dataclass(slots=True)
class GroupCommit:
    """Stores documents by `insert`, those of concurrent callers together."""

    insert: Insert
    _waiting: list[tuple[Document, "asyncio.Future[Outcome]"]] = field(default_factory=list)
    _under_way: set["asyncio.Task[None]"] = field(default_factory=set)

    async def add(self, documents: Sequence[Document]) -> list[Outcome]:
        """The outcome of each document, in order. One whose outcome is unknown may be added again."""
        loop = asyncio.get_running_loop()
        futures: list[asyncio.Future[Outcome]] = [loop.create_future() for _ in documents]
        self._waiting += zip(documents, futures, strict=True)
        self._go()
        return list(await asyncio.gather(*futures))

    def _go(self) -> None:
        while self._waiting and len(self._under_way) < _AT_ONCE_UNDER_WAY:
            group, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            task = asyncio.create_task(self._commit(group))
            self._under_way.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._under_way.discard(task)
        self._go()

    async def _commit(self, group: Sequence[tuple[Document, "asyncio.Future[Outcome]"]]) -> None:
        outcomes: Sequence[Outcome]
        try:
            taken = await self.insert([document for document, _ in group])
            outcomes = [taken.get(place) for place in range(len(group))]
        except (Unstorable, StoreError) as error:
            outcomes = [error] if len(group) == 1 else await self._one_by_one([document for document, _ in group])
        except BaseException as error:
            for _, future in group:
                if not future.done():
                    future.set_exception(error)
            raise
        for (_, future), outcome in zip(group, outcomes, strict=True):
            if not future.done():  # its request may have been given up
                future.set_result(outcome)

    async def _one_by_one(self, documents: Sequence[Document]) -> list[Outcome]:
        """The outcome of each; once the server itself is away, nobody else waits for it in vain."""
        outcomes: list[Outcome] = []
        for document in documents:
            away = outcomes[-1] if outcomes and isinstance(outcomes[-1], ServerAway) else None
            outcomes.append(away or await self._commit_one(document))
        return outcomes

    async def _commit_one(self, document: Document) -> Outcome:
        try:
            outcome = (await self.insert([document])).get(0)
        except (Unstorable, StoreError) as error:
            return error
        own = outcome is not None and outcome.index_name == "_id_"
        return None if own else outcome  # it had been stored by the group's own try
