"""What was tried and what did not arrive: an attempt settles nothing before due, failed evidence keeps nothing."""

from typing import Any

import pytest

from services.followup.domain.fulfilment import Attempt, attempt
from services.followup.domain.refusals import PromiseSettled
from shared.decision import Invalid
from shared.events.intake import ResponseFailed
from shared.events.values import Evidence
from tests.unit.followup_life import DAY, HOUR, MINUTE, Life
from tests.unit.test_followup_promises import DUE, promised


def tried(life: Life, **evidence: Any) -> Any:
    """Ana tried and could not reach the customer."""
    shown = Evidence(**{"type": "call", **evidence})
    return life.do(attempt, Attempt(promise_id="p1", by="ana", evidence=shown))


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
