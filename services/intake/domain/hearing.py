"""What intake makes of what routing and follow-up say. An event is a fact: nothing here refuses.

What no longer fits the state (a wait said while the customer withdrew) goes into the timeline and changes nothing else.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

from services.intake.domain.complaint import (
    KEPT,
    OVER,
    UNTOUCHED,
    Assigned,
    Complaint,
    FirstResponse,
    Owed,
    Resolution,
    Spoken,
    TimelineEntry,
    Triage,
)
from services.intake.domain.ledger import with_first_owner, with_promise
from shared.decision import Decision
from shared.events import Event, Payload, followup, promises, routing, steps

Said: TypeAlias = tuple[str, dict[str, Any], dict[str, Any]]
"""Summary, data for the timeline, and the fields of the complaint that change."""

Deadline: TypeAlias = (
    followup.DeadlineWarned | followup.DeadlineOverdue | followup.DeadlineMoved | followup.DeadlineCorrected
)

Hear: TypeAlias = Callable[[Complaint, Any, Any], Said]


def _triaged(_: Complaint, data: routing.ComplaintTriaged, __: Any) -> Said:
    triage = Triage(category=data.category, severity=data.severity, priority=data.priority, language=data.language)
    said = {"category": data.category, "severity": data.severity, "priority": data.priority}
    return f"Triaged: priority {data.priority}", said, {"triage": triage, "deadlines": data.deadlines}


def _assigned(state: Complaint, data: routing.ComplaintAssigned, __: Any) -> Said:
    """What the system promised before anybody had it is its first owner's; every later hand-over is said."""
    where = f"agent {data.agent} of team {data.team}" if data.agent else f"the queue of team {data.team}"
    fields = {
        "assigned": Assigned(team=data.team, agent=data.agent),
        "deadlines": data.deadlines,
        "promises": with_first_owner(state.promises, data.agent),
    }
    return f"Assigned to {where}", {"team": data.team, "agent": data.agent}, fields


def _escalated(_: Complaint, data: routing.ComplaintEscalated, __: Any) -> Said:
    return f"Escalated to level {data.level}: {data.reason}", {"level": data.level, "to": data.to}, {}


def _linked(_: Complaint, data: routing.ComplaintLinkedToCause, __: Any) -> Said:
    return "Linked to a cause", {"cause_id": data.cause_id}, {}


def _acknowledged(state: Complaint, data: followup.ComplaintAcknowledged, event: Event[Any]) -> Said:
    fields: dict[str, Any] = {"acknowledged_at": state.acknowledged_at or event.time}
    if state.status == "received":
        fields["status"] = "acknowledged"
    return "Acknowledged to the customer", {"promise_id": data.promise_id}, fields


def _responded(state: Complaint, data: followup.ResponseSent, event: Event[Any]) -> Said:
    said = {"response_id": data.response_id, "channel": data.channel, "to": data.to, "occurred_at": data.occurred_at}
    if data.automatic:
        return "Answered automatically", said, {}
    fields = _begun(state)
    measured = data.is_first or data.elapsed_seconds is not None  # not what a colleague who complains says themself
    if data.to != "customer" or not measured or state.has_failed(data.response_id, data.external_reference):
        return f"Answered to {data.to} by {data.channel}", said, fields
    spoken = Spoken(response_id=data.response_id, reference=data.external_reference, at=data.occurred_at)
    fields["spoken"] = (*state.spoken, spoken)[-KEPT:]
    if data.cycle == 1:
        answer = FirstResponse(
            response_id=data.response_id,
            reference=data.external_reference,
            at=data.occurred_at,
            by=data.by,
            channel=data.channel,
            elapsed_seconds=data.elapsed_seconds,
            business_seconds=data.business_seconds,
            within_target=data.within_target,
            also_in=() if state.merged_into is None else (state.merged_into,),
        )
        fields["answers"] = tuple(sorted((*state.answers, answer), key=lambda each: each.at))[:KEPT]
        fields["owed"] = (*state.owed, *_owed_on(state, event.id))
    return f"Answered to {data.to} by {data.channel}", said, fields


