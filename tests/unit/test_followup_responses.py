"""Answers to the customer: which is the first, how long it took, and what it keeps. Source: "Clocks" in the domain."""

from typing import Any

import pytest

from shared.decision import Invalid
from shared.events.intake import ComplaintWithdrawn, ResponseDelivered, ResponseFailed
from shared.events.values import Contact, Deadlines, Person
from tests.unit.followup_life import DAY, DEADLINES, HOUR, MINUTE, MONDAY, Life, assigned, begun, received, triaged

FIRST_DUE = MONDAY + 4 * HOUR


def failed(life: Life, response_id: str = "r1") -> None:
    """The channel says that it never arrived."""
    life.hear(ResponseFailed(response_id=response_id, failure_class="5.1.1", occurred_at=life.now))


def test_the_first_by_a_person_to_the_customer_is_the_first_response() -> None:
    life = begun()
    answer = life.answer()
    assert (answer.id, answer.is_first, answer.within_target) == ("r1", True, True)
    assert (answer.elapsed_seconds, answer.business_seconds) == (600, 600)
    assert answer.suggested_promises == ()
    assert life.case.status == "in_progress"
    said = life.last("response.sent")
    assert (said.is_first, said.cycle, said.by) == (True, 1, "ana")
    assert not life.answer("r2").is_first


@pytest.mark.parametrize("changes", [{"automatic": True, "by": None}, {"to": "third_party"}, {"to": "internal"}])
def test_what_is_automatic_or_told_to_others_is_no_answer(changes: dict[str, Any]) -> None:
    life = begun()
    answer = life.answer(**changes)
    assert (answer.is_first, answer.elapsed_seconds, answer.within_target) == (False, None, None)
    assert life.system_promise().status == "open"
    assert life.case.first_response() is None


def test_an_automatic_answer_begins_no_work() -> None:
    life = begun()
    life.answer(automatic=True, by=None)
    assert life.case.status == "acknowledged"


def test_only_a_person_answers() -> None:
    with pytest.raises(Invalid):
        begun().answer(by=None)


def test_it_lies_between_the_start_and_now() -> None:
    life = begun()
    for at in (MONDAY - MINUTE, life.now + MINUTE):
        with pytest.raises(Invalid) as refusal:
            life.answer(occurred_at=at)
        assert refusal.value.errors[0][0] == "occurred_at"
    assert life.answer(occurred_at=MONDAY).elapsed_seconds == 0


def test_business_time_leaves_out_the_night() -> None:
    life = begun().at(MONDAY + DAY)
    answer = life.answer()
    assert (answer.elapsed_seconds, answer.business_seconds) == (86_400, 8 * 3600)
    assert not answer.within_target


def test_told_afterwards_the_earlier_answer_is_the_first() -> None:
    life = begun().at(MONDAY + HOUR)
    life.answer("r1")
    assert life.answer("r2", occurred_at=MONDAY + MINUTE).is_first
    first = life.case.first_response()
    assert first is not None
    assert first.id == "r2"


class TestSystemPromises:
    """Any person's response keeps the answer that the system promised."""

    def test_inside_the_window_it_is_kept_by_the_response(self) -> None:
        life = begun()
        life.answer()
        promise = life.system_promise()
        assert promise.status == "kept"
        assert promise.evidence is not None
        assert (promise.evidence.type, promise.evidence.reference) == ("message", "r1")
        assert life.types()[-2:] == ["response.sent", "promise.kept"]

    def test_a_persons_promise_needs_its_own_fulfilment(self) -> None:
        life = begun()
        life.promise(kind="answer")
        life.answer()
        assert life.entry().status == "open"

    def test_after_due_it_is_late(self) -> None:
        life = begun().at(FIRST_DUE + HOUR)
        life.answer(channel="phone")
        promise = life.system_promise()
        assert (promise.status, promise.broken_at, promise.late_at) == ("broken", FIRST_DUE, FIRST_DUE + HOUR)
        assert promise.evidence is not None
        assert promise.evidence.type == "call"
        life.answer("r2")
        assert life.system_promise().evidence == promise.evidence

    def test_told_after_due_with_a_reference_it_corrects_the_break(self) -> None:
        life = begun().at(FIRST_DUE + HOUR)
        life.tick()
        answer = life.answer(occurred_at=FIRST_DUE, external_reference="mail-7")
        assert answer.within_target
        assert life.system_promise().status == "kept"
        assert life.last("promise.corrected").to_status == "kept"

    def test_told_after_due_without_a_reference_it_is_late_from_when_it_was_told(self) -> None:
        life = begun().at(FIRST_DUE + HOUR)
        life.answer(occurred_at=FIRST_DUE)
        assert (life.system_promise().status, life.system_promise().late_at) == ("broken", life.now)

    def test_when_it_bounces_another_answer_takes_its_place_as_evidence(self) -> None:
        life = begun()
        life.answer("r1")
        life.answer("r2")
        failed(life, "r1")
        promise = life.system_promise()
        assert promise.status == "kept"
        assert promise.evidence is not None
        assert promise.evidence.reference == "r2"
        assert life.types("promise.")[-2:] == ["promise.corrected", "promise.kept"]


