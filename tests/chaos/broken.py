"""Services with a fault built in on purpose, to see that the checker notices. Never part of the product.

`python -m tests.chaos.broken SERVICE`, with the fault named by PALABRA_CHAOS_BROKEN.
"""

import asyncio
import hashlib
import importlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from shared.mongo import Collection, Save, Session, pull_acknowledged
from shared.runtime import store
from shared.runtime.fold import Folder
from shared.runtime.hearing import Listener
from shared.runtime.publisher import Publisher

_MOMENT: Final = 0.3
"""Seconds that a broken service takes between its two steps, so that a short run meets it there."""
_ONE_IN: Final = 40


def removes_first() -> None:
    """A publisher that removes before it publishes."""
    whole: Any = Publisher._send  # noqa: SLF001 - to break it is the point

    async def send(self: Publisher, taken: Mapping[str, Sequence[Mapping[str, Any]]]) -> int:
        gone = {complaint: [record["seq"] for record in records] for complaint, records in taken.items() if records}
        await pull_acknowledged(self.documents, gone)
        await asyncio.sleep(_MOMENT)
        sent: int = await whole(self, taken)
        return sent

    Publisher._send = send  # type: ignore[method-assign]  # noqa: SLF001


def commits_first() -> None:
    """A consumer that commits before it saves."""
    whole: Any = Listener._take_until_taken  # noqa: SLF001

    async def take(self: Listener, records: Any) -> None:
        await self.consumer.commit(records)
        await asyncio.sleep(_MOMENT)
        await whole(self, records)

    Listener._take_until_taken = take  # type: ignore[method-assign]  # noqa: SLF001


def no_inbox() -> None:
    """An inbox that is not consulted: what comes again is applied again."""
    whole: Any = Folder.fold

    def fold(self: Folder[Any], loaded: Any, letter: Any) -> Any:
        if letter.event.seq <= loaded.applied.get(letter.event.source, 0) and not loaded.parked:
            mark = loaded.applied[letter.event.source]
            applied = self._apply(loaded, letter)
            loaded.applied[letter.event.source] = mark
            return applied
        return whole(self, loaded, letter)

    Folder.fold = fold  # type: ignore[method-assign]


def gap_applied() -> None:
    """A gap that is applied: one event in some forty never arrives, and nobody minds."""
    whole: Any = Folder.fold

    def fold(self: Folder[Any], loaded: Any, letter: Any) -> Any:
        event = letter.event
        if event.seq > 1 and hashlib.sha256(event.id.encode()).digest()[0] % _ONE_IN == 0:
            return "repeated", None
        if event.seq > loaded.applied.get(event.source, 0) + 1 and not loaded.parked:
            return self._apply(loaded, letter)
        return whole(self, loaded, letter)

    Folder.fold = fold  # type: ignore[method-assign]


def no_guard() -> None:
    """A save without its guard: whoever comes last wins."""

    async def save_all(collection: Collection, saves: Sequence[Save], session: Session | None = None) -> set[str]:
        for save in saves:
            await collection.update_one({"_id": save.id}, save.update(), upsert=True, session=session)
        return set()

    store.save_all = save_all  # type: ignore[attr-defined]


FAULTS: Final[Mapping[str, Callable[[], None]]] = {
    "removes_first": removes_first,
    "commits_first": commits_first,
    "no_inbox": no_inbox,
    "gap_applied": gap_applied,
    "no_guard": no_guard,
}


def main() -> None:
    """The service, broken."""
    service = sys.argv.pop(1)
    FAULTS[os.environ["PALABRA_CHAOS_BROKEN"]]()
    importlib.import_module(f"services.{service}.main").main()


if __name__ == "__main__":
    main()
