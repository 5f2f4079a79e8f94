"""Moved or taken back: another time if the customer agrees, and an end that only the customer makes."""

from typing import Any

import pytest

from services.followup.domain.promises import WithdrawPromise, withdraw_promise
from services.followup.domain.refusals import PromiseNotFeasible, PromiseSettled
from services.followup.domain.renegotiating import Renegotiate, renegotiate
from shared.decision import Invalid
from shared.events.intake import ComplaintWithdrawn
from shared.events.values import Evidence
from tests.unit.followup_life import DAY, HOUR, MINUTE, MONDAY, Life
from tests.unit.test_followup_promises import DUE, promised


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
