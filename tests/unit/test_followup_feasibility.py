"""Never promise what cannot be kept: refused before it is made, with the nearest times that can be kept."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.followup.domain.feasibility import Wish, feasible_times, infeasible
from services.followup.domain.refusals import PromiseNotFeasible
from services.followup.domain.renegotiating import Renegotiate, renegotiate
from shared.events.values import Deadlines, Evidence
from tests.unit.followup_life import DAY, HOUR, MINUTE, MONDAY, OFFICE, WORLD, Life, assigned, begun

FRIDAY_CLOSING = MONDAY + 4 * DAY + 7 * HOUR
"""Five in the afternoon in Madrid."""
SATURDAY = MONDAY + 5 * DAY


def refused(life: Life, **changes: Any) -> PromiseNotFeasible:
    """What is said when it cannot be kept."""
    with pytest.raises(PromiseNotFeasible) as refusal:
        life.promise(**changes)
    return refusal.value


def test_closed_then_names_the_closing_before_and_the_opening_after() -> None:
    refusal = refused(begun(), due=SATURDAY)
    assert refusal.code == "promise_not_feasible"
    assert refusal.errors[0][0] == "due"
    instead = refusal.facts["instead"]
    assert instead[0] == FRIDAY_CLOSING
    assert MONDAY + 7 * DAY - HOUR in instead
    assert len(instead) == 3


def test_every_time_named_instead_can_be_promised() -> None:
    instead = refused(begun(), due=SATURDAY).facts["instead"]
    life = begun()
    for n, due in enumerate(instead):
        life.promise(f"p{n}", due=due)


def test_the_closing_instant_is_in_time_and_one_later_is_not() -> None:
    begun().promise(due=FRIDAY_CLOSING)
    refused(begun(), due=FRIDAY_CLOSING + timedelta(milliseconds=1))


def test_the_past_cannot_be_promised_for_any_reason() -> None:
    life = begun()
    refusal = refused(life, due=life.now, override_reason="they insisted")
    assert all(at > life.now for at in refusal.facts["instead"])


def test_nothing_beyond_the_legal_deadline() -> None:
    life = begun()
    life.hear(assigned(deadlines=Deadlines(legal=MONDAY + DAY)))
    refusal = refused(life, due=MONDAY + 2 * DAY)
    assert "is after the legal deadline" in refusal.detail
    assert refusal.facts["instead"][-1] == MONDAY + DAY


def test_nothing_that_nobody_can_plan() -> None:
    assert refused(begun(), due=MONDAY + 4000 * DAY).facts["instead"]


def test_not_before_what_it_depends_on() -> None:
    life = begun()
    life.promise("p0", due=MONDAY + 3 * HOUR)
    assert "depends on" in refused(life, due=MONDAY + 2 * HOUR, depends_on="p0").detail


def test_not_while_whoever_must_keep_it_is_absent() -> None:
    refusal = refused(begun(), owner="ben", due=MONDAY + DAY + HOUR)
    assert refusal.errors == (("owner", "is absent then"),)
    instead = refusal.facts["instead"]
    assert instead
    assert not any(MONDAY + DAY <= at < MONDAY + 2 * DAY for at in instead)


def test_whoever_never_works_can_promise_nothing() -> None:
    assert refused(begun(), owner="nil").facts["instead"] == []


def test_an_owner_not_known_here_works_when_the_team_does() -> None:
    begun().promise(owner="zoe")
    refused(begun(), owner="zoe", due=SATURDAY)
    life = begun()
    life.hear(assigned("zoe", team="unheard-of"))
    refused(life, due=SATURDAY)


def test_a_reason_lets_it_through_and_is_counted() -> None:
    life = begun()
    life.promise(due=SATURDAY, override_reason="I work on Saturday")
    assert life.last("promise.made").overridden
    assert life.entry().override_reason == "I work on Saturday"


def test_a_reason_that_was_not_needed_is_not_counted() -> None:
    life = begun()
    life.promise(override_reason="just in case")
    assert not life.last("promise.made").overridden
    assert life.entry().override_reason is None


def test_a_window_that_opens_later_is_respected() -> None:
    refusal = refused(begun(), due=SATURDAY, not_before=SATURDAY - HOUR)
    assert all(at > SATURDAY - HOUR for at in refusal.facts["instead"])


@given(
    due=st.datetimes(datetime(2026, 2, 1), datetime(2027, 6, 1)),  # noqa: DTZ001 - made aware below
    legal=st.one_of(st.none(), st.integers(1, 400)),
    after=st.one_of(st.none(), st.integers(-10, 100)),
)
def test_whatever_is_named_instead_is_feasible(due: datetime, legal: int | None, after: int | None) -> None:
    life = begun()
    limit = None if legal is None else MONDAY + legal * HOUR
    life.hear(assigned(deadlines=Deadlines(legal=limit)))
    wish = Wish(
        due.replace(microsecond=0, tzinfo=MONDAY.tzinfo), None if after is None else MONDAY + after * HOUR, "ana"
    )
    for at in feasible_times(life.case, wish, now=life.now, world=WORLD):
        assert infeasible(life.case, Wish(at, wish.not_before, "ana"), now=life.now, world=WORLD) == []
        assert at > life.now
        assert limit is None or at <= limit
        assert OFFICE.between(at - MINUTE, at) > timedelta(0) or OFFICE.is_open(at)


def test_what_it_depends_on_is_what_took_its_place() -> None:
    life = begun()
    life.promise("p0", due=MONDAY + 2 * HOUR)
    moved = Renegotiate(
        promise_id="p0", new_id="p1", by="ana", due=MONDAY + 4 * HOUR, words="later", agreed_by_customer=True,
        evidence=Evidence(type="call", reference="c-1"),
    )  # fmt: skip
    life.do(renegotiate, moved)
    refusal = refused(life, promise_id="p2", due=MONDAY + 3 * HOUR, depends_on="p0")
    assert "depends on" in refusal.detail
    assert min(refusal.facts["instead"]) >= MONDAY + 4 * HOUR
    life.promise("p2", due=MONDAY + 4 * HOUR, depends_on="p0")


def test_a_legal_deadline_that_has_passed_limits_nothing_any_more() -> None:
    life = begun()
    life.hear(assigned(deadlines=Deadlines(legal=MONDAY + DAY)))
    life.at(MONDAY + DAY - MINUTE)
    refused(life, due=MONDAY + 2 * DAY)
    life.at(MONDAY + DAY).promise(due=MONDAY + 2 * DAY)
    assert not life.last("promise.made").overridden
    assert refused(life, promise_id="p2", due=SATURDAY).facts["instead"]
