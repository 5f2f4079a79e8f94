"""Whatever happens, in whatever order: no promise is lost or counted twice, no first value moves, nothing closes early.

And the same things done again make the same case. The machine plays commands, events and ticks, with time going on by
seconds or weeks in between; refusals are fine.
"""

from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis.stateful import invariant

from services.followup.domain.case import Case
from services.followup.domain.parts import LedgerEntry
from services.followup.domain.spells import RECURRING
from services.followup.domain.tick import due_at
from tests.unit.followup_life import OFFICE, replayed
from tests.unit.followup_moves import CaseMoves

SETTLED = frozenset({"kept", "broken", "attempted", "renegotiated", "withdrawn"})


class CaseMachine(CaseMoves):
    """One case, and what holds of it after everything that happens."""

    def teardown(self) -> None:
        """Whatever was done to the case, done again to a fresh one it makes the same document: nothing else matters."""
        for together in (False, True):
            assert replayed(self.life.journal, together=together).model_dump() == self.life.case.model_dump()

    @invariant()
    def no_promise_is_lost(self) -> None:
        made = [payload.promise.id for payload in self.life.said if payload.type == "promise.made"]  # type: ignore[attr-defined]
        assert made == [entry.id for entry in self.life.case.promises]
        assert len(set(made)) == len(made)

    @invariant()
    def none_is_counted_twice(self) -> None:
        """Counting what is said, less what is taken back, gives each promise exactly where it stands."""
        counted: dict[str, Counter[str]] = {entry.id: Counter() for entry in self.life.case.promises}
        for payload in self.life.said:
            _count(counted, payload)
        for entry in self.life.case.promises:
            totals = {status: n for status, n in counted[entry.id].items() if n}
            assert totals == ({} if entry.status == "open" else {entry.status: 1}), entry

    @invariant()
    def what_is_broken_says_when(self) -> None:
        for entry in self.life.case.promises:
            if entry.status == "broken":
                assert entry.broken_at == entry.settled_at == entry.due
            if entry.status == "kept":
                assert entry.evidence is not None
                assert entry.evidence.occurred_at <= entry.due  # type: ignore[operator]
            if entry.status == "open":
                assert entry.settled_at is None
            if entry.late_at is not None:
                assert entry.status == "broken"

    @invariant()
    def a_cycle_that_is_over_keeps_its_values(self) -> None:
        for cycle in self.life.case.cycles[:-1]:
            first = self.life.case.first_response(cycle.number)
            value = (cycle, first and (first.id, first.elapsed_seconds, first.business_seconds, first.within_target))
            assert self.firsts.setdefault(cycle.number, value) == value

    @invariant()
    def a_deadline_is_overdue_once_a_cycle(self) -> None:
        """Said once, unless it was taken back meanwhile."""
        told = Counter[Any]()
        for payload in self.life.said:
            said: Any = payload
            if said.type in ("deadline.overdue", "deadline.corrected") and said.clock not in RECURRING:
                told[said.clock, said.rule, said.term, said.cycle] += 1 if said.type == "deadline.overdue" else -1
                assert set(told.values()) <= {0, 1}
        standing = {name[1:3] for name, n in told.items() if n and name[1] is not None}
        terms = self.life.case.cycle.terms
        assert standing == {(term.rule, term.term) for term in terms if term.breached is not None}
        runs = Counter((run.clock, run.since) for run in self.life.case.spells)
        assert all(n == 1 for n in runs.values())
        if self.life.case.historical:
            assert not told

    @invariant()
    def nothing_stands_as_overdue_that_was_not(self) -> None:
        case = self.life.case
        for term in case.cycle.terms:
            if term.breached is not None:
                assert term.binding
                assert not term.met
                assert case.ended_at is None or term.breached <= case.ended_at
        if case.ended_at is not None:
            assert all(run.due <= case.ended_at for run in case.spells if run.breached)  # type: ignore[operator]

    @invariant()
    def nothing_closes_over_our_word(self) -> None:
        if self.life.said and self.life.said[-1].type == "complaint.closed":
            assert not self.life.case.open_promises

    @invariant()
    def the_document_is_read_as_it_was_written(self) -> None:
        case = self.life.case
        assert Case.model_validate(case.model_dump()) == case
        due = due_at(case)
        assert due is None or due.tzinfo is not None

    @invariant()
    def an_owner_is_told_by_events_alone(self) -> None:
        """Whoever keeps a copy knows whose an open promise is; the system's is nobody's before its first owner."""
        owners: dict[str, str | None] = {}
        for payload in self.life.said:
            if promise := getattr(payload, "promise", None):
                owners[promise.id] = promise.owner
        for entry in self.life.case.open_promises:
            assert owners[entry.id] in (entry.owner, None if entry.said_by == "system" else entry.owner)

    @invariant()
    def nobody_is_reminded_outside_working_hours(self) -> None:
        new, self.heard = self.life.said[self.heard :], len(self.life.said)
        if any(payload.type in ("promise.reminded", "deadline.warned") for payload in new):
            assert OFFICE.is_open(self.life.now - timedelta(milliseconds=1)) or OFFICE.is_open(self.life.now)

    @invariant()
    def an_open_promise_always_falls_due(self) -> None:
        for entry in self.life.case.open_promises:
            assert due_at(self.life.case) <= entry.due  # type: ignore[operator]


def _count(counted: dict[str, Counter[str]], payload: Any) -> None:
    promise: LedgerEntry | None = getattr(payload, "promise", None)
    if promise is None:
        return
    outcome = payload.type.partition(".")[2]
    if outcome == "corrected":
        counted[promise.id][payload.from_status] -= payload.from_status in SETTLED
        counted[promise.id][payload.to_status] += payload.to_status in SETTLED
    elif outcome == "renegotiated":
        counted[promise.id][outcome] += payload.agreed_by_customer and not payload.after_due
    elif outcome in SETTLED:
        counted[promise.id][outcome] += 1


CaseMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestCaseMachine = CaseMachine.TestCase
