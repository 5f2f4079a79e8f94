"""What was written in a complaint that goes on here: nobody here had read it before it came."""

from datetime import datetime

from services.followup.domain.replies import CorrectReading, correct_reading
from services.followup.domain.spells import unanswered_since
from shared.events.intake import MessageReceived
from tests.unit.followup_life import HOUR, MINUTE, MONDAY, Life, begun
from tests.unit.test_followup_endings import resolved


def comes(life: Life, received_at: datetime, text: str = "Where is it?", **changes: object) -> None:
    """A message of the other complaint comes here now."""
    fields = {"message_id": "m1", "channel": "web", "text": text, "said_in": "c0", "received_at": received_at}
    life.hear(MessageReceived.model_validate({**fields, **changes}))


def test_the_last_word_here_did_not_answer_what_nobody_here_had_read() -> None:
    life = begun().at(MONDAY + 2 * HOUR)
    life.answer()
    life.at(MONDAY + 3 * HOUR)
    comes(life, MONDAY + HOUR)
    assert unanswered_since(life.case) == MONDAY + 3 * HOUR
    assert life.case.last_message_at == MONDAY + HOUR
    life.at(MONDAY + 4 * HOUR).answer("r2")
    assert unanswered_since(life.case) is None


def test_what_was_written_since_the_last_word_waits_since_it_was_written() -> None:
    life = begun().at(MONDAY + HOUR)
    life.answer()
    life.at(MONDAY + 3 * HOUR)
    comes(life, MONDAY + 2 * HOUR)
    assert unanswered_since(life.case) == MONDAY + 2 * HOUR


def test_what_was_written_here_and_is_heard_of_late_was_answered() -> None:
    life = begun().at(MONDAY + 2 * HOUR)
    life.answer()
    comes(life, MONDAY + HOUR, said_in=None)
    assert unanswered_since(life.case) is None


def test_read_as_thanks_it_waits_for_nothing() -> None:
    life = begun().at(MONDAY + 2 * HOUR)
    life.answer()
    life.at(MONDAY + 3 * HOUR)
    comes(life, MONDAY + HOUR)
    life.do(correct_reading, CorrectReading(by="ana", message_id="m1", reading="thanks"))
    assert unanswered_since(life.case) is None


def test_what_it_reopens_begins_when_it_came_here() -> None:
    life = resolved()
    came = life.now + HOUR
    life.at(came)
    comes(life, MONDAY + MINUTE)
    assert (life.case.cycle.number, life.case.cycle.started_at) == (2, came)
    assert unanswered_since(life.case) is None
