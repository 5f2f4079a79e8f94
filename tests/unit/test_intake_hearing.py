"""What intake knows of a complaint's life from what routing and follow-up say."""

from datetime import datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain import REACTIONS, Complaint
from services.intake.domain.complaint import KEPT, OVER, DeliveryReport
from services.intake.domain.hearing import hear
from shared.events import PAYLOADS, Event, Payload, followup, promises, routing, steps
from shared.events.values import Deadlines, Promise
from shared.events.vocabulary import Status
from tests.unit.test_intake_receiving import NOW, taken, told

DUE = NOW + timedelta(days=1)
DEADLINES = Deadlines(first_response=DUE)


def complaint(**fields: Any) -> Complaint:
    """A complaint, with these fields of the document."""
    return taken(told()).state.model_copy(update=fields)


def heard(state: Complaint, *payloads: Payload, at: datetime = NOW) -> Complaint:
    """The complaint after these were said."""
    for number, payload in enumerate(payloads, start=state.timeline_count):
        event = Event(f"e{number}", payload.type, payload.source, number, "c1", at, payload)
        state = hear(state, event, now=at).state
    return state


def promise(promise_id: str = "p1", **fields: Any) -> Promise:
    """A promise."""
    told_: dict[str, Any] = {"kind": "callback", "words": "I'll call", "due": DUE, "said_by": "person", "made_at": NOW}
    return Promise(id=promise_id, complaint_id="c1", **told_ | fields)


def response(response_id: str = "r1", **fields: Any) -> followup.ResponseSent:
    """A response by a person to the customer."""
    told_: dict[str, Any] = {"by": "luis", "channel": "email", "occurred_at": NOW, "elapsed_seconds": 60.0}
    return followup.ResponseSent(response_id=response_id, **told_ | fields)


TRIAGED = routing.ComplaintTriaged(
    category="delivery", severity="low", priority="high", language="es", calendar="office", deadlines=DEADLINES,
    policy=routing.PolicyVersion(id="default", version=1), why=("a table",),
)  # fmt: skip
ASSIGNED = routing.ComplaintAssigned(team="north", agent="luis", calendar="office", deadlines=DEADLINES, why=())
QUEUED = ASSIGNED.model_copy(update={"agent": None})
ACKNOWLEDGED = followup.ComplaintAcknowledged(text="We have it", language="es", promise_id="p1")
WAITING = followup.ComplaintWaiting(by="luis", waiting_for="customer")
RESUMED = followup.ComplaintResumed(by="luis", why="command")
RESOLVED = followup.ComplaintResolved(by="luis", outcome="upheld", text="A new one is on its way", elapsed_seconds=5)
VERIFIED = followup.ComplaintVerified(answer="yes", via="call", satisfaction=4)
REOPENED = followup.ComplaintReopened(reason="not_solved", cycle=2)
CLOSED = followup.ComplaintClosed(verification="verified")
MONEY: Any = {"value": "5", "currency": "EUR"}
BY_A_PERSON: list[Payload] = [
    followup.FactsAsked(by="luis", facts=("order",)),
    followup.SummarySent(by="luis", text="So it was late"),
    followup.SolutionProposed(by="luis", options=("a", "b")),
    followup.CompensationRequested(by="luis", amount=MONEY),
    response(),
    promises.PromiseMade(promise=promise()),
]
NOTED: list[Payload] = [
    followup.FactsGiven(facts={"order": "5"}),
    followup.RemedySoughtStated(remedy={"kind": "refund"}),
    followup.SummaryConfirmed(confirmed=True),
    followup.SolutionChosen(option="a"),
    followup.CompensationApproved(by="eva", amount=MONEY),
    followup.CompensationRefused(by="eva", amount=MONEY),
    followup.DeadlineWarned(clock="first_response", deadline=DUE, age_seconds=5),
    followup.DeadlineMoved(clock="next_response", deadline=DUE, before=DUE, why="its hours changed"),
    followup.DeadlineOverdue(clock="legal", deadline=DUE, age_seconds=5),
    promises.PromiseMade(promise=promise(said_by="system")),
    response(automatic=True),
    routing.ComplaintEscalated(level=2, reason="anger", to="eva"),
    routing.ComplaintLinkedToCause(cause_id="x1"),
    TRIAGED,
    ASSIGNED,
]
ALL = [*BY_A_PERSON, *NOTED, QUEUED, ACKNOWLEDGED, WAITING, RESUMED, RESOLVED, VERIFIED, REOPENED, CLOSED]


