"""From a message to the promises in it: each commitment gets the time that stands closest to it in its sentence."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from services.followup.words.commitments import Commitment, Grammar, commitments, kind_of
from services.followup.words.english_grammar import ENGLISH
from services.followup.words.found import Found, Language
from services.followup.words.guards import Sentence, is_given
from services.followup.words.language import language_of
from services.followup.words.pieces import HOURLY, Spoken, times_in
from services.followup.words.plain import Plain, plain
from services.followup.words.quoted import own_words
from services.followup.words.sentences import statements
from services.followup.words.spanish_grammar import SPANISH
from services.followup.words.when import Told, When, understood

GRAMMARS: Final[Mapping[Language, Grammar]] = {"es": SPANISH, "en": ENGLISH}
LONGEST: Final = 20_000
"""Characters that are read; nobody promises on page ten."""
LONGEST_SENTENCE: Final = 1_000
"""Characters of one sentence that are read."""
MOST: Final = 20
"""Promises of one message."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A message, in the plain form in which it is read."""

    message: str
    read: Plain
    told: Told
    grammar: Grammar


def find(message: str, *, at: datetime, zone: ZoneInfo, language: Language | None = None) -> tuple[Found, ...]:
    """The promises that the message makes, in its order; nothing but the message, its instant and its zone matter.

    `language` helps where the words do not tell; they win where they do.
    """
    message = message[:LONGEST]
    own = own_words(message, plain(message))
    main = language_of(own.text, language or "en")
    read = own.respelled(GRAMMARS[main].spell)
    found: list[Found] = []
    for start, stop in statements(message, read):
        end = min(stop, start + LONGEST_SENTENCE)
        spoken = language_of(read.text[start:end], main)
        reading = _Reading(message, read, Told(at, zone, spoken), GRAMMARS[spoken])
        found += (one for one in _promises(reading, start, end) if one not in found)
        if len(found) >= MOST:
            break
    return tuple(found[:MOST])


def _promises(reading: _Reading, start: int, end: int) -> Iterator[Found]:
    text, grammar = reading.read.text, reading.grammar
    times = times_in(text, start, end, grammar.times)
    given = commitments(text, start, end, grammar) if times else []
    if not given:
        return
    sentence, after = Sentence(text, start, end, grammar), start
    for place, (one, mine) in enumerate(zip(given, _shared_out(given, times, text, grammar), strict=True)):
        spoken = _one_time(one, mine)
        if spoken is None or not is_given(one, spoken, sentence):
            continue
        when = understood(spoken, reading.told)
        if when is not None:
            yield _found(reading, one, spoken, when, (after, given[place + 1].start if one is not given[-1] else end))
            after = max(one.end, spoken.told_end)


def _shared_out(given: list[Commitment], times: list[Spoken], text: str, grammar: Grammar) -> list[list[Spoken]]:
    """Which times belong to which commitment: fewest commas and "and"s between them, then those behind it."""
    shares: list[list[Spoken]] = [[] for _ in given]
    for time in times:
        ranked = [
            (_distance(one, time, text, grammar), time.start < one.start, place) for place, one in enumerate(given)
        ]
        shares[min(ranked)[-1]].append(time)
    return shares


def _distance(one: Commitment, time: Spoken, text: str, grammar: Grammar) -> tuple[int, int]:
    between = text[one.end : time.start] if time.start >= one.start else text[time.end : one.start]
    return len(grammar.border.findall(between)), len(between) // 30


def _one_time(one: Commitment, times: list[Spoken]) -> Spoken | None:
    """The time that counts; a day and an hour on two sides of the commitment are one time."""
    if len(times) > 1 and any(not time.spoiled for time in times):
        times = [time for time in times if not time.spoiled]
    if len(times) > 1 and (both := _together(times[0], times[1])) is not None:
        return both
    behind = [time for time in times if time.start >= one.start]
    return behind[0] if behind else times[-1] if times else None


def _together(first: Spoken, second: Spoken) -> Spoken | None:
    one_day = first.has("day", "period") != second.has("day", "period")
    one_hour = first.has(*HOURLY) != second.has(*HOURLY)
    if not one_day or not one_hour or first.has("span") or second.has("span"):
        return None
    return Spoken(
        [*first.pieces, *second.pieces],
        latest=first.latest or second.latest,
        zone=first.zone or second.zone,
        runs_from=first.runs_from or second.runs_from,
    )


def _found(reading: _Reading, one: Commitment, time: Spoken, when: When, limits: tuple[int, int]) -> Found:
    text, border = reading.read.text, reading.grammar.border
    start = min(one.start, time.start)
    lead = list(border.finditer(text, limits[0], start))
    start = lead[-1].end() if lead else limits[0]
    end = max(one.end, time.told_end)
    if time.end <= one.end:
        stop = border.search(text, end, limits[1])
        end = stop.start() if stop else limits[1]
    return Found(
        words=reading.read.told(reading.message, start, end),
        kind=kind_of(one, text, limits[0], limits[1], reading.grammar),
        due=when.due,
        not_before=when.not_before,
        vague=when.vague,
    )
