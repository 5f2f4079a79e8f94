"""A promise moved after it was thought broken, and shown afterwards to have been kept: nothing is owed twice."""

from datetime import datetime
from typing import Any

import pytest

from services.followup.domain.attempts import is_attempt
from services.followup.domain.fulfilment import Attempt, attempt
from services.followup.domain.renegotiating import Renegotiate, renegotiate
from services.metrics.domain.promise_fact import PromiseFact
from shared.decision import Invalid
from shared.events.intake import ResponseFailed
from shared.events.values import Evidence
from tests.support.reporting import facts, report, story
from tests.unit.followup_life import DAY, HOUR, MONDAY, Life, begun

DUE = MONDAY + 5 * HOUR
PAID: dict[str, Any] = {"type": "payment", "reference": "pay-1", "occurred_at": MONDAY + 2 * HOUR}
"""In time, and not told before due."""


def moved(life: Life, old: str, new: str, due: datetime, **changes: Any) -> None:
    """The customer agrees to another time."""
    agreed = Evidence(type="call", reference="c-1")
    fields: dict[str, Any] = {"by": "ana", "words": "later", "agreed_by_customer": True, "evidence": agreed}
    life.do(renegotiate, Renegotiate(promise_id=old, new_id=new, due=due, **fields, **changes))


def broken_and_moved(**changes: Any) -> Life:
    """Ana's refund was not seen by three; the customer agreed to tomorrow."""
    life = begun()
    life.promise()
    moved(life.at(DUE + HOUR), "p1", "p2", MONDAY + DAY, **changes)
    return life


def statuses(life: Life) -> list[str]:
    """How Ana's promises stand."""
    return [entry.status for entry in life.case.promises if entry.said_by == "person"]


def test_what_took_its_place_is_kept_by_the_same_evidence() -> None:
    life = broken_and_moved()
    life.fulfil(**PAID)
    assert statuses(life) == ["kept", "kept"]
    assert life.types("promise.")[-2:] == ["promise.corrected", "promise.kept"]
    life.at(MONDAY + 2 * DAY).tick()
    assert life.last("promise.kept").promise.id == "p2"
    assert "promise.broken" not in life.types("promise.")[-2:]


def test_also_when_that_one_was_broken_or_moved_meanwhile() -> None:
    life = broken_and_moved()
    moved(life, "p2", "p3", MONDAY + DAY + HOUR)
    moved(life.at(MONDAY + DAY + 2 * HOUR), "p3", "p4", MONDAY + 2 * DAY)
    assert statuses(life) == ["broken", "renegotiated", "broken", "open"]
    life.fulfil(**PAID)
    assert statuses(life) == ["kept", "renegotiated", "kept", "kept"]


def test_what_has_a_window_of_its_own_is_left_to_the_customer() -> None:
    life = broken_and_moved(not_before=MONDAY + DAY - HOUR)
    life.fulfil(**PAID)
    assert statuses(life) == ["kept", "open"]
    assert life.fulfil("p2", settles_it=True, **PAID).status == "kept"


def test_evidence_that_failed_keeps_neither() -> None:
    life = broken_and_moved()
    life.fulfil(**PAID)
    life.hear(ResponseFailed(response_id="pay-1", occurred_at=life.now))
    assert statuses(life) == ["broken", "open"]


def test_done_after_the_first_word_keeps_what_took_its_place() -> None:
    life = broken_and_moved()
    assert life.fulfil("p2", type="payment", occurred_at=DUE + HOUR / 2).status == "kept"
    assert statuses(life) == ["broken", "kept"]
    with pytest.raises(Invalid):
        broken_and_moved().fulfil("p2", type="payment", occurred_at=MONDAY)


def test_an_attempt_of_the_first_is_none_of_what_took_its_place() -> None:
    life = broken_and_moved()
    tried = Evidence(type="call", reference="c-0", occurred_at=DUE - HOUR)
    with pytest.raises(Invalid):
        life.do(attempt, Attempt(promise_id="p2", by="ana", evidence=tried))
    assert is_attempt(life.entry("p1"), tried)


def test_the_rows_of_the_report_still_add_up() -> None:
    life = broken_and_moved()
    life.fulfil(**PAID)
    names = set(PromiseFact.model_fields)
    known = tuple(
        PromiseFact(**entry.model_dump(include=names)) for entry in life.case.promises if entry.said_by == "person"
    )
    end = MONDAY + 7 * DAY
    total = report("promises", facts(story()).model_copy(update={"promises": known}), end=end, as_of=end).total()
    assert (total["due"], total["kept"], total["share_first_word_kept"]) == (2, 2, 1.0)
