"""The promise ledger, rule by rule. Source: "Promises" in the domain."""

from typing import Any

import pytest

from services.followup.domain.fulfilment import Attempt, PromiseTooEarly, attempt
from services.followup.domain.promises import (
    CheckPromise,
    WithdrawPromise,
    check_promise,
    withdraw_promise,
)
from services.followup.domain.refusals import Conflict, NotFound, PromiseNotFeasible, PromiseSettled
from services.followup.domain.renegotiating import Renegotiate, renegotiate
from shared.decision import Invalid, OwnerIsSubject
from shared.events.intake import ComplaintWithdrawn, ResponseFailed
from shared.events.values import Evidence
from tests.unit.followup_life import DAY, HOUR, MINUTE, MONDAY, Life, assigned, begun

DUE = MONDAY + 5 * HOUR


def promised(**changes: Any) -> Life:
    """A case with Ana's promise of a refund by three."""
    life = begun()
    life.promise(**changes)
    return life


def changed(life: Life, *, agreed: bool = True, **changes: Any) -> Any:
    """The customer is asked for another time, tomorrow at ten."""
    fields: dict[str, Any] = {
        "promise_id": "p1",
        "new_id": "p2",
        "by": "ana",
        "due": MONDAY + DAY,
        "words": "tomorrow at ten",
        "evidence": Evidence(type="call", reference="call-7"),
    }
    return life.do(renegotiate, Renegotiate(agreed_by_customer=agreed, **{**fields, **changes}))


def tried(life: Life, **evidence: Any) -> Any:
    """Ana tried and could not reach the customer."""
    shown = Evidence(**{"type": "call", **evidence})
    return life.do(attempt, Attempt(promise_id="p1", by="ana", evidence=shown))


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


class TestAttempts:
    """An attempt settles nothing before due."""

    def test_one_inside_the_window_by_the_promised_channel_counts_at_due(self) -> None:
        life = promised(kind="callback", channel="phone", not_before=DUE - HOUR)
        assert tried(life).status == "open"
        tried(life.at(DUE - MINUTE))
        assert life.entry().status == "open"
        life.at(DUE).tick()
        assert life.entry().status == "attempted"
        assert life.last("promise.attempted").evidence.occurred_at == DUE - MINUTE
        assert life.entry().settled_at == DUE

    def test_one_early_unanswered_call_settles_nothing(self) -> None:
        life = promised(kind="callback", not_before=DUE - HOUR)
        tried(life)
        life.at(DUE).tick()
        assert life.entry().status == "broken"

    def test_one_by_another_channel_settles_nothing(self) -> None:
        life = promised(kind="callback", channel="phone")
        tried(life, type="message")
        life.at(DUE).tick()
        assert life.entry().status == "broken"

    def test_a_promise_by_mail_is_attempted_by_a_message(self) -> None:
        life = promised(channel="email")
        tried(life, type="message")
        life.at(DUE).tick()
        assert life.entry().status == "attempted"

    def test_a_promise_that_names_no_channel_is_attempted_by_any(self) -> None:
        life = promised()
        tried(life, type="visit")
        life.at(DUE).tick()
        assert life.entry().status == "attempted"

    def test_fulfilled_after_all_before_due_it_is_kept(self) -> None:
        life = promised()
        tried(life)
        assert life.fulfil().status == "kept"
        with pytest.raises(PromiseSettled):
            tried(life)

    def test_told_after_due_it_corrects_the_break_if_a_reference_shows_it(self) -> None:
        life = promised(kind="callback").at(DUE + HOUR)
        with pytest.raises(Invalid):
            tried(life, occurred_at=DUE - MINUTE)
        with pytest.raises(PromiseSettled):
            tried(life, reference="call-9")
        assert tried(life, occurred_at=DUE - MINUTE, reference="call-9").status == "attempted"
        assert life.last("promise.corrected").to_status == "attempted"
        assert life.entry().broken_at == DUE

    def test_done_after_an_attempt_was_counted_it_is_not_late(self) -> None:
        life = promised()
        tried(life)
        with pytest.raises(PromiseSettled):
            life.at(DUE + HOUR).fulfil()


