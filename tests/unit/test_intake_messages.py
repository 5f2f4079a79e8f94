"""What the customer writes to a complaint that goes on in another one is heard there too."""

from datetime import datetime, timedelta

import pytest

from services.intake.domain import Complaint, absorbing, joining
from services.intake.domain.commands import ToldDelivery, report_delivery
from services.intake.domain.complaint import MAX_MESSAGES, FirstResponse, Message, Owed, Spoken
from services.intake.domain.hearing import hear
from services.intake.domain.messages import FurtherWords, MessageReceipt, add_message, said_here_too, unheard
from shared.decision import ComplaintFull, Decision, NotFound
from shared.events import Event
from shared.events.followup import ResponseSent
from shared.events.intake import MessageReceived
from tests.unit.test_intake_joining import ACT, NOW, complaint, merged

HOUR = timedelta(hours=1)


def write(state: Complaint, message_id: str, at: datetime = NOW) -> Decision[Complaint]:
    """The customer writes."""
    return add_message(state, ask=FurtherWords(text="Still broken."), message_id=message_id, now=at)


def answered(state: Complaint, at: datetime, response_id: str = "r1", **changes: object) -> Complaint:
    """A person has answered the customer, and it was the first answer unless told otherwise."""
    fields = {"response_id": response_id, "by": "ana", "channel": "email", "to": "customer", "automatic": False}
    first = {"is_first": True, "cycle": 1, "elapsed_seconds": 60.0, "occurred_at": at}
    said = ResponseSent.model_validate({**fields, **first, **changes})
    return hear(state, Event("e", said.type, said.source, 1, state.id, at, said), now=at).state


def said_on(one: Complaint, into: Complaint) -> Decision[Complaint]:
    """What the first one owes at the end is said in the other."""
    return said_here_too(into, other=one, owed=one.owed[-1], now=NOW + HOUR)


class TestAfterTheMerge:
    """The customer knows only the number of the complaint that was merged."""

    def test_it_is_owed_to_the_other_one_and_said_there_as_received_when_it_was(self) -> None:
        one, other = merged(complaint("a"), complaint("b"))
        taken = write(one, "m1")
        assert isinstance(taken.answer, MessageReceipt)
        assert taken.answer.also_in == "b"
        assert taken.state.owed[-1] == Owed(id="m1/also", what="message", to="b", message_id="m1")
        done = said_on(taken.state, other)
        [said] = done.events
        assert isinstance(said, MessageReceived)
        assert (said.message_id, said.received_at, said.said_in, said.text) == ("m1", NOW, "a", "Still broken.")
        assert done.state.messages == (taken.state.messages[0].model_copy(update={"said_in": "a"}),)
        assert done.state.timeline[-1].data == {"message_id": "m1", "said_in": "a"}

    def test_once_however_often_it_is_told(self) -> None:
        one, other = merged(complaint("a"), complaint("b"))
        one = write(one, "m1").state
        there = said_on(one, other).state
        assert said_on(one, there) == Decision(there)

    def test_it_follows_the_whole_way(self) -> None:
        one, other = merged(complaint("a"), complaint("b"))
        other, last = merged(other, complaint("c"))
        other = said_on(write(one, "m1").state, other).state
        [said] = said_on(other, last).events
        assert (said.message_id, said.said_in) == ("m1", "a")  # type: ignore[attr-defined]

    def test_what_has_parted_again_tells_nothing(self) -> None:
        one, other = merged(complaint("a"), complaint("b"))
        one = write(one, "m1").state
        let_go = absorbing.release(other, other=one, act=ACT, now=NOW).state
        assert said_on(one, let_go).events == ()
        alone = write(joining.unmerge(one, act=ACT, now=NOW).state, "m2")
        assert [owed.what for owed in alone.state.owed] == ["absorb", "message", "release"]

    def test_one_that_is_full_refuses_it(self) -> None:
        one, other = merged(complaint("a"), complaint("b"))
        full = other.model_copy(update={"messages": (message("m"),) * MAX_MESSAGES})
        with pytest.raises(ComplaintFull):
            said_on(write(one, "m1").state, full)

    def test_it_stands_where_it_was_said_that_the_other_one_has_not_heard_it(self) -> None:
        one, _ = merged(complaint("a"), complaint("b"))
        one = write(one, "m1").state
        done = unheard(one, owed=one.owed[-1], why=NotFound.title, now=NOW + HOUR)
        assert (done.events, done.state.messages) == ((), one.messages)
        assert done.state.timeline[-1].data == {"message_id": "m1", "not_in": "b", "why": "Not found"}


