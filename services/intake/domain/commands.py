"""What may be asked about a complaint that is ours already."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.intake.domain.complaint import (
    KEPT,
    OVER,
    Complaint,
    DeliveryReport,
    FirstResponse,
    Owed,
    Spoken,
    TimelineEntry,
)
from services.intake.domain.receiving import not_later
from services.intake.domain.told import Line, Words
from shared.decision import Conflict, Decision
from shared.events.intake import ComplaintWithdrawn, ResponseDelivered, ResponseFailed
from shared.events.values import Frozen, Instant
from shared.events.vocabulary import Status

_STRICT = ConfigDict(frozen=True, extra="forbid")
_OTHER_END = {"closed": "is closed", "withdrawn": "is withdrawn already", "merged": "goes on in another complaint"}


class Withdrawal(BaseModel):
    """The customer takes the complaint back."""

    model_config = _STRICT

    reason: Words | None = None


class ToldDelivery(BaseModel):
    """What became of a response, as its channel reports it. `class`: the report's own, such as `5.1.1` (RFC 3463)."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    response_id: Line
    status: Literal["delivered", "failed"]
    failure_class: Annotated[Line, StringConstraints(max_length=50)] | None = Field(default=None, alias="class")
    occurred_at: Instant


class StatusReceipt(Frozen):
    """The answer to a command that changes where the complaint stands."""

    id: str
    number: str
    status: Status


class ReportReceipt(Frozen):
    """The answer to a delivery report."""

    complaint_id: str
    response_id: str
    status: Literal["delivered", "failed"]


def withdraw(
    state: Complaint, *, ask: Withdrawal, entry_id: str, now: datetime, world: object = None
) -> Decision[Complaint]:
    """The complaint is taken back, and all that go on in it; their open promises are withdrawn with it, by follow-up.

    Refused when it is over already.
    """
    del world
    if state.status in OVER:
        raise Conflict(f"The complaint {_OTHER_END[state.status]}.", status_now=state.status)
    entry = _entry(entry_id, ComplaintWithdrawn.type, now, "Withdrawn by the customer")
    taken = _taken_back(state, ask.reason, entry, now, said_at=None)
    answer = StatusReceipt(id=state.id, number=state.number, status=taken.state.status)
    return Decision(taken.state, taken.events, answer)


def withdrawn_with(
    state: Complaint, *, other: Complaint, owed: Owed, now: datetime, world: object = None
) -> Decision[Complaint]:
    """The customer has taken back the one in which it goes on, and so this one, at that instant.

    Not what has parted again.
    """
    del world
    if state.status != "merged" or state.merged_into != other.id:
        return Decision(state)
    summary = f"Withdrawn by the customer with {other.number}"
    entry = _entry(owed.id, ComplaintWithdrawn.type, now, summary, {"with": other.id})
    return _taken_back(state, owed.why, entry, now, said_at=owed.occurred_at)


def _taken_back(
    state: Complaint, reason: str | None, entry: TimelineEntry, now: datetime, *, said_at: datetime | None
) -> Decision[Complaint]:
    at = said_at or now
    owed = [Owed(id=f"{entry.id}/{one}", what="withdraw", to=one, why=reason, occurred_at=at) for one in state.absorbed]
    changed = state.changed(now, entry, status="withdrawn", owed=(*state.owed, *owed))
    return Decision(changed, [ComplaintWithdrawn(reason=reason, said_at=said_at)])


def report_delivery(
    state: Complaint, *, ask: ToldDelivery, entry_id: str, now: datetime, world: object = None
) -> Decision[Complaint]:
    """It is known whether a response reached the customer. A failed one counts as never sent, and stays failed.

    The response need not be known here yet: its event may come after the report. The same report again changes
    nothing. Every complaint in which a failed answer counts too, because this one went on there, hears of it.
    """
    del world
    not_later(ask.occurred_at, now)
    answer = ReportReceipt(complaint_id=state.id, response_id=ask.response_id, status=ask.status)
    delivered = ask.status == "delivered"
    before = next((report for report in state.reports if report.response_id == ask.response_id), None)
    if before is not None and (before.delivered == delivered or not before.delivered):
        return Decision(state, [], answer)
    event: ResponseDelivered | ResponseFailed
    if delivered:
        event = ResponseDelivered(response_id=ask.response_id, occurred_at=ask.occurred_at)
    else:
        event = ResponseFailed(
            response_id=ask.response_id, failure_class=ask.failure_class, occurred_at=ask.occurred_at
        )
    report = DeliveryReport(response_id=ask.response_id, delivered=delivered)
    summary = "A response was delivered" if delivered else "A response could not be delivered"
    data: dict[str, str | None] = {"response_id": ask.response_id, "class": ask.failure_class}
    changed = state.changed(
        now,
        _entry(entry_id, event.type, now, summary, data),
        reports=(*(known for known in state.reports if known.response_id != ask.response_id), report)[-KEPT:],
        **({} if delivered else _without(state, ask, entry_id)),
    )
    return Decision(changed, [event], answer)


def _without(state: Complaint, failed: ToldDelivery, entry_id: str) -> dict[str, Any]:
    """What stands without that answer; each complaint in which it counts too is to hear of it."""

    def is_it(one: FirstResponse | Spoken) -> bool:
        return failed.response_id in (one.response_id, one.reference)

    owed = [
        Owed(
            id=f"{entry_id}/{one.response_id}/{to}",
            what="unanswered",
            to=to,
            response_id=one.response_id,
            occurred_at=failed.occurred_at,
        )
        for one in state.answers
        if is_it(one)
        for to in one.also_in
    ]
    return {
        "answers": tuple(one for one in state.answers if not is_it(one)),
        "spoken": tuple(one for one in state.spoken if not is_it(one)),
        "owed": (*state.owed, *owed),
    }


def unanswered_there(
    state: Complaint, *, other: Complaint, owed: Owed, now: datetime, world: object = None
) -> Decision[Complaint]:
    """The other complaint's answer, which counted here too, did not arrive; another valid one of it counts on."""
    name, at = other.name_elsewhere(owed.response_id), owed.occurred_at or now
    ask = ToldDelivery(response_id=name, status="failed", occurred_at=at)
    return report_delivery(state, ask=ask, entry_id=f"{owed.id}/entry", now=now, world=world)


def _entry(
    entry_id: str, kind: str, now: datetime, summary: str, data: dict[str, str | None] | None = None
) -> TimelineEntry:
    return TimelineEntry(
        id=entry_id, at=now, type=kind, source="intake", by="customer", summary=summary, data=data or {}
    )