class TestRenegotiation:
    """Another time, if the customer agrees."""

    def test_agreed_before_due_a_new_promise_takes_the_place(self) -> None:
        life = promised()
        new = changed(life)
        assert (new.id, new.status, new.replaces, new.due) == ("p2", "open", "p1", MONDAY + DAY)
        old = life.entry("p1")
        assert (old.status, old.replaced_by, old.settled_at) == ("renegotiated", "p2", life.now)
        assert life.types("promise.")[-2:] == ["promise.renegotiated", "promise.made"]
        life.at(DUE + HOUR).tick()
        assert life.entry("p1").broken_at is None

    def test_not_agreed_the_old_due_stands_and_the_refusal_is_on_record(self) -> None:
        life = promised()
        answer = changed(life, agreed=False, evidence=None)
        assert (answer.id, answer.status, answer.due) == ("p1", "open", DUE)
        assert life.entry().refused_changes == 1
        assert not life.last("promise.renegotiated").agreed_by_customer
        assert len(life.case.promises) == 2

    def test_agreement_needs_evidence(self) -> None:
        with pytest.raises(Invalid) as refusal:
            changed(promised(), evidence=None)
        assert refusal.value.errors[0][0] == "evidence"

    def test_agreed_after_due_it_stays_broken_and_is_counted_once(self) -> None:
        life = promised().at(DUE + HOUR)
        changed(life)
        old = life.entry("p1")
        assert (old.status, old.broken_at, old.replaced_by) == ("broken", DUE, "p2")
        assert life.last("promise.renegotiated").after_due
        with pytest.raises(PromiseSettled):
            changed(life, new_id="p3")
        with pytest.raises(PromiseSettled):
            life.fulfil("p1")

    def test_the_new_time_must_be_feasible_or_have_a_reason(self) -> None:
        life = promised()
        sunday = MONDAY + 6 * DAY
        with pytest.raises(PromiseNotFeasible):
            changed(life, due=sunday)
        assert changed(life, due=sunday, override_reason="they asked for Sunday").override_reason
        assert life.last("promise.made").overridden

    def test_what_is_settled_is_not_renegotiated(self) -> None:
        life = promised()
        life.fulfil()
        with pytest.raises(PromiseSettled):
            changed(life)


class TestWithdrawal:
    """Only the customer ends a promise."""

    def test_with_the_customers_words_an_open_promise_is_withdrawn(self) -> None:
        life = promised()
        ask = WithdrawPromise(promise_id="p1", by="ana", words="never mind")
        assert life.do(withdraw_promise, ask).status == "withdrawn"
        assert life.last("promise.withdrawn").words == "never mind"
        with pytest.raises(PromiseSettled):
            life.do(withdraw_promise, ask)

    def test_a_broken_promise_stays_broken(self) -> None:
        life = promised().at(DUE + MINUTE)
        with pytest.raises(PromiseSettled):
            life.do(withdraw_promise, WithdrawPromise(promise_id="p1", by="ana", words="never mind"))

    def test_withdrawing_the_complaint_withdraws_all_that_is_open(self) -> None:
        life = promised()
        life.promise("p2")
        life.fulfil("p1")
        life.hear(ComplaintWithdrawn(reason="sold it"))
        assert life.entry("p1").status == "kept"
        assert life.entry("p2").status == "withdrawn"
        assert life.system_promise().status == "withdrawn"
        assert life.types("promise.withdrawn") == ["promise.withdrawn"] * 2

    def test_what_had_fallen_due_before_is_broken_though_the_timer_is_late(self) -> None:
        life = promised().at(DUE + HOUR)
        life.hear(ComplaintWithdrawn())
        assert life.entry("p1").status == "open"
        life.tick()
        assert (life.entry("p1").status, life.entry("p1").broken_at) == ("broken", DUE)

    def test_a_withdrawal_before_due_that_is_heard_after_due_corrects_the_break(self) -> None:
        life = promised()
        life.promise("p2", due=MONDAY + HOUR)
        life.at(DUE + HOUR).tick()
        life.hear(ComplaintWithdrawn(), time=DUE - MINUTE)
        assert life.entry("p1").status == "withdrawn"
        assert life.entry("p2").status == "broken"
        told = life.last("promise.corrected")
        assert (told.from_status, told.to_status) == ("broken", "withdrawn")


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


class TestFailedEvidence:
    """What did not reach the customer keeps nothing."""

    def test_before_due_the_promise_is_open_again(self) -> None:
        life = promised()
        life.answer("r1")
        life.fulfil(type="message", reference="r1")
        life.hear(ResponseFailed(response_id="r1", occurred_at=life.now))
        assert (life.entry().status, life.entry().settled_at, life.entry().evidence) == ("open", None, None)
        told = life.last("promise.corrected")
        assert (told.from_status, told.to_status) == ("kept", "open")

    def test_after_due_it_is_broken_from_the_due_instant(self) -> None:
        life = promised()
        life.answer("r1", external_reference="mail-1")
        life.fulfil(type="message", reference="mail-1")
        life.at(DUE + DAY).hear(ResponseFailed(response_id="mail-1", occurred_at=life.now))
        assert (life.entry().status, life.entry().broken_at, life.entry().settled_at) == ("broken", DUE, DUE)

    def test_what_was_kept_by_something_else_stays_kept(self) -> None:
        life = promised()
        life.answer("r1")
        life.fulfil(reference="bank-1")
        life.hear(ResponseFailed(response_id="r1", occurred_at=life.now))
        assert life.entry().status == "kept"


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
