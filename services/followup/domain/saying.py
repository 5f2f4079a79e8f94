"""Decisions with a memory: what is said also stands in the case's timeline, and one rule can follow another."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeAlias

from services.followup.domain.case import KEPT, Case
from services.followup.domain.parts import TimelineEntry, evolve
from shared.decision import Decision
from shared.events import Payload

Rule: TypeAlias = Callable[[Case], Decision[Case]]

_SHORT: Final = 200
_WORDS: Final = ("words", "text", "reason", "clock", "why", "outcome", "answer", "verification", "waiting_for", "note")
"""Fields of payloads that say, in few words, what it was; the first that is there counts."""


def say(case: Case, *payloads: Payload, now: datetime, by: str | None = None) -> Decision[Case]:
    """These events are said, in this order, and stand in the timeline."""
    for payload in payloads:
        who = vars(payload).get("by") or by
        case = remember(case, payload.type, at=now, by=who, summary=_summary(payload), about=_about(payload))
    return Decision(case, payloads)


def remember(
    case: Case,
    kind: str,
    *,
    at: datetime,
    by: str | None = None,
    summary: str = "",
    about: str | None = None,
    source: str = "followup",
) -> Case:
    """The timeline has one entry more; the oldest go above `KEPT`."""
    count = case.timeline_count + 1
    entry = TimelineEntry(n=count, at=at, type=kind, source=source, by=by, summary=summary[:_SHORT], about=about)
    return evolve(case, timeline=(*case.timeline, entry)[-KEPT:], timeline_count=count)


def then(first: Decision[Case], rule: Rule) -> Decision[Case]:
    """What the rule makes of the case as the first decision leaves it; both are one decision."""
    second = rule(first.state)
    return Decision(second.state, (*first.events, *second.events), second.answer or first.answer)


def _about(payload: Payload) -> str | None:
    said = vars(payload)
    promise = said.get("promise")
    return promise.id if promise is not None else said.get("response_id")


def _summary(payload: Payload) -> str:
    said = vars(payload)
    promise = said.get("promise")
    for holder in (said, vars(promise) if promise is not None else {}):
        for name in _WORDS:
            if value := holder.get(name):
                return str(value)
    return ""
