"""Merge, unmerge, split, link: each decision changes one complaint and owes the rest."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from pydantic import ValidationError

from services.intake.domain import absorbing, joining
from services.intake.domain.acting import Acting
from services.intake.domain.commands import Withdrawal, withdraw, withdrawn_with
from services.intake.domain.complaint import KEPT, Complaint, FirstResponse, Owed, Part
from services.intake.domain.hearing import hear
from services.intake.domain.joined import ToldPart
from services.intake.domain.joining import CustomersDiffer, TargetOver
from services.intake.domain.matching import Customer, know, rematch
from shared.decision import Conflict, Decision, Invalid, OwnerIsSubject
from shared.events import Event
from shared.events.followup import ResponseSent
from shared.events.intake import (
    ComplaintAbsorbed,
    ComplaintReceived,
    ComplaintRematched,
    ComplaintWithdrawn,
    CustomerChanged,
)
from shared.events.values import CustomerFacts
from tests.unit.followup_life import MONDAY, received

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)
ACT = Acting(by="ana", entry_id="e1", owed_id="o1")


def complaint(name: str, **changes: Any) -> Complaint:
    """One complaint."""
    told: ComplaintReceived = received(number=f"N-{name}", customer_id="c-1", external_reference="ref")
    return Complaint(**{"id": name, "number": told.number, "received": told, "changed_at": MONDAY, **changes})


def evolved(one: Complaint, **changes: Any) -> Complaint:
    """The same with these fields."""
    return one.model_copy(update=changes)


def merged(one: Complaint, into: Complaint) -> tuple[Complaint, Complaint]:
    """Both, after the first has gone on in the second."""
    one = joining.merge(one, into=into, act=ACT, now=NOW).state
    return one, absorbing.absorb(into, other=one, act=ACT, now=NOW).state


class TestMerge:
    """It goes on inside another one, and can be parted again."""

    def test_it_is_merged_and_owes_the_other_side(self) -> None:
        done = joining.merge(complaint("a", status="in_progress"), into=complaint("b"), act=ACT, now=NOW)
        assert (done.state.status, done.state.merged_into, done.state.before_merge) == ("merged", "b", "in_progress")
        assert done.state.owed == (Owed(id="o1", what="absorb", to="b", by="ana"),)
        assert [event.type for event in done.events] == ["complaint.merged"]

    def test_not_into_itself_nor_when_one_is_over(self) -> None:
        with pytest.raises(Invalid):
            joining.merge(complaint("a"), into=complaint("a"), act=ACT, now=NOW)
        with pytest.raises(Conflict):
            joining.merge(complaint("a", status="closed"), into=complaint("b"), act=ACT, now=NOW)
        with pytest.raises(TargetOver):
            joining.merge(complaint("a"), into=complaint("b", status="merged"), act=ACT, now=NOW)

    def test_not_with_one_of_another_customer_as_far_as_is_known(self) -> None:
        theirs = complaint("b", received=received(number="N-b", customer_id="c-2"))
        unknown = complaint("c", received=received(number="N-c", customer_id=None))
        with pytest.raises(CustomersDiffer, match="N-a and N-b are complaints of different customers"):
            joining.merge(complaint("a"), into=theirs, act=ACT, now=NOW)
        with pytest.raises(CustomersDiffer):
            absorbing.absorb(theirs, other=complaint("a"), act=ACT, now=NOW)
        for one, other in ((unknown, theirs), (theirs, unknown), (unknown, unknown)):
            assert joining.merge(one, into=evolved(other, id="z"), act=ACT, now=NOW).events

    def test_nor_through_one_of_an_unknown_customer(self) -> None:
        one, theirs = complaint("a"), complaint("b", received=received(number="N-b", customer_id="c-2"))
        _, unknown = merged(theirs, complaint("c", received=received(number="N-c", customer_id=None)))
        for two in (partial(joining.merge, one, into=unknown), partial(joining.merge, unknown, into=one)):
            with pytest.raises(CustomersDiffer):
                two(act=ACT, now=NOW)
        with pytest.raises(CustomersDiffer):
            absorbing.absorb(unknown, other=one, act=ACT, now=NOW)
        parted = absorbing.release(unknown, other=theirs, act=ACT, now=NOW).state
        _, further = merged(unknown, complaint("d", received=received(number="N-d", customer_id=None)))
        with pytest.raises(CustomersDiffer):
            joining.merge(one, into=further, act=ACT, now=NOW)
        assert joining.merge(one, into=parted, act=ACT, now=NOW).events

    def test_of_what_is_not_kept_any_more_nothing_is_kept(self) -> None:
        into = complaint("z")
        for number in range(KEPT + 2):
            _, into = merged(complaint(f"k{number}"), into)
        names = [f"k{number}" for number in range(2, KEPT + 2)]
        for known in (into.absorbed, into.absorbed_about, into.absorbed_from, into.absorbed_of):
            assert list(known) == names

    def test_it_is_parted_again_and_stands_where_it_stood(self) -> None:
        merged = joining.merge(complaint("a", status="in_progress"), into=complaint("b"), act=ACT, now=NOW).state
        done = joining.unmerge(merged, act=ACT, now=NOW)
        assert (done.state.status, done.state.merged_into) == ("in_progress", None)
        assert done.state.owed[-1].what == "release"
        with pytest.raises(Conflict):
            joining.unmerge(done.state, act=ACT, now=NOW)

    def test_what_was_answered_counts_nowhere_else_where_the_other_one_never_took_it_in(self) -> None:
        answers = (FirstResponse(response_id="r1", at=NOW, channel="email", also_in=("c",)),)
        gone = joining.merge(complaint("a", answers=answers), into=complaint("b"), act=ACT, now=NOW).state
        assert gone.answers[0].also_in == ("c", "b")
        assert joining.unmerge(gone, act=ACT, now=NOW).state.answers[0].also_in == ("c", "b")
        assert joining.unmerge(gone, act=ACT, refused_by="b", now=NOW).state.answers[0].also_in == ("c",)
        with pytest.raises(Conflict):
            joining.unmerge(gone, act=ACT, refused_by="d", now=NOW)

    def test_the_other_one_says_from_when_on_and_what_was_answered(self) -> None:
        answers = tuple(FirstResponse(response_id=name, at=NOW, channel="email") for name in ("r1", "r2"))
        other = joining.merge(complaint("a", answers=answers), into=complaint("b"), act=ACT, now=NOW).state
        done = absorbing.absorb(complaint("b"), other=other, act=ACT, now=NOW)
        [said] = done.events
        assert isinstance(said, ComplaintAbsorbed)
        assert (said.absorbed, said.started_at, said.answered_at) == ("a", MONDAY, NOW)
        assert [(one.reference, one.occurred_at) for one in said.answers] == [
            ("absorbed/a/r1", NOW),
            ("absorbed/a/r2", NOW),
        ]
        assert absorbing.absorb(done.state, other=complaint("a"), act=ACT, now=NOW).events == ()
        unanswered = absorbing.absorb(complaint("b"), other=complaint("a"), act=ACT, now=NOW)
        assert unanswered.events[0].answered_at is None  # type: ignore[attr-defined]

    def test_what_was_answered_before_it_went_on_counts_wherever_it_went(self) -> None:
        answer = FirstResponse(response_id="r1", at=NOW, channel="email")
        state = complaint("a", answers=(answer,))
        for into in ("b", "c", "b"):
            state = joining.merge(state, into=complaint(into), act=ACT, now=NOW).state
            state = joining.unmerge(state, act=ACT, now=NOW).state
        later = answer.model_copy(update={"response_id": "r2"})
        state = state.model_copy(update={"answers": (*state.answers, later)})
        assert [one.also_in for one in state.answers] == [("b", "c"), ()]
        [said] = absorbing.absorb(complaint("c"), other=state, act=ACT, now=NOW).events
        assert [one.reference for one in said.answers] == ["absorbed/a/r1"]  # type: ignore[attr-defined]

    def test_nothing_goes_on_in_what_has_ended(self) -> None:
        with pytest.raises(TargetOver):
            absorbing.absorb(complaint("b", status="closed"), other=complaint("a"), act=ACT, now=NOW)

    @pytest.mark.parametrize("status", ["resolved", "closed", "withdrawn"])
    def test_it_is_parted_also_from_what_is_over(self, status: str) -> None:
        one, other = merged(complaint("a", status="in_progress"), complaint("b"))
        over = other.model_copy(update={"status": status})
        alone = joining.unmerge(one, act=ACT, now=LATER).state
        done = absorbing.release(over, other=alone, act=ACT, now=LATER)
        assert (alone.status, done.state.status, done.state.absorbed) == ("in_progress", status, ())
        assert [event.type for event in done.events] == ["complaint.released"]

    def test_what_was_taken_in_is_let_go_once(self) -> None:
        taken = absorbing.absorb(complaint("b"), other=complaint("a"), act=ACT, now=NOW).state
        done = absorbing.release(taken, other=complaint("a"), act=ACT, now=NOW)
        assert (done.state.absorbed, [event.type for event in done.events]) == ((), ["complaint.released"])
        assert absorbing.release(done.state, other=complaint("a"), act=ACT, now=NOW).events == ()


class TestTwoMergesFar:
    """C goes on in B, which goes on in A: what changes between the first two is known to the last one."""

    def three(self) -> tuple[Complaint, Complaint, Complaint]:
        """C, which is older and about Ana; B; and A. Ben has merged them."""
        older = received(about=({"agent": "ana"},), started_at=MONDAY - timedelta(days=1))
        act = ACT.model_copy(update={"by": "ben"})
        states = [complaint("c", received=older), complaint("b"), complaint("a")]
        for place in (0, 1):
            one, into = states[place : place + 2]
            states[place] = joining.merge(one, into=into, act=act, now=NOW).state
            states[place + 1] = absorbing.absorb(into, other=states[place], act=act, now=NOW).state
        return states[0], states[1], states[2]

    def test_the_earliest_start_of_all_counts(self) -> None:
        _, between, last = self.three()
        earliest = MONDAY - timedelta(days=1)
        assert (between.started_at, last.started_at) == (earliest, earliest)
        [said] = absorbing.absorb(complaint("y"), other=between, act=ACT, now=NOW).events
        assert (said.absorbed, said.started_at) == ("b", earliest)  # type: ignore[attr-defined]

    def test_what_parts_from_the_one_between_bars_nobody_and_starts_nothing_any_more(self) -> None:
        inner, between, last = self.three()
        alone = joining.unmerge(inner, act=ACT.model_copy(update={"by": "ben"}), now=NOW).state
        between = absorbing.release(between, other=alone, act=ACT, now=NOW).state
        assert between.owed[-1] == Owed(id="o1/b", what="renew", to="a", by="ana")
        assert [one.agent for one in last.about] == ["ana"]
        done = absorbing.renew(last, other=between, act=ACT, now=LATER)
        [said] = done.events
        assert isinstance(said, ComplaintAbsorbed)
        assert (said.absorbed, said.started_at, said.about) == ("b", MONDAY, ())
        assert (done.state.about, done.state.started_at, done.state.absorbed) == ((), MONDAY, ("b",))
        assert done.state.owed == ()

    def test_it_is_owed_on_as_far_as_it_goes(self) -> None:
        _, between, last = self.three()
        last = joining.merge(last, into=complaint("z"), act=ACT.model_copy(update={"by": "ben"}), now=NOW).state
        done = absorbing.renew(last, other=between, act=ACT, now=LATER).state
        assert done.owed[-1] == Owed(id="o1/a", what="renew", to="z", by="ana")

    def test_of_what_has_parted_nothing_is_said_again(self) -> None:
        _, between, last = self.three()
        alone = joining.unmerge(between, act=ACT.model_copy(update={"by": "ben"}), now=NOW).state
        assert absorbing.renew(last, other=alone, act=ACT, now=LATER) == Decision(last)
        assert absorbing.renew(complaint("y"), other=between, act=ACT, now=LATER).events == ()


class TestOnTheWay:
    """An answer that was given before the merge, and is heard of after it."""

    def test_it_is_an_answer_where_the_complaint_goes_on(self) -> None:
        one, other = merged(complaint("a"), complaint("b"))
        one = answered(one)
        assert one.answers[0].also_in == ("b",)
        assert one.owed[-1] == Owed(id="e/renew", what="renew", to="b", by="ana")
        [said] = absorbing.renew(other, other=one, act=ACT, now=LATER).events
        assert isinstance(said, ComplaintAbsorbed)
        assert [(each.reference, each.occurred_at) for each in said.answers] == [("absorbed/a/r1", NOW)]

    def test_one_that_stands_by_itself_owes_it_to_nobody(self) -> None:
        one, _ = merged(complaint("a"), complaint("b"))
        alone = joining.unmerge(one, act=ACT, now=NOW).state
        assert answered(alone).owed == alone.owed
        assert answered(alone).answers[0].also_in == ()
        assert alone.merged_by is None

    def test_a_merge_of_which_nobody_wrote_down_who_decided_it_owes_nothing(self) -> None:
        one = complaint("a", status="merged", merged_into="b")
        assert (answered(one).owed, answered(one).answers[0].also_in) == ((), ("b",))


def answered(state: Complaint) -> Complaint:
    """Intake hears that a person has answered the customer."""
    fields = {"response_id": "r1", "by": "ana", "channel": "email", "to": "customer", "cycle": 1}
    said = ResponseSent.model_validate({**fields, "is_first": True, "elapsed_seconds": 60.0, "occurred_at": NOW})
    return hear(state, Event("e", said.type, said.source, 1, state.id, NOW, said), now=LATER).state


class TestWithdrawal:
    """The customer takes back the complaint in which others go on."""

    def test_what_goes_on_in_it_is_taken_back_with_it(self) -> None:
        inner, one = merged(complaint("z"), complaint("a"))
        one, other = merged(one, complaint("b"))
        gone = withdraw(other, ask=Withdrawal(reason="found it"), entry_id="w", now=NOW).state
        assert gone.owed == (Owed(id="w/a", what="withdraw", to="a", why="found it", occurred_at=NOW),)
        done = withdrawn_with(one, other=gone, owed=gone.owed[0], now=LATER)
        said = ComplaintWithdrawn(reason="found it", said_at=NOW)
        assert (done.state.status, done.events) == ("withdrawn", [said])
        assert done.state.timeline[-1].data == {"with": "b"}
        assert done.state.owed[-1] == Owed(id="w/a/z", what="withdraw", to="z", why="found it", occurred_at=NOW)
        last = withdrawn_with(inner, other=done.state, owed=done.state.owed[-1], now=LATER)
        assert (last.state.status, last.events) == ("withdrawn", [said])
        with pytest.raises(Conflict):
            joining.unmerge(done.state, act=ACT, now=NOW)

    def test_what_has_parted_again_is_not(self) -> None:
        one, other = merged(complaint("a"), complaint("b"))
        gone = withdraw(other, ask=Withdrawal(), entry_id="w", now=NOW).state
        alone = joining.unmerge(one, act=ACT, now=NOW).state
        assert withdrawn_with(alone, other=gone, owed=gone.owed[0], now=NOW) == Decision(alone)


class TestSubject:
    """Whom it is about keeps their hands off it."""

    def test_they_neither_merge_part_split_link_nor_give_it_away(self) -> None:
        about = complaint("a", received=received(about=({"agent": "ana"}, {"team": "care"})))
        part = ToldPart(subject="x")
        decisions: list[Callable[[], object]] = [
            lambda: joining.merge(about, into=complaint("b"), act=ACT, now=NOW),
            lambda: joining.merge(complaint("b"), into=about, act=ACT, now=NOW),
            lambda: joining.unmerge(about, act=ACT, now=NOW),
            lambda: joining.split(about, parts=(part,), ids=("p",), act=ACT, now=NOW),
            lambda: joining.link(about, to=complaint("b"), why="x", act=ACT, now=NOW),
            lambda: joining.link(complaint("b"), to=about, why="x", act=ACT, now=NOW),
            lambda: rematch(about, customer=Customer(id="c-2"), act=ACT, now=NOW),
        ]
        for decide in decisions:
            with pytest.raises(OwnerIsSubject):
                decide()

    def test_nor_whom_the_customer_complained_about_before(self) -> None:
        with pytest.raises(OwnerIsSubject):
            joining.split(
                complaint("a"),
                parts=(ToldPart(subject="x"),),
                ids=("p",),
                act=ACT.model_copy(update={"barred": ("ana",)}),
                now=NOW,
            )

    def test_nor_what_it_goes_on_in(self) -> None:
        about = complaint("a", received=received(about=({"agent": "ana"},)))
        between = absorbing.absorb(complaint("b"), other=about, act=ACT, now=NOW).state
        outer = absorbing.absorb(complaint("c"), other=between, act=ACT, now=NOW)
        assert [one.agent for one in outer.events[0].about] == ["ana"]  # type: ignore[attr-defined]
        for state in (between, outer.state):
            with pytest.raises(OwnerIsSubject):
                joining.merge(state, into=complaint("d"), act=ACT, now=NOW)
        alone = absorbing.release(outer.state, other=between, act=ACT, now=NOW).state
        assert joining.merge(alone, into=complaint("d"), act=ACT, now=NOW).events

    def test_a_link_that_was_made_is_told_to_the_other_side_whoever_made_it(self) -> None:
        about = complaint("a", received=received(about=({"agent": "ana"},)))
        back = joining.link(about, to=complaint("b"), why="x", act=ACT, back=True, now=NOW)
        assert back.state.related == ("b",)


class TestLink:
    """Both know of one another."""

    def test_the_other_side_is_owed_and_owes_nothing_back(self) -> None:
        done = joining.link(complaint("a"), to=complaint("b"), why="same terminal", act=ACT, now=NOW)
        assert (done.state.related, done.state.owed[0].what) == (("b",), "link")
        back = joining.link(complaint("b"), to=complaint("a"), why="same terminal", act=ACT, back=True, now=NOW)
        assert (back.state.related, back.state.owed) == (("a",), ())
        assert joining.link(done.state, to=complaint("b"), why="again", act=ACT, now=NOW).events == ()

    def test_not_with_itself(self) -> None:
        with pytest.raises(Invalid):
            joining.link(complaint("a"), to=complaint("a"), why="x", act=ACT, now=NOW)


class TestSplit:
    """Parts with the same start."""

    def test_each_part_is_owed(self) -> None:
        parts = (ToldPart(subject="The lid"), ToldPart(text="And the manner", kind="treatment"))
        done = joining.split(complaint("a"), parts=parts, ids=("p1", "p2"), act=ACT, now=NOW)
        assert [(owed.what, owed.to) for owed in done.state.owed] == [("part", "p1"), ("part", "p2")]
        assert done.state.split_into == ("p1", "p2")
        assert done.state.status == "received"

    def test_a_part_has_the_same_start_and_customer_and_its_own_words(self) -> None:
        owed = Owed(id="o/p1", what="part", to="p1", by="ana", part=Part(subject="The lid"))
        done = joining.part_of(None, whole=complaint("a"), owed=owed, number="N-p1", now=NOW)
        [said] = done.events
        assert isinstance(said, ComplaintReceived)
        assert (said.started_at, said.received_at, said.customer_id) == (MONDAY, MONDAY, "c-1")
        assert (said.subject, said.text, said.split_from, said.external_reference) == ("The lid", None, "a", None)
        assert (said.contact, said.remedy_sought, said.number) == (None, None, "N-p1")

    def test_a_part_says_something_of_its_own(self) -> None:
        with pytest.raises(ValidationError):
            ToldPart(kind="treatment")

    def test_what_is_over_is_not_split(self) -> None:
        with pytest.raises(Conflict):
            joining.split(
                complaint("a", status="withdrawn"), parts=(ToldPart(subject="x"),), ids=("p",), act=ACT, now=NOW
            )


class TestRematch:
    """It was another customer's."""

    def test_it_is_said_whose_it_was_thought_to_be(self) -> None:
        done = rematch(complaint("a"), customer=Customer(id="c-2"), act=ACT, now=NOW)
        assert done.state.received.customer_id == "c-2"
        assert (done.events[0].before, done.events[0].type) == ("c-1", "complaint.rematched")  # type: ignore[attr-defined]
        with pytest.raises(Conflict):
            rematch(done.state, customer=Customer(id="c-2"), act=ACT, now=NOW)

    def test_not_while_it_is_one_with_another(self) -> None:
        for one in merged(complaint("a"), complaint("b")):
            with pytest.raises(Conflict, match="undo the merge first"):
                rematch(one, customer=Customer(id="c-2"), act=ACT, now=NOW)

    def test_it_takes_what_is_known_of_the_right_one(self) -> None:
        told = received(customer_id="c-1", customer=CustomerFacts(survey=False), on_behalf_of={"name": "Luis"})
        theirs = Customer(id="c-2", facts=CustomerFacts(language="en"), version=4)
        done = rematch(complaint("a", received=told, customer_version=9), customer=theirs, act=ACT, now=NOW)
        [said] = done.events
        assert isinstance(said, ComplaintRematched)
        assert (said.customer, said.complainant, said.represented) == (theirs.facts, told.complainant, True)
        assert (done.state.received.customer, done.state.customer_version) == (theirs.facts, 4)


class TestKnow:
    """What is known of its customer changed."""

    def test_it_says_so_once_and_never_what_is_older(self) -> None:
        third, second = (
            Customer(id="c-1", facts=CustomerFacts(survey=s), version=v) for v, s in ((3, True), (2, False))
        )
        done = know(complaint("a"), customer=third, now=NOW)
        [said] = done.events
        assert isinstance(said, CustomerChanged)
        assert (said.customer_id, said.customer.survey, said.represented) == ("c-1", True, False)
        assert (done.state.received.customer, done.state.timeline_count) == (third.facts, 1)
        for customer in (third, second, Customer(id="c-2", version=9)):
            assert know(done.state, customer=customer, now=NOW) == Decision(done.state)
