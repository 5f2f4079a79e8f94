"""The promise ledger, rule by rule: made, checked, owned, and kept or broken. Source: "Promises" in the domain."""

from typing import Any

import pytest

from services.followup.domain.fulfilment import PromiseTooEarly
from services.followup.domain.promises import CheckPromise, check_promise
from services.followup.domain.refusals import Conflict, NotFound, PromiseSettled
from shared.decision import Invalid, OwnerIsSubject
from shared.events.intake import ComplaintWithdrawn
from tests.unit.followup_life import DAY, HOUR, MINUTE, MONDAY, Life, assigned, begun

DUE = MONDAY + 5 * HOUR


def promised(**changes: Any) -> Life:
    """A case with Ana's promise of a refund by three."""
    life = begun()
    life.promise(**changes)
    return life


def test_a_promise_is_open_until_something_settles_it() -> None:
    life = promised()
    entry = life.entry()
    assert (entry.status, entry.due, entry.owner, entry.made_by) == ("open", DUE, "ana", "ana")
    assert (entry.said_by, entry.time_zone, entry.made_at) == ("person", "Europe/Madrid", life.now)
    assert life.last("promise.made").promise == entry.promise
    assert life.case.status == "in_progress"
    assert life.case.next_due == MONDAY + 4 * HOUR


def test_evidence_inside_the_window_keeps_it() -> None:
    life = promised().at(MONDAY + 3 * HOUR)
    answer = life.fulfil(reference="bank-1", occurred_at=MONDAY + 2 * HOUR)
    assert (answer.status, answer.settled_at) == ("kept", MONDAY + 2 * HOUR)
    assert life.last("promise.kept").evidence.occurred_at == MONDAY + 2 * HOUR
    life.at(DUE + HOUR).tick()
    assert "promise.broken" not in [
        payload.type for payload in life.said if getattr(payload, "promise", None) == answer
    ]


def test_evidence_at_the_due_instant_still_keeps_it() -> None:
    life = promised().at(DUE)
    assert life.fulfil().status == "kept"


def test_without_evidence_it_breaks_at_its_due_instant_however_late_the_timer_is() -> None:
    life = promised().at(DUE + 3 * DAY)
    assert life.due() is not None
    assert life.due() <= DUE  # type: ignore[operator]
    life.tick()
    broken = [x.promise for x in life.said if x.type == "promise.broken" and x.promise.id == "p1"]  # type: ignore[attr-defined]
    assert [(x.status, x.broken_at, x.settled_at) for x in broken] == [("broken", DUE, DUE)]
    assert life.tick() == ()
    assert "promise" in life.case.overdue


def test_several_that_fell_due_while_we_were_down_each_break_at_their_own_instant() -> None:
    life = promised()
    life.promise("p2", due=DUE - HOUR)
    life.promise("p3", due=DUE + HOUR)
    life.at(DUE + DAY).tick()
    broken = {x.promise.id: x.promise.broken_at for x in life.said if x.type == "promise.broken"}  # type: ignore[attr-defined]
    assert broken["p1"] == DUE
    assert broken["p2"] == DUE - HOUR
    assert broken["p3"] == DUE + HOUR
    order = [x.promise.due for x in life.said if x.type == "promise.broken"]  # type: ignore[attr-defined]
    assert order == sorted(order)


def test_fulfilled_after_due_it_stays_broken_and_is_late() -> None:
    life = promised().at(DUE + HOUR)
    answer = life.fulfil()
    assert (answer.status, answer.broken_at, answer.late_at) == ("broken", DUE, DUE + HOUR)
    assert life.types("promise.")[-2:] == ["promise.broken", "promise.fulfilled_late"]
    with pytest.raises(PromiseSettled):
        life.fulfil()
    assert life.case.overdue == ("first_response", "promise")  # the system's own answer is still owed


def test_done_in_time_and_told_late_it_is_corrected_if_a_reference_shows_it() -> None:
    life = promised().at(DUE + HOUR)
    life.tick()
    with pytest.raises(Invalid):
        life.fulfil(occurred_at=DUE - HOUR)
    answer = life.fulfil(occurred_at=DUE - HOUR, reference="bank-1")
    assert (answer.status, answer.broken_at, answer.settled_at) == ("kept", DUE, DUE - HOUR)
    told = life.last("promise.corrected")
    assert (told.from_status, told.to_status) == ("broken", "kept")


