"""What is found in a message: a promise in words, with the time that the words name."""

from dataclasses import dataclass
from datetime import datetime

from shared.events.vocabulary import Language, PromiseKind

__all__ = ["Found", "Language", "PromiseKind"]


@dataclass(frozen=True, slots=True)
class Found:
    """One promise, as told: `words` is a part of the message, instants are local to the customer's zone.

    `due` is what was said ("at four" is 16:00), not yet anybody's working hours or grace. `not_before` equals `due`
    where one moment was named. `vague`: the words named a day or a part of it, so `due` is the end of that.
    """

    words: str
    kind: PromiseKind
    due: datetime
    not_before: datetime | None = None
    vague: bool = False
