"""What fails afterwards, what survives, and what is erased. Source: "Promises" in the domain."""

import pytest

from services.followup.domain.closing import closes_by_itself_at
from services.followup.domain.fulfilment import Attempt, attempt
from services.followup.domain.refusals import PromiseOpen
from services.followup.domain.resolution import Close, Reopen, Resolve, close_case, reopen, resolve
from services.followup.domain.step_parts import Address
from shared.decision import Invalid
from shared.events.intake import ComplaintErased, ComplaintMerged, MessageReceived, ResponseFailed
from shared.events.values import ContactHours, CustomerFacts, Evidence
from tests.unit.followup_life import DAY, HOUR, MINUTE, MONDAY, Life, begun

DUE = MONDAY + 5 * HOUR


def promised() -> Life:
    """Ana's promise of a refund by three."""
    life = begun()
    life.promise(number="+34600000001")
    return life


def fails(life: Life, reference: str) -> None:
    """A channel says that this never arrived."""
    life.hear(ResponseFailed(response_id=reference, occurred_at=life.now))


def counted(life: Life) -> list[tuple[str, str]]:
    """Corrections of the promise."""
    return [(x.from_status, x.to_status) for x in life.said if x.type == "promise.corrected"]  # type: ignore[attr-defined]


def test_evidence_that_is_no_response_here_can_fail_too() -> None:
    life = promised()
    life.fulfil(type="message", reference="letter-9")
    fails(life, "letter-9")
    assert (life.entry().status, counted(life)) == ("open", [("kept", "open")])
    fails(life, "letter-9")
    assert counted(life) == [("kept", "open")]
    life.at(DUE).tick()
    assert (life.entry().status, life.entry().broken_at) == ("broken", DUE)


def test_failed_after_due_it_is_broken_from_the_due_instant() -> None:
    life = promised()
    life.fulfil(type="message", reference="letter-9")
    fails(life.at(DUE + DAY), "letter-9")
    assert (life.entry().status, life.entry().broken_at) == ("broken", DUE)


def test_a_late_fulfilment_that_fails_is_none() -> None:
    life = promised().at(DUE + HOUR)
    life.fulfil(type="message", reference="letter-9")
    assert life.entry().late_at == DUE + HOUR
    fails(life, "letter-9")
    assert (life.entry().status, life.entry().late_at, life.entry().broken_at) == ("broken", None, DUE)
    assert counted(life) == [("broken", "broken")]


@pytest.mark.parametrize("reference", ["letter-9", "r1", "mail-1"])
def test_what_did_not_arrive_is_no_evidence(reference: str) -> None:
    life = promised()
    life.answer(external_reference="mail-1")
    fails(life, "letter-9")
    fails(life, "r1")
    with pytest.raises(Invalid) as refusal:
        life.fulfil(type="message", reference=reference)
    assert refusal.value.errors[0][0] == "evidence.reference"
    assert life.fulfil(type="message", reference="letter-10").status == "kept"


def test_one_early_unanswered_call_settles_nothing() -> None:
    life = begun()
    life.promise(kind="callback", due=DUE, not_before=DUE)
    call = Evidence(type="call", reference="pbx-1")
    life.at(MONDAY + HOUR).do(attempt, Attempt(promise_id="p1", by="ana", evidence=call))
    life.at(DUE + 10 * MINUTE).tick()
    assert life.entry().status == "broken"


def test_thanks_cancels_nothing() -> None:
    life = promised()
    life.hear(MessageReceived(message_id="m1", channel="web", text="Thanks, all good!", received_at=life.now))
    assert life.entry().status == "open"


def test_it_survives_result_reopening_and_merge_and_nothing_closes_over_it() -> None:
    life = begun()
    life.promise(due=MONDAY + 3 * DAY)
    life.do(resolve, Resolve(response_id="r1", by="ana", outcome="upheld", text="Here."))
    assert closes_by_itself_at(life.case) is None
    with pytest.raises(PromiseOpen) as refusal:
        life.do(close_case, Close(by="ana"))
    assert refusal.value.facts["promises"] == ["p1"]
    life.do(reopen, Reopen(by="ana", reason="new_fact"))
    assert life.entry().status == "open"
    life.hear(ComplaintMerged(into="c2", by="ana"))
    assert life.entry().status == "open"
    assert life.fulfil(reference="bank-1").status == "kept"


def test_erased_it_knows_nothing_of_the_customer() -> None:
    known = CustomerFacts(
        channels=("phone",),
        hours=(ContactHours(start="09:00", end="10:00"),),
        survey=False,
        expected_yearly_purchases=240,
        language="en",
        address_form="informal",
        time_zone="America/Lima",
    )
    life = begun(customer=known, customer_id="c-1")
    assert life.case.steps.customer == known
    life.hear(ComplaintErased(by="ana"))
    assert (life.case.steps.customer, life.case.steps.address) == (CustomerFacts(), Address())


def test_erased_it_keeps_what_was_counted_and_no_word() -> None:
    life = promised()
    life.answer(text="Dear Eva Ruiz, we look into it.")
    life.fulfil(reference="bank-1", text="Paid to Eva Ruiz")
    before = life.case
    life.hear(ComplaintErased(by="ana"))
    after = life.case
    written = after.model_dump_json()
    for word in ("Eva", "Ruiz", "Kettle", "eva@", "by three", "+34600000001", "we look into it"):
        assert word not in written
    assert [entry.status for entry in after.promises] == [entry.status for entry in before.promises]
    assert after.first_response() is not None
    assert (after.cycles, after.number) == (before.cycles, before.number)
    life.hear(ComplaintErased(by="ana"))
    life.at(MONDAY + DAY).tick()
    assert life.case.found_by == ()
