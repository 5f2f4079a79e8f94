"""The promise ledger."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.followup.api.counter import CounterOf, DeskOf, ReaderOf
from services.followup.api.forms import (
    AttemptForm,
    CheckForm,
    FulfilmentForm,
    PromiseForm,
    PromiseWithdrawalForm,
    RenegotiationForm,
    evidence_of,
    fields_of,
)
from services.followup.api.views import PromiseItem
from services.followup.domain.fulfilment import Attempt, Fulfil, attempt, fulfil
from services.followup.domain.promises import (
    CheckPromise,
    MakePromise,
    Promised,
    WithdrawPromise,
    check_promise,
    withdraw_promise,
)
from services.followup.domain.renegotiating import Renegotiate
from services.followup.promise_lists import PromisesAsked, find_promises
from services.followup.promising import Promising
from shared.events.values import Instant, Promise
from shared.events.vocabulary import MadeTo, PromiseKind, PromiseStatus, SaidBy
from shared.http import Limit, Page, reply

router = APIRouter(tags=["promises"])
_ONE = "/v1/cases/{case_id}/promises/{promise_id}"


@router.get("/v1/promises")
async def list_promises(  # noqa: PLR0913 - one parameter for each filter
    desk: DeskOf,
    caller: ReaderOf,
    *,
    status: PromiseStatus | None = None,
    kind: PromiseKind | None = None,
    owner: str | None = None,
    due_from: Annotated[Instant | None, Query()] = None,
    due_to: Annotated[Instant | None, Query()] = None,
    customer: str | None = None,
    said_by: SaidBy | None = None,
    made_to: MadeTo | None = None,
    at_risk: Annotated[bool | None, Query(description="Not on track, unchecked, or resting on what is late.")] = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[PromiseItem]:
    """Promises of all cases, in the order in which they fall due: due_from ≤ due < due_to."""
    del caller
    asked = PromisesAsked(
        status=status,
        kind=kind,
        owner=owner,
        due_from=due_from,
        due_to=due_to,
        customer=customer,
        said_by=said_by,
        made_to=made_to,
        at_risk=at_risk,
        cursor=cursor,
        limit=limit,
    )
    found, following = await find_promises(desk.documents, asked)
    return Page(items=[PromiseItem.model_validate(promise) for promise in found], next=following)


@router.post("/v1/cases/{case_id}/promises", status_code=201, response_model=Promised)
async def make(case_id: str, form: PromiseForm, counter: CounterOf) -> Response:
    """Promise the customer something by a time, and be held to it.

    409 `promise_not_feasible` names the nearest times that can be kept in `instead`; with `override_reason` it is
    promised all the same, and counted. Nothing is ever promised into the past. `kept_before` says how the owner's last
    promises of this kind ended.
    """
    by = counter.caller.by(form.made_by)
    ask = MakePromise(promise_id=counter.new_id(), by=by, **fields_of(form, "made_by"))
    answer = await Promising(counter.desk).make(case_id, ask, counter.command, expect=counter.expect)
    return reply(answer, status=201)


@router.post(f"{_ONE}/fulfilment", response_model=Promise)
async def fulfil_promise(case_id: str, promise_id: str, form: FulfilmentForm, counter: CounterOf) -> Response:
    """Say that it was done, and what shows it.

    Inside the window it is kept, after due it is broken and late. Done in time and told after due, it is kept if the
    evidence names a reference that can be checked. 409 `promise_too_early` before `not_before`, `promise_settled`.
    """
    by, evidence = counter.caller.by(form.by), form.evidence.value()
    ask = Fulfil(promise_id=promise_id, by=by, evidence=evidence, settles_it=form.settles_it)
    return await counter.hand_in(case_id, fulfil, ask)


@router.post(f"{_ONE}/attempt", response_model=Promise)
async def attempt_promise(case_id: str, promise_id: str, form: AttemptForm, counter: CounterOf) -> Response:
    """Say that it was tried and that the customer could not be reached. It settles nothing before due."""
    ask = Attempt(promise_id=promise_id, by=counter.caller.by(form.by), evidence=form.evidence.value())
    return await counter.hand_in(case_id, attempt, ask)


@router.post(f"{_ONE}/check", response_model=Promise)
async def check(case_id: str, promise_id: str, form: CheckForm, counter: CounterOf) -> Response:
    """Say, before due, whether it is on track."""
    by = counter.caller.by(form.by)
    ask = CheckPromise(promise_id=promise_id, by=by, on_track=form.on_track, note=form.note)
    return await counter.hand_in(case_id, check_promise, ask)


@router.post(f"{_ONE}/renegotiation", response_model=Promised)
async def renegotiate_promise(case_id: str, promise_id: str, form: RenegotiationForm, counter: CounterOf) -> Response:
    """Another time was asked for. Answers the new promise if the customer agreed, else the old one, which stands.

    Agreed before due, the old promise ends as `renegotiated`, also told after due if the evidence names a reference;
    agreed after due, it stays broken.
    """
    ask = Renegotiate(
        promise_id=promise_id,
        new_id=counter.new_id(),
        by=counter.caller.by(form.by),
        evidence=evidence_of(form.evidence),
        **fields_of(form, "by", "evidence"),
    )
    answer = await Promising(counter.desk).move(case_id, ask, counter.command, expect=counter.expect)
    return reply(answer)


@router.post(f"{_ONE}/withdrawal", response_model=Promise)
async def withdraw(case_id: str, promise_id: str, form: PromiseWithdrawalForm, counter: CounterOf) -> Response:
    """The customer does not want it any more; `words` are theirs. Nobody else can end a promise.

    Said before due and told after, which the `evidence`'s reference shows, it corrects how the promise ended.
    """
    by, evidence = counter.caller.by(form.by), evidence_of(form.evidence)
    ask = WithdrawPromise(promise_id=promise_id, by=by, words=form.words, evidence=evidence)
    return await counter.hand_in(case_id, withdraw_promise, ask)
