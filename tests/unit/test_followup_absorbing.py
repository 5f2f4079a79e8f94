"""Other complaints of the same matter: the earliest start, the earliest answer, and nobody's promise lost."""

import dataclasses
from datetime import timedelta

import pytest

from services.followup.domain.subjects import agents_meant
from shared.decision import OwnerIsSubject
from shared.events.followup import ResponseSent
from shared.events.intake import (
    ComplaintAbsorbed,
    ComplaintLinked,
    ComplaintReleased,
    ComplaintRematched,
    ResponseFailed,
)
from shared.events.values import About, CustomerFacts, Person
from tests.unit.followup_life import HOUR, MINUTE, MONDAY, WORLD, Life, begun, received
from tests.unit.test_followup_endings import closed, resolved, verified

EARLIER = MONDAY - timedelta(days=3)
"""The Friday before."""


def absorbed(life: Life, **changes: object) -> None:
    """The other complaint goes on here."""
    told = {"absorbed": "c0", "number": "3F7Q-1ZKC", "started_at": EARLIER, "by": "ana", **changes}
    life.hear(ComplaintAbsorbed.model_validate(told))


def answers(*hours: int) -> list[dict[str, object]]:
    """What was answered in the other complaint, so long after its start."""
    return [{"reference": f"absorbed/c0/r{hour}", "occurred_at": EARLIER + hour * HOUR} for hour in hours]


def fails(life: Life, name: str) -> None:
    """A channel says that this never arrived."""
    life.hear(ResponseFailed(response_id=name, occurred_at=life.now))


