"""What it was like for the customer: at most three questions, what for, and nobody is asked too often or for ever."""

from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from pydantic import Field

from services.followup.domain.asking import Ask, person
from services.followup.domain.case import Case
from services.followup.domain.parts import evolve
from services.followup.domain.reading import read_reply
from services.followup.domain.refusals import Conflict, SurveyRefused
from services.followup.domain.replies import ENDED
from services.followup.domain.resolution import begun_again
from services.followup.domain.saying import say, then
from services.followup.domain.step_parts import Survey
from services.followup.domain.world import World
from shared.decision import Decision, Invalid
from shared.events.steps import SurveyAnswered, SurveyAsked
from shared.events.values import Frozen, Instant, LongText, ShortText

MOST_QUESTIONS = 3


class AskedBefore(Frozen):
    """What this customer's other complaints know: when they were last asked, and whether they want to be at all."""

    last_at: Instant | None = None
    never: bool = False


class AskSurvey(Ask):
    """Ask the customer; `purpose`: what the answers are for, as told to them."""

    adds: ClassVar[bool] = True

    purpose: LongText
    questions: Annotated[tuple[ShortText, ...], Field(min_length=1, max_length=MOST_QUESTIONS)]
    before: AskedBefore = AskedBefore()


class AnswerSurvey(Ask):
    """The answer: in the order of the questions, or `declined` ("no thanks"); `never_again` is granted at once."""

    after_merge: ClassVar[bool] = True

    answers: tuple[LongText, ...] = ()
    declined: bool = False
    never_again: bool = False
    problem: LongText | None = None


def ask_survey(case: Case, ask: AskSurvey, *, now: datetime, world: World) -> Decision[Case]:
    """The customer is asked, once it is over; never again who does not want it, nor twice within the policy's days."""
    by = person(ask)
    if case.status not in ENDED or case.historical:
        raise Conflict(f"this complaint is {case.status}: the customer is asked when it is over")
    if case.anonymous:
        raise SurveyRefused("nobody knows whom to ask")
    own = case.steps.survey
    if ask.before.never or case.steps.customer.survey is False or (own is not None and own.never_again):
        raise SurveyRefused("this customer does not want to be asked")
    times = (ask.before.last_at, own.at if own else None)
    last = max((at for at in times if at is not None), default=None)
    gap = timedelta(days=world.policy_of(case).survey_every_days)
    if last is not None and now < last + gap:
        raise SurveyRefused("this customer was asked a short while ago", next_at=last + gap)
    survey = Survey(at=now, by=by, purpose=ask.purpose, questions=ask.questions)
    payload = SurveyAsked(by=by, purpose=ask.purpose, questions=ask.questions)
    said = say(case.with_steps(survey=survey), payload, now=now)
    return Decision(said.state, said.events, survey)


def answer_survey(case: Case, ask: AnswerSurvey, *, now: datetime, world: World) -> Decision[Case]:
    """The answer is kept, also after a merge. One that names a problem reopens what was resolved or closed."""
    survey = case.steps.survey
    if survey is None or survey.result is not None:
        raise Conflict("no survey waits for an answer")
    if ask.declined and (ask.answers or ask.problem):
        raise Invalid("answered or not?", errors=[("declined", "leave it out, or leave out the answers")])
    if not ask.declined and not ask.answers and not ask.problem and not ask.never_again:
        raise Invalid("what is the answer?", errors=[("answers", "give one, or say declined")])
    if len(ask.answers) > len(survey.questions):
        raise Invalid("more answers than questions", errors=[("answers", f"at most {len(survey.questions)}")])
    problem = ask.problem or next((said for said in ask.answers if read_reply(said).reading == "not_solved"), None)
    result = "answered" if ask.answers or problem else "declined"
    told = {"result": result, "answers": ask.answers, "problem": problem, "never_again": ask.never_again}
    survey = evolve(survey, answered_at=now, **told)
    said = say(case.with_steps(survey=survey), SurveyAnswered.model_validate(told), now=now)
    if problem is None or case.status not in ENDED:
        return Decision(said.state, said.events, survey)
    again = then(said, lambda state: begun_again(state, "not_solved", ask.by, now, world))
    return Decision(again.state, again.events, survey)
