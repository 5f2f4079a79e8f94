"""What is found in a message: a promise in words, with the time that the words name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # the vocabulary comes with every event class; a command that only reads words starts without them
    from shared.events.vocabulary import PromiseKind

Language = Literal["es", "en"]

__all__ = ["Found", "Language", "PromiseKind"]


@dataclass(frozen=True, slots=True)
class Found:
    """One promise, as told: `words` is a part of the message, instants are local to the customer's zone.

    `due` is what was said ("at four" is 16:00), not yet anybody's working hours or grace. `not_before` equals `due`
    where one moment was named. `whole_day`: the words named a day or more, so `due` is that day's last second.
    """

    words: str
    kind: PromiseKind
    due: datetime
    not_before: datetime | None = None
    whole_day: bool = False
