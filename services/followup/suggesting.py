"""A response and, beside its answer, the promises that its words make: offered, never recorded.

Whoever sent the response confirms one by posting it as it is to the case's promises.
"""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from services.followup import words
from services.followup.domain.case import Case
from services.followup.domain.promises import check_may_promise
from services.followup.domain.responses import Respond, Responded, SuggestedPromise, respond
from services.followup.domain.wording import language_of, zone_of
from services.followup.domain.world import World
from shared.calendar import Calendar, NeverOpen
from shared.decision import Conflict, Decision
from shared.events.values import to_instant

_MOST: Final = 10
"""Suggestions in one answer."""


def respond_and_suggest(case: Case, ask: Respond, *, now: datetime, world: World) -> Decision[Case]:
    """The response is recorded and said as ever; its answer names what its words promise.

    The suggestions are a part of the answer, so a repeat of the command gets the same ones.
    """
    decision = respond(case, ask, now=now, world=world)
    suggested = _suggested(case, ask, now=now, world=world)
    if not suggested or not isinstance(decision.answer, Responded):
        return decision
    answer = decision.answer.model_copy(update={"suggested_promises": suggested})
    return Decision(decision.state, decision.events, answer)


def _suggested(case: Case, ask: Respond, *, now: datetime, world: World) -> tuple[SuggestedPromise, ...]:
    """What a person told the customer in a case in which something can be promised, as far as it lies ahead."""
    if ask.by is None or ask.automatic or ask.to != "customer":
        return ()
    try:
        check_may_promise(case)
    except Conflict:
        return ()
    hours = world.hours_of(case, case.agent or ask.by)
    zone = zone_of(case, hours.time_zone)
    found = words.find(ask.text, at=ask.occurred_at or now, zone=ZoneInfo(zone), language=language_of(case))
    return tuple(_suggestion(one, zone, hours, now) for one in found if one.due > now)[:_MOST]


def _suggestion(found: words.Found, zone: str, hours: Calendar, now: datetime) -> SuggestedPromise:
    not_before, due = found.not_before, found.due
    if found.vague:
        not_before, due = _in_hours(not_before, due, hours, now)
    return SuggestedPromise(
        words=found.words,
        kind=found.kind,
        due=to_instant(due),
        not_before=None if not_before is None or not_before <= now else to_instant(not_before),
        time_zone=zone,
    )


def _in_hours(
    not_before: datetime | None, due: datetime, hours: Calendar, now: datetime
) -> tuple[datetime | None, datetime]:
    """A day, or a part of one, from the owner's opening to their closing; as said where they do not work then."""
    try:
        closing = hours.previous_close(due)
        opening = None if not_before is None else hours.next_open(not_before)
    except NeverOpen:
        return not_before, due
    if closing <= now or (opening is not None and opening >= closing):
        return not_before, due
    return opening, closing