def test_everything_that_routing_and_followup_say_is_heard() -> None:
    assert set(REACTIONS) == {cls for cls in PAYLOADS.values() if cls.source in ("routing", "followup")}


def test_triage_and_assignment_are_known() -> None:
    state = heard(complaint(), TRIAGED, QUEUED, ASSIGNED)
    assert state.triage is not None
    assert (state.triage.priority, state.triage.category) == ("high", "delivery")
    assert state.deadlines == DEADLINES
    assert state.assigned is not None
    assert (state.assigned.team, state.assigned.agent) == ("north", "luis")
    assert [entry.summary for entry in state.timeline[-2:]] == [
        "Assigned to the queue of team north",
        "Assigned to agent luis of team north",
    ]


def test_acknowledged_is_not_answered() -> None:
    state = heard(complaint(), ACKNOWLEDGED)
    assert (state.status, state.acknowledged_at, state.first_response) == ("acknowledged", NOW, None)
    later = heard(state, response(), ACKNOWLEDGED, at=DUE)
    assert (later.status, later.acknowledged_at) == ("in_progress", NOW)


@pytest.mark.parametrize("payload", BY_A_PERSON, ids=lambda each: each.type)
def test_what_a_person_does_puts_it_in_progress(payload: Payload) -> None:
    assert heard(complaint(), payload).status == "in_progress"
    assert heard(complaint(status="waiting_internal"), payload).status == "waiting_internal"


@pytest.mark.parametrize("payload", NOTED, ids=lambda each: each.type)
def test_what_no_person_does_for_the_customer_leaves_it_where_it_is(payload: Payload) -> None:
    assert heard(complaint(), payload).status == "received"


def test_the_first_response_is_the_earliest_by_a_person_to_the_customer_that_has_not_failed() -> None:
    state = heard(
        complaint(reports=(DeliveryReport(response_id="r0", delivered=False),)),
        response("r0", occurred_at=NOW - timedelta(hours=2)),
        response("r1", automatic=True),
        response("r2", to="internal"),
        response("r3", elapsed_seconds=None),
        response("r4", cycle=2),
        response("r5"),
        response("r6", elapsed_seconds=None, is_first=True, occurred_at=NOW - timedelta(hours=1)),
    )
    assert [answer.response_id for answer in state.answers] == ["r6", "r5"]
    assert state.first_response is not None
    assert state.first_response.response_id == "r6"


def test_promises_are_known_by_their_newest_word() -> None:
    state = heard(
        complaint(),
        promises.PromiseMade(promise=promise("p1")),
        promises.PromiseMade(promise=promise("p2")),
        promises.PromiseBroken(promise=promise("p1", status="broken", broken_at=DUE)),
    )
    assert [(each.id, each.status) for each in state.promises] == [("p1", "broken"), ("p2", "open")]
    assert state.timeline[-1].summary == "Promise broken: callback"


def test_above_the_bound_the_oldest_settled_promise_goes_first() -> None:
    kept = tuple(promise(f"p{n}", status="kept" if n == 7 else "open") for n in range(KEPT))
    state = heard(complaint(promises=kept), promises.PromiseMade(promise=promise("new")))
    assert len(state.promises) == KEPT
    assert {"p7", "new"} & {each.id for each in state.promises} == {"new"}
    all_open = tuple(promise(f"p{n}") for n in range(KEPT))
    state = heard(complaint(promises=all_open), promises.PromiseMade(promise=promise("new")))
    assert [state.promises[0].id, state.promises[-1].id] == ["p1", "new"]


