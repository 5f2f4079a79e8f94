"""What an iCal feed proposes to close. Each entry counts only when a person has accepted it. Pure.

Feeds mix days off with days that are only commemorated, and change without notice; so an entry that has not been
looked at, and one that was refused, closes nothing. A new upload keeps every decision. What was accepted for some
dates is not accepted for others: when a feed moves such an entry, the new dates are proposed beside the accepted ones.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.calendar.days import Days

MOST_ENTRIES: Final = 300
"""Entries that a calendar holds; a feed of holidays has some 15 a year."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Uid = Annotated[str, StringConstraints(min_length=1, max_length=300)]


class TooManyEntries(ValueError):  # noqa: N818 - named after what is true
    """The feed holds more than a calendar keeps: hardly one of holidays."""


class FeedEntry(BaseModel):
    """Dates that a feed would close, under the feed's own id. `note`: what the feed says about it besides.

    `accepted`: None while nobody has decided. An entry that recurs is one entry a year, `UID/YYYY-MM-DD`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    uid: Uid
    dates: Annotated[Days, Field(min_length=1, max_length=400)]
    summary: Text
    note: Text | None = None
    accepted: bool | None = None

    @property
    def closes(self) -> bool:
        """Whether its dates are closed."""
        return self.accepted is True

    def answers_to(self, name: str) -> bool:
        """Whether this id means it: its own, or that of the series it is one day of."""
        rest = self.uid.removeprefix(f"{name}/")
        return self.uid == name or (rest != self.uid and all(map(_is_date, rest.split("/"))))


@dataclass(frozen=True, slots=True)
class Merged:
    """The entries after an upload, and the ids of those that somebody has to look at for the first time."""

    entries: tuple[FeedEntry, ...]
    new: tuple[str, ...]


def merged(known: Sequence[FeedEntry], proposed: Sequence[FeedEntry], *, since: date) -> Merged:
    """The feed's entries beside what is known; decisions stay. What lies before `since` and closes nothing is dropped.

    Raises:
        TooManyEntries: they would be more than MOST_ENTRIES.
    """
    by_uid = {entry.uid: entry for entry in known if entry.closes or entry.dates[-1] >= since}
    new = []
    for entry in proposed:
        before = by_uid.get(entry.uid)
        if before is not None and before.closes and before.dates != entry.dates:
            entry = entry.model_copy(update={"uid": f"{entry.uid}/{entry.dates[0].isoformat()}"})  # noqa: PLW2901
            before = by_uid.get(entry.uid)
        same = before is not None and before.dates == entry.dates
        if not same:
            new.append(entry.uid)
        by_uid[entry.uid] = entry.model_copy(update={"accepted": before.accepted if before and same else None})
    if len(by_uid) > MOST_ENTRIES:
        raise TooManyEntries(f"{len(by_uid)} entries, a calendar keeps {MOST_ENTRIES}: is it a feed of holidays?")
    return Merged(tuple(sorted(by_uid.values(), key=lambda entry: (entry.dates[0], entry.uid))), tuple(new))


def decided(known: Sequence[FeedEntry], accept: Collection[str], refuse: Collection[str]) -> tuple[FeedEntry, ...]:
    """The entries after these decisions; one that is accepted and refused at once is refused.

    Raises:
        KeyError: no entry has that id.
    """
    for name in (*accept, *refuse):
        if not any(entry.answers_to(name) for entry in known):
            raise KeyError(name)

    def decision(entry: FeedEntry) -> bool | None:
        if any(entry.answers_to(name) for name in refuse):
            return False
        return True if any(entry.answers_to(name) for name in accept) else entry.accepted

    return tuple(entry.model_copy(update={"accepted": decision(entry)}) for entry in known)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
