"""All that is due for a complaint: its policy's targets and what the law wants, counted from one start. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.routing.domain.legal import Concerned, LegalRule, legal_clocks, legal_deadline
from services.routing.domain.targets import Measured, deadline, deadlines, target_for
from shared.calendar import Calendar
from shared.events.reference import Policy, Reference
from shared.events.values import Deadlines, LegalClock


@dataclass(frozen=True, slots=True)
class Duties:
    """By when what is due, which terms of laws that comes from, and how each came about."""

    deadlines: Deadlines
    legal_clocks: tuple[LegalClock, ...]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What a complaint is held to: the policy in its newest version, the hours it counts in, and the laws shipped."""

    policy: Policy
    calendar: Calendar
    rules: Mapping[str, LegalRule]
    legal_calendar: Calendar | None = None


def rulebook(reference: Reference, policy_id: str, calendar_id: str, rules: Mapping[str, LegalRule]) -> Rulebook:
    """What holds now for complaints of this policy that are counted in this calendar."""
    policy, _ = reference.policy(policy_id)
    own = reference.calendars.get(policy.legal_calendar or "")
    return Rulebook(policy, reference.calendar(calendar_id), rules, own)


def duties(book: Rulebook, measured: Measured, case: Concerned) -> Duties:
    """Everything due. `deadlines.legal` is the first of the policy's own legal target and what the laws want.

    The law gives an anonymous complaint no deadline: nobody could be answered.
    """
    found, why = deadlines(book.policy, measured, book.calendar, case.start, anonymous=case.anonymous)
    clocks, legal_why = legal_clocks(book.policy.legal, book.rules, case, book.legal_calendar)
    known: list[datetime | None] = [legal_deadline(clocks)]
    target = None if case.anonymous else target_for(book.policy, "legal", measured)
    if target is not None:
        known.append(deadline(target, book.calendar, case.start))
        legal_why += (f"legal within {target.minutes} {'business' if target.business else 'elapsed'} minutes",)
    legal = min((at for at in known if at is not None), default=None)
    return Duties(found.model_copy(update={"legal": legal}), clocks, (*why, *legal_why))
