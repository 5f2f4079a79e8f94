"""A customer's reply is read with care: "thanks" changes nothing, what is not over begins again."""

from datetime import datetime
from typing import Any

import pytest

from services.followup.domain.reading import read_reply
from services.followup.domain.refusals import Conflict, NotFound, SurveyRefused
from services.followup.domain.replies import CorrectReading, correct_reading
from services.followup.domain.step_parts import Survey
from services.followup.domain.surveys import AnswerSurvey, AskedBefore, AskSurvey, answer_survey, ask_survey
from shared.decision import Invalid
from shared.events.intake import ComplaintMerged, MessageReceived
from shared.events.values import CustomerFacts
from tests.unit.followup_life import DAY, HOUR, MINUTE, MONDAY, Life, begun
from tests.unit.test_followup_endings import closed, resolved, verified

THANKS = (
    "Gracias",
    "Muchas gracias por todo, un saludo. Eva Ruiz",
    "Perfecto, ya está solucionado. Mil gracias!",
    "Thank you so much for your quick help!",
    "Thanks, great service. Kind regards, Tom Baker",
    "👍",
    "ok, thanks",
    "Todo bien, gracias",
    "Thanks!\n> it is still broken\n> please answer",
)
NOT_SOLVED = (
    "No está solucionado.",
    "Gracias, pero sigue goteando",
    "Todavía no me han llamado",
    "No me han devuelto el dinero",
    "Aún estoy esperando el reembolso, aún no ha llegado",
    "It\u2019s still broken, thanks",
    "This is not solved at all",
    "The kettle doesn't work",
    "Nobody has called me",
    "It has stopped working again",
    "Ha vuelto a fallar",
)
NEW_FACT = (
    "I found the statement; both charges are on it.",
    "Gracias. He encontrado el ticket de compra del 3 de marzo, os lo mando",
    "Thanks. When do you open?",
    "Mi número nuevo es 600000001",
    "If it fails again, I will write to you and to the newspaper",
    "Si no funciona otra vez, os lo digo a vosotros y al defensor",
)


class TestReading:
    """Patterns that a person can read, and correct."""

    @pytest.mark.parametrize("text", THANKS)
    def test_thanks(self, text: str) -> None:
        assert read_reply(text).reading == "thanks"

    @pytest.mark.parametrize("text", NOT_SOLVED)
    def test_not_solved(self, text: str) -> None:
        assert read_reply(text).reading == "not_solved"

    @pytest.mark.parametrize("text", NEW_FACT)
    def test_a_new_fact(self, text: str) -> None:
        assert read_reply(text).reading == "new_fact"

    def test_the_reason_names_what_was_seen(self) -> None:
        assert read_reply("It is still broken").why == 'it says "still broken"'


def writes(life: Life, text: str, message_id: str = "m1", received_at: datetime | None = None) -> Any:
    """The customer writes."""
    at = received_at or life.now
    return life.hear(MessageReceived(message_id=message_id, channel="email", text=text, received_at=at))


class TestReplies:
    """What a message does to a case."""

    def test_thanks_neither_reopens_nor_cancels(self) -> None:
        life = begun()
        life.promise()
        resolved(life)
        writes(life, "Thank you!")
        assert (life.case.status, life.entry().status) == ("resolved", "open")
        assert life.types()[-1] == "reply.read"

    @pytest.mark.parametrize(("text", "reason"), [("It is still broken", "not_solved"), ("The lid too", "new_fact")])
    def test_what_is_not_over_begins_again_with_the_reason(self, text: str, reason: str) -> None:
        life = resolved()
        writes(life, text)
        assert (life.case.status, life.last("complaint.reopened").reason) == ("in_progress", reason)

    def test_also_when_it_was_closed(self) -> None:
        life = resolved()
        verified(life)
        closed(life)
        writes(life, "It is still broken")
        assert (life.case.status, life.case.cycle.number) == ("in_progress", 2)

    def test_the_new_cycle_starts_when_our_server_received_the_message(self) -> None:
        life = resolved()
        wrote = life.now + MINUTE
        writes(life.at(life.now + HOUR), "It is still broken", received_at=wrote)
        told = life.last("complaint.reopened")
        assert life.case.cycle.started_at == told.started_at == wrote
        assert told.deadlines.first_response == wrote + 4 * HOUR
        assert life.answer(occurred_at=wrote + 30 * MINUTE).elapsed_seconds == 1800

    def test_so_does_one_that_was_read_as_thanks_first(self) -> None:
        life = resolved()
        wrote = life.now
        writes(life, "Thanks")
        life.at(wrote + DAY).do(correct_reading, CorrectReading(by="ben", message_id="m1", reading="not_solved"))
        assert life.case.cycle.started_at == wrote

    def test_answered_before_it_was_read_so_it_starts_with_that_answer(self) -> None:
        life = resolved()
        writes(life, "Thanks")
        spoke = life.now + HOUR
        life.at(spoke).answer("r2")
        life.at(spoke + DAY).do(correct_reading, CorrectReading(by="ben", message_id="m1", reading="new_fact"))
        assert life.case.cycle.started_at == spoke

    def test_a_message_that_crossed_the_result_starts_it_with_the_result(self) -> None:
        life = resolved()
        wrote = life.now - MINUTE
        writes(life.at(life.now + HOUR), "It is still broken", received_at=wrote)
        assert life.case.cycle.started_at == life.case.cycles[0].resolved_at

    def test_what_is_in_work_stays_so(self) -> None:
        life = begun()
        writes(life, "It is still broken")
        assert "complaint.reopened" not in life.types()
        assert [reply.reading for reply in life.case.steps.replies] == ["not_solved"]

    def test_a_person_corrects_the_reading(self) -> None:
        life = resolved()
        writes(life, "Thanks")
        answer = life.do(correct_reading, CorrectReading(by="ben", message_id="m1", reading="not_solved"))
        assert (answer.reading, answer.read_by) == ("not_solved", "ben")
        assert life.last("reply.read").before == "thanks"
        assert life.case.status == "in_progress"

    def test_read_as_thanks_afterwards_it_stays_reopened(self) -> None:
        life = resolved()
        writes(life, "The lid too")
        writes(life, "And the cable", "m2")
        life.do(correct_reading, CorrectReading(by="ben", message_id="m2", reading="thanks"))
        assert [reply.reading for reply in life.case.steps.replies] == ["new_fact", "thanks"]
        assert life.case.status == "in_progress"

    def test_what_was_not_written_is_not_read(self) -> None:
        with pytest.raises(NotFound):
            begun().do(correct_reading, CorrectReading(by="ben", message_id="m9", reading="thanks"))


