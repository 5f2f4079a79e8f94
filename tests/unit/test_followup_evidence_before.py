"""What was done before a person gave their word shows nothing about it."""

from datetime import timedelta

import pytest

from services.followup.domain.asking import CLOCKS_DIFFER
from services.followup.domain.fulfilment import Attempt, attempt
from services.followup.domain.renegotiating import Renegotiate, renegotiate
from shared.decision import Invalid
from shared.events.values import Evidence
from tests.unit.followup_life import HOUR, MONDAY, Life, begun

BEFORE = timedelta(milliseconds=1)


def promised() -> Life:
    """Ana promised something at ten past ten; it is eleven."""
    life = begun()
    life.promise()
    return life.at(MONDAY + HOUR)


def test_it_neither_keeps_nor_attempts_the_promise() -> None:
    life = promised()
    earlier = life.entry().made_at - CLOCKS_DIFFER - BEFORE
    with pytest.raises(Invalid) as refusal:
        life.fulfil(reference="pay-1", occurred_at=earlier)
    assert refusal.value.errors[0][0] == "evidence.occurred_at"
    with pytest.raises(Invalid):
        life.do(attempt, Attempt(promise_id="p1", by="ana", evidence=Evidence(type="call", occurred_at=earlier)))
    assert (life.entry().status, life.entry().attempts) == ("open", ())


def test_nor_told_after_due() -> None:
    life = promised().at(MONDAY + 8 * HOUR)
    life.tick()
    with pytest.raises(Invalid):
        life.fulfil(reference="pay-1", occurred_at=MONDAY)
    assert life.entry().status == "broken"


def test_nor_does_it_show_that_the_customer_agreed_to_another_time() -> None:
    life = promised()
    ask = Renegotiate(
        promise_id="p1", new_id="p2", by="ana", due=MONDAY + 6 * HOUR, words="at five", agreed_by_customer=True,
        evidence=Evidence(type="call", occurred_at=MONDAY),
    )  # fmt: skip
    with pytest.raises(Invalid):
        life.do(renegotiate, ask)
    assert len(life.case.promises) == len(promised().case.promises)


def test_clocks_need_not_agree_to_the_second() -> None:
    life = promised()
    assert life.fulfil(occurred_at=life.entry().made_at - CLOCKS_DIFFER).status == "kept"


def test_what_the_system_promised_may_have_been_done_before_it_spoke() -> None:
    life = begun(started_at=MONDAY - HOUR)
    word = life.system_promise()
    assert life.fulfil(word.id, type="call", occurred_at=word.made_at - 2 * CLOCKS_DIFFER).status == "kept"
