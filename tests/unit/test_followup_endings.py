"""Result, verification, closing, reopening: nothing closes over our word, nothing measured changes."""

from typing import Any

import pytest

from services.followup.domain.facts import (
    MOST_FACTS,
    AskFacts,
    GiveFacts,
    StateRemedy,
    WriteNote,
    ask_facts,
    give_facts,
    state_remedy,
    write_note,
)
from services.followup.domain.parts import evolve
from services.followup.domain.refusals import Conflict, NotVerified, PromiseOpen, RemedyMissing
from services.followup.domain.resolution import (
    Close,
    Reopen,
    Resolve,
    Verify,
    close_case,
    reopen,
    resolve,
    verify,
    verify_by_link,
)
from services.followup.domain.world import World
from shared.decision import ComplaintFull, Invalid, OwnerIsSubject
from shared.events.intake import ComplaintWithdrawn, ResponseFailed
from shared.events.reference import Policy, Target
from shared.events.routing import ComplaintEscalated
from shared.events.values import Deadlines, Evidence, RemedySought
from tests.unit.followup_life import DAY, DEADLINES, HOUR, MONDAY, REFERENCE, WORLD, Life, assigned, begun, triaged


def resolved(life: Life | None = None, **changes: Any) -> Life:
    """A case with a result, by Ana."""
    life = life or begun()
    fields: dict[str, Any] = {"response_id": "r-result", "by": "ana", "outcome": "upheld", "text": "Money is coming."}
    life.do(resolve, Resolve(**{**fields, **changes}))
    return life


def verified(life: Life, answer: Any = "yes", **changes: Any) -> Any:
    """Ben asked the customer."""
    return life.do(verify, Verify(**{"answer": answer, "via": "call", "by": "ben", **changes}))


def closed(life: Life) -> None:
    """Ana closes it."""
    life.do(close_case, Close(by="ana"))


class TestResult:
    """The customer has our result."""

    def test_its_text_is_a_response_said_before(self) -> None:
        life = resolved()
        assert life.types()[-3:] == ["response.sent", "promise.kept", "complaint.resolved"]
        assert life.last("response.sent").is_first
        told = life.last("complaint.resolved")
        assert (told.outcome, told.cycle, told.elapsed_seconds) == ("upheld", 1, 600)
        assert (life.case.status, life.case.cycle.resolved_at) == ("resolved", life.now)
        assert life.case.resolution is not None
        assert life.case.resolution.response_id == "r-result"

    def test_it_goes_by_the_channel_by_which_they_came_unless_another_is_named(self) -> None:
        assert resolved().last("response.sent").channel == "web"
        assert resolved(begun(channel="referral")).last("response.sent").channel == "other"
        assert resolved(channel="phone").last("response.sent").channel == "phone"

    def test_it_needs_to_be_known_what_would_put_it_right(self) -> None:
        life = begun(remedy_sought=None)
        with pytest.raises(RemedyMissing):
            resolved(life)
        life.do(state_remedy, StateRemedy(by="ana", remedy=RemedySought(kind="apology")))
        assert life.last("remedy.sought").remedy.kind == "apology"
        resolved(life)
        with pytest.raises(Conflict):
            life.do(state_remedy, StateRemedy(by="ana", remedy=RemedySought(kind="refund")))

    def test_praise_needs_no_remedy_and_has_outcomes_of_its_own(self) -> None:
        life = begun(kind="praise", remedy_sought=None)
        with pytest.raises(Invalid):
            resolved(life)
        resolved(life, outcome="noted")
        with pytest.raises(Invalid):
            resolved(outcome="noted")

    def test_one_result_is_enough(self) -> None:
        with pytest.raises(Conflict):
            resolved(resolved())

    def test_what_was_late_is_overdue_and_stays_so(self) -> None:
        life = resolved(begun().at(MONDAY + 8 * DAY))
        clocks = [x.clock for x in life.said if x.type == "deadline.overdue"]  # type: ignore[attr-defined]
        assert clocks == ["first_response", "resolution"]


class TestVerification:
    """Only the customer knows."""

    def test_yes_and_declined_are_kept_as_said(self) -> None:
        life = resolved()
        assert verified(life, satisfaction=5).answer == "yes"
        assert life.last("complaint.verified").satisfaction == 5
        assert life.case.status == "resolved"

    def test_no_begins_a_new_cycle_at_once(self) -> None:
        life = resolved().at(MONDAY + DAY)
        verified(life, "no", by="ana", comment="still broken")
        assert life.types()[-2:] == ["complaint.verified", "complaint.reopened"]
        assert (life.case.status, life.case.cycle.number) == ("in_progress", 2)

    def test_the_owner_alone_cannot_say_it(self) -> None:
        life = resolved()
        with pytest.raises(NotVerified):
            verified(life, by="ana")
        with pytest.raises(NotVerified):
            verified(life, by="ana", evidence=Evidence(type="call"))
        verified(life, by="ana", evidence=Evidence(type="call", reference="call-3"))

    def test_the_customer_needs_nobody(self) -> None:
        life = resolved()
        life.hear(assigned(None))
        assert life.do(verify_by_link, Verify(answer="declined", via="link")).answer == "declined"

    def test_without_a_result_there_is_nothing_to_ask(self) -> None:
        with pytest.raises(Conflict):
            verified(begun())


