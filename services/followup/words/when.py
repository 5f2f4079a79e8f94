"""A time in words becomes instants: by when, and not before."""

import math
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from services.followup.words import reader
from services.followup.words.days import Days, Seen, days_of
from services.followup.words.found import Language
from services.followup.words.hours import LAST, Hours, hours_of, later_today
from services.followup.words.numbers import amount
from services.followup.words.pieces import Piece, Spoken
from services.followup.words.places import zone_in
from shared.calendar.zones import instant, moment

_MONTH_FIRST: Final = frozenset(
    {"New_York", "Chicago", "Denver", "Los_Angeles", "Phoenix", "Anchorage", "Detroit", "Boise", "Honolulu"}
)
"""Places whose English writes 12/3 for the third of December."""
_MINUTES: Final = {"quarter": 15, "un cuarto": 15, "three quarters": 45, "tres cuartos": 45}
_IN: Final = {"es": "en", "en": "in"}
_MINUTE_WORD: Final = {"es": "minutos", "en": "minutes"}
_DAY_WORD: Final = {"es": "dias", "en": "days"}
_MONTH_WORD: Final = {"es": "meses", "en": "months"}


@dataclass(frozen=True)
class Told:
    """The circumstances of a message: when it was said, in whose zone, in which language."""

    at: datetime
    zone: ZoneInfo
    language: Language

    @cached_property
    def local(self) -> datetime:
        """What the clock on the wall showed."""
        return self.at.astimezone(self.zone).replace(tzinfo=None)

    @cached_property
    def seen(self) -> Seen:
        """How its days are read."""
        place = self.zone.key.rpartition("/")[2]
        return Seen(self.local.date(), self.language, self.language == "en" and place in _MONTH_FIRST)

    def on(self, day: date, seconds: int) -> datetime:
        """The instant at which the local clock shows that."""
        return moment(instant(self.zone, day.toordinal(), seconds)).astimezone(self.zone)


@dataclass(frozen=True, slots=True)
class When:
    """A window, or an instant by which; `vague`: a day or a part of it was named, no time of the clock."""

    due: datetime
    not_before: datetime | None = None
    vague: bool = False


def understood(spoken: Spoken, told: Told) -> When | None:
    """What the words mean; None where they name no time that lies ahead and is known, or a zone that is not."""
    zone = zone_in(spoken.place, told.zone)
    if spoken.spoiled or spoken.runs_from or zone is None:
        return None
    found = _read(spoken, replace(told, zone=zone))
    if found is None or found.due <= told.at:
        return None
    if found.not_before is not None and found.not_before <= told.at:
        return When(found.due, None, found.vague)
    return found


def _read(spoken: Spoken, told: Told) -> When | None:
    hours = hours_of(spoken, told.language)
    if spoken.has("clock", "hour", "range") and hours is None:
        return None
    days: Days | None
    if (span := spoken.of("span")) is not None:
        if {"minute", "hour"} & set(span.said) and "business" not in span.said:
            return _exactly(span, told)
        days = _after(span, told)
    else:
        days = days_of(spoken, told.seen)
    if days is None and spoken.has("day", "period"):
        return None
    if hours is None:
        return None if days is None else _whole(days, spoken, told)
    return _timed(hours, days, spoken, told)


def _exactly(span: Piece, told: Told) -> When | None:
    """So many minutes or hours from now: time that passes, whatever the clocks do."""
    minutes = _amount(span, told.language) * (60 if "hour" in span.said else 1)
    if "quarters" in span.said:
        minutes = _MINUTES[span.said["quarters"]]
    if "more" in span.said:
        minutes += amount(span.said["more"], told.language)
    phrase = f"{_IN[told.language]} {round(minutes)} {_MINUTE_WORD[told.language]}"
    base = told.at.astimezone(UTC).replace(tzinfo=None)
    due = reader.read(phrase, language=told.language, base=base)
    return None if due is None else When(due.replace(tzinfo=UTC).astimezone(told.zone))


def _amount(span: Piece, language: Language) -> float:
    said = span.said.get("n", "1")
    number = 1.0 if said.startswith("h") and "half" in span.said else amount(said, language)
    return number + 0.5 if "half" in span.said else number


def _after(span: Piece, told: Told) -> Days | None:
    """So many days, weeks or months from today: the end of that day."""
    number, today = _amount(span, told.language), told.local.date()
    if "business" in span.said:
        number = number / 24 if "hour" in span.said else number * 5 if "week" in span.said else number
        day: date | None = reader.working_days_after(today, math.ceil(number))
    elif "month" in span.said:
        day = told.seen.read(f"{_IN[told.language]} {round(number)} {_MONTH_WORD[told.language]}")
    else:
        number *= 7 if "week" in span.said else 14 if "fortnight" in span.said else 1
        day = told.seen.read(f"{_IN[told.language]} {math.ceil(number)} {_DAY_WORD[told.language]}")
    return None if day is None else Days(None, day, "by")


def _whole(days: Days, spoken: Spoken, told: Told) -> When | None:
    """A day without a time: its end; of "before Friday", the end of the day before."""
    if days.marker in ("after", "around"):
        return None
    last = days.last - timedelta(days=1) if days.marker == "before" else days.last
    opens = days.first is not None and days.marker not in ("before", "by") and not spoken.latest
    not_before = told.on(days.first, 0) if opens and days.first else None
    return When(told.on(last, LAST), not_before, vague=True)


def _timed(hours: Hours, days: Days | None, spoken: Spoken, told: Told) -> When | None:
    if days is None:
        day, hours = _today(hours, told)
    else:
        day = days.last
    deadline = (
        {hours.marker, days.marker if days else ""} & {"before", "by"} or bool(spoken.latest) or hours.how == "by"
    )
    due = told.on(day, hours.end)
    if hours.marker == "after":
        return When(told.on(day, LAST), due, vague=True)
    if deadline or hours.marker == "around":
        return When(due, None, hours.vague)
    return When(due, told.on(day, hours.start), hours.vague)


def _today(hours: Hours, told: Told) -> tuple[date, Hours]:
    """The day of a time of day that comes without one: today, as long as it lies ahead."""
    local = told.local
    now = local.hour * 3600 + local.minute * 60 + local.second
    if hours.end > now or hours.this_one:
        return local.date(), hours
    if (later := later_today(hours, now)) is not None:
        return local.date(), later
    return local.date() + timedelta(days=1), hours
