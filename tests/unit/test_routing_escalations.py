"""Who is told one level up, by rule, and how often."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from services.routing.domain.assignment import Assignment
from shared.events import Payload, followup, promises
from shared.events.intake import MessageReceived, ResponseFailed
from shared.events.routing import ComplaintEscalated
from shared.events.values import About
from tests.support.routing import OVERDUE, accused, later, promise, react, received, response, world


def test_who_is_angry_is_heard_out_and_then_passed_up_once() -> None:
    case = received("ana", signals=["anger"]).state
    decision = react(case, response())
    (escalated,) = decision.events
    assert isinstance(escalated, ComplaintEscalated)
    assert (escalated.level, escalated.reason, escalated.to) == (1, "anger", "lead")
    assert not react(decision.state, response("r-2")).events
    assert not react(received("ana").state, response()).events


def test_who_sounds_angry_is_angry_also_in_what_they_write_later() -> None:
    (escalated,) = react(received("ana", text="The card does not work. I am furious").state, response()).events
    assert escalated.reason == "anger"  # type: ignore[attr-defined]
    for told in ({"text": "I am furious"}, {"text": "Well?", "signals": ["anger"]}):
        case = react(received("ana").state, response()).state
        case = react(case, wrote(later(1), **told)).state
        before = react(case, response("r-2", occurred_at=later(0.5)))
        assert not before.events
        heard = react(before.state, response("r-3", occurred_at=later(2)))
        (escalated,) = heard.events
        assert isinstance(escalated, ComplaintEscalated)
        assert (escalated.level, escalated.reason, escalated.to) == (1, "anger", "lead")
        again = react(heard.state, wrote(later(3), **told)).state
        assert not react(again, response("r-4", occurred_at=later(4))).events
    late = react(
        react(received("ana").state, response(occurred_at=later(2))).state, wrote(later(1), text="I am furious")
    )
    assert [each.reason for each in late.events] == ["anger"], "the answer was heard of first"  # type: ignore[attr-defined]
    gone = react(react(received("ana").state, response(occurred_at=later(2))).state, failed("r-1")).state
    assert not react(gone, wrote(later(1), text="I am furious")).events
    calm = react(received("ana").state, wrote(later(1), text="Here is the number.")).state
    assert not react(calm, response(occurred_at=later(2))).events


def failed(name: str) -> ResponseFailed:
    """It did not reach the customer."""
    return ResponseFailed(response_id=name, occurred_at=later(3))


def wrote(at: datetime, **fields: Any) -> MessageReceived:
    """The customer wrote again."""
    return MessageReceived.model_validate({"message_id": "m-1", "channel": "web", "received_at": at, **fields})


def test_what_is_late_is_passed_up_once_a_clock_and_cycle() -> None:
    decision = react(received("ana").state, OVERDUE)
    (escalated,) = decision.events
    assert isinstance(escalated, ComplaintEscalated)
    assert (escalated.level, escalated.reason, escalated.to) == (1, "overdue", "lead")
    assert not react(decision.state, OVERDUE).events
    again = OVERDUE.model_copy(update={"cycle": 2})
    assert react(decision.state, again).events
    assert not react(decision.state, OVERDUE.model_copy(update={"clock": "acknowledge"})).events


def broken(name: str, **fields: Any) -> promises.PromiseBroken:
    """Nothing showed at due that it was kept."""
    return promises.PromiseBroken(promise=promise(name, status="broken", **fields))


def corrected(name: str, before: str, status: str, **fields: Any) -> promises.PromiseCorrected:
    """What was counted before was not so."""
    told = {"promise": promise(name, status=status, **fields), "from_status": before, "to_status": status, "why": "x"}
    return promises.PromiseCorrected.model_validate(told)


def passed_up(case: Assignment, *said: Payload) -> list[list[int]]:
    """How high each of them is passed up."""
    told = []
    for payload in said:
        decision = react(case, payload)
        case = decision.state
        told.append([event.level for event in decision.events if isinstance(event, ComplaintEscalated)])
    return told


def test_a_second_broken_promise_goes_two_levels_up() -> None:
    case = react(received("ana").state, promises.PromiseMade(promise=promise())).state
    first = react(case, broken("p-1"))
    assert first.state.promises == ()
    assert not react(first.state, broken("p-1")).events
    second = react(first.state, broken("p-2"))
    third = react(second.state, broken("p-3"))
    told = [decision.events[0] for decision in (first, second, third)]
    assert [(x.level, x.to) for x in told if isinstance(x, ComplaintEscalated)] == [
        (1, "lead"),
        (2, "boss"),
        (2, "boss"),
    ]


def test_what_turns_out_to_be_broken_is_passed_up_like_a_break() -> None:
    case = received("ana").state
    assert passed_up(case, corrected("p-1", "kept", "broken"), broken("p-2")) == [[1], [2]]
    assert passed_up(case, broken("p-1"), corrected("p-2", "attempted", "broken")) == [[1], [2]]


def test_the_systems_word_is_passed_up_like_a_persons_and_not_twice_for_one_deadline() -> None:
    case = received("ana").state
    system = broken("p-1", said_by="system", kind="answer")
    assert passed_up(case, system, broken("p-2"), system) == [[1], [2], []]
    assert passed_up(case, broken("p-2"), system) == [[1], [2]]
    by_deadline = broken("p-1", said_by="system", kind="answer", due=case.deadlines.first_response)
    assert passed_up(case, by_deadline, OVERDUE, broken("p-2")) == [[], [1], [2]]
    assert passed_up(case, OVERDUE, by_deadline, broken("p-2")) == [[1], [], [2]]
    answered = react(case, response()).state
    assert passed_up(answered, by_deadline) == [[1]]


def test_a_break_that_is_taken_back_was_none() -> None:
    case = received("ana").state
    for status in ("kept", "withdrawn"):
        assert passed_up(case, broken("p-1"), corrected("p-1", "broken", status), broken("p-2")) == [[1], [], [1]]
    kept = react(case, corrected("p-1", "broken", "kept"))
    assert (kept.state, kept.events) == (case, ())


def test_a_promise_corrected_back_and_forth_is_passed_up_once_and_counts_once() -> None:
    forth, back = corrected("p-1", "kept", "broken"), corrected("p-1", "broken", "kept")
    still = corrected("p-1", "broken", "broken")
    said = (broken("p-1"), still, back, forth, back, broken("p-2"), forth, broken("p-3"))
    assert passed_up(received("ana").state, *said) == [[1], [], [], [], [], [1], [], [2]]


def test_what_is_open_again_is_its_owner_s_task_again() -> None:
    case = react(received("ana").state, corrected("p-1", "kept", "open")).state
    assert [task.id for task in case.promises] == ["p-1"]
    assert react(case, corrected("p-1", "open", "broken")).state.promises == ()


def test_each_no_of_the_customer_goes_one_level_higher() -> None:
    case, levels = received("ana").state, []
    for seq in range(2, 6):
        decision = react(case, followup.ComplaintVerified(answer="no", via="call"), seq=seq)
        (escalated,), case = decision.events, decision.state
        assert isinstance(escalated, ComplaintEscalated)
        levels.append((escalated.level, escalated.reason))
    assert levels == [(n, "verification_no") for n in (1, 2, 3, 3)]
    assert not react(case, followup.ComplaintVerified(answer="yes", via="call")).events


def test_nobody_is_told_about_themselves() -> None:
    case = received("ana", about=[{"agent": "lead"}]).state
    (escalated,) = react(case, OVERDUE).events
    assert isinstance(escalated, ComplaintEscalated)
    assert escalated.to == "boss"


def test_nobody_is_told_about_a_customer_who_complained_about_them_before() -> None:
    here = replace(world(), subjects=accused(later(0), **{"c-1": About(agent="lead"), "c-2": About(agent="boss")}))
    for told_at, to in ((later(0), "boss"), (later(-1), "lead")):
        (escalated,) = react(received("ana", received_at=told_at).state, OVERDUE, here).events
        assert isinstance(escalated, ComplaintEscalated)
        assert escalated.to == to
