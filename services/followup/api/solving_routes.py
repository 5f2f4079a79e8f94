"""Steps 4 and 5: the summary, the options and the choice, compensation; and the links by which customers answer."""

from fastapi import APIRouter, Response

from services.followup.api.counter import CounterOf
from services.followup.api.forms import fields_of
from services.followup.api.step_forms import (
    ApprovalForm,
    ChoiceForm,
    CompensationForm,
    ConfirmationForm,
    LinkForm,
    SolutionsForm,
    SummaryForm,
)
from services.followup.domain.compensation import (
    CompensationView,
    DecideCompensation,
    RequestCompensation,
    decide_compensation,
    request_compensation,
)
from services.followup.domain.links import LinkIssued
from services.followup.domain.solutions import Choose, Propose, choose, propose
from services.followup.domain.step_parts import Offer, Summary
from services.followup.domain.understanding import ConfirmSummary, SendSummary, confirm_summary, send_summary
from shared.events.values import Money

router = APIRouter(prefix="/v1/cases/{case_id}", tags=["steps"])


class SummaryTold(Summary):
    """The summary. `link`: where the customer answers; told once, null in a repeated answer."""

    link: str | None = None


class OfferTold(Offer):
    """The offer. `link`: where the customer chooses; told once, null in a repeated answer."""

    link: str | None = None


class LinkTold(LinkIssued):
    """The link; told once, null in a repeated answer."""

    link: str | None = None


@router.post("/summary", response_model=SummaryTold)
async def tell_summary(case_id: str, form: SummaryForm, counter: CounterOf) -> Response:
    """Tell the customer how we understood it; they confirm or correct it by `link`, without login."""
    ask = SendSummary(by=counter.caller.by(form.by), text=form.text)
    return await counter.hand_in_with_link(case_id, send_summary, ask, "summary")


@router.post("/summary/confirmation", response_model=Summary)
async def record_confirmation(case_id: str, form: ConfirmationForm, counter: CounterOf) -> Response:
    """What the customer said to the summary."""
    ask = ConfirmSummary(by=counter.caller.by(form.by), **fields_of(form, "by"))
    return await counter.hand_in(case_id, confirm_summary, ask)


@router.post("/solutions", response_model=OfferTold)
async def offer_solutions(case_id: str, form: SolutionsForm, counter: CounterOf) -> Response:
    """Offer what was asked for, or two or three options; one may be recommended and says why."""
    options = tuple(option.value() for option in form.options)
    ask = Propose(by=counter.caller.by(form.by), options=options, answer_by=form.answer_by)
    return await counter.hand_in_with_link(case_id, propose, ask, "solutions")


@router.post("/solutions/choice", response_model=Offer)
async def record_choice(case_id: str, form: ChoiceForm, counter: CounterOf) -> Response:
    """The customer's choice, `none` too. 409 `options_missing` when it names no option that was offered."""
    return await counter.hand_in(case_id, choose, Choose(by=counter.caller.by(form.by), option=form.option))


@router.post("/compensation", status_code=201, response_model=CompensationView)
async def ask_for_compensation(case_id: str, form: CompensationForm, counter: CounterOf) -> Response:
    """Give the customer money: at once within the limit of `by`, above it `approver` is to be asked.

    A limit is for all that this case is granted: what was approved before in that currency counts with `amount`.
    `customer_value` is what the customer is expected to buy in five years, `new_customer_cost` the policy's.
    """
    ask = RequestCompensation(
        compensation_id=counter.new_id(),
        by=counter.caller.by(form.by),
        amount=Money(**form.amount.model_dump()),
        **fields_of(form, "by", "amount"),
    )
    return await counter.hand_in(case_id, request_compensation, ask, status=201)


@router.post("/compensation/approval", response_model=CompensationView)
async def decide_on_compensation(case_id: str, form: ApprovalForm, counter: CounterOf) -> Response:
    """Allow or refuse it. 409 `limit_too_low` names in `approver` who may: whose limit covers all that was granted."""
    ask = DecideCompensation(by=counter.caller.by(form.by), **fields_of(form, "by"))
    return await counter.hand_in(case_id, decide_compensation, ask)


@router.post("/customer-links", status_code=201, response_model=LinkTold)
async def make_link(case_id: str, form: LinkForm, counter: CounterOf) -> Response:
    """A link by which the customer answers without login; older ones of the same purpose end."""
    return await counter.hand_in_link(case_id, counter.caller.by(form.by), form.purpose)
