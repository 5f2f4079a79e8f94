"""Open hours as people write them: spans of local wall-clock time, checked and in order.

A span is a pair `["09:00", "17:00"]`, half open: the closing time is closed. `24:00` is the end of the day. A span
whose close is not after its open goes over midnight and belongs to the day on which it opens: `["22:00", "06:00"]`
are eight hours, `["00:00", "00:00"]` a whole day.
"""

import re
from itertools import pairwise
from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, Field

DAY: Final = 86_400
"""Seconds of a wall-clock day."""

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: Final[tuple[Weekday, ...]] = get_args(Weekday)

Wall = tuple[int, int]
"""A span in seconds from the midnight that begins its day; the close is after the open, at most a day later."""

_TIME: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_LAST: Final = 59


def seconds_of(text: str) -> int:
    """Seconds from midnight that `HH:MM` or `HH:MM:SS` stands for, 0 to 86400.

    Raises:
        ValueError: it is no time of day.
    """
    match = _TIME.fullmatch(text)
    hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (-1, 0, 0)
    total = hours * 3600 + minutes * 60 + seconds
    if not 0 <= total <= DAY or minutes > _LAST or seconds > _LAST:
        raise ValueError(f"{text!r} is no time of day: write HH:MM from 00:00 to 24:00")
    return total


def wall(span: tuple[str, str]) -> Wall:
    """The span in seconds, its close on the next day (above 86400) when it goes over midnight."""
    opens, closes = seconds_of(span[0]), seconds_of(span[1])
    return opens, closes if closes > opens else closes + DAY


def merged(spans: list[Wall]) -> list[Wall]:
    """The same time in order, without empty spans; spans that touch or overlap are one."""
    result: list[Wall] = []
    for opens, closes in sorted(span for span in spans if span[0] < span[1]):
        if result and opens <= result[-1][1]:
            result[-1] = (result[-1][0], max(closes, result[-1][1]))
        else:
            result.append((opens, closes))
    return result


def _as_written(text: str) -> str:
    minutes, seconds = divmod(seconds_of(text), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")


def _opens_in_the_day(span: tuple[str, str]) -> tuple[str, str]:
    if seconds_of(span[0]) == DAY:
        raise ValueError("a span cannot open at 24:00: write it as 00:00 of the next day")
    return span


def _in_order(spans: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    ordered = tuple(sorted(spans))
    for earlier, later in pairwise(ordered):
        if wall(earlier)[1] > wall(later)[0]:
            raise ValueError(f"{'-'.join(earlier)} and {'-'.join(later)} overlap")
    return ordered


WallTime = Annotated[str, AfterValidator(_as_written), Field(examples=["09:00", "24:00"])]
Span = Annotated[tuple[WallTime, WallTime], AfterValidator(_opens_in_the_day)]
Spans = Annotated[tuple[Span, ...], Field(max_length=100), AfterValidator(_in_order)]
"""One day's open spans, in order; empty is closed."""
