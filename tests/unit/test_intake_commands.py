"""Further words, withdrawal, and what became of our answers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.intake.domain import Complaint, add_message, commands, report_delivery, withdraw
from services.intake.domain.commands import ToldDelivery, Withdrawal
from services.intake.domain.complaint import MAX_MESSAGES, FirstResponse, Message, Owed
from services.intake.domain.messages import FurtherWords
from shared.decision import ComplaintFull, Conflict, Decision, Invalid
from shared.events.intake import ComplaintWithdrawn, MessageReceived, ResponseDelivered, ResponseFailed
from tests.unit.test_intake_receiving import NOW, taken, told

LATER = NOW + timedelta(hours=1)


def complaint(**fields: Any) -> Complaint:
    """A complaint, with these fields of the document."""
    return taken(told(channel="web")).state.model_copy(update=fields)


def write(state: Complaint, text: str = "still late", **fields: Any) -> Decision[Complaint]:
    """The customer writes again."""
    return add_message(state, ask=FurtherWords(text=text, **fields), message_id="m1", now=LATER)


def report(state: Complaint, status: str, response_id: str = "r1", **fields: Any) -> Decision[Complaint]:
    """The channel says what became of a response."""
    ask = ToldDelivery.model_validate({"response_id": response_id, "status": status, "occurred_at": LATER, **fields})
    return report_delivery(state, ask=ask, entry_id="e2", now=LATER)


def test_further_words_are_kept_and_said() -> None:
    decision = write(complaint())
    assert decision.events == [MessageReceived(message_id="m1", channel="web", text="still late", received_at=LATER)]
    assert [message.text for message in decision.state.messages] == ["still late"]
    assert decision.state.timeline[-1].data == {"message_id": "m1"}
    assert decision.answer is not None
    assert decision.answer.model_dump() == {"id": "m1", "complaint_id": "c1", "received_at": LATER, "also_in": None}


def test_further_words_may_come_by_another_channel_and_after_the_end() -> None:
    decision = write(complaint(status="closed"), channel="phone")
    assert decision.state.status == "closed"
    assert decision.state.messages[0].channel == "phone"


def test_words_from_the_future_are_refused() -> None:
    with pytest.raises(Invalid):
        write(complaint(), occurred_at=LATER + timedelta(hours=1))
    write(complaint(), occurred_at=LATER)


def test_a_complaint_is_full_at_a_thousand_messages_or_half_a_million_characters() -> None:
    message = Message(id="m", channel="web", text="x", received_at=NOW)
    with pytest.raises(ComplaintFull):
        write(complaint(messages=(message,) * MAX_MESSAGES))
    write(complaint(messages=(message,) * (MAX_MESSAGES - 1)))
    long = message.model_copy(update={"text": "x" * 100_000})
    with pytest.raises(ComplaintFull):
        write(complaint(messages=(long,) * 5))


def test_withdrawn_is_the_end() -> None:
    decision = withdraw(complaint(), ask=Withdrawal(reason="found it"), entry_id="e2", now=LATER)
    assert decision.events == [ComplaintWithdrawn(reason="found it")]
    assert decision.state.status == "withdrawn"
    assert decision.answer is not None
    assert decision.answer.model_dump() == {"id": "c1", "number": "7K3M-9Q2X", "status": "withdrawn"}


@pytest.mark.parametrize("status", ["closed", "withdrawn", "merged"])
def test_what_is_over_cannot_be_withdrawn(status: str) -> None:
    with pytest.raises(Conflict):
        withdraw(complaint(status=status), ask=Withdrawal(), entry_id="e2", now=LATER)


def test_a_delivered_response_is_said() -> None:
    decision = report(complaint(), "delivered")
    assert decision.events == [ResponseDelivered(response_id="r1", occurred_at=LATER)]
    assert not decision.state.has_failed("r1")


def test_a_failed_response_counts_as_never_sent() -> None:
    answers = tuple(FirstResponse(response_id=name, at=NOW, channel="email") for name in ("r1", "r2"))
    decision = report(complaint(answers=answers), "failed", **{"class": "5.1.1"})
    assert decision.events == [ResponseFailed(response_id="r1", failure_class="5.1.1", occurred_at=LATER)]
    assert decision.state.has_failed("r1")
    assert decision.state.first_response == answers[1]
    assert report(decision.state, "delivered", "r2").state.first_response == answers[1]


def test_the_same_report_again_says_nothing_more() -> None:
    for status in ("delivered", "failed"):
        once = report(complaint(), status).state
        again = report(once, status)
        assert (again.state, again.events) == (once, [])


def test_failed_stays_failed_and_delivered_may_fail_later() -> None:
    failed = report(complaint(), "failed").state
    assert report(failed, "delivered").events == []
    delivered = report(complaint(), "delivered").state
    assert report(delivered, "failed").state.has_failed("r1")


def test_a_report_from_the_future_is_refused() -> None:
    with pytest.raises(Invalid):
        report(complaint(), "failed", occurred_at=datetime(2027, 1, 1, tzinfo=UTC))


def test_every_end_has_its_words() -> None:
    assert set(commands._OTHER_END) == {"closed", "withdrawn", "merged"}  # noqa: SLF001 - one word for each end


ANSWER = FirstResponse(response_id="r1", reference="mail-1", at=LATER, channel="email", also_in=("k-2", "k-3"))


@pytest.mark.parametrize("name", ["r1", "mail-1"])
@pytest.mark.parametrize("status", ["merged", "in_progress"])
def test_an_answer_that_counts_elsewhere_is_missed_there_too_also_after_the_merge_is_undone(
    name: str, status: str
) -> None:
    second = ANSWER.model_copy(update={"response_id": "r2", "reference": None})
    done = report(complaint(answers=(ANSWER, second), status=status), "failed", name).state
    assert done.first_response == second
    assert [(owed.what, owed.to, owed.response_id, owed.by) for owed in done.owed] == [
        ("unanswered", "k-2", "r1", None),
        ("unanswered", "k-3", "r1", None),
    ]
    assert len({owed.id for owed in done.owed}) == 2
    assert report(done, "failed", name).state.owed == done.owed


def test_an_answer_that_counts_here_alone_is_missed_here_alone() -> None:
    alone = ANSWER.model_copy(update={"also_in": ()})
    assert not report(complaint(answers=(alone,), status="merged", merged_into="k-2"), "failed").state.owed
    assert not report(complaint(answers=(ANSWER,)), "delivered").state.owed


def test_missed_there_it_is_no_answer_here_any_more() -> None:
    first = ANSWER.model_copy(update={"reference": "absorbed/k-0/r1"})
    second = ANSWER.model_copy(update={"response_id": "r2", "reference": "absorbed/k-0/r2"})
    here, there = complaint(answers=(first, second)), complaint().model_copy(update={"id": "k-0"})
    owed = Owed(id="o1", what="unanswered", to="c1", response_id="r1", occurred_at=LATER)
    decision = commands.unanswered_there(here, other=there, owed=owed, now=LATER)
    (said,) = decision.events
    assert said == ResponseFailed(response_id="absorbed/k-0/r1", occurred_at=LATER)
    assert decision.state.first_response == second
