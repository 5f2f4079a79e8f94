"""The result, the customer's word on it, and the end."""

from fastapi import APIRouter, Response

from services.followup.api.counter import CounterOf
from services.followup.api.forms import Acting, ReopeningForm, ResolutionForm, VerificationForm, evidence_of, fields_of
from services.followup.domain.asking import Standing
from services.followup.domain.parts import Resolution, Verified
from services.followup.domain.resolution import Close, Reopen, Resolve, Verify, close_case, reopen, resolve, verify
from services.followup.within import owed_within

router = APIRouter(prefix="/v1/cases/{case_id}", tags=["cases"])


@router.post("/resolution", response_model=Resolution)
async def give_result(case_id: str, form: ResolutionForm, counter: CounterOf) -> Response:
    """Give the customer the result; its text is a response. 409 `remedy_missing` without a remedy sought.

    `reasons` are needed where it gives less than was asked for (`partly`, `not_upheld`), and `next_step` (what they
    can do now) where it gives nothing.
    """
    remedy = form.remedy_given.value() if form.remedy_given else None
    by = counter.caller.by(form.by)
    kept = fields_of(form, "by", "remedy_given")
    ask = Resolve(response_id=counter.new_id(), by=by, remedy_given=remedy, **kept)
    return await counter.hand_in(case_id, resolve, ask)


@router.post("/verification", response_model=Verified)
async def record_verification(case_id: str, form: VerificationForm, counter: CounterOf) -> Response:
    """What the customer said when asked whether it is solved. A "no" reopens the case with a new cycle.

    409 `not_verified` when whoever owns or resolved it says so alone, without evidence that names a reference; and when
    a person says "yes" or "declined" by `link`: only the customer does, on its page or by a program that names nobody.
    """
    evidence = evidence_of(form.evidence)
    ask = Verify(by=counter.caller.by(form.by), evidence=evidence, **fields_of(form, "by", "evidence"))
    return await counter.hand_in(case_id, verify, ask)


@router.post("/closure", response_model=Standing)
async def close(case_id: str, counter: CounterOf, form: Acting | None = None) -> Response:
    """Close it. 409 `promise_open` over our open word, `not_verified` before the customer has had time to speak.

    What is promised in complaints that were merged into it is our open word, too.
    """
    owed = await owed_within(counter.desk.documents, await counter.desk.find_id(case_id))
    ask = Close(by=counter.caller.by(form.by if form else None), owed_within=owed)
    return await counter.hand_in(case_id, close_case, ask)


@router.post("/reopening", response_model=Standing)
async def begin_again(case_id: str, form: ReopeningForm, counter: CounterOf) -> Response:
    """It was not over: a new cycle with clocks of its own; earlier values never change."""
    ask = Reopen(by=counter.caller.by(form.by), reason=form.reason)
    return await counter.hand_in(case_id, reopen, ask)