def message(name: str, at: datetime = NOW) -> Message:
    """Something that the customer has said."""
    return Message(id=name, channel="web", text="Hello?", received_at=at)


def goes_along(one: Complaint, into: Complaint) -> list[str | None]:
    """Which messages the merge owes to the other one."""
    owed = joining.merge(one, into=into, act=ACT, now=NOW + HOUR).state.owed
    return [each.message_id for each in owed if each.what == "message"]


class TestBeforeTheMerge:
    """What nobody has answered yet goes along."""

    def test_what_was_said_since_a_person_last_spoke_in_it_whoever_spoke_in_the_other_one(self) -> None:
        one = complaint("a", messages=(message("m1", NOW), message("m2", NOW + 2 * HOUR)))
        assert goes_along(one, complaint("b")) == ["m1", "m2"]
        assert goes_along(answered(one, NOW + HOUR), complaint("b")) == ["m2"]
        assert goes_along(one, answered(complaint("b"), NOW + HOUR)) == ["m1", "m2"]
        assert goes_along(answered(one, NOW + 3 * HOUR), complaint("b")) == []

    def test_each_merge_owes_it_anew(self) -> None:
        state = joining.merge(complaint("a", messages=(message("m1"),)), into=complaint("b"), act=ACT, now=NOW).state
        assert state.owed[-1].id == "o1/m1"

    def test_later_cycles_answers_count_as_well_and_machines_and_third_parties_do_not(self) -> None:
        one = complaint("a", messages=(message("m1"),))
        assert goes_along(answered(one, NOW + HOUR, is_first=False, cycle=2), complaint("b")) == []
        assert goes_along(answered(one, NOW + HOUR, automatic=True), complaint("b")) == ["m1"]
        assert goes_along(answered(one, NOW + HOUR, to="third_party"), complaint("b")) == ["m1"]

    def test_an_answer_that_did_not_arrive_was_none(self) -> None:
        one = answered(complaint("a", messages=(message("m1"), message("m2", NOW + 2 * HOUR))), NOW + HOUR)
        one = answered(one, NOW + 3 * HOUR, "r2")
        for failed, left in (("r2", ["m2"]), ("r1", ["m1", "m2"])):
            ask = ToldDelivery(response_id=failed, status="failed", occurred_at=NOW)
            one = report_delivery(one, ask=ask, entry_id=failed, now=NOW).state
            assert goes_along(one, complaint("b")) == left
        assert goes_along(answered(one, NOW + 3 * HOUR, "r2"), complaint("b")) == ["m1", "m2"]

    def test_another_response_that_failed_takes_nothing_back(self) -> None:
        answer = FirstResponse(response_id="r1", at=NOW, channel="email")
        ask = ToldDelivery(response_id="r9", status="failed", occurred_at=NOW)
        state = complaint("a", answers=(answer,), spoken=(Spoken(response_id="r2", at=NOW + HOUR),))
        assert report_delivery(state, ask=ask, entry_id="e", now=NOW).state.spoken_at == NOW + HOUR

    @pytest.mark.parametrize(("failed", "left"), [("r1", 3), ("r2", 3), ("r3", 2), ("mail-3", 2)])
    def test_of_whichever_cycle_the_answer_that_failed_was_the_others_stand(self, failed: str, left: int) -> None:
        state = answered(complaint("a"), NOW + HOUR)
        state = answered(state, NOW + 2 * HOUR, "r2", is_first=False, cycle=2)
        state = answered(state, NOW + 3 * HOUR, "r3", is_first=False, cycle=2, external_reference="mail-3")
        ask = ToldDelivery(response_id=failed, status="failed", occurred_at=NOW)
        assert report_delivery(state, ask=ask, entry_id="e", now=NOW).state.spoken_at == NOW + left * HOUR
