"""What kept a promise bounces late: whatever was counted is taken back, and said. Source: "Promises" in the domain."""

from datetime import datetime
from typing import Any

import pytest

from services.followup.domain.fulfilment import Attempt, attempt
from shared.decision import Invalid
from shared.events import Payload
from shared.events.intake import ComplaintWithdrawn, ResponseDelivered, ResponseFailed
from shared.events.values import Evidence
from tests.unit.followup_life import DAY, HOUR, MINUTE, MONDAY, Life, begun

DUE = MONDAY + 5 * HOUR
ANSWER_DUE = MONDAY + 4 * HOUR
"""Of what the acknowledgement promised."""


def fails(life: Life, name: str = "r1", time: datetime | None = None) -> None:
    """A channel says that this never arrived."""
    life.hear(ResponseFailed(response_id=name, occurred_at=life.now), time=time)


def corrections(life: Life) -> list[tuple[str, str]]:
    """From and to, of each."""
    found: list[Any] = [payload for payload in life.said if payload.type == "promise.corrected"]
    assert all(payload.why for payload in found)
    return [(payload.from_status, payload.to_status) for payload in found]


def fulfilled(reference: str = "r1", *, at: datetime = MONDAY + HOUR) -> Life:
    """Ana's promise, fulfilled by the response of that id or reference."""
    life = begun()
    life.promise()
    life.at(at).answer(occurred_at=at, external_reference="mail-1")
    life.fulfil(type="message", reference=reference)
    return life


@pytest.mark.parametrize("told", ["r1", "mail-1"])
@pytest.mark.parametrize("reference", ["r1", "mail-1"])
def test_before_due_it_is_open_again(reference: str, told: str) -> None:
    life = fulfilled(reference)
    assert life.entry().status == "kept"
    fails(life, told)
    entry = life.entry()
    assert (entry.status, entry.settled_at, entry.evidence, entry.broken_at) == ("open", None, None, None)
    assert ("kept", "open") in corrections(life)
    life.at(DUE).tick()
    assert (life.entry().status, life.entry().broken_at) == ("broken", DUE)


def test_after_due_it_is_broken_from_the_due_instant() -> None:
    life = fulfilled()
    fails(life.at(DUE + DAY))
    entry = life.entry()
    assert (entry.status, entry.broken_at, entry.settled_at, entry.late_at) == ("broken", DUE, DUE, None)
    assert ("kept", "broken") in corrections(life)


def test_reported_before_due_and_heard_of_after_it_breaks_at_due() -> None:
    life = fulfilled()
    fails(life.at(DUE + HOUR), time=DUE - MINUTE)
    life.tick()
    assert (life.entry().status, life.entry().broken_at) == ("broken", DUE)


def test_an_attempt_in_the_window_counts_again() -> None:
    life = begun()
    life.promise(kind="callback")
    call = Evidence(type="call", reference="pbx-1")
    life.at(MONDAY + HOUR).do(attempt, Attempt(promise_id="p1", by="ana", evidence=call))
    life.fulfil(type="message", reference="letter-1")
    fails(life.at(DUE + HOUR), "letter-1")
    assert (life.entry().status, corrections(life)) == ("attempted", [("kept", "attempted")])


def test_a_late_fulfilment_is_taken_back_and_it_stays_broken() -> None:
    life = fulfilled(at=DUE + HOUR)
    assert (life.entry().status, life.entry().late_at) == ("broken", DUE + HOUR)
    fails(life.at(DUE + DAY))
    entry = life.entry()
    assert (entry.status, entry.late_at, entry.evidence, entry.broken_at) == ("broken", None, None, DUE)
    assert ("broken", "broken") in corrections(life)
    again = life.fulfil(type="message", reference="letter-2")
    assert (again.status, again.late_at) == ("broken", DUE + DAY)


def test_with_the_complaint_taken_back_meanwhile_it_is_withdrawn() -> None:
    life = fulfilled()
    life.at(MONDAY + 2 * HOUR).hear(ComplaintWithdrawn())
    fails(life.at(DUE + DAY))
    assert (life.entry().status, life.entry().settled_at) == ("withdrawn", MONDAY + 2 * HOUR)
    assert ("kept", "withdrawn") in corrections(life)


