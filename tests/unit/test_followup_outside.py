"""A complaint that goes on inside another one: its promises change hands with that one, whose answers are answers."""

from datetime import datetime, timedelta
from functools import partial

from services.followup.domain.listing import listed
from services.followup.domain.outside import agrees, follow, news, passed_on, to_pass_on
from shared.events.intake import (
    ComplaintAbsorbed,
    ComplaintMerged,
    ComplaintReleased,
    ComplaintUnmerged,
    ComplaintWithdrawn,
    ResponseFailed,
)
from shared.events.promises import PromiseHandedOver
from tests.unit.followup_life import HOUR, MINUTE, MONDAY, Life, assigned, begun, received, triaged

DUE = MONDAY + 4 * HOUR
"""When the acknowledgement's promise falls due."""


def inner(life: Life | None = None) -> Life:
    """A complaint of Ana's with what she and the system promised, which goes on inside another one."""
    life = life or begun()
    life.promise()
    life.hear(ComplaintMerged(into="c2", by="ana"))
    return life


def outer(agent: str | None = "ben", name: str = "c2") -> Life:
    """The one in which it goes on."""
    life = Life()
    life.hear(received())
    life.hear(triaged())
    life.hear(assigned(agent))
    life.known = life.case.model_copy(update={"complaint_id": name})
    life.hear(ComplaintAbsorbed(absorbed="c1", number="3F7Q-1ZKC", started_at=MONDAY, by="ana"))
    return life.at(MONDAY + 10 * MINUTE)


def told(one: Life, other: Life, at: datetime | None = None) -> list[str]:
    """The sweep carries the news of the other one to this; what this one says of it."""
    one.at(at or max(one.now, other.now))
    done = one._take(partial(follow, outer=other.case))  # noqa: SLF001 - a move like any other
    assert agrees(one.case, other.case)
    again = follow(one.case, outer=other.case, now=one.now, world=one.world)
    assert (again.state, again.events) == (one.case, ())
    return [event.type for event in done.events]


class TestOwner:
    """What was promised is the outer case's owner's."""

    def test_promises_are_handed_over_with_the_case_in_which_they_go_on(self) -> None:
        one, other = inner(), outer("ana")
        assert told(one, other) == []
        other.hear(assigned("ben"))
        assert told(one, other) == ["promise.handed_over"] * 2
        assert {entry.owner for entry in one.case.promises} == {"ben"}
        said = one.last("promise.handed_over")
        assert isinstance(said, PromiseHandedOver)
        assert (said.from_owner, said.to_owner, said.why) == ("ana", "ben", "case")
        assert one.entry().planned_for == "ben"

    def test_at_the_merge_and_while_nobody_has_it_they_stay_where_they_are(self) -> None:
        one, other = inner(), outer(None)
        assert told(one, other) == []
        other.answer("r9", by="nil")
        assert told(one, other) == ["promise.kept"]
        assert one.entry().owner == "ana"
        other.hear(assigned("ben"))
        told(one, other)
        other.hear(assigned(None))
        assert told(one, other) == []
        assert one.entry().owner == "ben"

    def test_what_was_nobody_s_is_said_to_be_somebody_s(self) -> None:
        one = Life()
        one.hear(received())
        one.hear(triaged())
        one.hear(ComplaintMerged(into="c2", by="ana"))
        assert told(one, outer()) == ["promise.handed_over"]
        assert one.system_promise().owner == "ben"

    def test_what_is_settled_and_what_somebody_else_promised_stays(self) -> None:
        one = begun()
        one.promise("p2", owner="nil", override_reason="asked for")
        one.promise("p3")
        one.fulfil("p3")
        inner(one)
        told(one, outer())
        assert [one.entry(name).owner for name in ("p1", "p2", "p3")] == ["ben", "nil", "ana"]

    def test_parted_again_whoever_had_it_has_it_and_what_was_promised(self) -> None:
        one = inner()
        told(one, outer())
        said = one.hear(ComplaintUnmerged(out_of="c2", by="ana"))
        assert [each.type for each in said] == ["promise.handed_over"] * 2
        assert (one.case.agent, one.case.team, one.entry().owner) == ("ana", "care", "ana")

    def test_parted_again_it_is_whose_it_became_meanwhile(self) -> None:
        one = inner()
        told(one, outer())
        one.hear(assigned("nil", team="closed"))
        assert one.case.agent == "ben"
        one.hear(ComplaintUnmerged(out_of="c2", by="ana"))
        assert (one.case.agent, one.case.team, one.entry().owner) == ("nil", "closed", "nil")

    def test_parted_again_it_is_nobody_s_whom_it_is_about(self) -> None:
        one = inner()
        told(one, outer())
        one.known = one.case.with_steps(barred=("ana",))
        one.hear(ComplaintUnmerged(out_of="c2", by="ana"))
        assert (one.case.agent, one.entry().owner) == (None, None)

    def test_merged_before_it_was_kept_whose_it_was_it_stays_whose_it_is(self) -> None:
        one = inner()
        told(one, outer())
        one.known = one.case.model_copy(update={"owner_before_merge": None})
        one.hear(ComplaintUnmerged(out_of="c2", by="ana"))
        assert (one.case.agent, one.entry().owner) == ("ben", "ben")

    def test_parted_again_its_next_owner_inherits_them(self) -> None:
        one = inner()
        told(one, outer())
        one.hear(ComplaintUnmerged(out_of="c2", by="ana"))
        one.hear(assigned("ana"))
        assert one.entry().owner == "ana"

    def test_who_was_given_it_before_the_merge_and_is_heard_of_after_it_takes_nothing(self) -> None:
        one, other = inner(), outer("ben")
        told(one, other)
        assert one.hear(assigned("ana")) == ()
        assert (one.case.agent, one.entry().owner, agrees(one.case, other.case)) == ("ben", "ben", True)

    def test_whom_it_is_about_is_promised_nothing_though_they_have_the_other_one(self) -> None:
        one, other = inner(begun(about=({"agent": "ben"},))), outer("ben")
        assert told(one, other) == []
        assert (one.case.agent, one.entry().owner) == ("ana", "ana")
        other.hear(assigned("nil"))
        assert told(one, other) == ["promise.handed_over"] * 2
        assert {entry.owner for entry in one.case.promises} == {"nil"}

    def test_whom_it_turns_out_to_be_about_keeps_nothing(self) -> None:
        one, other = inner(), outer(None)
        told(one, other)
        one.known = one.case.with_steps(barred=("ana",))
        assert not agrees(one.case, other.case)
        assert told(one, other) == ["promise.handed_over"] * 2
        assert (one.case.agent, one.case.team, one.entry().owner) == (None, "care", None)

    def test_of_another_one_it_hears_nothing(self) -> None:
        one, other = inner(), outer(name="c9")
        done = follow(one.case, outer=other.case, now=one.now, world=one.world)
        assert (done.state, done.events, agrees(one.case, other.case)) == (one.case, (), False)