def _owed_on(state: Complaint, event_id: str) -> tuple[Owed, ...]:
    """What was answered before the merge, and is heard of after it, is to be known where this one goes on."""
    if state.merged_into is None or state.merged_by is None:
        return ()
    return (Owed(id=f"{event_id}/renew", what="renew", to=state.merged_into, by=state.merged_by),)


def _begun(state: Complaint) -> dict[str, Any]:
    """A person has done something: the complaint is in progress, unless it is further already."""
    return {"status": "in_progress"} if state.status in UNTOUCHED else {}


def _by_a_person(summary: str) -> Hear:
    return lambda state, _, __: (summary, {}, _begun(state))


def _noted(summary: str) -> Hear:
    return lambda _, __, ___: (summary, {}, {})


def _deadline(words: str) -> Hear:
    def hear(_: Complaint, data: Deadline, __: Any) -> Said:
        return f"{words}: {data.clock}", {"clock": data.clock, "deadline": data.deadline}, {}

    return hear


def _promise(words: str) -> Hear:
    def hear(state: Complaint, data: promises.PromisePayload, __: Any) -> Said:
        promise = data.promise
        fields: dict[str, Any] = {"promises": with_promise(state.promises, promise)}
        if isinstance(data, promises.PromiseMade) and promise.said_by == "person":
            fields |= _begun(state)
        said = {"promise_id": promise.id, "kind": promise.kind, "due": promise.due, "status": promise.status}
        return f"{words}: {promise.kind}", said, fields

    return hear


def _waiting(state: Complaint, data: followup.ComplaintWaiting, __: Any) -> Said:
    fits = state.status not in OVER and state.status != "resolved"
    fields = {"status": f"waiting_{data.waiting_for}"} if fits else {}
    return f"Waiting for {data.waiting_for}", {"until": data.until}, fields


def _resumed(state: Complaint, data: followup.ComplaintResumed, __: Any) -> Said:
    fits = state.status in ("waiting_customer", "waiting_internal")
    return f"Resumed: {data.why}", {}, {"status": "in_progress"} if fits else {}


def _resolved(state: Complaint, data: followup.ComplaintResolved, event: Event[Any]) -> Said:
    summary, said = (
        f"Resolved: {data.outcome}",
        {"outcome": data.outcome, "cycle": data.cycle, "remedy_match": data.remedy_match},
    )
    if state.status in OVER:
        return summary, said, {}
    resolution = Resolution(
        at=event.time,
        by=data.by,
        outcome=data.outcome,
        text=data.text,
        reasons=data.reasons,
        next_step=data.next_step,
        remedy_given=data.remedy_given,
        remedy_match=data.remedy_match,
        apology=data.apology,
    )
    return summary, said, {"status": "resolved", "resolution": resolution}


def _verified(state: Complaint, data: followup.ComplaintVerified, __: Any) -> Said:
    changes = {"answer": data.answer, "satisfaction": data.satisfaction}
    resolution = state.resolution and state.resolution.model_copy(update=changes)
    return f"The customer was asked: {data.answer}", {"via": data.via, **changes}, {"resolution": resolution}


def _reopened(state: Complaint, data: followup.ComplaintReopened, __: Any) -> Said:
    summary, said = f"Reopened: {data.reason}", {"reason": data.reason, "cycle": data.cycle}
    if state.status == "withdrawn":
        return summary, said, {}
    return summary, said, {"status": "in_progress", "cycle": data.cycle, "resolution": None}


def _closed(state: Complaint, data: followup.ComplaintClosed, __: Any) -> Said:
    summary, said = f"Closed: {data.verification}", {"verification": data.verification}
    if state.status == "withdrawn":
        return summary, said, {}
    resolution = state.resolution and state.resolution.model_copy(update={"verification": data.verification})
    return summary, said, {"status": "closed", "resolution": resolution}


