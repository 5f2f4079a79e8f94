"""Windows as people say them, and what can be kept: capacity, authority, dependencies. Source: "Promises"."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.followup.domain.compensation import RequestCompensation, request_compensation
from services.followup.domain.feasibility import hour_of
from services.followup.domain.fulfilment import PromiseTooEarly
from services.followup.domain.refusals import PromiseNotFeasible
from services.followup.domain.renegotiating import Renegotiate, renegotiate
from services.followup.domain.world import KeptBefore, World
from shared.decision import Invalid
from shared.events.reference import Agent
from shared.events.values import Deadlines, Evidence, Money
from tests.unit.followup_life import DAY, HOUR, MINUTE, MONDAY, POLICY, REFERENCE, WORLD, Life, assigned, begun

NOON = MONDAY + 2 * HOUR
FOUR = MONDAY + 6 * HOUR
FRIDAY = date(2026, 3, 6)


def euros(amount: str, currency: str = "EUR") -> Money:
    """Money."""
    return Money(value=Decimal(amount), currency=currency)


def with_agent(**changes: Any) -> World:
    """Ana as changed."""
    ana = Agent(**{"name": "Ana", "team": "care", **changes})
    return World(REFERENCE.with_datum("agent", "ana", 2, ana), WORLD.ack_patience, WORLD.texts)


def refused(life: Life, **changes: Any) -> PromiseNotFeasible:
    """What is said when it cannot be kept."""
    with pytest.raises(PromiseNotFeasible) as refusal:
        life.promise(**changes)
    return refusal.value


class TestBeforeTwelve:
    """Due at twelve; early is in time."""

    def test_a_call_at_nine_keeps_it(self) -> None:
        life = begun()
        life.promise(kind="callback", due=NOON)
        assert life.at(MONDAY + HOUR).fulfil(type="call").status == "kept"

    def test_a_minute_past_it_is_broken(self) -> None:
        life = begun()
        life.promise(kind="callback", due=NOON)
        life.at(NOON + MINUTE).fulfil(type="call")
        assert (life.entry().status, life.entry().broken_at) == ("broken", NOON)


class TestAtFour:
    """From four, with the policy's grace."""

    def test_the_grace_of_the_policy_is_added(self) -> None:
        life = begun()
        life.promise(kind="callback", due=FOUR, not_before=FOUR)
        assert (life.entry().not_before, life.entry().due) == (FOUR, FOUR + 10 * MINUTE)

    def test_a_call_at_nine_does_not_keep_it_unless_the_customer_says_so(self) -> None:
        life = begun()
        life.promise(kind="callback", due=FOUR, not_before=FOUR)
        with pytest.raises(PromiseTooEarly):
            life.at(MONDAY + HOUR).fulfil(type="call")
        assert life.fulfil(type="call", settles_it=True).status == "kept"

    def test_one_early_unanswered_call_settles_nothing(self) -> None:
        life = begun()
        life.promise(kind="callback", due=FOUR, not_before=FOUR)
        life.at(MONDAY + HOUR)
        life.tick()
        assert life.entry().status == "open"
        life.at(FOUR + 10 * MINUTE).tick()
        assert life.entry().status == "broken"

    def test_in_the_last_minute_of_the_grace_it_is_kept(self) -> None:
        life = begun()
        life.promise(kind="callback", due=FOUR, not_before=FOUR)
        assert life.at(FOUR + 10 * MINUTE).fulfil(type="call").status == "kept"

    def test_without_grace_it_is_that_instant(self) -> None:
        policy = POLICY.model_copy(update={"grace_minutes": 0})
        life = begun(World(REFERENCE.with_datum("policy", "default", 2, policy), WORLD.ack_patience, WORLD.texts))
        life.promise(kind="callback", due=FOUR, not_before=FOUR)
        assert (life.entry().not_before, life.entry().due) == (FOUR, FOUR)
        assert life.at(FOUR).fulfil(type="call").status == "kept"

    def test_moved_to_another_instant_it_has_the_grace_again(self) -> None:
        life = begun()
        life.promise()
        agreed = Evidence(type="call", reference="c-1")
        ask = Renegotiate(
            promise_id="p1", new_id="p2", by="ana", due=FOUR, not_before=FOUR, words="at five",
            agreed_by_customer=True, evidence=agreed,
        )  # fmt: skip
        life.do(renegotiate, ask)
        assert (life.entry("p2").not_before, life.entry("p2").due) == (FOUR, FOUR + 10 * MINUTE)


class TestOnFriday:
    """The owner's opening to closing that day."""

    def test_opening_to_closing(self) -> None:
        life = begun()
        life.promise(due=None, on=FRIDAY)
        day = MONDAY + 4 * DAY - HOUR
        assert (life.entry().not_before, life.entry().due) == (day, day + 8 * HOUR)

    def test_a_day_on_which_they_do_not_work_is_refused_and_named_as_a_whole_with_a_reason(self) -> None:
        life = begun()
        assert refused(life, due=None, on=date(2026, 3, 7)).facts["instead"]
        life.promise(due=None, on=date(2026, 3, 7), override_reason="I come in")
        midnight = datetime(2026, 3, 7, tzinfo=MONDAY.tzinfo) - HOUR
        assert (life.entry().not_before, life.entry().due) == (midnight, midnight + DAY)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [({"on": FRIDAY}, "on"), ({"due": None}, "due"), ({"on": FRIDAY, "due": None, "not_before": NOON}, "on")],
    )
    def test_a_day_or_a_time_and_not_both(self, changes: dict[str, Any], field: str) -> None:
        with pytest.raises(Invalid) as refusal:
            begun().promise(**changes)
        assert refusal.value.errors[0][0] == field


