"""Other complaints of the same matter, and the dossier for whoever is told one level up."""

from datetime import timedelta

from services.routing.domain.dossier import dossier
from shared.events import followup
from shared.events.intake import ComplaintAbsorbed, ComplaintRematched
from shared.events.routing import ComplaintAssigned, ComplaintEscalated
from tests.support.routing import MONDAY, OVERDUE, REOPENED, later, promise, react, received, response

EARLIER = MONDAY - timedelta(days=3)


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


def test_the_other_one_s_answer_is_an_answer_here() -> None:
    decision = react(received("ana").state, absorbed(answered_at=EARLIER))
    assert decision.state.answers == ("absorbed/k-0",)
    assert "first_response" not in decision.state.open_clocks()


def test_history_and_a_later_cycle_keep_their_clocks() -> None:
    history = received(None, historical=True).state
    assert react(history, absorbed()).state.started_at == MONDAY
    again = react(received("ana").state, REOPENED).state
    assert react(again, absorbed()).state.started_at == again.started_at


def test_another_customer_s_complaint_is_theirs() -> None:
    assert react(received("ana").state, ComplaintRematched(customer_id="c-9", by="ana")).state.customer_id == "c-9"


def test_the_dossier_travels_with_the_escalation() -> None:
    case = react(received("ana", signals=["anger"]).state, followup.PromiseMade(promise=promise())).state
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
