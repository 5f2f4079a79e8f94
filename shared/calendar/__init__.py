"""Business time is counted the same way everywhere: open hours of an IANA zone, as pure arithmetic on instants.

Pure: no I/O, no clock. Public holidays by country, iCal feeds and legal clocks will put their dates into
`Calendar.holidays` and `Calendar.date_overrides`; the arithmetic needs nothing new for them.
"""

from shared.calendar.model import AROUND_THE_CLOCK, Calendar
from shared.calendar.plan import NeverOpen

__all__ = ["AROUND_THE_CLOCK", "Calendar", "NeverOpen"]
