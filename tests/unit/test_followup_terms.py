"""Terms of laws: each ends by its own stop rule and by nothing else. Source: ADR 0010, docs/calendars.md."""

from typing import Any

import pytest

from services.followup.domain.resolution import Reopen, Verify, reopen, verify_by_link
from services.followup.domain.solutions import Choose, Propose, choose, propose
from services.followup.domain.step_parts import Option
from tests.unit.followup_law import (
    DUE,
    SOON,
    bound,
    breaches,
    delivered,
    failed,
    holding,
    law,
    read,
    result,
    said,
    shown,
    states,
)
from tests.unit.followup_life import DAY, HOUR, MONDAY, Life, received


class TestAcknowledgement:
    """The number is all that is asked for."""

    def test_the_acknowledgement_ends_it(self) -> None:
        life = bound(law("acknowledgement"))
        assert states(life) == ["met"]
        assert breaches(life) == []

    def test_it_ends_no_other(self) -> None:
        assert breaches(bound(law("substance"))) == [("substance", DUE)]

    def test_without_it_nothing_does(self) -> None:
        life = Life()
        life.hear(received(received_at=MONDAY - DAY, started_at=MONDAY - DAY), time=MONDAY)
        life.hear(read(law("acknowledgement", MONDAY - HOUR)))
        assert breaches(life, MONDAY) == [("acknowledgement", MONDAY - HOUR)]


class TestSubstance:
    """The answer with its reasons, and nothing that comes before it."""

    def test_the_result_ends_it(self) -> None:
        life = bound(law())
        result(life)
        assert (states(life), breaches(life)) == (["met"], [])

    def test_a_word_on_the_way_and_a_holding_reply_do_not(self) -> None:
        life = bound(law())
        life.answer("r1", text="We are looking into it.")
        holding(life)
        assert breaches(life) == [("substance", DUE)]

    def test_a_result_that_did_not_arrive_was_never_given(self) -> None:
        life = bound(law())
        result(life)
        failed(life)
        assert states(life) == ["running"]
        assert breaches(life) == [("substance", DUE)]

    def test_one_given_too_late_breached_it_at_its_last_instant(self) -> None:
        life = bound(law()).at(DUE + DAY)
        result(life)
        assert said(life) == [("substance", DUE)]
        assert states(life) == ["breached"]

    def test_it_lies_in_the_list_of_what_is_overdue_until_the_result(self) -> None:
        life = bound(law())
        life.at(DUE).tick()
        assert "legal" in life.case.overdue
        result(life)
        assert "legal" not in life.case.overdue


class TestDelivery:
    """The answer must have reached whoever asked."""

    def test_only_the_report_ends_it(self) -> None:
        life = bound(law("delivery"))
        result(life)
        assert states(life) == ["running"]
        delivered(life)
        assert (states(life), breaches(life)) == (["met"], [])

    def test_an_answer_in_an_outbox_stops_nothing(self) -> None:
        life = bound(law("delivery"))
        result(life)
        assert breaches(life) == [("delivery", DUE)]

    def test_what_is_delivered_but_no_result_does_not(self) -> None:
        life = bound(law("delivery"))
        delivered(life, "r0")
        result(life)
        assert breaches(life) == [("delivery", DUE)]

    def test_a_later_failure_takes_it_back(self) -> None:
        life = bound(law("delivery"))
        result(life)
        delivered(life)
        failed(life.at(SOON + DAY))
        assert states(life) == ["running"]
        assert breaches(life) == [("delivery", DUE)]

    def test_failed_after_the_term_it_is_breached_from_its_last_instant(self) -> None:
        life = bound(law("delivery"))
        result(life)
        delivered(life)
        failed(life.at(DUE + DAY))
        assert breaches(life, life.now) == [("delivery", DUE)]

    def test_another_result_takes_its_place(self) -> None:
        life = bound(law("delivery"))
        result(life)
        failed(life)
        life.do(reopen, Reopen(by="ana", reason="new_fact"))
        result(life, "r2")
        delivered(life, "r2")
        assert breaches(life) == []

    def test_delivered_in_time_and_heard_of_late_it_was_no_breach(self) -> None:
        life = bound(law("delivery"))
        result(life)
        life.at(DUE).tick()
        delivered(life.at(DUE + DAY), at=DUE)
        assert said(life) == said(life, "corrected") == [("delivery", DUE)]
        assert states(life) == ["met"]
        assert breaches(life) == [("delivery", DUE)]

    def test_delivered_too_late_it_was(self) -> None:
        life = bound(law("delivery"))
        result(life)
        delivered(life.at(DUE + DAY))
        life.tick()
        assert (said(life), said(life, "corrected"), states(life)) == ([("delivery", DUE)], [], ["breached"])

    def test_the_report_may_come_before_the_answer_is_known_here(self) -> None:
        life = bound(law("delivery"))
        delivered(life)
        result(life)
        assert states(life) == ["met"]


class TestAcceptance:
    """The customer must agree."""

    def test_the_yes_to_the_result_ends_it(self) -> None:
        life = bound(law("acceptance"))
        result(life)
        assert states(life) == ["running"]
        life.do(verify_by_link, Verify(answer="yes", via="link"))
        assert (states(life), breaches(life)) == (["met"], [])

    @pytest.mark.parametrize("answer", ["no", "declined"])
    def test_no_other_answer_does(self, answer: Any) -> None:
        life = bound(law("acceptance"))
        result(life)
        life.do(verify_by_link, Verify(answer=answer, via="link"))
        assert breaches(life) == [("acceptance", DUE)]

    def test_an_accepted_solution_ends_it_and_none_does_not(self) -> None:
        life = bound(law("acceptance"))
        options = (Option(id="a", text="Repair"), Option(id="b", text="Voucher"))
        life.do(propose, Propose(by="ana", options=options))
        life.do(choose, Choose(option="none"))
        assert states(life) == ["running"]
        life.do(choose, Choose(option="a"))
        assert (states(life), breaches(life)) == (["met"], [])

    def test_a_consent_stands_when_the_case_begins_again(self) -> None:
        life = bound(law("acceptance"))
        result(life)
        life.do(verify_by_link, Verify(answer="yes", via="link"))
        life.do(reopen, Reopen(by="ana", reason="new_fact"))
        assert (shown(life), breaches(life)) == ([], [])

    def test_a_chance_that_binds_nobody_warns_and_is_never_breached(self) -> None:
        chance = law("acceptance", MONDAY + 3 * DAY, binding=False)
        life = bound(chance, law())
        assert states(life) == ["running", "running"]
        life.at(MONDAY + 2 * DAY + 5 * HOUR).tick()
        assert said(life, "warned") == [("acceptance", MONDAY + 3 * DAY)]
        life.at(MONDAY + 4 * DAY).tick()
        assert [view.term for view in shown(life)] == ["substance"]
        assert breaches(life) == [("substance", DUE)]