class TestBounces:
    """A response that failed counts as never sent."""

    def test_the_clock_runs_on_as_if_it_had_never_been(self) -> None:
        life = begun()
        life.answer()
        failed(life)
        assert life.case.first_response() is None
        assert life.system_promise().status == "open"
        life.at(FIRST_DUE).tick()
        assert life.last("deadline.overdue").clock == "first_response"
        assert life.system_promise().status == "broken"

    def test_the_next_valid_one_takes_its_place(self) -> None:
        life = begun()
        life.answer("r1")
        life.at(MONDAY + HOUR).answer("r2")
        failed(life, "r1")
        first = life.case.first_response()
        assert first is not None
        assert (first.id, first.elapsed_seconds) == ("r2", 3600)

    def test_a_late_one_in_its_place_makes_the_deadline_overdue(self) -> None:
        life = begun()
        life.answer("r1")
        life.at(FIRST_DUE + HOUR).answer("r2")
        assert "deadline.overdue" not in [x.type for x in life.said if getattr(x, "clock", "") == "first_response"]
        failed(life, "r1")
        life.tick()
        told = [x for x in life.said if x.type == "deadline.overdue" and x.clock == "first_response"]  # type: ignore[attr-defined]
        assert [x.deadline for x in told] == [FIRST_DUE]  # type: ignore[attr-defined]

    def test_told_twice_it_changes_nothing_more(self) -> None:
        life = begun()
        life.answer()
        failed(life)
        count = len(life.said)
        failed(life)
        assert len(life.said) == count

    def test_a_report_that_comes_before_its_response_is_kept_until_then(self) -> None:
        life = begun()
        failed(life, "r1")
        answer = life.answer("r1")
        assert not answer.is_first
        assert life.case.responses[0].failure_class == "5.1.1"
        assert life.system_promise().status == "open"

    def test_a_delivery_is_on_record_also_when_it_comes_first(self) -> None:
        life = begun()
        life.hear(ResponseDelivered(response_id="r1", occurred_at=life.now))
        assert life.answer("r1").is_first
        life.answer("r2")
        life.hear(ResponseDelivered(response_id="r2", occurred_at=life.now))
        assert [response.delivered_at for response in life.case.responses] == [life.now, life.now]


class TestAnsweredCalls:
    """An answered inbound call is a first response; the wait is the time to answer."""

    CALL = Contact(id="call-1", ringing_at=MONDAY, answered_at=MONDAY + MINUTE, answered_by="ben")

    def test_it_is_measured_as_soon_as_the_target_is_known(self) -> None:
        life = Life()
        assert life.hear(received(channel="phone", contact=self.CALL)) == ()
        life.hear(triaged())
        said = life.last("response.sent")
        assert (said.is_first, said.channel, said.by) == (True, "phone", "ben")
        assert (said.elapsed_seconds, said.within_target, said.external_reference) == (60, True, "call-1")
        assert life.types() == ["response.sent", "complaint.acknowledged"]
        assert life.last("complaint.acknowledged").promise_id is None
        assert life.case.status == "in_progress"

    def test_without_a_triage_it_is_said_all_the_same(self) -> None:
        life = Life()
        life.hear(received(channel="phone", contact=self.CALL))
        life.at(MONDAY + MINUTE).tick()
        assert life.last("response.sent").within_target is None
        life.hear(triaged())
        assert life.types("response.") == ["response.sent"]

    @pytest.mark.parametrize("changes", [{"answered_at": None}, {"direction": "outbound"}])
    def test_a_missed_or_outgoing_call_is_none(self, changes: dict[str, object]) -> None:
        life = Life()
        life.hear(received(contact=self.CALL.model_copy(update=changes)))
        life.hear(triaged())
        assert life.types("response.") == []

    def test_somebody_who_was_quicker_with_the_form_than_routing_changes_no_status(self) -> None:
        life = Life()
        life.hear(received(channel="phone", contact=self.CALL))
        life.at(MONDAY + MINUTE // 2)
        life.hear(ComplaintWithdrawn(), time=MONDAY + MINUTE // 2)
        life.hear(triaged())
        assert life.case.status == "withdrawn"
        assert not life.last("response.sent").is_first


def test_anonymous_complaints_have_no_first_response_target() -> None:
    life = begun(complainant=Person(anonymous=True))
    answer = life.answer()
    assert (answer.is_first, answer.within_target) == (True, None)


def test_history_is_answered_with_its_own_times() -> None:
    life = begun(historical=True, started_at=MONDAY - 30 * DAY, received_at=MONDAY - 30 * DAY)
    answer = life.answer(occurred_at=MONDAY - 29 * DAY)
    assert (answer.is_first, answer.elapsed_seconds) == (True, 86_400)


def test_what_is_said_after_a_withdrawal_is_no_first_response() -> None:
    life = begun()
    life.hear(ComplaintWithdrawn())
    life.at(MONDAY + HOUR)
    assert not life.answer("r1").is_first
    assert life.answer("r2", occurred_at=MONDAY + MINUTE).is_first


def test_without_a_target_nothing_says_whether_it_was_in_time() -> None:
    life = Life()
    life.hear(received())
    life.hear(triaged(Deadlines()))
    life.hear(assigned(deadlines=Deadlines()))
    assert life.answer().within_target is None


def test_after_a_transfer_the_new_target_counts() -> None:
    life = begun()
    life.hear(assigned("ben", DEADLINES.model_copy(update={"first_response": MONDAY + 20 * MINUTE})))
    assert not life.at(MONDAY + 30 * MINUTE).answer().within_target
    assert life.system_promise().status == "kept"