def test_fulfilled_late_and_found_to_be_withdrawn_before_due_it_is_not_late() -> None:
    life = fulfilled(at=DUE + HOUR)
    assert life.entry().late_at == DUE + HOUR
    life.at(DUE + DAY).hear(ComplaintWithdrawn(said_at=MONDAY + 2 * HOUR))
    assert (life.entry().status, life.entry().late_at, life.entry().broken_at) == ("withdrawn", None, DUE)


def test_withdrawn_only_after_due_it_is_broken() -> None:
    life = fulfilled()
    life.at(DUE + HOUR).hear(ComplaintWithdrawn())
    fails(life.at(DUE + DAY))
    assert (life.entry().status, life.entry().broken_at) == ("broken", DUE)


def called(life: Life, reference: str = "c1") -> Any:
    """Ana calls, and reaches nobody."""
    call = Evidence(type="call", reference=reference, occurred_at=life.now)
    return life.do(attempt, Attempt(promise_id="p1", by="ana", evidence=call))


def callback() -> Life:
    """Ana's promise to call by three."""
    life = begun()
    life.promise(kind="callback")
    return life.at(MONDAY + HOUR)


class TestAttempts:
    """Who called a wrong number has not tried."""

    def test_reported_before_due_it_is_broken_at_due(self) -> None:
        life = callback()
        called(life)
        fails(life, "c1")
        assert (life.entry().status, corrections(life)) == ("open", [])
        life.at(DUE).tick()
        assert (life.entry().status, life.entry().broken_at) == ("broken", DUE)

    def test_reported_after_due_it_is_broken_from_the_due_instant(self) -> None:
        life = callback()
        called(life)
        life.at(DUE).tick()
        assert life.entry().status == "attempted"
        fails(life.at(DUE + DAY), "c1")
        entry = life.entry()
        assert (entry.status, entry.broken_at, entry.settled_at, entry.evidence) == ("broken", DUE, DUE, None)
        assert corrections(life) == [("attempted", "broken")]
        assert life.last("promise.corrected").why == "what was tried did not go to the customer"
        assert life.fulfil(type="call", reference="c2").late_at == DUE + DAY

    def test_reported_before_due_and_heard_of_after_it_it_breaks_at_due(self) -> None:
        life = callback()
        called(life)
        fails(life.at(DUE + HOUR), "c1", time=DUE - MINUTE)
        life.tick()
        assert (life.entry().status, life.entry().broken_at) == ("broken", DUE)
        assert life.types("promise.attempted") == []

    def test_counted_before_the_report_of_before_due_is_heard_it_is_taken_back(self) -> None:
        life = callback()
        called(life)
        life.at(DUE).tick()
        fails(life.at(DUE + HOUR), "c1", time=DUE - MINUTE)
        life.tick()
        assert (life.entry().status, corrections(life)) == ("broken", [("attempted", "open")])

    @pytest.mark.parametrize("first", ["c1", "c2"])
    def test_another_attempt_in_the_window_counts_still(self, first: str) -> None:
        life = callback()
        called(life, first)
        called(life, {"c1": "c2", "c2": "c1"}[first])
        life.at(DUE).tick()
        fails(life.at(DUE + DAY), "c1")
        entry = life.entry()
        assert (entry.status, entry.evidence and entry.evidence.reference) == ("attempted", "c2")

    def test_what_failed_before_it_was_told_is_no_attempt(self) -> None:
        life = callback()
        fails(life, "c1")
        with pytest.raises(Invalid) as refusal:
            called(life)
        assert refusal.value.errors[0][0] == "evidence.reference"
        life.at(DUE).tick()
        assert life.entry().status == "broken"

    def test_nor_does_it_correct_a_break(self) -> None:
        life = callback()
        fails(life, "c1")
        life.at(DUE + HOUR).tick()
        call = Evidence(type="call", reference="c1", occurred_at=DUE - MINUTE)
        with pytest.raises(Invalid):
            life.do(attempt, Attempt(promise_id="p1", by="ana", evidence=call))
        assert life.entry().status == "broken"

    def test_a_promise_kept_meanwhile_does_not_fall_back_on_it(self) -> None:
        life = callback()
        called(life)
        life.fulfil(type="message", reference="letter-1")
        fails(life, "c1")
        assert life.entry().status == "kept"
        fails(life.at(DUE + HOUR), "letter-1")
        assert (life.entry().status, corrections(life)) == ("broken", [("kept", "broken")])


