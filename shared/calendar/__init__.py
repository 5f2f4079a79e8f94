"""Business time is counted the same way everywhere: open hours of an IANA zone, as pure arithmetic on instants.

Pure: no I/O, no clock. `model` says what a calendar is, `plan` counts, `public` knows public holidays by country,
`entries` and `feeds` read iCal feeds of which a person accepts each entry or not, `reasons` says why a day is closed.
"""

from shared.calendar.days import Day, Days
from shared.calendar.entries import FeedEntry
from shared.calendar.hours import WEEKDAYS, Weekday
from shared.calendar.model import AROUND_THE_CLOCK, Calendar
from shared.calendar.plan import NeverOpen
from shared.calendar.public import PublicHolidays

__all__ = [
    "AROUND_THE_CLOCK",
    "WEEKDAYS",
    "Calendar",
    "Day",
    "Days",
    "FeedEntry",
    "NeverOpen",
    "PublicHolidays",
    "Weekday",
]
