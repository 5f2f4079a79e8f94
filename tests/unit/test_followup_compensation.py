"""Money for a customer: within one's limit at once, above it by somebody whose limit covers it."""

import dataclasses
from decimal import Decimal
from typing import Any

import pytest

from services.followup.api.views import whole
from services.followup.domain.compensation import MOST as MOST_COMPENSATIONS
from services.followup.domain.compensation import (
    DecideCompensation,
    RequestCompensation,
    decide_compensation,
    request_compensation,
)
from services.followup.domain.promises import WithdrawPromise, withdraw_promise
from services.followup.domain.refusals import Conflict, LimitTooLow, NotFound, PromiseNotFeasible
from services.followup.domain.renegotiating import Renegotiate, renegotiate
from shared.decision import ComplaintFull, Invalid
from shared.events.intake import ComplaintWithdrawn
from shared.events.reference import Agent, Policy
from shared.events.values import CustomerFacts, Evidence, Money
from tests.unit.followup_life import HOUR, MONDAY, REFERENCE, WORLD, Life, begun


def euros(amount: str, currency: str = "EUR") -> Money:
    """So much money."""
    return Money(value=Decimal(amount), currency=currency)


AGENTS = {
    "ana": Agent(name="Ana", team="care", manager="mia", compensation_limit=euros("20")),
    "ben": Agent(name="Ben", team="care", manager="ben"),
    "mia": Agent(name="Mia", team="care", manager="noa", compensation_limit=euros("50")),
    "noa": Agent(name="Noa", team="care", compensation_limit=euros("500")),
    "uma": Agent(name="Uma", team="care", compensation_limit=euros("500", "USD")),
    "old": Agent(name="Old", team="care", compensation_limit=euros("500"), active=False),
}
POLICY = Policy(name="p", targets=(), new_customer_cost=euros("300"))
PAYING = dataclasses.replace(
    WORLD, reference=dataclasses.replace(REFERENCE, agents=AGENTS, policies={"default": POLICY})
)


def asked(life: Life, amount: str = "10", by: str = "ana", name: str = "c1", **changes: Any) -> Any:
    """Somebody wants to give the customer money."""
    currency = changes.pop("currency", "EUR")
    fields = {"by": by, "compensation_id": name, "amount": euros(amount, currency), **changes}
    return life.do(request_compensation, RequestCompensation(**fields))


def decided(life: Life, by: str = "mia", *, approved: bool = True, **changes: Any) -> Any:
    """Somebody decides."""
    return life.do(decide_compensation, DecideCompensation(by=by, approved=approved, **changes))


def test_who_opens_the_case_sees_what_stands_beside_the_cost() -> None:
    life = begun(PAYING)
    answer = asked(life, "30", expected_yearly_purchases=80)
    (shown,) = whole(life.case, now=life.now, world=life.world).compensations
    assert shown == answer
    assert (shown.approver, shown.customer_value, shown.new_customer_cost) == ("mia", euros("400"), euros("300"))


class TestLimit:
    """Who may allow how much."""

    def test_within_the_limit_it_is_approved_at_once(self) -> None:
        life = begun(PAYING)
        answer = asked(life, "20", why="She called three times.")
        assert (answer.status, answer.approver, answer.decided_by) == ("approved", None, "ana")
        assert life.types("compensation") == ["compensation.requested", "compensation.approved"]

    def test_above_it_the_nearest_superior_whose_limit_covers_it_is_asked(self) -> None:
        assert asked(begun(PAYING), "20.01").approver == "mia"
        assert asked(begun(PAYING), "51").approver == "noa"
        assert asked(begun(PAYING), "501").approver is None
        assert asked(begun(PAYING), "1", by="ben").approver is None
        assert asked(begun(PAYING), "1", by="zoe").approver is None

    def test_the_limit_is_ones_own_else_that_of_ones_role(self) -> None:
        roles = POLICY.model_copy(update={"compensation_limits": {"agent": euros("5"), "lead": euros("40")}})
        agents = {**AGENTS, "lea": Agent(name="Lea", team="care", role="lead")}
        agents["max"] = Agent(name="Max", team="care", role="guest", manager="lea")
        world = dataclasses.replace(
            WORLD, reference=dataclasses.replace(REFERENCE, agents=agents, policies={"default": roles})
        )
        assert asked(begun(world), "20").status == "approved"
        assert asked(begun(world), "5", by="ben").status == "approved"
        assert asked(begun(world), "5.01", by="ben").status == "requested"
        answer = asked(begun(world), "1", by="max")
        assert (answer.status, answer.approver) == ("requested", "lea")
        life = begun(world)
        asked(life, "40", by="max")
        assert decided(life, "lea").status == "approved"

    def test_another_currency_is_never_within(self) -> None:
        assert asked(begun(PAYING), "5", currency="USD").status == "requested"

    def test_it_is_approved_by_one_whose_limit_covers_it(self) -> None:
        life = begun(PAYING)
        asked(life, "40")
        for nobody in ("ana", "ben", "old", "zoe"):
            with pytest.raises(LimitTooLow) as refusal:
                decided(life, nobody)
            assert refusal.value.facts == {"approver": "mia"}
        assert decided(life).status == "approved"
        assert life.last("compensation.approved").by == "mia"
        with pytest.raises(Conflict):
            decided(life)

    def test_what_the_case_was_granted_before_counts_with_it(self) -> None:
        life = begun(PAYING)
        assert asked(life, "12").status == "approved"
        assert asked(life, "400", by="uma", currency="USD", name="c2").status == "approved"
        assert asked(life, "8", name="c3").status == "approved"
        answer = asked(life, "0.01", name="c4")
        assert (answer.status, answer.approver) == ("requested", "mia")
        assert asked(life, "31", name="c5").approver == "noa"
        with pytest.raises(LimitTooLow) as refusal:
            decided(life, compensation_id="c5")
        assert refusal.value.facts == {"approver": "noa"}
        assert decided(life, compensation_id="c4").status == "approved"

    def test_what_waits_or_was_refused_is_not_granted(self) -> None:
        life = begun(PAYING)
        asked(life, "40")
        assert asked(life, "20", name="c2").status == "approved"
        decided(life, "noa", approved=False, compensation_id="c1")
        assert asked(life, "30", name="c3").approver == "mia"

    def test_it_is_refused_with_a_reason(self) -> None:
        life = begun(PAYING)
        asked(life, "40")
        answer = decided(life, approved=False, why="The bank pays.", compensation_id="c1")
        assert (answer.status, life.last("compensation.refused").why) == ("refused", "The bank pays.")

    def test_the_one_that_is_named_is_decided(self) -> None:
        life = begun(PAYING)
        asked(life, "40")
        asked(life, "45", name="c2")
        assert decided(life, compensation_id="c1").amount == euros("40")
        assert [one.status for one in life.case.steps.compensations] == ["approved", "requested"]
        with pytest.raises(NotFound):
            decided(life, compensation_id="c9")


