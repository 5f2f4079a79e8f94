"""Group commit: documents that wait together are stored with one call, each with an outcome of its own.

Nothing waits for company: the first calls go at once; what comes while they are under way makes the next group. A group
that fails as a whole is repeated one by one, so that one hostile document takes no other along.
Source: "Saving" in the architecture.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from shared.mongo import Document, DuplicateKey, ServerAway, StoreError, Unstorable
from shared.runtime.together import Together

Outcome: TypeAlias = DuplicateKey | Unstorable | StoreError | None
"""None: stored. `StoreError`: not known."""

Insert: TypeAlias = Callable[[Sequence[Document]], Awaitable[Mapping[int, DuplicateKey]]]

_CALLS: Final = 2


@dataclass(slots=True)
class GroupCommit:
    """Stores documents by `insert`, those of concurrent callers together."""

    insert: Insert
    _together: Together[Document, Outcome] = field(init=False)

    def __post_init__(self) -> None:
        """Two groups are under way at the same time: while one waits for the journal, the next is sent."""
        self._together = Together(self._commit, calls=_CALLS)

    async def add(self, documents: Sequence[Document]) -> list[Outcome]:
        """The outcome of each document, in order. One whose outcome is unknown may be added again."""
        return await self._together.all(documents)

    async def _commit(self, documents: Sequence[Document]) -> Sequence[Outcome]:
        try:
            taken = await self.insert(documents)
        except (Unstorable, StoreError) as error:
            return [error] if len(documents) == 1 else await self._one_by_one(documents)
        return [taken.get(place) for place in range(len(documents))]

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
