"""Terms of laws over a case's life: extended by a holding reply, never paused, said once, ended with the case."""

from typing import Any

import pytest

from services.followup.domain.refusals import PromiseNotFeasible
from services.followup.domain.resolution import Reopen, reopen
from services.followup.domain.waiting import Wait, wait
from shared.decision import Invalid
from shared.events import Payload
from shared.events.intake import ComplaintMerged, ComplaintWithdrawn
from tests.unit.followup_law import (
    DUE,
    EXTENDED,
    SOON,
    bound,
    breaches,
    failed,
    holding,
    law,
    read,
    result,
    said,
    shown,
    states,
)
from tests.unit.followup_life import DAY, DEADLINES, HOUR, MONDAY, Life, assigned, received


class TestHoldingReply:
    """The longer term holds if the customer knew the reasons in time."""

    def test_it_holds_from_then_on(self) -> None:
        life = bound(law(extended=EXTENDED))
        holding(life)
        assert shown(life)[0].due == EXTENDED
        assert breaches(life, EXTENDED - DAY) == []
        assert breaches(life) == [("substance", EXTENDED)]

    def test_an_ordinary_answer_extends_nothing(self) -> None:
        assert breaches(bound(law(extended=EXTENDED))) == [("substance", DUE)]

    @pytest.mark.parametrize("changes", [{"to": "third_party"}, {"to": "internal"}])
    def test_only_the_customer_counts(self, changes: dict[str, Any]) -> None:
        life = bound(law(extended=EXTENDED))
        holding(life, **changes)
        assert breaches(life) == [("substance", DUE)]

    def test_where_the_law_allows_no_delay_it_changes_nothing(self) -> None:
        life = bound(law())
        holding(life)
        assert breaches(life) == [("substance", DUE)]

    def test_told_after_the_term_it_is_too_late(self) -> None:
        life = bound(law(extended=EXTENDED)).at(DUE + HOUR)
        holding(life)
        assert breaches(life) == [("substance", DUE)]

    def test_told_in_time_and_written_down_late_it_was_no_breach(self) -> None:
        life = bound(law(extended=EXTENDED)).at(DUE + HOUR)
        holding(life, occurred_at=DUE)
        assert said(life) == said(life, "corrected") == [("substance", DUE)]
        assert breaches(life) == [("substance", DUE), ("substance", EXTENDED)]

    def test_one_that_did_not_arrive_extends_nothing(self) -> None:
        life = bound(law(extended=EXTENDED))
        holding(life)
        failed(life.at(DUE + DAY), "h1")
        assert breaches(life, life.now) == [("substance", DUE)]

    def test_another_one_in_time_takes_its_place(self) -> None:
        life = bound(law(extended=EXTENDED))
        holding(life)
        holding(life, "h2")
        failed(life, "h1")
        assert shown(life)[0].due == EXTENDED

    def test_each_deadline_warns_once(self) -> None:
        life = bound(law(extended=EXTENDED))
        life.at(DUE - 3 * DAY).tick()
        holding(life)
        life.tick()
        assert said(life, "warned") == [("substance", DUE)]
        life.at(EXTENDED - DAY).tick()
        failed(life, "h1")
        life.tick()
        assert said(life, "warned") == [("substance", DUE), ("substance", EXTENDED)]

    def test_a_deadline_that_moved_back_does_not_warn_again(self) -> None:
        life = bound(law(extended=EXTENDED))
        life.at(DUE - 4 * DAY).tick()
        holding(life)
        failed(life, "h1")
        life.at(DUE - 3 * DAY).tick()
        assert said(life, "warned") == [("substance", DUE)]

    def test_its_reasons_are_said_and_needed(self) -> None:
        life = bound(law())
        holding(life)
        assert (life.last("response.sent").holding, life.last("response.sent").reasons) == (
            True,
            "The bank has not answered yet.",
        )
        for changes in ({"reasons": None}, {"holding": False}):
            with pytest.raises(Invalid) as refusal:
                holding(life, "h2", **changes)
            assert refusal.value.errors[0][0] == "reasons"

    def test_it_moves_the_limit_of_what_can_be_promised(self) -> None:
        life = bound(law(extended=EXTENDED))
        with pytest.raises(PromiseNotFeasible):
            life.promise(due=DUE + DAY + HOUR)
        holding(life)
        assert life.promise(due=DUE + DAY + HOUR).status == "open"