class TestAbsorbing:
    """Another complaint goes on inside this one."""

    def test_whom_the_other_one_is_about_keeps_no_promise_here(self) -> None:
        life = begun()
        life.promise(owner="ben", fallback_owner="ben")
        absorbed(life, about=[{"agent": "ben"}])
        said = life.last("promise.handed_over")
        assert (life.entry().owner, said.from_owner, said.to_owner, said.why) == ("ana", "ben", "ana", "case")

    def test_the_earliest_start_counts(self) -> None:
        life = begun()
        absorbed(life)
        assert life.case.cycle.started_at == EARLIER
        assert life.case.cycle.deadlines.first_response == EARLIER + 4 * HOUR
        assert [one.complaint_id for one in life.case.steps.absorbed] == ["c0"]

    def test_a_later_start_changes_nothing(self) -> None:
        life = begun()
        absorbed(life, started_at=MONDAY + MINUTE)
        assert life.case.cycle.started_at == MONDAY

    def test_the_earliest_answer_counts(self) -> None:
        life = begun()
        absorbed(life, answered_at=EARLIER + HOUR)
        said = life.last("response.sent")
        assert (said.is_first, said.elapsed_seconds, said.within_target) == (True, 3600, True)
        late = begun(channel="referral")
        absorbed(late, answered_at=EARLIER + 6 * HOUR)
        assert (late.last("response.sent").within_target, late.last("response.sent").channel) == (False, "other")

    def test_the_other_one_s_answer_did_not_arrive(self) -> None:
        life = begun()
        absorbed(life, answered_at=EARLIER + HOUR)
        assert life.case.first_response()
        fails(life, "absorbed/c0")
        assert life.case.first_response() is None

    def test_of_its_answers_the_next_that_arrived_takes_the_place_with_its_own_time(self) -> None:
        life = begun()
        absorbed(life, answered_at=EARLIER + HOUR, answers=answers(1, 2, 5))
        assert [said.is_first for said in life.said if isinstance(said, ResponseSent)] == [True, False, False]
        fails(life, "absorbed/c0/r1")
        first = life.case.first_response()
        assert first is not None
        assert (first.occurred_at, first.elapsed_seconds, first.within_target) == (EARLIER + 2 * HOUR, 7200, True)
        fails(life, "absorbed/c0/r2")
        fails(life, "absorbed/c0/r5")
        assert life.case.first_response() is None
        life.tick()
        assert [said.deadline for said in life.said if said.type == "deadline.overdue"][:1] == [EARLIER + 4 * HOUR]  # type: ignore[attr-defined]

    def test_an_answer_that_fails_after_it_was_let_go_is_none_here_either(self) -> None:
        life = begun()
        absorbed(life, answers=answers(1, 2))
        life.hear(ComplaintReleased(absorbed="c0", by="ana"))
        fails(life, "absorbed/c0/r1")
        first = life.case.first_response()
        assert first is not None
        assert first.occurred_at == EARLIER + 2 * HOUR
        fails(life, "absorbed/c0/r2")
        assert life.case.first_response() is None

    def test_what_was_said_before_its_start_answers_nothing(self) -> None:
        life = begun()
        absorbed(life, answers=answers(-1))
        assert life.case.responses == ()

    def test_merged_once_more_its_answers_are_answers_once(self) -> None:
        life = begun()
        absorbed(life, answers=answers(1))
        life.hear(ComplaintReleased(absorbed="c0", by="ana"))
        absorbed(life, answers=answers(1, 2))
        assert [each.external_reference for each in life.case.responses] == ["absorbed/c0/r1", "absorbed/c0/r2"]
        fails(life, "absorbed/c0/r1")
        fails(life, "absorbed/c0/r2")
        assert life.case.first_response() is None

    def test_let_go_it_runs_from_its_own_start_again(self) -> None:
        life = begun()
        absorbed(life)
        absorbed(life, absorbed="c9", started_at=EARLIER + HOUR)
        life.hear(ComplaintReleased(absorbed="c0", by="ana"))
        assert life.case.cycle.started_at == EARLIER + HOUR
        life.hear(ComplaintReleased(absorbed="c9", by="ana"))
        assert (life.case.cycle.started_at, life.case.steps.absorbed) == (MONDAY, ())

    def test_whom_the_other_one_is_about_keep_off_this_one_until_it_is_let_go(self) -> None:
        life = begun()
        absorbed(life, about=[{"name": "Ben"}])
        assert life.case.subjects == frozenset({"ben"})
        with pytest.raises(OwnerIsSubject):
            life.answer(by="ben")
        life.hear(ComplaintReleased(absorbed="c0", by="ana"))
        assert life.case.subjects == frozenset()

    def test_also_in_a_later_cycle(self) -> None:
        life = resolved()
        verified(life, "no")
        absorbed(life, about=[{"agent": "ben"}])
        assert life.case.subjects == frozenset({"ben"})

    def test_a_later_cycle_keeps_its_own_clock(self) -> None:
        life = resolved()
        verified(life, "no")
        started = life.case.cycle.started_at
        absorbed(life)
        life.hear(ComplaintReleased(absorbed="c0", by="ana"))
        assert (life.case.cycle.started_at, life.case.cycles[0].started_at) == (started, MONDAY)

    def test_told_again_the_newest_holds(self) -> None:
        life = begun()
        absorbed(life, about=[{"name": "Ben"}], answers=answers(1))
        absorbed(life, started_at=EARLIER + HOUR, answers=answers(1, 2))
        assert (life.case.cycle.started_at, life.case.subjects) == (EARLIER + HOUR, frozenset())
        assert [each.occurred_at for each in life.case.responses] == [EARLIER + HOUR, EARLIER + 2 * HOUR]

    def test_a_later_cycle_is_answered_by_what_was_said_in_it_alone(self) -> None:
        life = resolved()
        verified(life, "no")
        first, started = life.case.first_response(1), life.case.cycle.started_at
        before, after = ({"reference": f"absorbed/c0/r{n}", "occurred_at": started + n * MINUTE} for n in (-1, 2))
        life.at(started + HOUR)
        absorbed(life, answers=[before, after])
        names = [each.external_reference for each in life.case.responses if each.external_reference]
        assert names == ["absorbed/c0/r2"]
        said = life.last("response.sent")
        assert (said.cycle, said.is_first, said.elapsed_seconds) == (2, True, 120)
        assert (life.case.first_response(1), life.case.cycle.started_at) == (first, started)
        fails(life, "absorbed/c0/r2")
        assert life.case.first_response() is None
        assert life.case.first_response(1) == first


