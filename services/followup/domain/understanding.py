"""Step 4: we repeat the specifics in our words, and the customer confirms or corrects them."""

from datetime import datetime
from typing import ClassVar

from services.followup.domain.asking import Ask, person
from services.followup.domain.case import ACTIVE, Case
from services.followup.domain.parts import evolve
from services.followup.domain.refusals import Conflict
from services.followup.domain.saying import say
from services.followup.domain.step_parts import Summary
from services.followup.domain.world import World
from shared.decision import Decision, Invalid
from shared.events.followup import SummaryConfirmed, SummarySent
from shared.events.values import LongText


class SendSummary(Ask):
    """How we understood it."""

    adds: ClassVar[bool] = True

    text: LongText


class ConfirmSummary(Ask):
    """What the customer says to it; `by`: who heard it, None when they answered themselves."""

    confirmed: bool
    correction: LongText | None = None


def send_summary(case: Case, ask: SendSummary, *, now: datetime, world: World) -> Decision[Case]:
    """The customer is told how we understood it; a newer summary takes the place of an older one.

    It is no response: what was said to the customer besides is told as one.
    """
    del world
    by = person(ask)
    if case.status not in ACTIVE:
        raise Conflict(f"this complaint is {case.status}: there is nothing to understand any more")
    summary = Summary(at=now, by=by, text=ask.text)
    said = say(case.with_steps(summary=summary), SummarySent(by=by, text=ask.text), now=now)
    return Decision(said.state, said.events, summary)


def confirm_summary(case: Case, ask: ConfirmSummary, *, now: datetime, world: World) -> Decision[Case]:
    """It is known whether we understood. A correction stands beside the summary, which nobody can confirm any more."""
    del world
    summary = case.steps.summary
    if summary is None or case.status not in ACTIVE:
        raise Conflict("there is no summary that the customer could answer")
    if ask.confirmed and ask.correction is not None:
        raise Invalid("confirmed or corrected?", errors=[("correction", "only when it is not confirmed")])
    if ask.confirmed and summary.confirmed is False:
        raise Conflict("the customer has corrected it: send a new summary")
    summary = evolve(summary, confirmed=ask.confirmed, correction=ask.correction, answered_at=now)
    payload = SummaryConfirmed(by=ask.by, confirmed=ask.confirmed, correction=ask.correction)
    said = say(case.with_steps(summary=summary), payload, now=now)
    return Decision(said.state, said.events, summary)
