"""The query of a report: from when to when, in whose time."""

import re
from datetime import date, datetime, time, timedelta
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from fastapi import Query, Request

from services.metrics.domain.reports.question import GroupBy, Historical, Question
from shared.decision import Invalid
from shared.events.values import to_instant

_DEFAULT_SPAN: Final = timedelta(days=30)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_LOST_PLUS: Final = re.compile(r" (\d{2}:?\d{2})$")


async def question_of(
    request: Request,
    from_: Annotated[str | None, Query(alias="from", max_length=40)] = None,
    to: Annotated[str | None, Query(max_length=40)] = None,
    as_of: Annotated[str | None, Query(max_length=40)] = None,
    time_zone: Annotated[str, Query(max_length=64)] = "UTC",
    group_by: GroupBy | None = None,
    historical: Historical = "exclude",
    cycle: Literal["first"] = "first",
) -> Question:
    """From `from` to before `to`, seen at `as_of`.

    Instants are ISO 8601; one without an offset, and a date (its first moment), are read in `time_zone`, which is there
    for that. Defaults: `to` the end of today, `from` 30 days before it, `as_of` now.

    Raises:
        Invalid: one of them cannot be read, or the span is empty.
    """
    del cycle  # the first is the only one that a report can be about
    zone = _zone(time_zone)
    now: datetime = request.app.state.runtime.clock.now()
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    end = _instant("to", to, zone) or _midnight(tomorrow, zone)
    start = _instant("from", from_, zone) or end - _DEFAULT_SPAN
    if start >= end:
        raise _invalid("to", "must lie after `from`")
    seen = _instant("as_of", as_of, zone) or now
    return Question(start=start, end=end, as_of=seen, zone=zone, group_by=group_by, historical=historical)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise _invalid("time_zone", "is no zone of the IANA database, such as Europe/Madrid") from error


def _instant(field: str, text: str | None, zone: ZoneInfo) -> datetime | None:
    if text is None:
        return None
    try:
        if _DATE.fullmatch(text):
            return _midnight(date.fromisoformat(text), zone)
        # A plus sign that was not escaped arrives as a space.
        read = datetime.fromisoformat(_LOST_PLUS.sub(r"+\1", text))
        return to_instant(read if read.tzinfo is not None else read.replace(tzinfo=zone))
    except (ValueError, OverflowError) as error:
        raise _invalid(field, "give a date, or an ISO 8601 time, such as 2026-03-01T09:30:00+01:00") from error


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return to_instant(datetime.combine(day, time.min, tzinfo=zone))


def _invalid(field: str, reason: str) -> Invalid:
    return Invalid(f"{field}: {reason}", errors=[(field, reason)])