class TestLife:
    """Never paused, said once, moved by routing, ended with the case."""

    def test_it_warns_when_a_quarter_of_the_working_time_is_left_and_names_the_term(self) -> None:
        life = bound(law())
        life.at(DUE - 4 * DAY).tick()
        life.tick()
        told = life.last("deadline.warned")
        assert (told.clock, told.deadline, told.rule, told.term, told.cycle) == ("legal", DUE, "xx-law", "substance", 1)
        assert said(life, "warned") == [("substance", DUE)]
        assert life.case.at_risk

    def test_a_warning_outside_working_hours_waits_for_the_next_opening(self) -> None:
        life = bound(law(due=MONDAY + 7 * DAY))
        warned_at = life.case.cycle.terms[0].warn_at
        assert warned_at is not None
        life.at(warned_at.replace(hour=22)).tick()
        assert said(life, "warned") == []
        assert life.case.cycle.terms[0].warn_at == (warned_at + DAY).replace(hour=8, minute=0)

    def test_hours_of_a_policy_that_never_closes_wake_nobody(self) -> None:
        life, clock = bound(), law()
        life.hear(assigned(deadlines=DEADLINES, legal_clocks=(clock,), calendar="clock"))
        life.at(MONDAY + 15 * DAY + 12 * HOUR).tick()
        assert said(life, "warned") == []
        life.at(MONDAY + 15 * DAY + 23 * HOUR).tick()
        assert said(life, "warned") == [("substance", DUE)]

    def test_each_term_is_breached_once_at_its_instant(self) -> None:
        life = bound(law("delivery", MONDAY + 10 * DAY), law("substance"))
        life.at(EXTENDED).tick()
        life.tick()
        assert said(life) == [("delivery", MONDAY + 10 * DAY), ("substance", DUE)]
        told = life.last("deadline.overdue")
        assert (told.rule, told.term, told.age_seconds) == ("xx-law", "substance", 40 * 86_400)

    def test_waiting_for_the_customer_pauses_none(self) -> None:
        life = bound(law())
        life.do(wait, Wait(by="ana", waiting_for="customer"))
        assert states(life) == ["running"]
        assert breaches(life) == [("substance", DUE)]

    def test_a_policy_s_own_earlier_target_runs_beside_them(self) -> None:
        life = Life()
        life.hear(received())
        life.hear(read(law(), legal=MONDAY + 5 * DAY))
        life.at(EXTENDED).tick()
        told: list[Any] = [each for each in life.said if each.type == "deadline.overdue"]
        assert [(each.term, each.deadline) for each in told if each.clock == "legal"] == [
            (None, MONDAY + 5 * DAY),
            ("substance", DUE),
        ]

    def test_routing_moves_what_runs_and_no_more(self) -> None:
        life = bound(law(), law("delivery", MONDAY + 3 * DAY), law("acknowledgement"))
        life.at(MONDAY + 3 * DAY).tick()
        moved = [law(due=DUE + DAY), law("delivery", DUE), law("acknowledgement", DUE + DAY)]
        life.hear(assigned(deadlines=DEADLINES, legal_clocks=moved))
        terms = {term.term: term.due for term in life.case.cycle.terms}
        assert terms == {"substance": DUE + DAY, "delivery": MONDAY + 3 * DAY, "acknowledgement": DUE}
        life.hear(assigned(deadlines=DEADLINES, legal_clocks=()))
        assert {term.term for term in life.case.cycle.terms} == {"delivery", "acknowledgement"}

    @pytest.mark.parametrize("end", [ComplaintWithdrawn(), ComplaintMerged(into="c2", by="ana")])
    def test_it_ends_with_the_complaint(self, end: Payload) -> None:
        life = bound(law())
        life.hear(end)
        assert (states(life), breaches(life)) == ([], [])

    def test_what_was_missed_before_stays_missed(self) -> None:
        life = bound(law()).at(DUE + DAY)
        life.hear(ComplaintWithdrawn())
        assert (breaches(life, life.now), states(life)) == ([("substance", DUE)], ["breached"])

    def test_history_has_none(self) -> None:
        life = bound(law(), historical=True)
        life.at(DUE - DAY).tick()
        assert (breaches(life), said(life, "warned"), states(life)) == ([], [], [])

    def test_a_reopening_neither_restarts_nor_ends_one(self) -> None:
        life = bound(law("delivery"), law("substance"))
        result(life)
        first = life.case.cycle
        life.do(reopen, Reopen(by="ana", reason="not_solved"))
        assert [(view.term, view.due, view.state) for view in shown(life)] == [("delivery", DUE, "running")]
        life.hear(assigned(cycle=2, deadlines=DEADLINES))
        assert breaches(life) == [("delivery", DUE)]
        assert life.last("deadline.overdue").cycle == 1
        assert life.case.cycles[0] == first

    def test_what_was_promised_keeps_to_the_term_that_binds(self) -> None:
        life = bound(law("acceptance", SOON + HOUR, binding=False), law("acknowledgement", SOON + HOUR), law())
        life.promise(due=DUE - 3 * DAY)
        with pytest.raises(PromiseNotFeasible):
            life.promise("p2", due=DUE + HOUR)
        result(life)
        assert life.promise("p3", due=DUE + DAY + HOUR).status == "open"