class TestWorth:
    """What stands beside the cost."""

    def test_five_years_of_the_customer_and_what_a_new_one_costs(self) -> None:
        answer = asked(begun(PAYING, customer=CustomerFacts(expected_yearly_purchases=240)))
        assert (answer.customer_value, answer.new_customer_cost) == (euros("1200"), euros("300"))

    def test_what_is_known_better_counts(self) -> None:
        life = begun(PAYING)
        assert asked(life, expected_yearly_purchases=100).customer_value == euros("500")
        assert asked(life, name="c2").customer_value == euros("500")

    def test_what_is_not_known_is_not_guessed(self) -> None:
        answer = asked(begun())
        assert (answer.customer_value, answer.new_customer_cost) == (None, None)


class TestRefused:
    """When there is nobody to compensate."""

    def test_nothing_is_no_amount(self) -> None:
        with pytest.raises(Invalid):
            asked(begun(PAYING), "0")

    def test_what_was_withdrawn_is_not_compensated(self) -> None:
        life = begun(PAYING)
        life.hear(ComplaintWithdrawn())
        with pytest.raises(Conflict):
            asked(life)

    def test_so_many_and_no_more(self) -> None:
        life = begun(PAYING)
        one = asked(life)
        life.known = life.case.with_steps(compensations=(one,) * MOST_COMPENSATIONS)
        with pytest.raises(ComplaintFull):
            asked(life)


class TestPromised:
    """What was granted is promised once."""

    def granted(self) -> Life:
        """Forty euros may be given; Ben, who may give nothing alone, has promised thirty of them."""
        life = begun(PAYING)
        asked(life, "40", "mia")
        life.promise(by="ben", amount=euros("30"))
        return life

    def refused(self, life: Life, amount: str, **changes: Any) -> None:
        """So much is left no more."""
        with pytest.raises(PromiseNotFeasible, match="more than whoever promises it may give"):
            life.promise("p9", by="ben", amount=euros(amount, **changes))

    def test_what_is_promised_is_granted_to_no_other_promise(self) -> None:
        life = self.granted()
        self.refused(life, "10.01")
        self.refused(life, "1", currency="USD")
        life.promise("p2", by="ben", amount=euros("10"))
        self.refused(life, "0.01")

    def test_kept_it_is_spent(self) -> None:
        life = self.granted()
        life.fulfil(reference="bank-1")
        self.refused(life, "10.01")

    def test_withdrawn_it_can_be_promised_again(self) -> None:
        life = self.granted()
        life.do(withdraw_promise, WithdrawPromise(promise_id="p1", by="ana", words="no need"))
        life.promise("p2", by="ben", amount=euros("40"))

    def test_moved_it_counts_once(self) -> None:
        life = self.granted()
        shown = Evidence(type="call", reference="call-1")
        fields: dict[str, Any] = {"words": "later", "agreed_by_customer": True, "evidence": shown}
        life.do(renegotiate, Renegotiate(promise_id="p1", new_id="p2", by="ana", due=MONDAY + 6 * HOUR, **fields))
        life.promise("p3", by="ben", amount=euros("10"))

    def test_ones_own_limit_is_for_all_that_a_case_is_promised(self) -> None:
        life = begun(PAYING)
        life.promise(by="ana", amount=euros("15"))
        with pytest.raises(PromiseNotFeasible, match="more than whoever promises it may give"):
            life.promise("p2", by="ana", amount=euros("15"))
        life.promise("p2", by="ana", amount=euros("5"))
