"""Answers to the customer. Which one is the first, and how long it took. Source: `domain.md`, Clocks."""

from datetime import datetime
from typing import ClassVar

from services.followup.domain.answering import record
from services.followup.domain.asking import Ask, check_occurred, person
from services.followup.domain.case import Case
from services.followup.domain.parts import Response
from services.followup.domain.world import World
from shared.decision import Decision, Invalid
from shared.events.values import Frozen, Instant, LongText
from shared.events.vocabulary import PromiseKind, Recipient, ResponseChannel


class Respond(Ask):
    """Something was said to somebody: `occurred_at` None means now.

    `holding`: it tells the customer why the result is not ready, with the `reasons`; a law's term may last longer then.
    """

    adds: ClassVar[bool] = True

    response_id: str
    channel: ResponseChannel
    text: LongText
    automatic: bool = False
    to: Recipient = "customer"
    occurred_at: Instant | None = None
    external_reference: str | None = None
    apology: bool = False
    holding: bool = False
    reasons: LongText | None = None


class SuggestedPromise(Frozen):
    """What the words of a response promise: offered, not recorded. It can be posted as it is to be promised."""

    words: LongText
    kind: PromiseKind
    due: Instant
    not_before: Instant | None = None
    time_zone: str


class Responded(Frozen):
    """The answer to whoever told us of a response. `suggested_promises`: see `services.followup.suggesting`."""

    id: str
    is_first: bool
    elapsed_seconds: float | None
    business_seconds: float | None
    within_target: bool | None
    suggested_promises: tuple[SuggestedPromise, ...] = ()


def respond(case: Case, ask: Respond, *, now: datetime, world: World) -> Decision[Case]:
    """The response is recorded and said; it may be the first, and may keep what the system promised.

    Automatic ones, and those to colleagues or third parties, never count as an answer.
    """
    if not ask.automatic:
        person(ask)
    if ask.holding != (ask.reasons is not None):
        raise Invalid("why does it take longer?", errors=[("reasons", "belong to a holding reply, and only to it")])
    at = ask.occurred_at or now
    check_occurred(case, at, now, field="occurred_at")
    response = Response(
        id=ask.response_id,
        by=ask.by,
        channel=ask.channel,
        to=ask.to,
        automatic=ask.automatic,
        apology=ask.apology,
        text=ask.text,
        occurred_at=at,
        told_at=now,
        external_reference=ask.external_reference,
        holding=ask.holding,
        reasons=ask.reasons,
    )
    decision, first = record(case, response, now=now, world=world)
    recorded = decision.state.responses[-1]
    answer = Responded(
        id=recorded.id,
        is_first=first,
        elapsed_seconds=recorded.elapsed_seconds,
        business_seconds=recorded.business_seconds,
        within_target=recorded.within_target,
    )
    return Decision(decision.state, decision.events, answer)