def test_waiting_and_resuming() -> None:
    state = heard(complaint(), WAITING)
    assert state.status == "waiting_customer"
    assert heard(state, RESUMED).status == "in_progress"
    assert heard(complaint(status="resolved"), WAITING).status == "resolved"
    assert heard(complaint(status="resolved"), RESUMED).status == "resolved"


def test_resolved_verified_closed() -> None:
    state = heard(complaint(), RESOLVED)
    assert state.status == "resolved"
    state = heard(state, VERIFIED, CLOSED)
    assert state.status == "closed"
    assert state.resolution is not None
    assert (state.resolution.outcome, state.resolution.answer, state.resolution.satisfaction) == ("upheld", "yes", 4)
    assert state.resolution.verification == "verified"
    assert heard(complaint(), VERIFIED).resolution is None


def test_reopened_begins_a_new_cycle_and_keeps_the_first_response() -> None:
    state = heard(complaint(), response(), RESOLVED, CLOSED, REOPENED)
    assert (state.status, state.cycle, state.resolution) == ("in_progress", 2, None)
    assert state.first_response is not None


@pytest.mark.parametrize("payload", ALL, ids=lambda each: each.type)
def test_merged_it_stands_where_what_is_heard_of_late_puts_it_once_it_is_parted(payload: Payload) -> None:
    for stood in ("received", "acknowledged", "in_progress", "resolved"):
        merged = heard(complaint(status="merged", before_merge=stood), payload)
        apart = heard(complaint(status=stood), payload)
        assert (merged.status, merged.apart().status, merged.resolution) == ("merged", apart.status, apart.resolution)


@pytest.mark.parametrize("payload", ALL, ids=lambda each: each.type)
def test_what_no_longer_fits_is_in_the_timeline_and_moves_nothing(payload: Payload) -> None:
    state = heard(complaint(status="withdrawn"), payload)
    assert state.status == "withdrawn"
    assert state.resolution is None
    assert state.timeline[-1].type == payload.type


@given(st.lists(st.sampled_from(ALL), max_size=30))
def test_in_whatever_order_things_are_said_the_document_stays_whole(payloads: list[Payload]) -> None:
    state = heard(complaint(), *payloads)
    assert state.status in get_args(Status)
    assert state.timeline_count == len(payloads) + 1
    assert [entry.type for entry in state.timeline[1:]] == [payload.type for payload in payloads]
    stored = state.model_dump(mode="python")
    assert Complaint.model_validate(stored).model_dump(mode="python") == stored
    assert all("luis" not in str(entry.data) for entry in state.timeline if entry.type == "response.sent")
    if state.status in OVER:
        assert heard(state, WAITING).status == state.status


def test_the_timeline_keeps_its_last_entries_and_counts_all() -> None:
    state = heard(complaint(), *[RESUMED] * (KEPT + 5))
    assert (len(state.timeline), state.timeline_count) == (KEPT, KEPT + 6)
    assert state.timeline[0].type == RESUMED.type


def test_how_a_message_was_read_and_what_was_answered_afterwards_stand_in_the_timeline() -> None:
    read = steps.ReplyRead(message_id="m1", reading="thanks", why="it says thanks")
    state = heard(complaint(), read, steps.SurveyAnswered(result="declined", never_again=True))
    summaries = [entry.summary for entry in state.timeline[-2:]]
    assert summaries == ["A message was read as thanks", "The customer declined"]


def test_what_a_colleague_who_complains_says_themself_answers_nobody() -> None:
    state = heard(complaint(), response(is_first=False, elapsed_seconds=None))
    assert (state.spoken, state.first_response) == ((), None)
    assert heard(complaint(), response()).spoken
