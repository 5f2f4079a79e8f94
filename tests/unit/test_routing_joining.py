"""Other complaints of the same matter, and the dossier for whoever is told one level up."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.routing.domain.candidates import barred
from services.routing.domain.commanding import Transfer, take, take_away, transfer, wanted
from services.routing.domain.dossier import dossier
from services.routing.domain.joining import ousted
from shared.decision import OwnerIsSubject
from shared.events import promises
from shared.events.intake import (
    ComplaintAbsorbed,
    ComplaintErased,
    ComplaintReleased,
    ComplaintRematched,
    ResponseFailed,
)
from shared.events.routing import ComplaintAssigned, ComplaintEscalated
from shared.events.values import About
from tests.support.routing import (
    MONDAY,
    OVERDUE,
    REOPENED,
    RESOLVED,
    accused,
    later,
    promise,
    react,
    received,
    response,
    world,
)

EARLIER = MONDAY - timedelta(days=3)

RELEASED = ComplaintReleased(absorbed="k-0", by="ana")


def absorbed(**changes: object) -> ComplaintAbsorbed:
    """Another complaint goes on inside this one."""
    told = {"absorbed": "k-0", "number": "3F7Q-1ZKC", "started_at": EARLIER, "by": "ana", **changes}
    return ComplaintAbsorbed.model_validate(told)


def test_the_earliest_start_moves_what_is_still_due() -> None:
    case = received("ana").state
    decision = react(case, absorbed())
    (said,) = decision.events
    assert isinstance(said, ComplaintAssigned)
    assert "first_response" in said.moved
    assert said.deadlines.first_response < case.deadlines.first_response
    assert decision.state.started_at == EARLIER
    assert not react(case, absorbed(started_at=later(1))).events


def test_let_go_it_is_held_to_its_own_start_again() -> None:
    case = received("ana").state
    decision = react(react(case, absorbed()).state, RELEASED)
    (said,) = decision.events
    assert isinstance(said, ComplaintAssigned)
    assert "first_response" in said.moved
    assert (decision.state.started_at, said.deadlines) == (MONDAY, case.deadlines)
    assert not react(decision.state, RELEASED).events


def test_of_several_the_others_still_go_on_here() -> None:
    other = absorbed(absorbed="k-9", started_at=MONDAY - timedelta(days=1))
    both = react(react(received("ana").state, absorbed()).state, other).state
    assert react(both, RELEASED).state.started_at == other.started_at
    again = react(both, REOPENED).state
    assert react(again, RELEASED).state.started_at == again.started_at
    assert [one.complaint_id for one in react(again, RELEASED).state.absorbed] == ["k-9"]


def test_the_other_one_s_answer_is_an_answer_here() -> None:
    decision = react(received("ana").state, absorbed(answered_at=EARLIER))
    assert decision.state.answers == ("absorbed/k-0",)
    assert "first_response" not in decision.state.open_clocks()


def test_the_other_one_s_answer_did_not_arrive() -> None:
    case = react(received("ana").state, absorbed(answered_at=EARLIER)).state
    said = response(external_reference="absorbed/k-0")
    failed = ResponseFailed(response_id="absorbed/k-0", occurred_at=MONDAY)
    decision = react(react(case, said).state, failed)
    assert decision.state.answers == ()
    assert "first_response" in decision.state.open_clocks()
    assert react(decision.state, said).state.answers == ()


def test_of_its_answers_the_others_still_count() -> None:
    told = [{"reference": f"absorbed/k-0/{name}", "occurred_at": EARLIER} for name in ("r1", "r2")]
    case = react(received("ana").state, absorbed(answered_at=EARLIER, answers=told)).state
    assert case.answers == ("absorbed/k-0/r1", "absorbed/k-0/r2")
    for reference in ("absorbed/k-0/r1", "absorbed/k-0/r2"):
        case = react(case, response(external_reference=reference)).state
    case = react(case, ResponseFailed(response_id="absorbed/k-0/r1", occurred_at=MONDAY)).state
    assert case.answers == ("absorbed/k-0/r2",)
    case = react(case, ResponseFailed(response_id="absorbed/k-0/r2", occurred_at=MONDAY)).state
    assert "first_response" in case.open_clocks()


def test_history_and_a_later_cycle_keep_their_clocks() -> None:
    history = received(None, historical=True).state
    assert react(history, absorbed()).state.started_at == MONDAY
    again = react(received("ana").state, REOPENED).state
    assert react(again, absorbed()).state.started_at == again.started_at


def test_another_customer_s_complaint_is_theirs() -> None:
    assert react(received("ana").state, ComplaintRematched(customer_id="c-9", by="ana")).state.customer_id == "c-9"


def test_whom_the_other_one_is_about_loses_it_to_the_queue() -> None:
    case = received("ana").state
    told = absorbed(started_at=MONDAY, about=[{"name": "Ana García"}])
    decision = react(case, told, at=later(1))
    (said,) = decision.events
    assert isinstance(said, ComplaintAssigned)
    assert (said.agent, said.why, said.moved) == (None, ("ana is whom it is about", "it waits for somebody else"), ())
    after = decision.state
    assert (after.waiting, after.place, after.turn, after.assigned_at) == (True, None, case.turn + 1, later(1))
    assert not react(received("ben").state, told).events


def test_what_moves_by_it_is_said_at_once() -> None:
    (said,) = react(received("ana").state, absorbed(about=[{"agent": "ana"}])).events
    assert isinstance(said, ComplaintAssigned)
    assert (said.agent, "first_response" in said.moved) == (None, True)


def test_whom_the_other_one_is_about_keeps_off_this_one_until_it_is_let_go() -> None:
    case = react(received(None).state, absorbed(about=[{"agent": "lead"}, {"agent": "ana"}])).state
    assert [barred(name, wanted(case), world().reference) is None for name in ("ana", "ben")] == [False, True]
    ask = Transfer("cards", "ben", "r", "s", "ana")
    with pytest.raises(OwnerIsSubject):
        transfer(case, ask, turn=case.turn, now=MONDAY, world=world())
    case = case.but(agent="ben")
    (told,) = react(case, OVERDUE).events
    assert isinstance(told, ComplaintEscalated)
    assert told.to == "boss"
    alone = react(case, RELEASED).state
    assert barred("ana", wanted(alone), world().reference) is None
    assert transfer(alone, ask, turn=alone.turn, now=MONDAY, world=world()).events


def test_also_in_a_later_cycle_and_not_what_is_over() -> None:
    told = absorbed(about=[{"agent": "ana"}])
    again = react(received("ana").state, REOPENED, world("ana")).state
    (said,) = react(again, told).events
    assert isinstance(said, ComplaintAssigned)
    assert (said.agent, said.cycle) == (None, 2)
    over = react(received("ana").state, RESOLVED).state
    decision = react(over, told)
    assert (decision.state.agent, decision.state.open) == ("ana", False)
    history = received(None, historical=True).state
    assert not react(history, told).events


def test_a_place_that_was_kept_before_it_was_known_cannot_be_used() -> None:
    case = received(None).state
    for told in (absorbed(about=[{"agent": "ana"}]), ComplaintRematched(customer_id="c-9", by="ana")):
        after = react(case, told).state
        assert take(after, "ana", ("free",), now=MONDAY, turn=case.turn).events == ()
        assert take(after, "ben", ("free",), now=MONDAY, turn=after.turn).events


def test_nor_does_it_come_back_to_them() -> None:
    over = react(react(received("ana").state, RESOLVED).state, absorbed(about=[{"agent": "ana"}])).state
    for agent, waits in (("ana", True), ("ben", False)):
        after = react(over, REOPENED, world(agent)).state
        assert (after.waiting, after.agent) == (waits, None if waits else agent)


def test_whom_the_right_customer_complained_about_loses_it_to_the_queue() -> None:
    here = replace(world(), subjects=accused(MONDAY, **{"c-9": About(agent="ana")}))
    found = ComplaintRematched(customer_id="c-9", before="c-1", by="ben")
    decision = react(received("ana").state, found, here)
    (said,) = decision.events
    assert isinstance(said, ComplaintAssigned)
    assert (said.agent, said.why[0]) == (None, "ana is whom this customer complained about before")
    assert (decision.state.customer_id, decision.state.waiting) == ("c-9", True)
    assert not react(received("ben").state, found, here).events
    assert not react(received("ana", received_at=EARLIER).state, found, here).events


def test_nothing_else_takes_it_from_its_agent() -> None:
    case = received("ana").state
    assert ousted(case, absorbed(about=[{"agent": "ana"}]), world()) == "ana is whom it is about"
    assert ousted(case, RELEASED, world()) is None


def test_nobody_is_named_once_it_is_erased() -> None:
    case = react(received("ben").state, absorbed(about=[{"agent": "ana"}, {"name": "Eva Ruiz"}])).state
    erased = react(case, ComplaintErased(by="ben")).state
    assert [subject for one in erased.absorbed for subject in one.about] == [About(agent="ana")]


def test_the_dossier_travels_with_the_escalation() -> None:
    case = react(received("ana", signals=["anger"]).state, promises.PromiseMade(promise=promise())).state
    (said,) = react(case, response()).events
    assert isinstance(said, ComplaintEscalated)
    assert said.dossier is not None
    assert "with ana of cards" in said.dossier
    assert "heard out: answered by a person" in said.dossier
    assert "promises open 1, of them past due 0; broken before 0" in said.dossier


def test_the_dossier_says_what_went_before() -> None:
    case = react(received("ana").state, OVERDUE).state
    case = react(case, REOPENED).state.but(treatment=("apathy",), product=None, agent=None)
    said = dossier(case, now=MONDAY)
    assert "not answered by a person yet" in said
    assert "cycle 2: reopened 1 times" in said
    assert "told before: level 1, overdue, lead" in said
    assert "treatment: apathy" in said
    assert "with nobody of cards" in said
    assert "product" not in said.replace(": product,", "")


def test_only_what_accuses_somebody_has_its_customers_later_complaints_looked_through() -> None:
    accuses: dict[str, Any] = {"kind": "treatment", "about": [{"agent": "ben"}]}
    assert received("ana", **accuses).state.accusing == MONDAY
    quiet: list[dict[str, Any]] = [{"kind": "praise"}, {"historical": True}, {"customer_id": None}, {"about": ()}]
    for one in quiet:
        assert received("ana", **{**accuses, **one}).state.accusing is None


def test_a_complaint_is_taken_from_whom_an_earlier_one_of_this_customer_is_about() -> None:
    accuser = received(None, kind="treatment", about=[{"agent": "ana"}]).state
    mine = received("ana").state
    decision = take_away(mine, accuser, now=MONDAY, world=world())
    assert (decision.state.agent, decision.state.waiting, decision.state.turn) == (None, True, mine.turn + 1)
    assert isinstance(decision.events[0], ComplaintAssigned)
    for kept in (
        received("ben").state,
        received(None).state,
        mine.ended(),
        mine.but(customer_id="c-9"),
        mine.but(received_at=EARLIER),
        mine.but(received_at=None, started_at=EARLIER),
        mine.but(received_at=None, own_start=EARLIER),
    ):
        assert take_away(kept, accuser, now=MONDAY, world=world()).state is kept
    merged = mine.but(started_at=EARLIER, own_start=EARLIER)
    assert take_away(merged, accuser, now=MONDAY, world=world()).state.agent is None


def test_nobody_owns_a_complaint_that_is_told_for_them() -> None:
    case = received("ben", on_behalf_of={"name": "Ana", "email": "ANA", "external_id": "a-7"}).state
    assert barred("ana", wanted(case), world().reference) == "ana is the complainant"
