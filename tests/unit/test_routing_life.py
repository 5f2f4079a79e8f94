"""A complaint's life as routing sees it: from coming in to coming back."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.assignment import KEPT, kept
from services.routing.domain.hearing import on_response
from services.routing.domain.reactions import BIRTHS
from services.routing.domain.world import Grant, World
from shared.events import Payload, followup, intake, promises
from shared.events.routing import ComplaintAssigned, ComplaintTriaged
from tests.support.routing import (
    MONDAY,
    OVERDUE,
    REOPENED,
    RESOLVED,
    RULES,
    complaint,
    later,
    promise,
    react,
    received,
    reference,
    response,
    world,
)


def test_a_complaint_is_triaged_then_assigned_in_one_decision() -> None:
    decision = received("ana", signals=["anger"])
    triaged, assigned = decision.events
    case = decision.state
    assert isinstance(triaged, ComplaintTriaged)
    assert isinstance(assigned, ComplaintAssigned)
    assert (assigned.team, assigned.agent, assigned.calendar) == ("cards", "ana", "office")
    assert assigned.deadlines == triaged.deadlines == case.deadlines
    assert triaged.deadlines.first_response == MONDAY + timedelta(hours=4)  # high: four business hours
    assert (triaged.policy.id, triaged.policy.version) == ("default", 1)
    assert (case.open, case.waiting, case.agent, case.place, case.turn) == (True, False, "ana", 0, 1)
    assert triaged.why
    assert assigned.why


def test_without_a_free_agent_it_waits_in_its_teams_queue() -> None:
    decision = received(None)
    case, assigned = decision.state, decision.events[1]
    assert isinstance(assigned, ComplaintAssigned)
    assert (case.open, case.waiting, case.agent, case.team) == (True, True, None, "cards")
    assert assigned.agent is None
    assert assigned.why


def test_with_no_organisation_at_all_it_waits_around_the_clock() -> None:
    empty = World(reference(teams={}, agents={}, policies={}), RULES)
    decision = react(None, complaint(product="card"), empty)
    assert (decision.state.team, decision.state.waiting) == ("around-the-clock", True)
    assert decision.state.deadlines.first_response is None
    assert decision.state.policy.version == 0


def test_a_historical_complaint_is_triaged_and_never_queued() -> None:
    decision = received("ana", historical=True)
    (triaged,) = decision.events
    assert isinstance(triaged, ComplaintTriaged)
    assert triaged.historical
    assert triaged.deadlines.model_dump(exclude_none=True) == {}
    assert (decision.state.open, decision.state.waiting, decision.state.team) == (False, False, None)
    for payload in (OVERDUE, REOPENED, intake.ComplaintUnmerged(out_of="k-2", by="ana"), response()):
        after = react(decision.state, payload)
        assert not after.events
        assert not after.state.open


def test_an_anonymous_one_has_nobody_to_answer() -> None:
    deadlines = received("ana", complainant={"anonymous": True}, customer_id=None).state.deadlines
    assert (deadlines.acknowledge, deadlines.first_response) == (None, None)
    assert deadlines.resolution is not None


def test_who_complains_is_remembered_by_every_name() -> None:
    case = received("ben", complainant={"email": "Ana@Example.org", "external_id": "ANA"}).state
    assert case.complainant == ("ana", "ana@example.org")


@pytest.mark.parametrize(
    "ending",
    [
        RESOLVED,
        followup.ComplaintClosed(verification="verified"),
        intake.ComplaintWithdrawn(),
        intake.ComplaintMerged(into="k-2", by="ana"),
    ],
)
def test_what_ends_takes_no_place(ending: Payload) -> None:
    case = received("ana").state
    after = react(case, ending).state
    assert (after.open, after.waiting, after.agent, after.place) == (False, False, "ana", None)
    assert after.turn > case.turn
    assert react(after, ending).state == after


def test_reopened_it_begins_a_new_cycle_with_its_agent() -> None:
    answered = react(received("ana").state, response()).state
    case = react(answered, RESOLVED).state
    decision = react(case, REOPENED, world("ana", turn=case.turn), later(2))
    (assigned,) = decision.events
    assert isinstance(assigned, ComplaintAssigned)
    assert (assigned.agent, assigned.cycle) == ("ana", 2)
    assert assigned.moved == ("first_response", "resolution")
    assert decision.state.place == case.turn < decision.state.turn
    assert decision.state.started_at == later(2)
    assert decision.state.open_clocks() == ("first_response", "resolution")


def test_the_new_cycle_starts_where_follow_up_says() -> None:
    case = react(received("ana").state, RESOLVED).state
    decision = react(case, REOPENED.model_copy(update={"started_at": later(1)}), world("ana", turn=case.turn), later(2))
    assert decision.state.started_at == later(1)
    assert decision.state.deadlines.first_response == MONDAY + timedelta(days=1)  # eight business hours


def test_reopened_to_someone_off_shift_it_waits_in_the_queue() -> None:
    case = react(received("ana").state, RESOLVED).state
    decision = react(case, REOPENED, world(None), later(12))
    assert (decision.state.agent, decision.state.waiting, decision.state.open) == (None, True, True)


def test_unmerged_it_goes_on_as_before() -> None:
    case = react(received("ana").state, intake.ComplaintMerged(into="k-2", by="ana")).state
    back = intake.ComplaintUnmerged(out_of="k-2", by="ana")
    decision = react(case, back, world("ben", turn=case.turn))
    assert (decision.state.agent, decision.state.cycle, decision.state.open) == ("ben", 1, True)
    assert not react(decision.state, back).events


MERGED, UNMERGED = intake.ComplaintMerged(into="k-2", by="ana"), intake.ComplaintUnmerged(out_of="k-2", by="ana")


@pytest.mark.parametrize(
    "life",
    [
        (RESOLVED, MERGED),
        (followup.ComplaintClosed(verification="verified"), MERGED),
        (MERGED, RESOLVED),
        (REOPENED, RESOLVED, MERGED),
    ],
)
def test_unmerged_it_takes_no_place_if_it_was_over_before(life: tuple[Payload, ...]) -> None:
    case = received("ana").state
    for payload in life:
        case = react(case, payload).state
    decision = react(case, UNMERGED, world("ben", turn=case.turn))
    assert decision.state == case
    assert not decision.events


def test_reopened_after_its_result_it_goes_on_when_it_is_unmerged() -> None:
    case = received("ana").state
    for payload in (RESOLVED, REOPENED, MERGED):
        case = react(case, payload).state
    assert react(case, UNMERGED).state.open


def test_clocks_stop_and_a_failed_response_starts_its_clock_again() -> None:
    case = received("ana").state
    assert case.open_clocks() == ("acknowledge", "first_response", "resolution")
    case = react(case, followup.ComplaintAcknowledged(text="we have it", language="en")).state
    case = react(case, response()).state
    assert case.open_clocks() == ("resolution",)
    case = react(case, intake.ResponseFailed(response_id="r-1", occurred_at=MONDAY)).state
    assert case.open_clocks() == ("first_response", "resolution")
    assert react(case, response()).state == case, "its failure was heard of first"
    told = response("r-2", external_reference="smtp-7")
    bounced = intake.ResponseFailed(response_id="smtp-7", occurred_at=MONDAY)
    assert react(react(case, told).state, bounced).state.open_clocks() == ("first_response", "resolution")
    known = react(case, bounced).state
    assert react(known, told).state == known, "its failure was heard of first, by the channel's own reference"
    assert react(case, RESOLVED).state.open_clocks() == ()


@pytest.mark.parametrize(
    "no_answer",
    [
        response(automatic=True),
        response(to="internal"),
        response(to="third_party"),
        response(cycle=2),
        response(elapsed_seconds=None),
    ],
)
def test_what_is_no_answer_by_a_person_to_the_customer_stops_nothing(no_answer: followup.ResponseSent) -> None:
    case = received("ana").state
    assert react(case, no_answer).state == case


def test_open_promises_are_kept_until_they_are_settled() -> None:
    case = react(received("ana").state, promises.PromiseMade(promise=promise())).state
    case = react(case, promises.PromiseMade(promise=promise("p-2"))).state
    assert [(task.id, task.owner) for task in case.promises] == [("p-1", "ana"), ("p-2", "ana")]
    done = promises.PromiseWithdrawn(promise=promise(status="withdrawn"))
    assert [task.id for task in react(case, done).state.promises] == ["p-2"]


def test_lists_filled_by_events_stay_bounded() -> None:
    assert kept(range(KEPT), KEPT, 5) == tuple(range(1, KEPT + 1))


def test_erased_nothing_says_who_complained() -> None:
    case = received("ben", about=[{"agent": "ana"}, {"name": "that man"}]).state
    after = react(case, intake.ComplaintErased(by="boss")).state
    assert (after.customer_id, after.complainant) == (None, ())
    assert [subject.model_dump(exclude_none=True) for subject in after.about] == [{"agent": "ana"}]


STEPS: list[Payload] = [
    RESOLVED,
    REOPENED,
    OVERDUE,
    response(),
    intake.ComplaintWithdrawn(),
    intake.ComplaintMerged(into="k-2", by="ana"),
    intake.ComplaintUnmerged(out_of="k-2", by="ana"),
    intake.ComplaintErased(by="ana"),
    intake.ResponseFailed(response_id="r-1", occurred_at=MONDAY),
    followup.ComplaintAcknowledged(text="x", language="en"),
    followup.ComplaintClosed(verification="unverified"),
    followup.ComplaintVerified(answer="no", via="call"),
    promises.PromiseMade(promise=promise()),
    promises.PromiseBroken(promise=promise(status="broken")),
]


@given(
    steps=st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from([None, "ana", "ben"]))),
    first=st.sampled_from([None, "ana"]),
    historical=st.booleans(),
    signals=st.lists(st.sampled_from(["anger", "safety"]), max_size=2),
)
def test_a_live_complaint_is_always_in_some_queue(
    steps: list[tuple[Payload, str | None]], first: str | None, historical: bool, signals: list[str]
) -> None:
    case = received(first, historical=historical, signals=signals).state
    for seq, (payload, free) in enumerate(steps, start=2):
        grant = Grant(free, ("because",), case.turn)
        here = World(reference(), RULES, {"k-1": grant})
        decision = react(case, payload, here, later(seq), seq)
        after = decision.state
        assert after.waiting == (after.open and after.agent is None)
        assert (after.place is not None) == (after.open and after.agent is not None)
        assert after.place is None or after.place < after.turn
        assert not after.open or (after.team and not after.over)
        assert not (historical and (after.open or decision.events))
        assert after.turn >= case.turn
        for said in decision.events:
            assert not isinstance(said, ComplaintAssigned) or (said.why and said.team)
        case = after


def test_only_a_received_complaint_makes_a_document() -> None:
    assert {intake.ComplaintReceived} == BIRTHS
    assert on_response.__doc__