def asked(life: Life, **changes: Any) -> Any:
    """Ana asks what it was like."""
    fields: dict[str, Any] = {"by": "ana", "purpose": "To do better.", "questions": ("Well?", "What else?")}
    return life.do(ask_survey, AskSurvey(**{**fields, **changes}))


class TestSurvey:
    """Few questions, seldom, and never again if so."""

    def test_it_is_asked_and_answered(self) -> None:
        life = resolved()
        assert asked(life).questions == ("Well?", "What else?")
        answer = life.do(answer_survey, AnswerSurvey(answers=("Yes", "No")))
        assert (answer.result, life.case.status) == ("answered", "resolved")
        assert life.types("survey") == ["survey.asked", "survey.answered"]

    def test_not_before_it_is_over(self) -> None:
        with pytest.raises(Conflict):
            asked(begun())

    def test_nobody_is_asked_who_does_not_want_it(self) -> None:
        life = resolved()
        with pytest.raises(SurveyRefused):
            asked(life, before=AskedBefore(never=True))
        with pytest.raises(SurveyRefused):
            asked(resolved(begun(customer=CustomerFacts(survey=False))))
        asked(life)
        assert life.do(answer_survey, AnswerSurvey(never_again=True)).result == "declined"
        with pytest.raises(SurveyRefused):
            asked(life.at(MONDAY + 60 * DAY))

    def test_nobody_knows_whom_to_ask(self) -> None:
        life = resolved(begun(complainant={"anonymous": True}))
        with pytest.raises(SurveyRefused):
            asked(life)

    def test_not_twice_within_the_policy_s_days_whatever_the_complaint(self) -> None:
        life = resolved().at(MONDAY + 5 * DAY)
        with pytest.raises(SurveyRefused) as refusal:
            asked(life, before=AskedBefore(last_at=MONDAY))
        assert refusal.value.facts == {"next_at": MONDAY + 30 * DAY}
        asked(life)
        with pytest.raises(SurveyRefused):
            asked(life.at(MONDAY + 31 * DAY), before=AskedBefore(last_at=MONDAY))

    def test_no_thanks_is_an_answer(self) -> None:
        life = resolved()
        asked(life)
        assert life.do(answer_survey, AnswerSurvey(declined=True)).result == "declined"
        with pytest.raises(Conflict):
            life.do(answer_survey, AnswerSurvey(declined=True))

    @pytest.mark.parametrize("answer", [{"problem": "The lid."}, {"answers": ("It is still broken",)}])
    def test_an_answer_that_names_a_problem_reopens(self, answer: dict[str, Any]) -> None:
        life = resolved()
        asked(life)
        life.do(answer_survey, AnswerSurvey(**answer))
        assert life.last("complaint.reopened").reason == "not_solved"

    def test_what_is_answered_after_a_merge_is_kept(self) -> None:
        life = resolved()
        asked(life)
        life.hear(ComplaintMerged(into="c2", by="ana"))
        told = life.do(answer_survey, AnswerSurvey(problem="The lid.", never_again=True))
        assert (told.problem, told.never_again, life.case.status) == ("The lid.", True, "merged")
        assert life.last("survey.answered").problem == "The lid."

    def test_in_work_again_it_needs_no_reopening(self) -> None:
        life = begun()
        life.known = life.case.with_steps(survey=Survey(at=MONDAY, by="ana", purpose="x", questions=("Well?",)))
        life.do(answer_survey, AnswerSurvey(problem="The lid."))
        assert "complaint.reopened" not in life.types()

    @pytest.mark.parametrize("answer", [{}, {"declined": True, "answers": ("x",)}, {"answers": ("x", "y", "z")}])
    def test_an_answer_is_one_or_the_other(self, answer: dict[str, Any]) -> None:
        life = resolved()
        asked(life)
        with pytest.raises(Invalid):
            life.do(answer_survey, AnswerSurvey(**answer))
