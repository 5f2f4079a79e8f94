"""A result says why it gives less than was asked for, and what was given beside what was asked for."""

from typing import Any

import pytest

from services.followup.domain.surveys import AnswerSurvey, answer_survey
from shared.decision import Invalid
from shared.events.intake import ComplaintErased
from shared.events.values import RemedySought
from tests.unit.followup_life import Life, begun
from tests.unit.test_followup_endings import resolved
from tests.unit.test_followup_replies import asked

REFUND, VOUCHER = RemedySought(kind="refund"), RemedySought(kind="payment")


@pytest.mark.parametrize(
    ("outcome", "lacking"),
    [
        ("partly", ["reasons"]),
        ("not_upheld", ["reasons"]),
        ("not_upheld", ["next_step"]),
        ("not_upheld", ["reasons", "next_step"]),
    ],
)
def test_who_gets_less_is_told_why_and_who_gets_nothing_what_they_can_do(outcome: Any, lacking: list[str]) -> None:
    told: dict[str, Any] = {"reasons": "It was used.", "next_step": "The consumer board is open to you."}
    with pytest.raises(Invalid) as refused:
        resolved(outcome=outcome, **{name: text for name, text in told.items() if name not in lacking})
    assert [field for field, _ in refused.value.errors] == lacking
    assert resolved(outcome=outcome, **told).last("complaint.resolved").next_step == told["next_step"]


def test_who_gets_a_part_need_not_be_told_of_a_next_step() -> None:
    assert resolved(outcome="partly", reasons="It was used.").last("complaint.resolved").next_step is None


@pytest.mark.parametrize(
    ("outcome", "given", "match"),
    [("upheld", REFUND, "granted"), ("partly", REFUND, "partly"), ("upheld", VOUCHER, "other"), ("upheld", None, None)],
)
def test_what_was_given_stands_beside_what_was_asked_for(outcome: Any, given: Any, match: Any) -> None:
    life = resolved(outcome=outcome, remedy_given=given, reasons="So it is.", next_step="Ask us.")
    assert life.case.resolution is not None
    assert (life.case.resolution.remedy_match, life.last("complaint.resolved").remedy_match) == (match, match)
    shown = [entry.summary for entry in life.case.timeline if entry.type == "remedy.compared"]
    assert shown == ([match] if match else [])


def test_what_nobody_asked_for_is_not_compared() -> None:
    life = resolved(begun(kind="praise", remedy_sought=None), outcome="noted", remedy_given=REFUND)
    assert life.last("complaint.resolved").remedy_match is None


def test_what_a_customer_answered_is_erased_with_the_rest() -> None:
    life: Life = resolved()
    asked(life)
    life.do(answer_survey, AnswerSurvey(answers=("My name is Eva.",)))
    life.hear(ComplaintErased(by="ana"))
    assert "My name is Eva." not in life.case.model_dump_json()
