"""What clocks leave in a case: pauses, runs that start and stop, terms of laws; and how a clock is shown.

Frozen values; instants are UTC.
"""

from datetime import datetime
from typing import Literal

from shared.events.values import Frozen, Instant, LegalClock
from shared.events.vocabulary import Clock, LegalStop


class Pause(Frozen):
    """A time in which we waited for the customer, and do no more."""

    since: Instant
    until: Instant


class Spell(Frozen):
    """One run of a clock that starts and stops many times. `basis`: what its deadline was counted with."""

    clock: Clock
    since: Instant
    due: Instant | None = None
    warn_at: Instant | None = None
    basis: str = ""
    warned: bool = False
    breached: bool = False


class LegalTerm(LegalClock):
    """What one term of a law wants of this case; `due` and `extended` are as routing counted them.

    `held_by`: the response that gave the customer the reasons for the delay before `due`; with it `extended` is in
    force. `warn_at`: when a quarter of the time is left; each of both deadlines is warned of once. `ended_at`: when
    what stops the term happened; None again if that is taken back. `breached`: the deadline that was said to have
    passed unmet.
    """

    held_by: str | None = None
    warn_at: Instant | None = None
    warned: bool = False
    warned_of_extended: bool = False
    ended_at: Instant | None = None
    breached: Instant | None = None

    @property
    def in_force(self) -> datetime:
        """The last instant of the term as it stands."""
        return max(self.due, self.extended) if self.is_extended and self.extended is not None else self.due

    @property
    def is_extended(self) -> bool:
        """The customer knew in time why it takes longer, where the law allows that."""
        return self.held_by is not None and self.extended is not None

    @property
    def is_near(self) -> bool:
        """The deadline in force was warned of."""
        return self.warned_of_extended if self.is_extended else self.warned

    @property
    def met(self) -> bool:
        """What stops it happened in time."""
        return self.ended_at is not None and self.ended_at <= self.in_force

    @property
    def settled(self) -> bool:
        """It is over or was missed: a later count of the law's days does not move it any more."""
        return self.ended_at is not None or self.breached is not None


class ClockView(Frozen):
    """One clock as it is shown. Of a law's term also which one, what stops it, and whether missing it is a breach."""

    name: Clock
    due: Instant | None
    state: Literal["running", "paused", "met", "breached"]
    elapsed_seconds: float
    business_seconds: float
    rule: str | None = None
    term: str | None = None
    stops: LegalStop | None = None
    binding: bool | None = None