class TestTheSystemsWord:
    """What the acknowledgement promised is kept by any person's answer."""

    def test_another_answer_in_time_keeps_it(self) -> None:
        life = begun()
        life.answer("r1")
        life.answer("r2")
        fails(life, "r1")
        assert life.system_promise().evidence.reference == "r2"  # type: ignore[union-attr]
        assert life.types("promise.")[-2:] == ["promise.corrected", "promise.kept"]

    def test_another_answer_after_due_fulfils_it_late(self) -> None:
        life = begun()
        life.answer("r1")
        life.at(ANSWER_DUE + HOUR).answer("r2")
        fails(life.at(DUE + DAY), "r1")
        promise = life.system_promise()
        assert (promise.status, promise.broken_at, promise.late_at) == ("broken", ANSWER_DUE, ANSWER_DUE + HOUR)
        assert life.types("promise.")[-2:] == ["promise.corrected", "promise.fulfilled_late"]

    def test_the_next_late_answer_takes_the_place_of_the_first(self) -> None:
        life = begun().at(ANSWER_DUE + HOUR)
        life.answer("r1")
        life.at(ANSWER_DUE + 2 * HOUR).answer("r2")
        assert life.system_promise().late_at == ANSWER_DUE + HOUR
        fails(life, "r1")
        assert life.system_promise().late_at == ANSWER_DUE + 2 * HOUR

    def test_told_late_without_a_reference_it_keeps_nothing(self) -> None:
        life = begun()
        life.answer("r1")
        life.at(ANSWER_DUE + HOUR).answer("r2", occurred_at=ANSWER_DUE - MINUTE)
        fails(life.at(DUE + DAY), "r1")
        promise = life.system_promise()
        assert (promise.status, promise.late_at) == ("broken", ANSWER_DUE + HOUR)

    def test_an_answer_in_time_with_a_reference_corrects_also_what_was_fulfilled_late(self) -> None:
        life = begun().at(ANSWER_DUE + HOUR)
        life.answer("r1")
        life.answer("r2", occurred_at=ANSWER_DUE - MINUTE, external_reference="mail-2")
        promise = life.system_promise()
        assert (promise.status, promise.late_at) == ("kept", None)
        assert corrections(life) == [("broken", "kept")]

    def test_broken_by_the_timer_after_a_failure_it_is_late_by_what_came_since(self) -> None:
        life = begun()
        life.answer("r1")
        life.at(ANSWER_DUE + HOUR).answer("r2")
        fails(life.at(ANSWER_DUE + 2 * HOUR), "r1", time=ANSWER_DUE - MINUTE)
        life.tick()
        promise = life.system_promise()
        assert (promise.status, promise.late_at) == ("broken", ANSWER_DUE + HOUR)


def played(*order: str) -> Life:
    """One answer, and what channels say about it, in that order."""
    life = begun()
    for what in order:
        at = life.now
        if what == "answer":
            life.answer(external_reference="mail-1", occurred_at=MONDAY + 10 * MINUTE)
        else:
            report: Payload = ResponseFailed(response_id=what, occurred_at=at)
            life.hear(report if what != "arrived" else ResponseDelivered(response_id="r1", occurred_at=at))
    return life


@pytest.mark.parametrize("name", ["r1", "mail-1"])
def test_a_failure_that_overtakes_its_response_leaves_the_same_case(name: str) -> None:
    first, second = played(name, "answer"), played("answer", name)
    for life in (first, second):
        assert life.case.first_response() is None
        assert (life.system_promise().status, life.case.responses[0].failed_at is None) == ("open", False)
        life.at(DUE).tick()
        assert ("first_response", "deadline.overdue") in [(getattr(x, "clock", ""), x.type) for x in life.said]
        assert life.system_promise().status == "broken"
    same = {"responses", "promises", "cycles", "status", "overdue"}
    assert first.case.model_dump(include=same) == second.case.model_dump(include=same)


def test_what_arrived_before_it_was_known_here_has_arrived() -> None:
    assert played("arrived", "answer").case.responses[0].delivered_at == MONDAY + 10 * MINUTE