def test_a_late_fulfilment_that_turns_out_to_have_been_in_time_is_not_late() -> None:
    life = promised().at(DUE + HOUR)
    life.fulfil()
    answer = life.fulfil(occurred_at=DUE - HOUR, reference="bank-1")
    assert (answer.status, answer.late_at) == ("kept", None)


def test_what_is_kept_cannot_be_kept_again() -> None:
    life = promised()
    life.fulfil()
    with pytest.raises(PromiseSettled):
        life.fulfil()


def test_evidence_is_neither_from_the_future_nor_from_before_the_complaint() -> None:
    life = promised()
    for at in (life.now + MINUTE, MONDAY - MINUTE):
        with pytest.raises(Invalid) as refusal:
            life.fulfil(occurred_at=at)
        assert refusal.value.errors[0][0] == "evidence.occurred_at"


def test_a_call_at_nine_does_not_keep_at_four_unless_the_customer_says_so() -> None:
    life = begun()
    life.promise(kind="callback", not_before=DUE - HOUR, channel="phone")
    with pytest.raises(PromiseTooEarly):
        life.fulfil(type="call", reference="call-1")
    assert life.fulfil(type="call", reference="call-1", settles_it=True).status == "kept"


def test_an_unknown_promise_is_not_found() -> None:
    with pytest.raises(NotFound):
        begun().fulfil("p9")


class TestOwners:
    """A promise always has somebody who must keep it."""

    def test_the_new_owner_of_the_case_inherits_promises_and_what_the_system_said(self) -> None:
        life = promised()
        life.promise("p2", owner="cleo")
        assert life.system_promise().owner == "ana"
        life.hear(assigned("ben"))
        assert life.entry("p1").owner == "ben"
        assert life.entry("p2").owner == "cleo"
        assert life.system_promise().owner == "ben"
        life.fulfil("p1")
        life.hear(assigned("ana"))
        assert life.entry("p1").owner == "ben"

    def test_back_in_the_queue_a_promise_waits_for_the_next_owner(self) -> None:
        life = promised()
        life.hear(assigned(None))
        assert life.entry().owner is None
        life.hear(assigned("ben"))
        assert life.entry().owner == "ben"

    def test_whom_the_complaint_is_about_owns_nothing_of_it(self) -> None:
        life = begun(about=({"agent": "rude"},))
        with pytest.raises(OwnerIsSubject):
            life.promise(owner="rude")
        with pytest.raises(OwnerIsSubject):
            life.promise(by="rude")

    def test_without_an_owner_of_the_case_whoever_promises_must_keep_it(self) -> None:
        life = begun()
        life.hear(assigned(None))
        life.promise(by="ben")
        assert life.entry().owner == "ben"


class TestChecks:
    """Asked before due, not after."""

    def test_not_on_track_puts_the_case_at_risk(self) -> None:
        life = promised()
        life.do(check_promise, CheckPromise(promise_id="p1", by="ana", on_track=False, note="no stock"))
        assert life.case.at_risk
        assert not life.last("promise.checked").on_track
        life.do(check_promise, CheckPromise(promise_id="p1", by="ana", on_track=True))
        assert not life.case.at_risk

    def test_after_due_there_is_nothing_to_check(self) -> None:
        life = promised().at(DUE + MINUTE)
        with pytest.raises(PromiseSettled):
            life.do(check_promise, CheckPromise(promise_id="p1", by="ana", on_track=True))


class TestMaking:
    """What is refused before it is promised."""

    def test_nothing_is_promised_in_history_or_after_the_end(self) -> None:
        with pytest.raises(Conflict):
            begun(historical=True).promise()
        life = begun()
        life.hear(ComplaintWithdrawn())
        with pytest.raises(Conflict):
            life.promise()

    def test_a_window_has_an_inside(self) -> None:
        with pytest.raises(Invalid) as refusal:
            begun().promise(not_before=DUE + MINUTE)
        assert refusal.value.errors[0][0] == "not_before"

    def test_it_depends_on_a_promise_of_this_case(self) -> None:
        life = promised()
        with pytest.raises(NotFound):
            life.promise("p2", depends_on="p9")
        life.promise("p2", depends_on="p1", due=DUE + HOUR)
        assert life.entry("p2").depends_on == "p1"

    def test_somebody_must_promise(self) -> None:
        with pytest.raises(Invalid) as refusal:
            begun().promise(by=None)
        assert refusal.value.errors[0][0] == "by"

    def test_why_not_now_is_kept_with_it(self) -> None:
        life = promised(why_not_now="the bank needs a day")
        assert life.last("promise.made").promise.why_not_now == "the bank needs a day"
