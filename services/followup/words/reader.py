"""Days and amounts of time in words, read by dateparser: the only module that knows it.

What dateparser does not know (weeks, "the day after tomorrow" in Spanish, working days, the 30th) is counted here. It
is told the message's own day and never looks at a clock.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from dateparser.date import DateDataParser

from services.followup.words.found import Language
from shared.calendar import Calendar

_FILLERS: Final = re.compile(r"\b(?:de|del|dia|the|of)\b|,|(?<=\d)(?:st|nd|rd|th|ro|o)\b|\.")
_SPELLINGS: Final = ((re.compile(r"\bsetiembre\b"), "septiembre"), (re.compile(r"\b(?:primero|uno)\b"), "1"))
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS: Final = 12


def read(phrase: str, *, language: Language, base: datetime, month_first: bool = False) -> datetime | None:
    """The naive local time that the phrase names, seen from `base`; the coming one where several would fit.

    None where it names none, such as the 30th of February.
    """
    settings: Mapping[str, object] = {
        "RELATIVE_BASE": base,
        "PREFER_DATES_FROM": "future",
        "TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": False,
        "NORMALIZE": True,
        "DATE_ORDER": "MDY" if month_first else "DMY",
    }
    for spelled, right in _SPELLINGS:
        phrase = spelled.sub(right, phrase)
    words = " ".join(_FILLERS.sub(" ", phrase).split())
    found = DateDataParser(languages=[language], settings=dict(settings)).get_date_data(words).date_obj
    return None if found is None else found.replace(tzinfo=None)


def day(phrase: str, *, language: Language, base: datetime, month_first: bool = False) -> date | None:
    """The date that the phrase names; None where it names none."""
    found = read(phrase, language=language, base=base, month_first=month_first)
    return None if found is None else found.date()


def coming(number: int, after: date) -> date | None:
    """The next date with that number in its month, today included."""
    year, month = after.year, after.month
    for _ in range(_MONTHS):
        try:
            found = date(year, month, number)
        except ValueError:
            found = None
        if found is not None and found >= after:
            return found
        year, month = (year + 1, 1) if month == _MONTHS else (year, month + 1)
    return None


def working_days_after(start: date, number: int) -> date:
    """The working day, Monday to Friday, of that number after the date."""
    return _WORKING_WEEK.add_working_days(start, number)


def month_end(start: date, ahead: int = 0) -> date:
    """The last day of the month that is so many months ahead."""
    months = start.year * _MONTHS + start.month + ahead
    return date(months // _MONTHS, months % _MONTHS + 1, 1) - timedelta(days=1)


_WORKING_WEEK: Final = Calendar.model_validate(
    {"time_zone": "UTC", "weekly": dict.fromkeys(_WEEKDAYS[:5], (("00:00", "24:00"),))}
)
