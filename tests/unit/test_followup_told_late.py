"""What the customer agreed to, or withdrew, before due and we hear of after it. Source: "Promises" in the domain."""

from typing import Any

import pytest

from services.followup.domain.fulfilment import Attempt, attempt
from services.followup.domain.promises import WithdrawPromise, withdraw_promise
from services.followup.domain.refusals import PromiseSettled
from services.followup.domain.renegotiating import Renegotiate, renegotiate
from shared.decision import Invalid
from shared.events.values import Evidence
from tests.unit.followup_life import DAY, HOUR, MONDAY, Life, begun

DUE = MONDAY + 5 * HOUR
SAID: dict[str, Any] = {"type": "call", "reference": "call-7", "occurred_at": DUE - HOUR}
"""The customer's word, in time."""


def fell_due(*, tried: bool = False) -> Life:
    """Ana's refund was not seen by three; at most she tried."""
    life = begun()
    life.answer()
    life.promise()
    if tried:
        evidence = Evidence(type="call", reference="call-1", occurred_at=MONDAY + HOUR)
        life.at(MONDAY + HOUR).do(attempt, Attempt(promise_id="p1", by="ana", evidence=evidence))
    life.at(DUE + HOUR).tick()
    return life


def moved(life: Life, *, agreed: bool = True, **evidence: Any) -> Any:
    """The customer agrees to tomorrow."""
    shown = Evidence(**{**SAID, **evidence})
    fields: dict[str, Any] = {"by": "ana", "words": "later", "agreed_by_customer": agreed, "evidence": shown}
    return life.do(renegotiate, Renegotiate(promise_id="p1", new_id="p2", due=MONDAY + DAY, **fields))


def withdrawn(life: Life, **evidence: Any) -> Any:
    """The customer wants it no longer."""
    shown = Evidence(**{**SAID, **evidence})
    return life.do(withdraw_promise, WithdrawPromise(promise_id="p1", by="ana", words="No need.", evidence=shown))


@pytest.mark.parametrize(("tried", "before"), [(False, "broken"), (True, "attempted")])
def test_agreed_in_time_it_was_renegotiated(before: str, *, tried: bool) -> None:
    life = fell_due(tried=tried)
    assert life.entry().status == before
    moved(life)
    old = life.entry()
    assert (old.status, old.settled_at, old.replaced_by) == ("renegotiated", SAID["occurred_at"], "p2")
    assert (old.broken_at is None) == tried
    assert life.types("promise.")[-2:] == ["promise.corrected", "promise.made"]
    told = life.last("promise.corrected")
    assert (told.from_status, told.to_status) == (before, "renegotiated")
    assert life.entry("p2").status == "open"
    assert "promise" not in life.case.overdue


@pytest.mark.parametrize("evidence", [{"occurred_at": DUE + HOUR / 2}, {"occurred_at": None}, {"reference": None}])
def test_agreed_after_due_or_without_proof_it_stays_broken(evidence: dict[str, Any]) -> None:
    life = fell_due()
    moved(life, **evidence)
    assert (life.entry().status, life.entry().replaced_by) == ("broken", "p2")
    assert life.last("promise.renegotiated").after_due
    with pytest.raises(PromiseSettled):
        moved(fell_due(tried=True), **evidence)


def test_what_was_not_agreed_to_corrects_nothing() -> None:
    life = fell_due()
    moved(life, agreed=False)
    assert (life.entry().status, life.entry().refused_changes) == ("broken", 1)
    with pytest.raises(PromiseSettled):
        moved(fell_due(tried=True), agreed=False)


@pytest.mark.parametrize("tried", [False, True])
def test_withdrawn_in_time_it_was_withdrawn(*, tried: bool) -> None:
    life = fell_due(tried=tried)
    assert withdrawn(life).status == "withdrawn"
    assert life.entry().settled_at == SAID["occurred_at"]
    told = life.last("promise.corrected")
    assert (told.to_status, told.promise.evidence.text) == ("withdrawn", "No need.")
    assert "promise" not in life.case.overdue


def test_what_was_withdrawn_after_due_or_without_proof_was_not() -> None:
    life = fell_due()
    with pytest.raises(PromiseSettled):
        withdrawn(life, occurred_at=DUE + HOUR / 2)
    with pytest.raises(Invalid):
        withdrawn(life, reference=None)
    moved(life, occurred_at=None)
    with pytest.raises(PromiseSettled):
        withdrawn(life)
    assert life.entry().status == "broken"


def test_what_was_fulfilled_late_is_not_withdrawn() -> None:
    life = fell_due()
    life.fulfil(reference="bank-1")
    before = life.entry()
    with pytest.raises(PromiseSettled):
        withdrawn(life)
    assert life.entry() == before
    assert before.late_at == life.now


def test_what_is_open_is_withdrawn_from_when_the_customer_said_so() -> None:
    life = begun()
    life.promise()
    life.at(MONDAY + 2 * HOUR)
    withdrawn(life, occurred_at=MONDAY + HOUR, reference=None)
    assert (life.entry().status, life.entry().settled_at) == ("withdrawn", MONDAY + HOUR)
    assert life.types("promise.")[-1] == "promise.withdrawn"


def tried_to_answer() -> Life:
    """Nobody answered by the first response's deadline, but Ana had tried."""
    life = begun().at(MONDAY + HOUR)
    evidence = Evidence(type="call", reference="call-1", occurred_at=life.now)
    life.do(attempt, Attempt(promise_id=life.system_promise().id, by="ana", evidence=evidence))
    life.at(MONDAY + DAY).tick()
    assert life.system_promise().status == "attempted"
    return life


def test_an_answer_given_in_time_corrects_an_attempt_of_what_the_system_promised() -> None:
    life = tried_to_answer()
    life.answer(occurred_at=MONDAY + 2 * HOUR, external_reference="mail-1")
    assert life.system_promise().status == "kept"
    told = life.last("promise.corrected")
    assert (told.from_status, told.to_status) == ("attempted", "kept")


@pytest.mark.parametrize("answer", [{}, {"occurred_at": MONDAY + 2 * HOUR}])
def test_an_answer_after_due_or_without_proof_leaves_an_attempt_as_it_is(answer: dict[str, Any]) -> None:
    life = tried_to_answer()
    life.answer(**answer)
    assert (life.system_promise().status, life.system_promise().late_at) == ("attempted", None)
