"""A person reads a message otherwise than the patterns did: who waits, and since when, follows. Source: "Clocks"."""

from datetime import timedelta
from typing import Any

from services.followup.domain.replies import CorrectReading, correct_reading
from shared.events.intake import ComplaintWithdrawn
from shared.events.vocabulary import Reading
from tests.unit.followup_life import HOUR, MINUTE, Life, begun
from tests.unit.test_followup_endings import resolved
from tests.unit.test_followup_replies import writes
from tests.unit.test_followup_spells import NEXT, shown, told, world


def read(life: Life, reading: Reading, message_id: str = "m1") -> Any:
    """Ben reads the message so."""
    return life.do(correct_reading, CorrectReading(by="ben", message_id=message_id, reading=reading))


def withdrawn(life: Life) -> None:
    """The customer takes the complaint back."""
    life.hear(ComplaintWithdrawn())


def waiting() -> Life:
    """The first answer was given; then the customer wrote that the lid leaks, too."""
    life = begun(world(NEXT))
    life.answer()
    writes(life.at(life.now + HOUR), "The lid leaks, too")
    return life


class TestNotThanksAfterAll:
    """What was read as thanks waits for an answer."""

    def test_the_customer_waits_since_they_wrote(self) -> None:
        life = begun(world(NEXT))
        life.answer()
        wrote = life.now + MINUTE
        writes(life.at(wrote), "Thanks")
        read(life.at(wrote + HOUR), "not_solved")
        assert shown(life)["next_response"].due == wrote + 4 * HOUR
        life.at(wrote + 4 * HOUR).tick()
        assert told(life, "next_response") == [wrote + 4 * HOUR]

    def test_read_late_it_is_overdue_at_its_deadline(self) -> None:
        life = begun(world(NEXT))
        life.answer()
        wrote = life.now + MINUTE
        writes(life.at(wrote), "Thanks")
        read(life.at(wrote + 5 * HOUR), "new_fact")
        life.tick()
        assert told(life, "next_response") == [wrote + 4 * HOUR]

    def test_answered_meanwhile_nobody_waits(self) -> None:
        life = begun(world(NEXT))
        writes(life, "Thanks")
        life.at(life.now + MINUTE).answer()
        read(life, "new_fact")
        assert "next_response" not in shown(life)

    def test_one_kind_of_wait_for_another_is_one_wait(self) -> None:
        life = waiting()
        read(life, "not_solved")
        assert len(life.case.asked_at) == 1


class TestThanksAfterAll:
    """Nobody waits for an answer to thanks."""

    def test_nothing_warns_and_nothing_is_overdue(self) -> None:
        life = waiting()
        read(life, "thanks")
        assert "next_response" not in shown(life)
        life.at(life.now + 6 * HOUR).tick()
        assert told(life, "next_response", "warned") == told(life, "next_response") == []

    def test_what_was_said_to_be_overdue_was_not(self) -> None:
        life = waiting()
        due = life.now + 4 * HOUR
        life.at(due).tick()
        read(life, "thanks")
        corrected = life.last("deadline.corrected")
        assert (corrected.clock, corrected.deadline) == ("next_response", due)
        assert corrected.why == "the message was thanks, and asked for no answer"
        assert "next_response" not in life.case.overdue
        life.tick()
        assert life.types("deadline.corrected") == ["deadline.corrected"]

    def test_also_when_the_complaint_was_withdrawn_since(self) -> None:
        life = waiting()
        life.at(life.now + 5 * HOUR).tick()
        withdrawn(life)
        read(life, "thanks")
        life.at(life.now + HOUR).tick()
        assert life.types("deadline.corrected") == ["deadline.corrected"]
        assert life.types("deadline.overdue") == ["deadline.overdue"]

    def test_withdrawn_afterwards_nothing_is_overdue(self) -> None:
        life = waiting()
        life.at(life.now + 3 * HOUR + MINUTE).tick()
        assert told(life, "next_response", "warned")
        read(life, "thanks")
        withdrawn(life.at(life.now + 6 * HOUR))
        life.at(life.now + HOUR).tick()
        assert told(life, "next_response") == []

    def test_also_when_it_was_answered_or_resolved_since(self) -> None:
        life = waiting()
        life.at(life.now + 5 * HOUR).tick()
        resolved(life)
        read(life, "thanks")
        assert life.types("deadline.corrected") == ["deadline.corrected"]

    def test_another_message_waits_since_it_was_written(self) -> None:
        life = waiting()
        first = life.now
        writes(life.at(first + HOUR), "And the cable", "m2")
        read(life, "thanks")
        assert shown(life)["next_response"].due == first + 5 * HOUR

    def test_another_message_of_the_same_instant_waits_still(self) -> None:
        life = waiting()
        due = life.now + 4 * HOUR
        writes(life, "And the cable", "m2")
        life.at(due).tick()
        read(life, "thanks")
        assert life.types("deadline.corrected") == []
        assert shown(life)["next_response"].state == "breached"

    def test_read_the_first_way_again_they_had_waited(self) -> None:
        life = waiting()
        due = life.now + 4 * HOUR
        life.at(due).tick()
        read(life, "thanks")
        read(life, "new_fact")
        life.tick()
        assert told(life, "next_response") == [due, due]

    def test_one_of_more_messages_than_are_kept_moves_nothing(self) -> None:
        life = begun(world(NEXT))
        first = life.now
        for n in range(201):
            writes(life.at(first + n * timedelta(seconds=1)), "And now?", f"m{n}")
        before = life.case.asked_at
        read(life, "thanks", "m1")
        assert life.case.asked_at == before
        assert shown(life)["next_response"].due == first + 4 * HOUR
