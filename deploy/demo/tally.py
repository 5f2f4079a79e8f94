"""The demo's own count: what it did, when, and what follows from that by the rules of the field.

Instants are those that the demo named itself, or that the answer to its own call names. How things ended is worked out
here; no status is ever copied from a service, and nothing at all from the metrics service.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Standing = Literal["open", "kept", "broken", "attempted", "renegotiated", "withdrawn"]
Verdict = Literal["verified", "declined", "unverified"]
Step = Literal["respect", "listen", "expectations", "repeat", "solution", "act", "check"]
"""The seven, in their order."""


@dataclass(slots=True)
class Spoken:
    """What a person said to the customer at `at`. `told`: when the services heard of it, None for a call of theirs."""

    id: str
    at: datetime
    told: datetime | None = None
    failed: bool = False


@dataclass(slots=True)
class Word:
    """A promise, and what was done about it."""

    id: str
    by: Literal["person", "system"]
    due: datetime
    overridden: bool = False
    replaces: str | None = None
    fulfilled_at: datetime | None = None
    attempted_at: datetime | None = None
    replaced_at: datetime | None = None
    withdrawn_at: datetime | None = None

    def standing(self, as_of: datetime) -> Standing:
        """How it ended: by whatever happened by due; else, once that has passed, it is broken."""
        if self._in_time(self.withdrawn_at):
            return "withdrawn"
        if self._in_time(self.replaced_at):
            return "renegotiated"
        if self._in_time(self.fulfilled_at):
            return "kept"
        if as_of < self.due:
            return "open"
        return "attempted" if self._in_time(self.attempted_at) else "broken"

    def _in_time(self, at: datetime | None) -> bool:
        return at is not None and at <= self.due

    @property
    def over(self) -> bool:
        """Whether nothing more happens to it at due."""
        return any(map(self._in_time, (self.withdrawn_at, self.replaced_at, self.fulfilled_at)))


@dataclass(slots=True)
class Round:
    """From the start, or a reopening, to the next one: by when a person must have answered, and the results."""

    start: datetime
    due: datetime | None = None
    spoken: list[Spoken] = field(default_factory=list)
    results: list[tuple[datetime, str]] = field(default_factory=list)

    def first(self) -> Spoken | None:
        """The earliest answer that reached the customer."""
        return min((said for said in self.spoken if not said.failed), key=lambda said: said.at, default=None)

    def overdue(self, ended: datetime | None, as_of: datetime) -> bool:
        """Whether the deadline came and nobody had told of an answer."""
        if self.due is None or self.due > as_of or (ended is not None and self.due > ended):
            return False
        first = self.first()
        return first is None or first.at > self.due or (first.told is not None and first.told > self.due)


@dataclass(slots=True)
class Closing:
    """It was over, with this word of the customer's, and these steps had been done besides `respect` and `act`."""

    at: datetime
    verdict: Verdict
    done: frozenset[Step]


@dataclass(slots=True)
class Complaint:
    """One complaint that the demo handed in.

    `remedial`: something would put it right, so that step 3 is for it; `sought`: which kind of remedy that is;
    `remedies`: for each result, how what was given compares with it. `asked`: facts that the customer was asked for,
    `asked_again` those that it was asked for once more. `done`: steps that were taken so far. `closes_at`: when it
    closes by itself, if the customer says nothing until then.
    """

    id: str
    received_at: datetime
    start: datetime
    anonymous: bool = False
    acknowledge_by: datetime | None = None
    acknowledged_at: datetime | None = None
    rounds: list[Round] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    withdrawn_at: datetime | None = None
    remedial: bool = True
    sought: str | None = None
    remedies: list[str] = field(default_factory=list)
    asked: int = 0
    asked_again: int = 0
    done: set[Step] = field(default_factory=set)
    verified: list[tuple[str, int | None]] = field(default_factory=list)
    closes_at: datetime | None = None
    closed: list[Closing] = field(default_factory=list)

    def seeks(self, kind: str) -> None:
        """We know what would put it right."""
        self.sought = kind
        self.done.add("expectations")

    def close(self, at: datetime, verdict: Verdict) -> None:
        """It is over."""
        self.closed.append(Closing(at, verdict, frozenset(self.done)))

    def closings(self, as_of: datetime) -> list[Closing]:
        """How often it was over by then, the customer's silence included."""
        if self.closes_at is None or self.closes_at > as_of:
            return self.closed
        return [*self.closed, Closing(self.closes_at, "unverified", frozenset(self.done))]

    def settle(self) -> None:
        """What the answers and a withdrawal mean for the promises."""
        for word in self.words:
            if word.by == "system":
                said = sorted(said.at for said in self.rounds[0].spoken if not said.failed)
                word.fulfilled_at = said[0] if said else None
            done = [at for at in (word.fulfilled_at, word.replaced_at) if at is not None and at <= word.due]
            gone = self.withdrawn_at
            if gone is not None and gone <= word.due and not any(at <= gone for at in done):
                word.withdrawn_at = gone

    def dues(self) -> Iterator[datetime]:
        """When something will still happen by itself."""
        yield from (word.due for word in self.words if not word.over)
        for one in self.rounds:
            if one.due is not None and one.first() is None:
                yield one.due
        if self.closes_at is not None:
            yield self.closes_at

    @property
    def results(self) -> list[tuple[datetime, str]]:
        """All results, in order."""
        return [result for one in self.rounds for result in one.results]


@dataclass(slots=True)
class Tally:
    """Everything that the demo did."""

    complaints: dict[str, Complaint] = field(default_factory=dict)
    historical: int = 0
    repeats: int = 0
    told: int = 0
    """Complaints whose story is told to its end."""

    def all(self) -> Iterable[Complaint]:
        """All live complaints."""
        return self.complaints.values()

    def words(self, by: str | None = None) -> list[Word]:
        """All promises, or those said by a person, or by the system."""
        return [word for one in self.all() for word in one.words if by in (None, word.by)]

    def answered(self) -> int:
        """How many complaints a person has answered so far."""
        return sum(bool(one.rounds) and one.rounds[0].first() is not None for one in self.all())

    def last_due(self) -> datetime | None:
        """When the last thing happens by itself."""
        return max((due for one in self.all() for due in one.dues()), default=None)
