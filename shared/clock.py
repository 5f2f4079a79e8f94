"""The product clock: business instants only (events, deadlines, promises, ids). It can run faster for a demo.

Leases, timeouts, backoff and latencies use real time and never come here.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Says what time it is for the business."""

    @property
    def rate(self) -> float:
        """Product seconds per real second."""

    def now(self) -> datetime:
        """The business instant, UTC, to the millisecond; never earlier than the one said before."""


@dataclass(slots=True)
class ProductClock:
    """Runs at `rate` from `origin`, which it showed when real time was `real_origin`.

    Processes that are given the same three values agree, also after a restart. Within one process it never goes back,
    even if the machine's clock does.
    """

    rate: float = 1.0
    real_origin: datetime | None = None
    origin: datetime | None = None
    _last: datetime = field(default=datetime.min.replace(tzinfo=UTC))

    def now(self) -> datetime:
        """The business instant."""
        real = real_now()
        if self.real_origin is not None and self.origin is not None:
            real = self.origin + (real - self.real_origin) * self.rate
        real = real.replace(microsecond=real.microsecond // 1000 * 1000)
        self._last = max(self._last, real)
        return self._last


@dataclass(slots=True)
class HandClock:
    """A clock that a test moves by hand."""

    at: datetime
    rate: float = 1.0

    def now(self) -> datetime:
        """Where the test has set it."""
        return self.at

    def move(self, amount: timedelta) -> None:
        """Later by `amount`."""
        self.at += amount


def real_now() -> datetime:
    """The machine's own time, UTC; for leases and retries, never for the business."""
    return datetime.now(UTC)  # noqa: TID251 - the one place
