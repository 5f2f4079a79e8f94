"""Every total that metrics keeps: its name, its labels, the question it answers. Units: seconds, or things counted.

Label values are closed vocabularies; what is in none is `other`. The team is the one open label: it is kept as it is,
apart from the key, and bounded only when shown, because only then is it known which teams exist.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final, NamedTuple, get_args

from shared.events.vocabulary import (
    Channel,
    Clock,
    EscalationReason,
    Kind,
    MadeTo,
    Outcome,
    Priority,
    PromiseKind,
    PromiseStatus,
    RemedyMatch,
    ReopenReason,
    SaidBy,
    Verification,
    Via,
)

OTHER: Final = "other"
LONGEST_TEAM: Final = 64
_M, _H, _D = 60, 3600, 86_400
BUCKETS: Final = (
    *(_M, 5 * _M, 15 * _M, 30 * _M),
    *(_H, 2 * _H, 4 * _H, 8 * _H),
    *(_D, 2 * _D, 3 * _D, 5 * _D, 7 * _D, 14 * _D, 30 * _D),
)
"""Upper bounds in seconds, inclusive; behind the last one comes infinity."""
_BUCKETS_MS: Final = tuple(bound * 1000 for bound in BUCKETS)


class Increment(NamedTuple):
    """So much more on one total. `key` holds the series and its closed labels; no `.` and no `$`, as MongoDB asks."""

    team: str
    key: str
    amount: int = 1


@dataclass(frozen=True, slots=True)
class Series:
    """One counter or histogram, as Prometheus shows it; only ever grows.

    `name` is without the ending `_total`. `labels`: closed vocabularies, in the order of the key. `impossible`: pairs
    of labels that cannot have the same value. A histogram keeps a count for each bucket and its sum in milliseconds,
    whole numbers, so that any order of adding gives the same to the unit.
    """

    name: str
    question: str
    labels: Mapping[str, tuple[str, ...]]
    by_team: bool = False
    histogram: bool = False
    impossible: tuple[str, str] | None = None

    def key(self, *values: str | None) -> str:
        """The key of one combination; a value outside its vocabulary becomes `other`."""
        known = [
            value if value in vocabulary else OTHER
            for value, vocabulary in zip(values, self.labels.values(), strict=True)
        ]
        return "|".join([self.name, *(value or OTHER for value in known)])

    def one(self, *values: str | None, team: str | None = None) -> Increment:
        """One more of this combination."""
        return Increment((team or "")[:LONGEST_TEAM], self.key(*values))

    def observed(self, milliseconds: int, *values: str | None, team: str | None = None) -> tuple[Increment, ...]:
        """One observation in its bucket, and on the sum."""
        milliseconds = max(milliseconds, 0)
        label, key = (team or "")[:LONGEST_TEAM], self.key(*values)
        bucket = bisect_left(_BUCKETS_MS, milliseconds)
        return Increment(label, f"{key}|b{bucket}"), Increment(label, f"{key}|ms", milliseconds)

    def combinations(self) -> list[tuple[str, ...]]:
        """Every combination of the closed labels that can be."""
        found = list(product(*self.labels.values()))
        if self.impossible is None:
            return found
        first, second = (list(self.labels).index(name) for name in self.impossible)
        return [values for values in found if values[first] != values[second]]


CHANNELS: Final[tuple[str, ...]] = get_args(Channel)
PRIORITIES: Final[tuple[str, ...]] = get_args(Priority)
PROMISE_KINDS: Final[tuple[str, ...]] = get_args(PromiseKind)
TRUTH: Final = ("true", "false")
STEPS: Final = tuple(str(step) for step in range(1, 8))
LEVELS: Final = ("1", "2", "3")
IMPORT_FORMATS: Final = ("cfpb", "csv", "ndjson", OTHER)
_OWNED: Final = {"channel": CHANNELS, "priority": PRIORITIES}
_PROMISE: Final = {"kind": PROMISE_KINDS, "said_by": get_args(SaidBy)}
_INNER: Final = {"kind": PROMISE_KINDS, "made_to": tuple(whom for whom in get_args(MadeTo) if whom != "customer")}
_ENDS: Final = ("kept", "broken", "attempted", "renegotiated", "withdrawn")

RECEIVED: Final = Series(
    "palabra_complaints_received",
    "How much comes in, and how? Without history.",
    {"channel": CHANNELS, "kind": get_args(Kind), "via": get_args(Via)},
)
IMPORTED: Final = Series(
    "palabra_complaints_imported", "How much history was taken in from files?", {"format": IMPORT_FORMATS}
)
FIRST_RESPONSE_ELAPSED: Final = Series(
    "palabra_first_response_elapsed_seconds",
    "How long do customers wait for a person's first answer?",
    _OWNED,
    by_team=True,
    histogram=True,
)
FIRST_RESPONSE_BUSINESS: Final = Series(
    "palabra_first_response_business_seconds",
    "How much working time passes before a person's first answer?",
    _OWNED,
    by_team=True,
    histogram=True,
)
FIRST_RESPONSES: Final = Series(
    "palabra_first_responses",
    "How many first responses came within their target?",
    {**_OWNED, "within_target": TRUTH},
    by_team=True,
)
TAKEN_BACK: Final = Series(
    "palabra_first_responses_taken_back",
    "How many of them turned out not to have reached the customer?",
    {**_OWNED, "within_target": TRUTH},
    by_team=True,
)
OVERDUE: Final = Series(
    "palabra_deadlines_overdue",
    "How many deadlines passed unmet?",
    {"clock": get_args(Clock), **_OWNED},
    by_team=True,
)
OVERDUE_TAKEN_BACK: Final = Series(
    "palabra_deadlines_overdue_taken_back",
    "How many of them had not passed unmet, as was known only later (withdrawn or delivered before)?",
    {"clock": get_args(Clock), **_OWNED},
    by_team=True,
)
PROMISES_MADE: Final = Series(
    "palabra_promises_made",
    "How often do we give our word, and how often against the rules?",
    {**_PROMISE, "override": TRUTH},
)
PROMISES_SETTLED: Final = Series(
    "palabra_promises_settled",
    "How did promises end?",
    {**_PROMISE, "outcome": _ENDS},
)
PROMISES_CORRECTED: Final = Series(
    "palabra_promises_corrected",
    "How often was a promise's end counted wrongly at first?",
    {**_PROMISE, "from": get_args(PromiseStatus), "to": get_args(PromiseStatus)},
    impossible=("from", "to"),
)
INNER_MADE: Final = Series(
    "palabra_inner_promises_made",
    "How many promises were made to colleagues, and how many of them against the rules?",
    {**_INNER, "override": TRUTH},
)
INNER_SETTLED: Final = Series(
    "palabra_inner_promises_settled", "How did promises to colleagues end?", {**_INNER, "outcome": _ENDS}
)
INNER_CORRECTED: Final = Series(
    "palabra_inner_promises_corrected",
    "How often was the end of a promise to a colleague counted wrongly at first?",
    {**_INNER, "from": get_args(PromiseStatus), "to": get_args(PromiseStatus)},
    impossible=("from", "to"),
)
RESOLVED: Final = Series(
    "palabra_complaints_resolved", "With what results do we answer?", {"outcome": get_args(Outcome)}
)
REMEDIES: Final = Series(
    "palabra_remedies_compared",
    "Do customers get what they asked for?",
    {"match": (*get_args(RemedyMatch), "none")},
)
CLOSED: Final = Series(
    "palabra_complaints_closed", "Did the customer agree that it is over?", {"verification": get_args(Verification)}
)
REOPENED: Final = Series("palabra_complaints_reopened", "Why was it not over?", {"reason": get_args(ReopenReason)})
ESCALATIONS: Final = Series(
    "palabra_escalations",
    "How often must somebody higher up step in?",
    {"level": LEVELS, "reason": get_args(EscalationReason)},
)
STEPS_DONE: Final = Series(
    "palabra_steps", "Which of the seven steps were skipped, as seen at closing?", {"step": STEPS, "done": TRUTH}
)
FACTS_ASKED: Final = Series(
    "palabra_facts_asked", "How often do we make a customer tell the same twice?", {"again": TRUTH}
)

ALL: Final = (
    RECEIVED,
    IMPORTED,
    FIRST_RESPONSE_ELAPSED,
    FIRST_RESPONSE_BUSINESS,
    FIRST_RESPONSES,
    TAKEN_BACK,
    OVERDUE,
    OVERDUE_TAKEN_BACK,
    PROMISES_MADE,
    PROMISES_SETTLED,
    PROMISES_CORRECTED,
    INNER_MADE,
    INNER_SETTLED,
    INNER_CORRECTED,
    RESOLVED,
    REMEDIES,
    CLOSED,
    REOPENED,
    ESCALATIONS,
    STEPS_DONE,
    FACTS_ASKED,
)
