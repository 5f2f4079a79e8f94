"""Step 5: what was asked for, or two or three options; time to think; the customer chooses, "none" too."""

from datetime import datetime
from typing import Annotated, ClassVar, Final

from pydantic import Field

from services.followup.domain.asking import Ask, person
from services.followup.domain.case import ACTIVE, Case
from services.followup.domain.parts import evolve
from services.followup.domain.refusals import Conflict, OptionsMissing
from services.followup.domain.saying import say
from services.followup.domain.step_parts import Offer, Option
from services.followup.domain.world import World
from shared.decision import Decision, Invalid
from shared.events.followup import SolutionChosen, SolutionProposed
from shared.events.values import Instant, ShortText

NONE: Final = "none"
"""The choice of no option; it is a choice."""
FEWEST: Final = 2
"""Options, where none of them is what the customer asked for."""
MOST: Final = 3


class Propose(Ask):
    """What the customer can choose from; `answer_by`: how long the offer stands."""

    adds: ClassVar[bool] = True

    options: Annotated[tuple[Option, ...], Field(min_length=1, max_length=MOST)]
    answer_by: Instant | None = None


class Choose(Ask):
    """The customer's choice: an option's id, or `none`; `by`: who heard it."""

    option: ShortText


def propose(case: Case, ask: Propose, *, now: datetime, world: World) -> Decision[Case]:
    """The customer is offered what they asked for, or two or three options; a newer offer replaces an older one."""
    del world
    by = person(ask)
    if case.status not in ACTIVE:
        raise Conflict(f"this complaint is {case.status}: nothing is offered any more")
    if problems := list(_problems(ask, now)):
        raise Invalid("this cannot be offered", errors=problems)
    offer = Offer(at=now, by=by, options=ask.options, answer_by=ask.answer_by)
    advised = offer.recommended
    payload = SolutionProposed(
        by=by,
        options=tuple(option.text for option in offer.options),
        recommended=advised.text if advised else None,
        why=advised.why if advised else None,
        answer_by=ask.answer_by,
        grants_remedy_sought=any(option.grants_remedy_sought for option in offer.options),
    )
    said = say(case.with_steps(offer=offer), payload, now=now)
    return Decision(said.state, said.events, offer)


def _problems(ask: Propose, now: datetime) -> list[tuple[str, str]]:
    options, found = ask.options, []
    ids = [option.id for option in options]
    if len(set(ids)) < len(ids) or NONE in ids:
        found.append(("options", f"each needs an id of its own, and none may be called {NONE!r}"))
    if len(options) < FEWEST and not options[0].grants_remedy_sought:
        found.append(("options", "offer what was asked for, or two or three options"))
    advised = [option for option in options if option.recommended]
    if len(advised) > 1:
        found.append(("options", "one may be recommended, not several"))
    found += [("options", f"why is {option.id} recommended?") for option in advised if option.why is None]
    if ask.answer_by is not None and ask.answer_by <= now:
        found.append(("answer_by", "lies in the past: the customer needs time to think"))
    return found


def choose(case: Case, ask: Choose, *, now: datetime, world: World) -> Decision[Case]:
    """The choice is stored, `none` too; until the result the customer may change it."""
    del world
    offer = case.steps.offer
    offered = [option.id for option in offer.options] if offer else []
    if offer is None or ask.option not in (*offered, NONE):
        raise OptionsMissing("the customer was not offered this", options=offered)
    if case.status not in ACTIVE:
        raise Conflict(f"this complaint is {case.status}: nothing is chosen any more")
    if offer.answer_by is not None and now > offer.answer_by:
        raise Conflict("the time to think is over; make a new offer", answer_by=offer.answer_by)
    text = next((option.text for option in offer.options if option.id == ask.option), NONE)
    offer = evolve(offer, choice=ask.option, chosen_at=now)
    said = say(case.with_steps(offer=offer), SolutionChosen(option=text, by=ask.by), now=now)
    return Decision(said.state, said.events, offer)