class TestCapacity:
    """No more promises in an hour than their owner can keep."""

    def full(self, *hours: datetime, owner: str = "ana") -> World:
        """A world in which these hours are full."""
        return replace(WORLD, booked={(owner, hour_of(hour)): 6 for hour in hours})

    def test_a_full_hour_is_refused_with_times_that_have_room(self) -> None:
        life = begun(self.full(FOUR, FOUR - HOUR))
        refusal = refused(life, due=FOUR)
        assert refusal.errors[0][0] == "due"
        instead = refusal.facts["instead"]
        assert instead
        assert not {hour_of(at) for at in instead} & {FOUR, FOUR - HOUR}

    def test_where_the_usual_times_are_full_every_hour_of_the_next_days_is_looked_at(self) -> None:
        full = [hour for n in range(12 * 24) if (hour := MONDAY + n * HOUR) < MONDAY + 2 * DAY + 3 * HOUR]
        instead = refused(begun(self.full(*full)), due=FOUR).facts["instead"]
        assert instead[0] >= MONDAY + 2 * DAY + 3 * HOUR
        assert len(instead) == 3

    def test_another_owners_hours_and_unknown_owners_are_no_matter(self) -> None:
        begun(self.full(FOUR, owner="ben")).promise(due=FOUR)
        begun(self.full(FOUR, owner="zoe")).promise(due=FOUR, owner="zoe")

    def test_a_reason_lets_it_through(self) -> None:
        life = begun(self.full(FOUR))
        life.promise(due=FOUR, override_reason="urgent")
        assert life.last("promise.made").overridden


class TestAuthority:
    """Nobody promises more money than they may give."""

    LIMITED = with_agent(compensation_limit=euros("100"))

    @pytest.mark.parametrize("amount", [euros("100.01"), euros("5", "USD")])
    def test_beyond_the_makers_limit_no_time_helps(self, amount: Money) -> None:
        refusal = refused(begun(self.LIMITED), amount=amount)
        assert refusal.errors[0][0] == "amount"
        assert refusal.facts["instead"] == []

    def test_within_it_it_is_promised(self) -> None:
        life = begun(self.LIMITED)
        life.promise(amount=euros("100"))
        assert life.entry().promise.amount == euros("100")

    @pytest.mark.parametrize("maker", ["ben", "zoe"])
    def test_without_a_limit_nothing_is_but_for_a_reason(self, maker: str) -> None:
        refusal = refused(begun(self.LIMITED), by=maker, owner="ana", amount=euros("0.01"))
        assert refusal.errors[0][0] == "amount"
        life = begun(self.LIMITED)
        life.promise(by=maker, owner="ana", amount=euros("5"), override_reason="mia said so")
        assert life.last("promise.made").overridden

    def test_what_the_case_was_granted_is_promised_by_anybody(self) -> None:
        life = begun(self.LIMITED)
        ask = RequestCompensation(by="ana", compensation_id="c1", amount=euros("60"))
        life.do(request_compensation, ask)
        life.promise(by="ben", owner="ana", amount=euros("60"))
        assert refused(life, by="ben", owner="ana", amount=euros("60.01")).errors[0][0] == "amount"
        assert refused(life, by="ben", owner="ana", amount=euros("60", "USD")).errors[0][0] == "amount"

    def test_what_takes_its_place_is_the_same_amount(self) -> None:
        life = begun(self.LIMITED)
        life.promise(amount=euros("60"))
        ask = Renegotiate(
            promise_id="p1", new_id="p2", by="ben", due=FOUR, words="at five", agreed_by_customer=True,
            evidence=Evidence(type="call", reference="c-1"),
        )  # fmt: skip
        life.do(renegotiate, ask)
        assert life.entry("p2").amount == euros("60")


def test_whoever_promises_hears_how_well_such_promises_were_kept() -> None:
    before = KeptBefore(kind="refund", kept=3, broken=1, share_kept=0.75)
    answer = begun(replace(WORLD, kept_before=before)).promise()
    assert answer.kept_before == before


def test_the_day_is_that_of_the_owner_also_when_the_clocks_change() -> None:
    life = begun()
    life.hear(assigned(deadlines=Deadlines()))
    life.promise(due=None, on=date(2026, 3, 30))
    entry = life.entry()
    assert entry.not_before is not None
    assert entry.due - entry.not_before == 8 * HOUR
    assert entry.not_before == datetime(2026, 3, 30, 7, tzinfo=MONDAY.tzinfo)
    assert timedelta(0) < entry.due - life.now
