"""By when the law wants what: terms of laws as data, counted in days. Pure.

Separate from a policy's targets and never paused by a status. A term runs in whole local days of the law's own time
zone: to the last instant of its last day, or of the hour at which that day's business ends. Business days are the
law's, not the team's: its working week without the public holidays of its country; an installation may name a
calendar whose holidays count instead. Where a law can be read in two ways, the rules shipped take the earlier day.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from services.routing.domain.targets import LATEST
from shared.calendar import Calendar, Days, PublicHolidays, Weekday
from shared.calendar.hours import WallTime
from shared.calendar.zones import known_zone
from shared.events.values import LegalClock, to_instant
from shared.events.vocabulary import CUSTOMER_KINDS, Kind, LegalStop

DayType = Literal["business", "calendar"]
Words = Annotated[str, Field(min_length=1, max_length=2000)]

_WORKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri")
_LAST_INSTANT: Final = timedelta(milliseconds=1)
"""What a day's last instant lies before its end; instants on the log have milliseconds."""
_RESULT: Final = frozenset[LegalStop]({"substance", "delivery", "acceptance"})
"""What ends a clock that the resolution answers; an acknowledgement is none of them."""


class Part(BaseModel):
    """A part of a rule: nothing in it is unknown, nothing changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Length(Part):
    """So many days of that type, or so many months from date to date. Exactly one of `days` and `months`."""

    days: Annotated[int, Field(ge=1, le=3660)] | None = None
    months: Annotated[int, Field(ge=1, le=120)] | None = None
    day_type: DayType = "business"

    @model_validator(mode="after")
    def _one_of_both(self) -> "Length":
        if (self.days is None) == (self.months is None):
            raise ValueError("a length has either `days` or `months`")
        return self


class Extension(Length):
    """How long it may take at most, counted from the same start, when the customer has been told in time."""

    only_if: Words


class Term(Length):
    """One thing that a law wants by a time.

    * `starts`: whether the day of the complaint is day one, or the day after it (the first business day after it).
    * `stops`: what ends the term. `binding`: missing it is a breach.
    * `ends`: local time at which the last day is over.
    * `moves_on`: a last day that is no business day gives way to the next that is.
    * `holding_reply`: what may be said when the answer is not ready; None: the law knows no such thing.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
    starts: Literal["same_day", "next_day"] = "next_day"
    stops: LegalStop = "substance"
    binding: bool = True
    ends: WallTime = "24:00"
    moves_on: bool = False
    holding_reply: Words | None = None
    extension: Extension | None = None
    citation: Words


class LegalRule(Part):
    """What one law says. `check`: what a lawyer has to confirm before anybody relies on it.

    `in_force_from` and `in_force_until` (the last day): local days of the complaint for which it holds.
    """

    name: Words
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    time_zone: Annotated[str, AfterValidator(known_zone)]
    holidays: PublicHolidays
    more_holidays: Days = ()
    business_days: Annotated[tuple[Weekday, ...], Field(min_length=1)] = _WORKDAYS
    kinds: tuple[Kind, ...] = tuple(sorted(CUSTOMER_KINDS))
    in_force_from: date | None = None
    in_force_until: date | None = None
    terms: Annotated[tuple[Term, ...], Field(min_length=1)]
    citation: Words
    check: Words

    def covers(self, kind: Kind, day: date) -> bool:
        """Whether the law speaks about such a complaint of that day."""
        begun = self.in_force_from is None or self.in_force_from <= day
        return kind in self.kinds and begun and (self.in_force_until is None or day <= self.in_force_until)


@dataclass(frozen=True, slots=True)
class Concerned:
    """What the law asks about a complaint. `start`: when its clocks started."""

    kind: Kind
    start: datetime
    anonymous: bool = False


def legal_clocks(
    names: Sequence[str], rules: Mapping[str, LegalRule], case: Concerned, own: Calendar | None = None
) -> tuple[tuple[LegalClock, ...], tuple[str, ...]]:
    """All terms of these rules that concern the complaint, the first first, and how each came about.

    `own`: the calendar whose holidays count instead of the country's; None for the country's. An anonymous complaint
    has none: nobody could be answered.
    """
    if case.anonymous and names:
        return (), ("no legal: anonymous",)
    found: list[LegalClock] = []
    why = []
    for name in names:
        rule = rules.get(name)
        if rule is None:
            why.append(f"no legal {name}: this rule is not here")
            continue
        days = business_days(rule, own)
        local = days.local_date(case.start)
        if rule.covers(case.kind, local):
            found += [_clock(name, term, days, local) for term in rule.terms]
            why += [f"legal {name} {term.name}: {_told(term)}, {term.citation}" for term in rule.terms]
    return tuple(sorted(found, key=lambda clock: clock.due)), tuple(why)


def legal_deadline(clocks: Iterable[LegalClock]) -> datetime | None:
    """The first binding term that only a result ends; the first of those that bind nobody, if there is no other."""
    by_result = [clock for clock in clocks if clock.stops in _RESULT]
    return min((clock.due for clock in by_result if clock.binding), default=None) or min(
        (clock.due for clock in by_result), default=None
    )


def business_days(rule: LegalRule, own: Calendar | None = None) -> Calendar:
    """The days that count as business days, as a calendar that is open on them from midnight to midnight.

    The public holidays of `own` take the place of the rule's if they are of the same country; its own closed dates
    come on top. Its hours make no difference.
    """
    if own is None:
        return _days(rule, rule.holidays, ())
    theirs = own.public_holidays
    same = theirs is not None and theirs.country == rule.country
    return _days(rule, theirs if theirs is not None and same else rule.holidays, own.own_closed_dates)


@lru_cache(maxsize=256)
def _days(rule: LegalRule, public: PublicHolidays, more: tuple[date, ...]) -> Calendar:
    whole_day = (("00:00", "24:00"),)
    return Calendar(
        time_zone=rule.time_zone,
        weekly=dict.fromkeys(rule.business_days, whole_day),
        public_holidays=public,
        holidays=(*rule.more_holidays, *more),
    )


def _clock(name: str, term: Term, days: Calendar, start: date) -> LegalClock:
    def last_instant(length: Length) -> datetime:
        last = last_day(length, days, start, same_day=term.starts == "same_day")
        last = days.add_working_days(last, 0) if term.moves_on else last
        return to_instant(min(days.instant(last, term.ends) - _LAST_INSTANT, LATEST))

    return LegalClock(
        rule=name,
        term=term.name,
        due=last_instant(term),
        stops=term.stops,
        binding=term.binding,
        extended=last_instant(term.extension) if term.extension else None,
    )


def last_day(length: Length, days: Calendar, start: date, *, same_day: bool) -> date:
    """The last day of a time that begins on `start` (its first counted day if `same_day`), or with the day after.

    Months run from date to date; where the last month has no such date, to its end (art. 5 Código Civil, Spain).
    """
    if length.months is not None:
        return _months_after(start, length.months) - timedelta(days=1 if same_day else 0)
    number = length.days or 0
    if length.day_type == "calendar":
        return start + timedelta(days=number - 1 if same_day else number)
    if same_day:
        return days.add_working_days(days.add_working_days(start, 0), number - 1)
    return days.add_working_days(start, number)


def _months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _told(term: Length) -> str:
    return f"{term.months} months" if term.months is not None else f"{term.days} {term.day_type} days"
