"""What follow-up says about the customer's own words: how a reply was read, and what they were asked afterwards."""

from typing import Annotated, ClassVar

from pydantic import Field

from shared.events.followup import FollowupPayload
from shared.events.values import AgentId, LongText, ShortText
from shared.events.vocabulary import Reading, SurveyResult


class ReplyRead(FollowupPayload):
    """A customer's message was read: as thanks, as a new fact, or as "not solved"; by patterns, or by a person.

    `why` is for people, and names what was seen. A person's reading replaces the one before. Thanks changes nothing.
    """

    type: ClassVar[str] = "reply.read"

    message_id: str
    reading: Reading
    why: ShortText
    by: AgentId | None = None
    before: Reading | None = None


class SurveyAsked(FollowupPayload):
    """The customer was asked what it was like for them: at most three questions, and what the answers are for."""

    type: ClassVar[str] = "survey.asked"

    by: AgentId
    purpose: LongText
    questions: Annotated[tuple[ShortText, ...], Field(min_length=1, max_length=3)]


class SurveyAnswered(FollowupPayload):
    """The customer answered, or did not want to. `never_again`: nobody asks this customer any more.

    `problem`: what is still wrong, in the customer's words; said before `complaint.reopened`, if it reopens the case.
    """

    type: ClassVar[str] = "survey.answered"

    result: SurveyResult
    answers: tuple[LongText, ...] = ()
    problem: LongText | None = None
    never_again: bool = False