class TestAnswers:
    """What is answered in the outer case keeps what the system promised in this one."""

    def test_an_answer_there_keeps_it(self) -> None:
        one, other = inner(), outer("ana")
        other.answer("r9")
        assert told(one, other) == ["promise.kept"]
        kept = one.system_promise()
        assert (kept.status, kept.settled_at, kept.evidence and kept.evidence.reference) == ("kept", other.now, "r9")
        assert one.entry().status == "open"
        assert one.case.first_response() is None

    def test_neither_a_machine_s_nor_a_third_party_s_nor_one_from_before_it_began(self) -> None:
        one, other = inner(), outer("ana")
        other.answer("r7", automatic=True, by=None)
        other.answer("r8", to="third_party")
        assert told(one, other) == []
        before = outer("ana")
        before.answer("r9")
        late = begun(started_at=MONDAY + HOUR, received_at=MONDAY + HOUR).at(MONDAY + HOUR)
        late.hear(ComplaintMerged(into="c2", by="ana"))
        assert told(late, before) == []

    def test_given_in_time_and_carried_here_after_due_it_corrects_the_break(self) -> None:
        one, other = inner(), outer("ana")
        other.at(DUE).answer("r9")
        one.at(DUE).tick()
        assert told(one, other, DUE + MINUTE) == ["promise.corrected"]
        assert one.system_promise().status == "kept"

    def test_given_after_due_it_is_late(self) -> None:
        one, other = inner(), outer("ana")
        one.at(DUE).tick()
        other.at(DUE + HOUR).answer("r9")
        assert told(one, other) == ["promise.fulfilled_late"]
        assert (one.system_promise().status, one.system_promise().late_at) == ("broken", DUE + HOUR)

    def test_one_that_did_not_arrive_keeps_nothing_and_the_next_one_does(self) -> None:
        one, other = inner(), outer("ana")
        other.answer("r8")
        other.answer("r9")
        told(one, other)
        one.at(DUE + MINUTE).tick()
        for name, said in (("r8", ["promise.corrected", "promise.kept"]), ("r9", ["promise.corrected"])):
            other.at(DUE + HOUR).hear(ResponseFailed(response_id=name, occurred_at=other.now))
            assert told(one, other) == said
        assert (one.system_promise().status, one.system_promise().settled_at) == ("broken", DUE)

    def test_what_a_person_fulfilled_by_it_is_not_fulfilled_either(self) -> None:
        one, other = inner(), outer("ana")
        other.answer("r9")
        told(one, other)
        one.fulfil(type="message", reference="r9")
        other.hear(ResponseFailed(response_id="r9", occurred_at=other.now))
        told(one, other)
        assert one.entry().status == "open"

    def test_withdrawn_with_the_other_one_it_hears_still_what_did_not_arrive(self) -> None:
        one, other = inner(), outer("ana")
        other.answer("r9")
        told(one, other)
        one.at(MONDAY + HOUR).hear(ComplaintWithdrawn())
        other.at(MONDAY + 2 * HOUR).hear(ResponseFailed(response_id="r9", occurred_at=other.now))
        told(one, other)
        assert (one.system_promise().status, one.system_promise().settled_at) == ("withdrawn", MONDAY + HOUR)

    def test_parted_again_it_was_not_answered(self) -> None:
        one, other = inner(), outer("ana")
        other.answer("r9")
        told(one, other)
        one.fulfil(type="message", reference="r9")
        said = one.hear(ComplaintUnmerged(out_of="c2", by="ana"))
        assert [(each.type, each.why) for each in said] == [  # type: ignore[attr-defined]
            ("promise.corrected", "it was answered in another complaint, from which this one has parted")
        ]
        assert (one.system_promise().status, one.entry().status, one.case.answers_outside) == ("open", "kept", ())
        one.at(DUE).tick()
        assert one.system_promise().status == "broken"

    def test_late_by_it_and_parted_again_it_is_not_even_late(self) -> None:
        one, other = inner(), outer("ana")
        one.at(DUE).tick()
        other.at(DUE + HOUR).answer("r9")
        told(one, other)
        one.hear(ComplaintUnmerged(out_of="c2", by="ana"))
        assert (one.system_promise().status, one.system_promise().late_at) == ("broken", None)

    def test_its_own_answer_which_counts_there_is_none_from_there(self) -> None:
        one, other = begun(), outer("ana")
        one.answer("r1")
        inner(one)
        answers = [{"reference": "absorbed/c1/r1", "occurred_at": one.now}]
        other.hear(
            ComplaintAbsorbed.model_validate(
                {"absorbed": "c1", "number": "3F7Q-1ZKC", "started_at": MONDAY, "answers": answers, "by": "ana"}
            )
        )
        told(one, other)
        assert (other.case.first_response() is not None, one.case.answers_outside) == (True, ())

    def test_who_was_answered_before_the_acknowledgement_is_promised_no_answer(self) -> None:
        one, other = Life(), outer("ana")
        one.hear(received())
        one.hear(ComplaintMerged(into="c2", by="ana"))
        other.answer("r9")
        told(one, other)
        one.hear(triaged())
        assert one.case.promises == ()
        assert one.last("complaint.acknowledged").promise_id is None