def _read(_: Complaint, data: steps.ReplyRead, __: Any) -> Said:
    return f"A message was read as {data.reading}", {"message_id": data.message_id, "reading": data.reading}, {}


def _surveyed(_: Complaint, data: steps.SurveyAnswered, __: Any) -> Said:
    return f"The customer {data.result}", {"result": data.result, "never_again": data.never_again}, {}


HEARD: Final[Mapping[type[Payload], Hear]] = {
    routing.ComplaintTriaged: _triaged,
    routing.ComplaintAssigned: _assigned,
    routing.ComplaintEscalated: _escalated,
    routing.ComplaintLinkedToCause: _linked,
    followup.ComplaintAcknowledged: _acknowledged,
    followup.ResponseSent: _responded,
    followup.DeadlineWarned: _deadline("A deadline comes near"),
    followup.DeadlineOverdue: _deadline("A deadline passed unmet"),
    followup.DeadlineMoved: _deadline("A deadline moved"),
    followup.DeadlineCorrected: _deadline("A deadline had not passed unmet"),
    promises.PromiseMade: _promise("Promised"),
    promises.PromiseChecked: _promise("Promise checked"),
    promises.PromiseKept: _promise("Promise kept"),
    promises.PromiseAttempted: _promise("Promise attempted"),
    promises.PromiseBroken: _promise("Promise broken"),
    promises.PromiseFulfilledLate: _promise("Promise fulfilled late"),
    promises.PromiseRenegotiated: _promise("Promise renegotiated"),
    promises.PromiseWithdrawn: _promise("Promise withdrawn"),
    promises.PromiseReminded: _promise("Reminded of a promise"),
    promises.PromiseHandedOver: _promise("Promise handed over"),
    promises.PromiseCorrected: _promise("Promise corrected"),
    followup.FactsAsked: _by_a_person("Facts asked of the customer"),
    followup.FactsGiven: _noted("Facts given"),
    followup.RemedySoughtStated: _noted("The remedy sought is known"),
    followup.SummarySent: _by_a_person("Summary sent to the customer"),
    followup.SummaryConfirmed: _noted("The customer answered the summary"),
    followup.SolutionProposed: _by_a_person("Solution proposed"),
    followup.SolutionChosen: _noted("The customer chose a solution"),
    followup.CompensationRequested: _by_a_person("Compensation requested"),
    followup.CompensationApproved: _noted("Compensation approved"),
    followup.CompensationRefused: _noted("Compensation refused"),
    followup.ComplaintWaiting: _waiting,
    followup.ComplaintResumed: _resumed,
    followup.ComplaintResolved: _resolved,
    followup.ComplaintVerified: _verified,
    followup.ComplaintReopened: _reopened,
    followup.ComplaintClosed: _closed,
    steps.ReplyRead: _read,
    steps.SurveyAsked: _noted("The customer was asked what it was like"),
    steps.SurveyAnswered: _surveyed,
}
"""What intake makes of each type that it hears."""


def hear(state: Complaint, event: Event[Any], *, now: datetime, world: object = None) -> Decision[Complaint]:
    """What was said is in the timeline, and the complaint stands where it says, if that still fits.

    What is heard of a merged one is of before the merge: it says where the complaint stands once it is parted again.
    """
    del world
    summary, data, fields = HEARD[type(event.data)](state.apart(), event.data, event)
    if state.status == "merged" and "status" in fields:
        fields["before_merge"] = fields.pop("status")
    entry = TimelineEntry(
        id=event.id,
        at=event.time,
        type=event.type,
        source=event.source,
        by=getattr(event.data, "by", None),
        summary=summary,
        data=data,
    )
    return Decision(state.changed(now, entry, **fields))


REACTIONS: Final = dict.fromkeys(HEARD, hear)
