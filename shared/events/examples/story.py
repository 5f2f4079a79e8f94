"""What the examples share: who, and when. All of it invented."""

from datetime import UTC, datetime
from typing import Final

COMPLAINT: Final = "019cadc6-9a80-7c3e-9a51-3f6d2b7e8a10"
OTHER_COMPLAINT: Final = "019ca8f2-1d40-7a90-8c4b-0e6f5d21b733"
RESPONSE: Final = "019cadf3-5e20-7b44-9d0a-c85e17f2a601"
PROMISE: Final = "019cadf3-5e21-7cc8-a3b7-41d09be6f212"
NEW_PROMISE: Final = "019cae0b-7a10-7d01-8f55-9e3c6b2a7d48"
NUMBER: Final = "7K3M-9Q2R"
AGENT: Final = "lucia.vega"
MANAGER: Final = "marta.soto"
TEAM: Final = "cards"
NINE: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday; ten o'clock in Madrid."""


def at(hour: int, minute: int = 0, day: int = 2) -> datetime:
    """A moment of that March, UTC."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)
