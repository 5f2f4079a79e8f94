"""A complaint's life as routing sees it: from coming in to coming back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.assignment import KEPT, Assignment, kept
from services.routing.domain.hearing import on_response
from services.routing.domain.reactions import BIRTHS, REACTIONS
from services.routing.domain.renewing import refreshed, stale, tick
from services.routing.domain.world import Grant, World
from shared.decision import Decision
from shared.events import Payload, followup, intake
from shared.events.routing import ComplaintAssigned, ComplaintEscalated, ComplaintTriaged
from shared.events.values import Promise
from tests.support.routing import MONDAY, POLICY, RULES, TEAMS, complaint, heard, later, received, reference, world


def react(
    case: Assignment | None, payload: Payload, here: World | None = None, at: datetime = MONDAY, seq: int = 2
) -> Decision[Assignment]:
    event = heard(payload, at=at, seq=seq)
    return REACTIONS[type(payload)](case, event, now=at, world=here or world())


def response(name: str = "r-1", **fields: Any) -> followup.ResponseSent:
    known: dict[str, Any] = {"response_id": name, "by": "ana", "channel": "email", "occurred_at": MONDAY, **fields}
    return followup.ResponseSent.model_validate(known)


def promise(name: str = "p-1", **fields: Any) -> Promise:
    known: dict[str, Any] = {
        "id": name, "complaint_id": "k-1", "kind": "callback", "words": "I will call", "due": later(3), "owner": "ana",
        "said_by": "person", "made_at": MONDAY, **fields,
    }  # fmt: skip
    return Promise.model_validate(known)


RESOLVED = followup.ComplaintResolved(by="ana", outcome="upheld", text="done", elapsed_seconds=1)
REOPENED = followup.ComplaintReopened(reason="not_solved", cycle=2)
OVERDUE = followup.DeadlineOverdue(clock="first_response", deadline=MONDAY, age_seconds=1)


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


def test_clocks_stop_and_a_failed_response_starts_its_clock_again() -> None:
    case = received("ana").state
    assert case.open_clocks() == ("acknowledge", "first_response", "resolution")
    case = react(case, followup.ComplaintAcknowledged(text="we have it", language="en")).state
    case = react(case, response()).state
    assert case.open_clocks() == ("resolution",)
    case = react(case, intake.ResponseFailed(response_id="r-1", occurred_at=MONDAY)).state
    assert case.open_clocks() == ("first_response", "resolution")
    assert react(case, response()).state == case, "its failure was heard of first"
    assert react(case, RESOLVED).state.open_clocks() == ()


@pytest.mark.parametrize(
    "no_answer", [response(automatic=True), response(to="internal"), response(to="third_party"), response(cycle=2)]
)
def test_what_is_no_answer_by_a_person_to_the_customer_stops_nothing(no_answer: followup.ResponseSent) -> None:
    case = received("ana").state
    assert react(case, no_answer).state == case


def test_who_is_angry_is_heard_out_and_then_passed_up_once() -> None:
    case = received("ana", signals=["anger"]).state
    decision = react(case, response())
    (escalated,) = decision.events
    assert isinstance(escalated, ComplaintEscalated)
    assert (escalated.level, escalated.reason, escalated.to) == (1, "anger", "lead")
    assert not react(decision.state, response("r-2")).events
    assert not react(received("ana").state, response()).events


def test_what_is_late_is_passed_up_once_a_clock_and_cycle() -> None:
    decision = react(received("ana").state, OVERDUE)
    (escalated,) = decision.events
    assert isinstance(escalated, ComplaintEscalated)
    assert (escalated.level, escalated.reason, escalated.to) == (1, "overdue", "lead")
    assert not react(decision.state, OVERDUE).events
    again = OVERDUE.model_copy(update={"cycle": 2})
    assert react(decision.state, again).events
    assert not react(decision.state, OVERDUE.model_copy(update={"clock": "acknowledge"})).events


def test_a_second_broken_promise_goes_two_levels_up() -> None:
    def broken(name: str, **fields: Any) -> followup.PromiseBroken:
        return followup.PromiseBroken(promise=promise(name, status="broken", **fields))

    case = react(received("ana").state, followup.PromiseMade(promise=promise())).state
    first = react(case, broken("p-1"))
    assert first.state.promises == ()
    assert not react(first.state, broken("p-1")).events
    assert not react(first.state, broken("p-0", said_by="system")).events
    second = react(first.state, broken("p-2"))
    third = react(second.state, broken("p-3"))
    told = [decision.events[0] for decision in (first, second, third)]
    assert [(x.level, x.to) for x in told if isinstance(x, ComplaintEscalated)] == [
        (1, "lead"),
        (2, "boss"),
        (2, "boss"),
    ]


def test_each_no_of_the_customer_goes_one_level_higher() -> None:
    case, levels = received("ana").state, []
    for seq in range(2, 6):
        decision = react(case, followup.ComplaintVerified(answer="no", via="call"), seq=seq)
        (escalated,), case = decision.events, decision.state
        assert isinstance(escalated, ComplaintEscalated)
        levels.append((escalated.level, escalated.reason))
    assert levels == [(n, "verification_no") for n in (1, 2, 3, 3)]
    assert not react(case, followup.ComplaintVerified(answer="yes", via="call")).events


def test_nobody_is_told_about_themselves() -> None:
    case = received("ana", about=[{"agent": "lead"}]).state
    (escalated,) = react(case, OVERDUE).events
    assert isinstance(escalated, ComplaintEscalated)
    assert escalated.to == "boss"


def test_open_promises_are_kept_until_they_are_settled() -> None:
    case = react(received("ana").state, followup.PromiseMade(promise=promise())).state
    case = react(case, followup.PromiseMade(promise=promise("p-2"))).state
    assert [(task.id, task.owner) for task in case.promises] == [("p-1", "ana"), ("p-2", "ana")]
    done = followup.PromiseWithdrawn(promise=promise(status="withdrawn"))
    assert [task.id for task in react(case, done).state.promises] == ["p-2"]


def test_lists_filled_by_events_stay_bounded() -> None:
    assert kept(range(KEPT), KEPT, 5) == tuple(range(1, KEPT + 1))


def test_erased_nothing_says_who_complained() -> None:
    case = received("ben", about=[{"agent": "ana"}, {"name": "that man"}]).state
    after = react(case, intake.ComplaintErased(by="boss")).state
    assert (after.customer_id, after.complainant) == (None, ())
    assert [subject.model_dump(exclude_none=True) for subject in after.about] == [{"agent": "ana"}]


def newer(kind: str, name: str, **changed: Any) -> World:
    known = reference(**changed)
    return World(reference(**changed, versions={**known.versions, (kind, name): 2}), RULES)


HALF = POLICY.model_copy(
    update={"targets": tuple(t.model_copy(update={"minutes": t.minutes * 2}) for t in POLICY.targets)}
)


def test_a_new_policy_moves_what_is_open_and_says_so() -> None:
    case = react(received("ana").state, response()).state
    decision = tick(case, now=later(1), world=newer("policy", "default", policies={"default": HALF}))
    (triaged,) = decision.events
    assert isinstance(triaged, ComplaintTriaged)
    assert triaged.again
    assert triaged.policy.version == 2
    assert triaged.deadlines.first_response == case.deadlines.first_response, "answered: it stays"
    assert triaged.deadlines.resolution != case.deadlines.resolution


def test_a_new_policy_that_moves_nothing_is_not_said() -> None:
    decision = tick(received("ana").state, now=later(1), world=newer("policy", "default"))
    assert not decision.events
    assert decision.state.policy.version == 2


def test_other_hours_of_the_team_are_said_with_what_moved() -> None:
    teams = {**TEAMS, "cards": TEAMS["cards"].model_copy(update={"calendar": "always"})}
    case = received("ana", at=later(6)).state
    decision = tick(case, now=later(7), world=newer("team", "cards", teams=teams))
    (assigned,) = decision.events
    assert isinstance(assigned, ComplaintAssigned)
    assert (assigned.calendar, assigned.agent, assigned.moved) == ("always", "ana", ("first_response", "resolution"))


def test_any_save_of_an_outdated_document_renews_it() -> None:
    case = received("ana").state
    here = newer("policy", "default", policies={"default": HALF})
    decision = react(case, followup.ComplaintAcknowledged(text="x", language="en"), here)
    assert [event.type for event in decision.events] == ["complaint.triaged"]
    assert decision.state.acknowledged
    ended = Decision(case.ended())
    assert refreshed(ended, now=MONDAY, world=here) is ended


@pytest.mark.parametrize(
    ("kind", "field"),
    [("policy", "state.policy.version"), ("calendar", "state.calendar_version"), ("team", "state.team_version")],
)
def test_documents_of_an_older_version_are_found(kind: str, field: str) -> None:
    query = stale(kind, "x", 7)
    assert query is not None
    assert query[field] == {"$lt": 7}
    assert query["state.open"] is True


def test_other_reference_data_makes_nothing_stale() -> None:
    assert stale("agent", "x", 7) is None


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
    followup.PromiseMade(promise=promise()),
    followup.PromiseBroken(promise=promise(status="broken")),
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
        assert not after.open or after.team
        assert not (historical and (after.open or decision.events))
        assert after.turn >= case.turn
        for said in decision.events:
            assert not isinstance(said, ComplaintAssigned) or (said.why and said.team)
        case = after


def test_only_a_received_complaint_makes_a_document() -> None:
    assert {intake.ComplaintReceived} == BIRTHS
    assert on_response.__doc__
