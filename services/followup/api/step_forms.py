"""What is sent to follow-up about the seven steps: summary, options, compensation, survey, readings, links."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from services.followup.api.forms import Acting, Words
from services.followup.domain.step_parts import LinkPurpose, Option
from shared.events.values import DecimalText, Instant, Money, ShortText
from shared.events.vocabulary import Reading
from shared.http import Form

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])]


class SummaryForm(Acting):
    """How we understood it, in our words."""

    text: Words


class ConfirmationForm(Acting):
    """What the customer says to it. `correction`: what we had misunderstood. `by`: who heard it."""

    confirmed: bool
    correction: Words | None = None


class CostForm(Form):
    """What an option costs us."""

    amount: Annotated[DecimalText, Field(ge=0, max_digits=18, decimal_places=4, examples=["49.90"])]
    currency: Currency


class OptionForm(Form):
    """One way to put it right. `why`: needed of the one that is recommended."""

    id: ShortText
    text: Words
    grants_remedy_sought: bool = False
    cost: CostForm | None = None
    recommended: bool = False
    why: Words | None = None

    def value(self) -> Option:
        """As the domain knows it."""
        cost = None if self.cost is None else Money(value=self.cost.amount, currency=self.cost.currency)
        return Option(**self.model_dump(exclude={"cost"}), cost=cost)


class SolutionsForm(Acting):
    """What was asked for, or two or three options. `answer_by`: how long the offer stands."""

    options: Annotated[tuple[OptionForm, ...], Field(min_length=1, max_length=3)]
    answer_by: Instant | None = None


class ChoiceForm(Acting):
    """The id of an option, or `none`. `by`: who heard it."""

    option: ShortText


class AmountForm(Form):
    """How much."""

    value: Annotated[DecimalText, Field(ge=Decimal(0), max_digits=18, decimal_places=4, examples=["10.00"])]
    currency: Currency


class CompensationForm(Acting):
    """Money for the customer. `expected_yearly_purchases`: where it is known better than from the complaint."""

    amount: AmountForm
    why: Words | None = None
    expected_yearly_purchases: Annotated[int, Field(ge=0, le=1_000_000)] | None = None


class ApprovalForm(Acting):
    """Allowed or not. `compensation_id` by default: the newest that waits."""

    approved: bool
    why: Words | None = None
    compensation_id: ShortText | None = None


class SurveyForm(Acting):
    """At most three questions; `purpose` is told to the customer."""

    purpose: Words
    questions: Annotated[tuple[ShortText, ...], Field(min_length=1, max_length=3)]


class SurveyAnswerForm(Acting):
    """In the order of the questions; `declined`: "no thanks"; `problem` reopens. `by`: who heard it."""

    answers: Annotated[tuple[Words, ...], Field(max_length=3)] = ()
    declined: bool = False
    never_again: bool = False
    problem: Words | None = None


class ReadingForm(Acting):
    """How the message was meant."""

    reading: Reading


class LinkForm(Acting):
    """What the customer is to answer by the link."""

    purpose: LinkPurpose
