"""What lists of cases are filtered, searched and sorted by, worked out from the case whenever it is saved."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, get_args

from services.followup.domain import spells, terms
from services.followup.domain.case import Case
from services.followup.domain.clocks import CLOCKS, deadline, missed_at, stopped
from services.followup.domain.outside import to_pass_on
from services.followup.domain.parts import LedgerEntry, evolve
from services.followup.domain.reminding import at_risk
from shared.events.vocabulary import Priority

RANKS: Final[dict[str | None, int]] = {name: rank for rank, name in enumerate(get_args(Priority))}
NO_RANK: Final = 9
"""Where a case stands that has no priority yet: behind all that have one."""
NEVER: Final = datetime(2199, 1, 1, tzinfo=UTC)
"""Where a case stands, in the order of what falls due, when nothing does."""
_MOST_WORDS: Final = 30


def listed(case: Case) -> Case:
    """The same case, with its columns for lists as they follow from the rest."""
    next_due = min(_due(case), default=None)
    case = evolve(case, promises=tuple(_with_risk(case, entry) for entry in case.promises))
    return evolve(
        case,
        rank=RANKS.get(case.priority, NO_RANK),
        next_due=next_due,
        due_order=next_due or NEVER,
        overdue=tuple(_overdue(case)),
        at_risk=any(_at_risk(case)),
        to_pass_on=to_pass_on(case),
        found_by=words(" ".join(filter(None, (case.complainant.name, case.subject)))),
    )


def words(text: str) -> tuple[str, ...]:
    """The words of a text as they are searched for: small letters, each once, at most thirty."""
    return tuple(dict.fromkeys(text.casefold().split()))[:_MOST_WORDS]


def _due(case: Case) -> Iterator[datetime]:
    yield from (entry.due for entry in case.open_promises)
    yield from (at for clock in CLOCKS if (at := missed_at(case, clock)))
    yield from (at for at, _ in spells.to_miss(case))
    yield from (at for at, _ in terms.to_miss(case))


def _overdue(case: Case) -> Iterator[str]:
    """Clocks that have run out and still run, and `promise` while a broken one is neither made good nor replaced."""
    if case.ended_at is None:
        if terms.run_out(case):
            yield "legal"
        yield from (clock for clock in case.cycle.breached if stopped(case, clock) is None)
        yield from (run.clock for clock in spells.RECURRING if (run := spells.current(case, clock)) and run.breached)
    if any(_unmended(entry) for entry in case.promises):
        yield "promise"


def _unmended(entry: LedgerEntry) -> bool:
    return entry.status == "broken" and entry.late_at is None and entry.replaced_by is None


def _at_risk(case: Case) -> Iterator[bool]:
    """A deadline that comes near, or an open promise that may not be kept."""
    for clock in CLOCKS:
        running = stopped(case, clock) is None and missed_at(case, clock) is not None
        yield running and clock in case.cycle.warned and deadline(case, clock) is not None
    runs = (run for clock in spells.RECURRING if (run := spells.current(case, clock)))
    yield from (run.warned and not run.breached for run in runs)
    yield any(terms.running_out(case))
    yield from (entry.at_risk for entry in case.open_promises)


def _with_risk(case: Case, entry: LedgerEntry) -> LedgerEntry:
    risky = at_risk(case, entry)
    return entry if entry.at_risk == risky else evolve(entry, at_risk=risky)
