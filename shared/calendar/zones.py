"""Local wall-clock time becomes exactly one instant, on days of a clock change too.

A time that a clock change skips stands for the instant of the change; a time that happens twice stands for the first
of the two. So a later wall-clock time is never an earlier instant, and two days always meet at one midnight. Days are
proleptic ordinals (`date.toordinal`), instants are whole microseconds since 1970-01-01 UTC.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.calendar.hours import DAY

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
SECOND: Final = 1_000_000
FIRST_YEAR: Final = 2
LAST_YEAR: Final = 9997
_EPOCH_DAY: Final = EPOCH.toordinal()
_ONE_DAY: Final = timedelta(days=1)
_MICROSECOND: Final = timedelta(microseconds=1)


def known_zone(name: str) -> str:
    """The name, which is one of the IANA time zones.

    Raises:
        ValueError: no such zone, or one that differs from machine to machine.
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        found = False
    else:
        found = name != "localtime" and not name.startswith(("posix", "right/"))
    if not found:
        raise ValueError(f"{name!r} is no IANA time zone: write one like 'Europe/Madrid' or 'UTC'")
    return name


def ticks(at: datetime) -> int:
    """Microseconds since 1970 in UTC.

    Raises:
        ValueError: the datetime is naive, or outside the years 2 to 9997.
    """
    if at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} has no time zone: business time is counted on instants, give it an offset")
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError(f"{at.isoformat()} is outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return (at - EPOCH) // _MICROSECOND


def moment(at: int) -> datetime:
    """The instant as a datetime in UTC."""
    return EPOCH + timedelta(microseconds=at)


@lru_cache(maxsize=16_384)
def instant(zone: ZoneInfo, day: int, seconds: int) -> int:
    """The instant of a wall-clock time, given as seconds from the day's midnight (above 86400: on the next day)."""
    days, rest = divmod(seconds, DAY)
    local = datetime.fromordinal(day + days) + timedelta(seconds=rest)
    before, after = (_offset(local.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    naive = (day - _EPOCH_DAY) * DAY + seconds
    return (_jump(zone, naive - after, naive - before, after) if after > before else naive - before) * SECOND


def day_of(zone: ZoneInfo, at: int) -> int:
    """The day between whose midnights the instant lies."""
    day = moment(at).astimezone(zone).toordinal()
    # A clock that goes back over midnight shows yesterday's date again, after today has begun.
    return day + 1 if instant(zone, day, DAY) <= at else day


@lru_cache(maxsize=4096)
def clock_changes(zone: ZoneInfo, year: int) -> tuple[int, ...]:
    """The days of the year that have more or less than 24 hours."""
    midnight, end = datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone)
    offset, changed = midnight.utcoffset(), []
    while midnight < end:
        midnight, before, day = midnight + _ONE_DAY, offset, midnight
        offset = midnight.utcoffset()
        if offset != before:
            changed.append(day.toordinal())
    return tuple(changed)


def _offset(local: datetime) -> int:
    offset = local.utcoffset()
    return 0 if offset is None else offset.days * DAY + offset.seconds


def _jump(zone: ZoneInfo, low: int, high: int, after: int) -> int:
    """The second after `low`, at most `high`, from which on the zone's offset is `after`."""
    while high - low > 1:
        middle = (low + high) // 2
        if _offset((EPOCH + timedelta(seconds=middle)).astimezone(zone)) == after:
            high = middle
        else:
            low = middle
    return high
