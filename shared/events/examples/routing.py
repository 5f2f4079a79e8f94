"""What routing would say about Ana's complaint."""

from typing import Final

from shared.events.envelope import Payload
from shared.events.examples.story import AGENT, MANAGER, TEAM, at
from shared.events.routing import (
    ComplaintAssigned,
    ComplaintEscalated,
    ComplaintLinkedToCause,
    ComplaintTriaged,
    PolicyVersion,
)
from shared.events.values import Deadlines, LegalClock

DEADLINES: Final = Deadlines(
    acknowledge=at(9, 15), first_response=at(13), resolution=at(16, day=6), legal=at(23, day=31)
)

LAW: Final = LegalClock(rule="es-payment-services", term="answer", due=at(23, day=31), stops="substance")

EXAMPLES: Final[tuple[Payload, ...]] = (
    ComplaintTriaged(
        category="charged_twice",
        severity="medium",
        priority="high",
        language="es",
        treatment=("apathy",),
        policy=PolicyVersion(id="default", version=3),
        calendar="office-madrid",
        deadlines=DEADLINES,
        legal_clocks=(LAW,),
        why=("category charged_twice: said by the sender", "priority high: the customer is angry"),
    ),
    ComplaintAssigned(
        team=TEAM,
        agent=AGENT,
        calendar="office-madrid",
        deadlines=DEADLINES,
        legal_clocks=(LAW,),
        why=("team cards: its products include card", "agent lucia.vega: speaks es, 4 of 20 cases open"),
        moved=("first_response",),
        by=MANAGER,
        reason="The shop's team cannot refund.",
        summary="Charged twice for one order; wants the second 49.90 back.",
    ),
    ComplaintEscalated(
        level=1,
        reason="promise_broken",
        to=MANAGER,
        by=AGENT,
        words="She waited for our call in vain.",
        dossier="7K3M-9Q2X, high, with lucia.vega of cards since 2026-03-02T08:40Z; promises open 1, broken 1.",
    ),
    ComplaintLinkedToCause(cause_id="terminal-17", why="charged twice at the same terminal"),
)
