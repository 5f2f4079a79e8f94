"""Why a date is open or closed as it is, in words that a person reads. Pure."""

from datetime import date

from shared.calendar.model import Calendar


def reasons(calendar: Calendar, day: date) -> tuple[str, ...]:
    """What the calendar says about this date beside its weekday, the deciding thing first; empty: nothing special.

    An override decides over everything; the holidays that it overrules are still named.
    """
    found = []
    if day in calendar.date_overrides:
        found.append("own hours on this date" if calendar.date_overrides[day] else "closed on this date")
    if day in calendar.holidays:
        found.append("holiday of this calendar")
    if calendar.public_holidays is not None:
        name = calendar.public_holidays.of_year(day.year).get(day.toordinal())
        found += [f"public holiday: {name}"] if name else []
    found += [f"feed: {entry.summary}" for entry in calendar.feed_entries if entry.closes and day in entry.dates]
    return tuple(found)
