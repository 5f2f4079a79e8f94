"""What somebody asks of routing: transfers and escalations, and what is refused by name."""

from dataclasses import replace
from typing import Any

import pytest

from services.routing.domain.commanding import (
    AskEscalation,
    NotOpen,
    Transfer,
    TurnMoved,
    ask_escalation,
    send_back,
    take,
    transfer,
)
from services.routing.domain.views import escalation_view, view
from shared.decision import Invalid, OwnerIsSubject
from shared.events.routing import ComplaintAssigned, ComplaintEscalated
from shared.events.values import About
from tests.support.routing import MONDAY, TEAMS, accused, later, received, world


def ask(**fields: Any) -> Transfer:
    known: dict[str, Any] = {"agent": "eva", "team": "around-the-clock", "reason": "night", "summary": "s", "by": "ben"}
    return Transfer(**{**known, **fields})


def test_a_transfer_counts_open_deadlines_in_the_new_teams_hours() -> None:
    case = received("ana").state
    decision = transfer(case, ask(), turn=case.turn, now=later(1), world=world())
    (said,) = decision.events
    assert isinstance(said, ComplaintAssigned)
    assert (said.team, said.agent, said.by, said.reason, said.summary) == (
        "around-the-clock", "eva", "ben", "night", "s",
    )  # fmt: skip
    assert said.calendar == "always"
    assert said.moved == ("resolution",), "eight hours from ten in the morning are the same in both"
    assert said.deadlines.first_response == case.deadlines.first_response
    assert (decision.state.place, decision.state.turn) == (case.turn, case.turn + 1)


def test_a_transfer_without_an_agent_goes_to_the_queue() -> None:
    case = received("ana").state
    after = transfer(case, ask(agent=None, by=None), turn=case.turn, now=later(1), world=world()).state
    assert (after.agent, after.waiting, after.place) == (None, True, None)
    assert after.assigned_why == ("handed over by the system: night",)


def test_an_agent_who_has_it_already_keeps_the_place() -> None:
    case = received("ana").state
    after = transfer(case, ask(team="cards", agent="ana"), turn=case.turn, now=later(1), world=world()).state
    assert after.place == case.place


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"team": "nowhere"}, Invalid),
        ({"team": "closed"}, Invalid),
        ({"agent": "zoe"}, Invalid),
        ({"agent": "ben"}, Invalid),
        ({"team": "cards", "agent": "ana"}, OwnerIsSubject),
        ({"by": "ana"}, OwnerIsSubject),
        ({"by": "eva", "agent": None, "subjects": (About(agent="eva"),)}, OwnerIsSubject),
        ({"subjects": (About(name="Eva Ruiz"),)}, OwnerIsSubject),
    ],
)
def test_what_cannot_be_is_refused_by_name(fields: dict[str, Any], refusal: type[Exception]) -> None:
    case = received("ben", about=[{"agent": "ana"}]).state
    teams = {**TEAMS, "closed": TEAMS["cards"].model_copy(update={"active": False})}
    with pytest.raises(refusal):
        transfer(case, ask(**fields), turn=case.turn, now=later(1), world=world(teams=teams))


def test_what_is_over_cannot_be_handed_over() -> None:
    case = received("ana").state.ended()
    with pytest.raises(NotOpen):
        transfer(case, ask(), turn=case.turn, now=later(1), world=world())


def test_a_place_of_another_turn_cannot_be_used() -> None:
    case = received("ana").state
    with pytest.raises(TurnMoved):
        transfer(case, ask(), turn=case.turn - 1, now=later(1), world=world())


def test_an_escalation_goes_one_level_higher_each_time() -> None:
    case, told = received("ana").state, []
    for number in range(4):
        wish = AskEscalation(f"c-{number}", "ana", "please look")
        decision = ask_escalation(case, wish, now=later(1), world=world())
        (said,), case = decision.events, decision.state
        assert isinstance(said, ComplaintEscalated)
        assert (said.reason, said.by, said.words) == ("manual", "ana", "please look")
        told.append((said.level, said.to))
    assert told == [(1, "lead"), (2, "boss"), (3, "boss"), (3, "boss")]
    asked = ask_escalation(case, AskEscalation("c-9", "ana", "x", 2), now=later(1), world=world())
    assert escalation_view("k-1", asked.state).level == 2


def test_whom_it_is_about_may_not_pass_it_up() -> None:
    about_ana = received("ben", about=[{"agent": "ana"}]).state
    with pytest.raises(OwnerIsSubject):
        ask_escalation(about_ana, AskEscalation("c", "ana", "x"), now=MONDAY, world=world())
    here = replace(world(), subjects=accused(later(0), **{"c-1": About(name="Ana García"), "c-2": About(agent="ben")}))
    with pytest.raises(OwnerIsSubject):
        ask_escalation(received("ben").state, AskEscalation("c", "ana", "x"), now=MONDAY, world=here)
    earlier = received("ben", received_at=later(-1)).state
    assert ask_escalation(earlier, AskEscalation("c", "ana", "x"), now=MONDAY, world=here).events
    assert ask_escalation(received("ana").state, AskEscalation("c", "ben", "x"), now=MONDAY, world=here).events


def test_nobody_is_alerted_about_history() -> None:
    with pytest.raises(NotOpen):
        ask_escalation(received(historical=True).state, AskEscalation("c", "ana", "x"), now=MONDAY, world=world())


def test_it_leaves_the_queue_once_and_in_its_turn_only() -> None:
    case = received(None).state
    decision = take(case, "ana", ("free",), now=later(1), turn=case.turn)
    assert (decision.state.agent, decision.state.place, decision.state.waiting) == ("ana", case.turn, False)
    assert len(decision.events) == 1
    assert take(decision.state, "ben", ("free",), now=later(1), turn=decision.state.turn).events == ()
    assert take(case, "ben", ("free",), now=later(1), turn=case.turn + 1).events == ()


def test_who_left_gives_it_back_to_the_queue() -> None:
    case = received("ana").state
    decision = send_back(case, "ana", now=later(1))
    assert (decision.state.waiting, decision.state.agent) == (True, None)
    assert send_back(case, "ben", now=later(1)).events == ()
    assert send_back(case.ended(), "ana", now=later(1)).events == ()


def test_what_is_shown_says_why() -> None:
    case = received("ana").state
    shown = view("k-1", case)
    assert shown.id == "k-1"
    assert shown.why == (*case.why, *case.assigned_why)
    assert shown.deadlines == case.deadlines