class TestLetGo:
    """The other one parts again from what has got its result meanwhile."""

    def test_from_a_closed_case_nothing_is_counted_anew(self) -> None:
        life = closed_with_another()
        before = life.case
        assert life.hear(ComplaintReleased(absorbed="c0", by="ana")) == ()
        assert life.case.steps.absorbed == ()
        assert (life.case.cycles, life.case.responses, life.case.status) == (before.cycles, before.responses, "closed")

    def test_what_was_said_of_a_resolved_case_stands_and_it_closes_at_its_own_time(self) -> None:
        life = with_another()
        before, closes_at = life.case.first_response(), life.case.close_at
        life.hear(ComplaintReleased(absorbed="c0", by="ana"))
        assert (life.case.first_response(), life.case.cycle.started_at) == (before, MONDAY)
        assert life.due() == closes_at
        life.at(closes_at or MONDAY).tick()
        assert (life.case.status, life.case.closed_at) == ("closed", closes_at)
        assert "deadline.overdue" not in life.types()

    def test_an_answer_that_fails_then_is_missed_there_too(self) -> None:
        life = closed_with_another()
        life.hear(ComplaintReleased(absorbed="c0", by="ana"))
        first = life.case.first_response()
        assert first is not None
        assert first.external_reference == "absorbed/c0/r1"
        fails(life, "absorbed/c0/r1")
        assert life.case.first_response() == life.case.responses[1]
        assert life.case.status == "closed"


def with_another() -> Life:
    """Another one, answered before, has gone on in a case, which has got its result."""
    life = begun()
    absorbed(life, answers=answers(1))
    return resolved(life)


def closed_with_another() -> Life:
    """And was closed with the customer's word."""
    life = with_another()
    verified(life)
    closed(life)
    return life


class TestOthers:
    """What else other complaints do to one."""

    def test_a_link_is_kept_once(self) -> None:
        life = begun()
        for _ in range(2):
            life.hear(ComplaintLinked(to="c0", why="same terminal", by="ana"))
        assert life.case.steps.related == ("c0",)

    def test_of_another_customer_other_people_are_barred(self) -> None:
        world = dataclasses.replace(WORLD, accused={"c-1": [(MONDAY, "ana")], "c-2": [(MONDAY, "ben")]})
        life = Life(world)
        life.hear(received(customer_id="c-1"))
        assert life.case.subjects == frozenset({"ana"})
        life.hear(ComplaintRematched(customer_id="c-2", before="c-1", by="ben"))
        assert (life.case.customer_id, life.case.subjects) == ("c-2", frozenset({"ben"}))
        life.hear(ComplaintRematched(customer_id="c-3", before="c-2", by="ben"))
        assert life.case.subjects == frozenset()

    def test_whom_its_customer_complained_about_later_is_not_barred(self) -> None:
        said = [(MONDAY, "ana"), (MONDAY + HOUR, "ben"), (MONDAY + 2 * HOUR, "nil")]
        world = dataclasses.replace(WORLD, accused={"c-1": said})
        for until, barred in enumerate(({"ana"}, {"ana", "ben"}, {"ana", "ben", "nil"})):
            life = Life(world)
            life.hear(received(customer_id="c-1", received_at=MONDAY + until * HOUR))
            assert life.case.subjects == barred


class TestSubjects:
    """Whom it is about."""

    def test_by_id_name_or_team(self) -> None:
        assert agents_meant([About(agent="zoe")], WORLD) == ("zoe",)
        assert agents_meant([About(name="ANA")], WORLD) == ("ana",)
        assert agents_meant([About(name="Ana", team="Closed")], WORLD) == ()
        assert agents_meant([About(name="Ana", team="Shop")], WORLD) == ("ana",)
        assert agents_meant([About(team="closed")], WORLD) == ("nil",)
        assert agents_meant([About(team="Care")], WORLD) == ("ana", "ben")
        assert agents_meant([About(name="Ana Maria")], WORLD) == ()


class TestAddress:
    """How the customer wants to be addressed is known from before."""

    def test_what_the_complaint_does_not_say_is_as_known(self) -> None:
        known = CustomerFacts(language="en", address_form="informal", time_zone="America/Lima")
        life = begun(complainant=Person(name="Eva", language="es"), customer=known)
        assert (life.case.complainant.language, life.case.complainant.address_form) == ("es", "informal")

    def test_who_speaks_for_somebody_else_is_addressed_as_they_say(self) -> None:
        known = CustomerFacts(address_form="informal")
        life = begun(customer=known, on_behalf_of=Person(name="Luis"))
        assert life.case.complainant.address_form is None