class TestNews:
    """The outer case knows what those inside have not heard yet."""

    def test_an_owner_and_an_answer_are_news_until_they_are_told(self) -> None:
        life = outer("ana")
        changes = (
            lambda: life.hear(assigned("ben")),
            lambda: life.answer("r9"),
            lambda: life.hear(ResponseFailed(response_id="r9", occurred_at=life.now)),
        )
        marks = {self.told(life)}
        for change in changes:
            change()
            assert life.case.to_pass_on
            marks.add(self.told(life))
        assert len(marks) == len(changes)
        life.answer("r10", automatic=True, by=None)
        assert not life.case.to_pass_on

    def told(self, life: Life) -> str:
        """Those inside are told; the mark of what they were told."""
        mark = news(life.case)
        life._take(partial(passed_on, told=mark, to="c1"))  # noqa: SLF001 - a move like any other
        assert not life.case.to_pass_on
        return mark

    def test_what_changed_while_it_was_told_is_news_again(self) -> None:
        life = outer("ana")
        mark = news(life.case)
        life.answer("r9")
        life._take(partial(passed_on, told=mark, to="c1"))  # noqa: SLF001 - a move like any other
        assert life.case.to_pass_on

    def test_who_comes_anew_knows_nothing_and_who_is_alone_has_nobody_to_tell(self) -> None:
        life = outer("ana")
        self.told(life)
        again = ComplaintAbsorbed(absorbed="c1", number="3F7Q-1ZKC", started_at=MONDAY, by="ana")
        life.hear(again)
        assert life.case.to_pass_on
        life.hear(ComplaintReleased(absorbed="c1", by="ana"))
        assert not life.case.to_pass_on
        assert not to_pass_on(listed(begun().case))

    def test_what_it_hears_from_outside_it_passes_on(self) -> None:
        one, between, last = inner(), outer("ana"), outer("ben", "c3")
        between.hear(ComplaintMerged(into="c3", by="ana"))
        self.told(between)
        last.at(MONDAY + 20 * MINUTE).answer("r9", by="ben")
        told(between, last)
        assert between.case.to_pass_on
        told(one, between)
        assert (one.system_promise().status, one.entry().owner) == ("kept", "ben")


def test_an_answer_is_carried_without_its_words() -> None:
    one, other = inner(), outer("ana")
    other.answer("r9", holding=True, reasons="the part is on its way", occurred_at=other.now - timedelta(minutes=1))
    told(one, other)
    [answer] = one.case.answers_outside
    assert (answer.id, answer.text, answer.reasons) == ("r9", None, None)
