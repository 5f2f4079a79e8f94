"""Personal data of a complaint is gone; what was counted, and when, stays. Nothing here says who complained or why.

Erased are the complainant, what was known of the customer, and every word that a person wrote, by the name of the field
in which it stands. Instants, states, ids of our own people and marks stay, so that clocks, promises and reports remain
what they were.
"""

from datetime import datetime
from typing import Any, Final

from services.followup.domain.case import Case
from services.followup.domain.parts import evolve
from services.followup.domain.step_parts import Address
from services.followup.domain.world import World
from shared.decision import Decision
from shared.events import Event
from shared.events.intake import ComplaintErased
from shared.events.values import CustomerFacts, Person

ERASED: Final = "[erased]"
_WORDS: Final = frozenset(
    {
        "answers",
        "anything_else",
        "comment",
        "correction",
        "decided_why",
        "next_step",
        "note",
        "number",
        "override_reason",
        "problem",
        "reasons",
        "subject",
        "summary",
        "text",
        "why",
        "why_not_now",
        "words",
    }
)
"""Fields that hold what people wrote, or where a person can be reached (a promise's `number`)."""
_PARTS: Final = ("remedy_sought", "responses", "promises", "notes", "resolution", "verified", "timeline", "steps")


def erased(case: Case, event: Event[ComplaintErased], *, now: datetime, world: World) -> Decision[Case]:
    """The document is a tombstone of its words; a repeat changes nothing."""
    del event, now, world
    written = case.model_dump(include=set(_PARTS))
    empty = Case.model_validate({**case.model_dump(), **{name: _blank(part) for name, part in written.items()}})
    empty = empty.with_steps(customer=CustomerFacts(), address=Address())
    person = case.complainant
    return Decision(
        evolve(
            empty,
            subject=None,
            customer_id=None,
            complainant=Person(role=person.role, internal=person.internal, anonymous=person.anonymous),
            facts=tuple(evolve(fact, value=ERASED if fact.value else None) for fact in case.facts),
        )
    )


def _blank(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _erased(value) if name in _WORDS else _blank(value) for name, value in part.items()}
    return [_blank(each) for each in part] if isinstance(part, list | tuple) else part


def _erased(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_erased(each) for each in value]
    return ERASED if isinstance(value, str) and value else _blank(value)
