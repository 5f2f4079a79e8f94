"""What the customer says when it is over: the survey, and how their messages were read."""

from fastapi import APIRouter, Response

from services.followup.api.counter import CounterOf
from services.followup.api.forms import fields_of
from services.followup.api.step_forms import ReadingForm, SurveyAnswerForm, SurveyForm
from services.followup.customers import asked_before
from services.followup.domain.replies import CorrectReading, correct_reading
from services.followup.domain.step_parts import Reply, Survey
from services.followup.domain.surveys import AnswerSurvey, AskSurvey, answer_survey, ask_survey
from services.followup.surveying import COLLECTION, turn

router = APIRouter(prefix="/v1/cases/{case_id}", tags=["steps"])


class SurveyTold(Survey):
    """The survey. `link`: where the customer answers; told once, null in a repeated answer."""

    link: str | None = None


@router.post("/survey", response_model=SurveyTold)
async def ask_customer(case_id: str, form: SurveyForm, counter: CounterOf) -> Response:
    """Ask the customer what it was like: at most three questions, with their purpose.

    409 `survey_refused` for who does not want to be asked, or was within the policy's days (`next_at`).
    """
    desk = counter.desk
    case = (await desk.load(case_id)).state
    assert case is not None  # noqa: S101 - `load` answers only what is there
    holder = f"{case.complaint_id}/{counter.command.id}"
    async with turn(desk.database[COLLECTION], case.customer_id, holder):
        before = await asked_before(desk.documents, case)
        ask = AskSurvey(by=counter.caller.by(form.by), before=before, **fields_of(form, "by"))
        return await counter.hand_in_with_link(case_id, ask_survey, ask, "survey")


@router.post("/survey/answer", response_model=Survey)
async def record_answer(case_id: str, form: SurveyAnswerForm, counter: CounterOf) -> Response:
    """The customer's answer, "no thanks" too. One that names a problem reopens the case."""
    ask = AnswerSurvey(by=counter.caller.by(form.by), **fields_of(form, "by"))
    return await counter.hand_in(case_id, answer_survey, ask)


@router.post("/messages/{message_id}/reading", response_model=Reply)
async def correct(case_id: str, message_id: str, form: ReadingForm, counter: CounterOf) -> Response:
    """Correct how a customer's message was read; one that says that it is not over reopens the case."""
    ask = CorrectReading(by=counter.caller.by(form.by), message_id=message_id, reading=form.reading)
    return await counter.hand_in(case_id, correct_reading, ask)
