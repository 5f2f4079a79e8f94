"""The legal deadline over a complaint's life: said when it comes in, moved by policy and calendar, never paused."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from services.routing.domain.receiving import on_received
from services.routing.domain.renewing import refreshed, tick
from services.routing.domain.world import World
from services.routing.laws import shipped_laws
from shared.calendar import Calendar
from shared.decision import Decision
from shared.events.reference import Target
from shared.events.routing import ComplaintAssigned, ComplaintTriaged
from tests.support.routing import (
    MONDAY,
    OFFICE,
    POLICY,
    REOPENED,
    RESOLVED,
    complaint,
    heard,
    later,
    react,
    reference,
    response,
    world,
)

BY_LAW = POLICY.model_copy(update={"legal": ("es-payment-services",), "legal_calendar": "holidays"})
HOLIDAYS = Calendar.model_validate({"time_zone": "Europe/Madrid", "public_holidays": {"country": "ES"}})
DUE = datetime(2026, 3, 23, 22, 59, 59, 999_000, tzinfo=UTC)
"""15 business days after Monday 2 March, Madrid."""


def here(policy: Any = BY_LAW, holidays: Calendar = HOLIDAYS, office: Calendar = OFFICE, **versions: int) -> World:
    """The organisation under that policy; of what `versions` names, such as calendar_holidays, there is a newer one."""
    known = reference(policies={"default": policy}, calendars={"office": office, "holidays": holidays})
    newer: Any = {tuple(name.split("_")): version for name, version in versions.items()}
    known = replace(known, versions={**known.versions, **newer})
    return replace(world("ana"), reference=known, laws=shipped_laws())


def received(where: World | None = None, **fields: Any) -> Decision[Any]:
    said = complaint(**{"product": "card", "text": "The card does not work", **fields})
    return on_received(None, heard(said), now=MONDAY, world=where or here())


def test_what_the_law_wants_is_said_with_the_triage_and_the_assignment() -> None:
    decision = received()
    triaged, assigned = decision.events
    assert isinstance(triaged, ComplaintTriaged)
    assert isinstance(assigned, ComplaintAssigned)
    assert triaged.deadlines.legal == assigned.deadlines.legal == DUE
    (clock,) = triaged.legal_clocks
    assert (clock.rule, clock.term, clock.stops) == ("es-payment-services", "answer", "substance")
    assert assigned.legal_clocks == triaged.legal_clocks
    assert any("art. 69.2" in reason for reason in triaged.why)


def test_history_and_the_anonymous_have_none() -> None:
    assert received(historical=True).state.deadlines.legal is None
    nobody = received(complainant={"anonymous": True}).state
    assert (nobody.deadlines.legal, nobody.legal_clocks) == (None, ())


def test_a_policy_that_names_a_law_gives_open_complaints_their_legal_deadline() -> None:
    case = received(here(POLICY)).state
    assert case.deadlines.legal is None
    (triaged,) = tick(case, now=later(1), world=here(policy_default=2)).events
    assert isinstance(triaged, ComplaintTriaged)
    assert triaged.again
    assert (triaged.deadlines.legal, len(triaged.legal_clocks)) == (DUE, 1)


def test_another_calendar_of_holidays_moves_the_legal_deadline_and_says_so() -> None:
    case = received().state
    decreed = HOLIDAYS.model_copy(update={"holidays": [date(2026, 3, 20)]})
    decision = tick(case, now=later(1), world=here(holidays=decreed, calendar_holidays=2))
    (assigned,) = decision.events
    assert isinstance(assigned, ComplaintAssigned)
    assert assigned.moved == ("legal",)
    assert assigned.deadlines.legal == datetime(2026, 3, 24, 22, 59, 59, 999_000, tzinfo=UTC)
    assert assigned.deadlines.resolution == case.deadlines.resolution
    assert assigned.why == ("the holidays of holidays changed",)
    again = tick(decision.state, now=later(2), world=here(holidays=decreed, calendar_holidays=2))
    assert not again.events


def test_any_save_takes_up_a_newer_calendar_of_holidays() -> None:
    case = received().state
    decreed = HOLIDAYS.model_copy(update={"holidays": [date(2026, 3, 20)]})
    newer = here(holidays=decreed, calendar_holidays=2)
    (assigned,) = refreshed(Decision(case), now=later(1), world=newer).events
    assert isinstance(assigned, ComplaintAssigned)
    same = Decision(case)
    assert refreshed(same, now=later(1), world=here()) is same


def test_other_hours_of_the_team_move_its_targets_and_not_the_law() -> None:
    case = received().state
    shut = OFFICE.model_copy(update={"holidays": [date(2026, 3, 2), date(2026, 3, 3)]})
    (assigned,) = tick(case, now=later(1), world=here(office=shut, calendar_office=2)).events
    assert isinstance(assigned, ComplaintAssigned)
    assert assigned.moved == ("first_response", "resolution")
    assert assigned.deadlines.first_response == datetime(2026, 3, 4, 16, 0, tzinfo=UTC)
    assert assigned.deadlines.legal == DUE
    assert assigned.why == ("the hours of cards changed",)


def test_other_hours_of_the_team_move_a_legal_target_that_the_policy_counts_in_them() -> None:
    ours = POLICY.model_copy(update={"targets": (*POLICY.targets, Target(clock="legal", minutes=540))})
    case = received(here(ours)).state
    assert case.deadlines.legal == datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
    shut = OFFICE.model_copy(update={"holidays": [date(2026, 3, 3)]})
    (assigned,) = tick(case, now=later(1), world=here(ours, office=shut, calendar_office=2)).events
    assert isinstance(assigned, ComplaintAssigned)
    assert "legal" in assigned.moved
    assert assigned.deadlines.legal == datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


def test_an_answer_moves_nothing_and_a_reopening_has_no_legal_clock_of_its_own() -> None:
    case = react(received().state, response(), here()).state
    assert case.deadlines.legal == DUE
    resolved = react(case, RESOLVED, here()).state
    assert resolved.deadlines.legal == DUE
    decision = react(resolved, REOPENED, here(), at=later(24))
    (assigned,) = decision.events
    assert isinstance(assigned, ComplaintAssigned)
    assert (assigned.deadlines.legal, assigned.legal_clocks) == (None, ())
    assert "legal" not in assigned.moved
    later_law = tick(decision.state, now=later(25), world=here(policy_default=2))
    assert later_law.state.deadlines.legal is None
