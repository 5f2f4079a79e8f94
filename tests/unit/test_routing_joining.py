"""Other complaints of the same matter, and the dossier for whoever is told one level up."""

from datetime import timedelta

from services.routing.domain.dossier import dossier
from shared.events import promises
from shared.events.intake import ComplaintAbsorbed, ComplaintReleased, ComplaintRematched, ResponseFailed
from shared.events.routing import ComplaintAssigned, ComplaintEscalated
from tests.support.routing import MONDAY, OVERDUE, REOPENED, later, promise, react, received, response

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
