"""A newer policy, calendar or team moves what is still open, and nothing else."""

from datetime import datetime
from typing import Any

import pytest

from services.routing.domain.receiving import on_received
from services.routing.domain.renewing import refreshed, stale, tick
from services.routing.domain.world import World
from shared.calendar import AROUND_THE_CLOCK
from shared.decision import Decision
from shared.events import followup
from shared.events.routing import ComplaintAssigned, ComplaintTriaged
from tests.support.routing import (
    MONDAY,
    OFFICE,
    POLICY,
    RULES,
    TEAMS,
    complaint,
    heard,
    later,
    react,
    received,
    reference,
    response,
)


def newer(kind: str, name: str, **changed: Any) -> World:
    known = reference(**changed)
    return World(reference(**changed, versions={**known.versions, (kind, name): 2}), RULES)


HALF = POLICY.model_copy(
    update={"targets": tuple(t.model_copy(update={"minutes": t.minutes * 2}) for t in POLICY.targets)}
)


def test_a_new_policy_moves_what_is_open_and_says_so() -> None:
    case = react(received("ana").state, response()).state
    decision = tick(case, now=later(1), world=newer("policy", "default", policies={"default": HALF}))
    (triaged,) = decision.events
    assert isinstance(triaged, ComplaintTriaged)
    assert triaged.again
    assert triaged.policy.version == 2
    assert triaged.deadlines.first_response == case.deadlines.first_response, "answered: it stays"
    assert triaged.deadlines.resolution != case.deadlines.resolution


def test_a_new_policy_that_moves_nothing_is_not_said() -> None:
    decision = tick(received("ana").state, now=later(1), world=newer("policy", "default"))
    assert not decision.events
    assert decision.state.policy.version == 2


def test_other_hours_of_the_team_are_said_with_what_moved() -> None:
    teams = {**TEAMS, "cards": TEAMS["cards"].model_copy(update={"calendar": "always"})}
    case = received("ana", at=later(6)).state
    decision = tick(case, now=later(7), world=newer("team", "cards", teams=teams))
    (assigned,) = decision.events
    assert isinstance(assigned, ComplaintAssigned)
    assert (assigned.calendar, assigned.agent, assigned.moved) == ("always", "ana", ("first_response", "resolution"))


DAY_AND_NIGHT = {"policies": {"default": POLICY.model_copy(update={"calendar": "always"})}}
"""A policy with hours of its own, whatever those of the team are."""


def under_its_own_hours(*, at: datetime = MONDAY) -> Any:
    said = complaint(product="card", text="The card does not work", at=at)
    return on_received(None, heard(said, at=at), now=at, world=World(reference(**DAY_AND_NIGHT), RULES)).state


def test_a_policy_s_own_calendar_counts_instead_of_the_team_s() -> None:
    case = under_its_own_hours(at=later(6))
    assert (case.team, case.calendar) == ("cards", "always")
    assert case.deadlines.first_response == later(6 + 8)
    elsewhere = received(at=later(6)).state
    assert (elsewhere.calendar, elsewhere.deadlines.first_response) == ("office", later(6 + 8 + 15))


def test_a_policy_that_names_a_calendar_moves_what_is_open_and_says_so() -> None:
    case = received("ana", at=later(6)).state
    (triaged,) = tick(case, now=later(7), world=newer("policy", "default", **DAY_AND_NIGHT)).events
    assert isinstance(triaged, ComplaintTriaged)
    assert (triaged.calendar, triaged.again) == ("always", True)
    assert triaged.deadlines == under_its_own_hours(at=later(6)).deadlines


def test_another_calendar_is_said_also_where_no_deadline_moves_by_it() -> None:
    same = {**DAY_AND_NIGHT, "calendars": {"office": OFFICE, "always": OFFICE}}
    (triaged,) = tick(received("ana").state, now=later(1), world=newer("policy", "default", **same)).events
    assert isinstance(triaged, ComplaintTriaged)
    assert triaged.calendar == "always", "clocks that follow-up alone counts rest on it too"


def test_of_what_has_ended_nothing_is_said() -> None:
    ended = received("ana").state.ended()
    decision = tick(ended, now=later(1), world=newer("policy", "default", **DAY_AND_NIGHT))
    assert not decision.events
    assert decision.state.deadlines == ended.deadlines


def test_other_hours_of_the_policy_are_said_with_what_moved() -> None:
    shut = OFFICE.model_copy(update={"holidays": [MONDAY.date()]})
    world = newer("calendar", "always", **DAY_AND_NIGHT, calendars={"office": AROUND_THE_CLOCK, "always": shut})
    (assigned,) = tick(under_its_own_hours(), now=later(1), world=world).events
    assert isinstance(assigned, ComplaintAssigned)
    assert assigned.moved == ("first_response", "resolution")
    assert assigned.why == ("the hours of the policy default changed",)


def test_hours_of_a_team_do_not_count_under_a_policy_with_its_own() -> None:
    teams = {**TEAMS, "cards": TEAMS["cards"].model_copy(update={"calendar": "office-2"})}
    decision = tick(under_its_own_hours(), now=later(1), world=newer("team", "cards", teams=teams, **DAY_AND_NIGHT))
    assert not decision.events


def test_any_save_of_an_outdated_document_renews_it() -> None:
    case = received("ana").state
    here = newer("policy", "default", policies={"default": HALF})
    decision = react(case, followup.ComplaintAcknowledged(text="x", language="en"), here)
    assert [event.type for event in decision.events] == ["complaint.triaged"]
    assert decision.state.acknowledged
    ended = Decision(case.ended())
    assert refreshed(ended, now=MONDAY, world=here) is ended


@pytest.mark.parametrize(
    ("kind", "field"),
    [("policy", "state.policy.version"), ("team", "state.team_version")],
)
def test_documents_of_an_older_version_are_found(kind: str, field: str) -> None:
    query = stale(kind, "x", 7)
    assert query is not None
    assert query[field] == {"$lt": 7}
    assert query["state.open"] is True


def test_a_calendar_counts_for_the_hours_and_for_the_law() -> None:
    query: Any = stale("calendar", "x", 7)
    named = [("state.calendar", "state.calendar_version"), ("state.legal_calendar", "state.legal_calendar_version")]
    assert query["$or"] == [{"state.open": True, name: "x", field: {"$lt": 7}} for name, field in named]


def test_other_reference_data_makes_nothing_stale() -> None:
    assert stale("agent", "x", 7) is None