class TestClosing:
    """It is over."""

    def test_not_over_an_open_promise(self) -> None:
        life = begun()
        life.promise()
        resolved(life)
        verified(life)
        with pytest.raises(PromiseOpen) as refusal:
            closed(life)
        assert refusal.value.facts == {"promises": ["p1"]}
        life.fulfil()
        closed(life)
        assert life.last("complaint.closed").verification == "verified"

    def test_not_before_the_customer_has_spoken_or_had_the_time_to(self) -> None:
        life = resolved()
        with pytest.raises(NotVerified):
            closed(life)
        closed(life.at(life.now + 7 * DAY))
        assert (life.case.status, life.case.verification) == ("closed", "unverified")

    def test_declined_is_no_yes(self) -> None:
        life = resolved()
        verified(life, "declined")
        closed(life)
        assert life.case.verification == "declined"

    def test_silence_closes_it_by_itself(self) -> None:
        life = resolved()
        due = life.now + 7 * DAY
        life.at(due - HOUR).tick()
        assert life.due() == due
        life.at(due + HOUR).tick()
        assert (life.case.status, life.case.closed_at, life.case.verification) == ("closed", due, "unverified")
        assert life.due() is None

    def test_silence_waits_for_our_word(self) -> None:
        life = begun()
        life.promise(due=MONDAY + 14 * DAY)
        resolved(life)
        life.at(MONDAY + 10 * DAY).tick()
        assert life.types("complaint.closed") == []
        life.fulfil()
        life.tick()
        assert (life.case.status, life.case.closed_at) == ("closed", MONDAY + 10 * DAY)

    def test_history_never_closes_by_itself(self) -> None:
        life = resolved(begun(historical=True)).at(MONDAY + 30 * DAY)
        life.tick()
        assert life.case.status == "resolved"

    def test_only_what_is_resolved(self) -> None:
        with pytest.raises(Conflict):
            closed(begun())

    def test_only_by_a_person(self) -> None:
        life = resolved()
        verified(life)
        with pytest.raises(Invalid):
            life.do(close_case, Close())


class TestReopening:
    """It was not over."""

    def again(self, life: Life) -> Life:
        """Opened again."""
        life.do(reopen, Reopen(by="ana", reason="new_fact"))
        return life

    def test_a_new_cycle_has_clocks_of_its_own_and_the_first_keeps_its_values(self) -> None:
        life = resolved()
        before = (life.case.cycles[0], life.case.first_response(1))
        self.again(life.at(MONDAY + DAY))
        told = life.last("complaint.reopened")
        assert (told.reason, told.cycle, told.deadlines) == ("new_fact", 2, life.case.cycle.deadlines)
        assert life.case.cycle.deadlines == Deadlines(
            first_response=MONDAY + DAY + 4 * HOUR, resolution=MONDAY + 8 * DAY
        )
        assert life.case.first_response() is None
        answer = life.at(MONDAY + DAY + HOUR).answer("r2")
        assert (answer.is_first, answer.elapsed_seconds) == (True, 3600)
        assert life.last("response.sent").cycle == 2
        assert (life.case.cycles[0], life.case.first_response(1)) == before

    def test_what_is_told_of_an_earlier_cycle_does_not_change_it(self) -> None:
        life = self.again(resolved().at(MONDAY + DAY))
        answer = life.answer("r2", occurred_at=MONDAY)
        assert (answer.is_first, answer.elapsed_seconds) == (False, None)
        first = life.case.first_response(1)
        assert first is not None
        assert first.id == "r-result"

    def test_its_clocks_can_be_overdue_again(self) -> None:
        life = self.again(resolved().at(MONDAY + DAY)).at(MONDAY + 2 * DAY)
        life.tick()
        told: Any = life.last("deadline.overdue")
        assert (told.clock, told.cycle, told.deadline) == ("first_response", 2, MONDAY + DAY + 4 * HOUR)

    def test_a_transfer_counts_from_the_reopening(self) -> None:
        life = self.again(resolved().at(MONDAY + DAY))
        deadlines = life.case.cycle.deadlines
        life.hear(assigned("ben", DEADLINES))
        life.hear(triaged(again=True))
        assert life.case.cycle.deadlines == deadlines

    def test_the_most_specific_target_of_the_policy_counts(self) -> None:
        targets = (
            Target(clock="first_response", minutes=240, business=False),
            Target(clock="first_response", minutes=60, business=False, category="Defect"),
            Target(clock="first_response", minutes=30, business=False, channel="web"),
            Target(clock="first_response", minutes=5, business=False, priority="urgent"),
        )
        reference = REFERENCE.with_datum("policy", "default", 2, Policy(name="default", targets=targets))
        life = resolved(begun(World(reference, WORLD.ack_patience, WORLD.texts)))
        self.again(life)
        assert life.case.cycle.deadlines == Deadlines(first_response=life.now + HOUR)

    def test_hours_that_never_come_are_counted_as_elapsed(self) -> None:
        life = resolved()
        life.hear(assigned("ana", calendar="never"))
        self.again(life)
        assert life.case.cycle.deadlines.first_response == life.now + 4 * HOUR

    def test_history_has_no_clocks_in_any_cycle(self) -> None:
        life = self.again(resolved(begun(historical=True)))
        life.hear(assigned("ben", DEADLINES))
        assert life.case.cycle.deadlines == Deadlines()

    def test_only_what_is_resolved_or_closed(self) -> None:
        with pytest.raises(Conflict):
            self.again(begun())
        life = resolved()
        verified(life)
        closed(life)
        assert self.again(life).case.verification is None

    def test_nothing_is_promised_on_a_closed_case_before(self) -> None:
        life = resolved()
        verified(life)
        closed(life)
        with pytest.raises(Conflict):
            life.promise()
        self.again(life).promise()

    def test_a_bounced_result_leaves_the_customer_without_an_answer(self) -> None:
        life = resolved()
        life.hear(ResponseFailed(response_id="r-result", occurred_at=life.now))
        life.at(MONDAY + 4 * HOUR).tick()
        assert life.last("deadline.overdue").clock == "first_response"


