"""What follow-up would say about what we promised Ana."""

from decimal import Decimal
from typing import Any, Final

from shared.events.envelope import Payload
from shared.events.examples.story import AGENT, COMPLAINT, MANAGER, NEW_PROMISE, PROMISE, RESPONSE, at
from shared.events.promises import (
    PromiseAttempted,
    PromiseBroken,
    PromiseChecked,
    PromiseCorrected,
    PromiseFulfilledLate,
    PromiseHandedOver,
    PromiseKept,
    PromiseMade,
    PromiseReminded,
    PromiseRenegotiated,
    PromiseWithdrawn,
)
from shared.events.values import Evidence, Money, Promise

OPEN: Final = Promise(
    id=PROMISE,
    complaint_id=COMPLAINT,
    kind="callback",
    words="I will call you today between twelve and two, once the bank has answered.",
    not_before=at(11),
    due=at(13),
    time_zone="Europe/Madrid",
    owner=AGENT,
    fallback_owner=MANAGER,
    channel="phone",
    number="+34600000001",
    made_by=AGENT,
    made_in=RESPONSE,
    why_not_now="The bank answers at eleven.",
    said_by="person",
    made_at=at(9, 49),
)
CALL: Final = Evidence(
    type="call", reference="pbx-77183", occurred_at=at(11, 40), text="Told her the money is on its way."
)
LATE_CALL: Final = Evidence(type="call", reference="pbx-77240", occurred_at=at(15, 5))
UNREACHED: Final = Evidence(type="call", reference="pbx-77190", occurred_at=at(12, 10), text="No answer.")
AGREED: Final = Evidence(type="message", reference="m-311", occurred_at=at(10, 20), text="Tomorrow is fine.")


def _now(**changes: Any) -> Promise:
    return OPEN.model_copy(update=changes)


EXAMPLES: Final[tuple[Payload, ...]] = (
    PromiseMade(
        promise=_now(
            kind="refund",
            amount=Money(value=Decimal("49.90"), currency="EUR"),
            override_reason="She can only talk during her lunch break.",
        ),
        overridden=True,
    ),
    PromiseChecked(promise=OPEN, by=AGENT, on_track=True, note="The bank has confirmed."),
    PromiseKept(promise=_now(status="kept", settled_at=at(11, 45), evidence=CALL), evidence=CALL),
    PromiseAttempted(promise=_now(status="attempted", settled_at=at(13), evidence=UNREACHED), evidence=UNREACHED),
    PromiseBroken(promise=_now(status="broken", settled_at=at(13), broken_at=at(13))),
    PromiseFulfilledLate(
        promise=_now(status="broken", settled_at=at(13), broken_at=at(13), late_at=at(15, 5), evidence=LATE_CALL),
        evidence=LATE_CALL,
    ),
    PromiseRenegotiated(
        promise=_now(status="renegotiated", settled_at=at(10, 30), replaced_by=NEW_PROMISE),
        by=AGENT,
        agreed_by_customer=True,
        proposed_due=at(11, day=3),
        words="I will call you tomorrow at twelve instead.",
        evidence=AGREED,
    ),
    PromiseWithdrawn(promise=_now(status="withdrawn", settled_at=at(10, 40)), by=AGENT, words="No need to call me."),
    PromiseReminded(promise=OPEN, to=MANAGER, fallback=True, why="inner_late"),
    PromiseHandedOver(promise=_now(owner=MANAGER), from_owner=AGENT, to_owner=MANAGER, why="absence"),
    PromiseCorrected(
        promise=_now(status="kept", settled_at=at(11, 45), broken_at=at(13), evidence=CALL),
        from_status="broken",
        to_status="kept",
        why="The telephone system delivered the call's record after the promise fell due.",
    ),
)