class TestFacts:
    """What is known beside the answers."""

    def test_a_note_says_nothing_to_anybody(self) -> None:
        life = begun()
        count = len(life.said)
        note = life.do(write_note, WriteNote(note_id="n1", by="ana", text="nice person"))
        assert (note.id, note.text, len(life.said)) == ("n1", "nice person", count)
        assert life.case.status == "in_progress"

    def test_a_fact_asked_twice_is_counted(self) -> None:
        life = begun()
        life.do(ask_facts, AskFacts(by="ana", facts=("serial", "serial", "date")))
        assert life.last("facts.asked").again == ()
        known = life.do(give_facts, GiveFacts(facts={"serial": "X1", "colour": "red"}))
        assert [(fact.name, fact.value) for fact in known.facts] == [
            ("serial", "X1"),
            ("date", None),
            ("colour", "red"),
        ]
        life.do(ask_facts, AskFacts(by="ana", facts=("serial", "colour")))
        assert life.last("facts.asked").again == ("serial",)

    def test_a_case_holds_so_many_and_no_more(self) -> None:
        life = begun()
        with pytest.raises(ComplaintFull):
            life.do(give_facts, GiveFacts(facts={f"f{n}": "x" for n in range(MOST_FACTS + 1)}))

    def test_a_full_case_takes_no_more(self) -> None:
        life = begun()
        life.promise()
        for n in range(6):
            life.do(write_note, WriteNote(note_id=f"n{n}", by="ana", text="x" * 100_000))
        with pytest.raises(ComplaintFull):
            life.answer()
        assert life.fulfil().status == "kept"

    def test_whom_it_is_about_does_nothing_here(self) -> None:
        life = begun(about=({"agent": "rude"}, {"team": "care"}))
        with pytest.raises(OwnerIsSubject):
            life.do(write_note, WriteNote(note_id="n1", by="rude", text="not my fault"))

    def test_an_escalation_is_remembered_at_its_highest(self) -> None:
        life = begun()
        life.hear(ComplaintEscalated(level=2, reason="manual"))
        life.hear(ComplaintEscalated(level=1, reason="manual"))
        assert life.case.level == 2


def test_a_merged_case_goes_on_elsewhere() -> None:
    life = begun()
    life.known = life.case.model_copy(update={"status": "merged"})
    with pytest.raises(Conflict):
        life.answer()


def test_a_second_withdrawal_and_one_after_the_end_change_nothing() -> None:
    life = begun()
    life.hear(ComplaintWithdrawn())
    count = len(life.said)
    life.hear(ComplaintWithdrawn())
    assert len(life.said) == count
    assert life.case.timeline[-1].type == "complaint.withdrawn"


def test_a_field_that_does_not_exist_cannot_be_changed() -> None:
    with pytest.raises(KeyError):
        evolve(begun().case, statsu="closed")
