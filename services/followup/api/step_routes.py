"""Answers, notes, facts, the remedy sought, waiting."""

from typing import Annotated

from fastapi import APIRouter, Body, Response

from services.followup.api.counter import CounterOf
from services.followup.api.forms import (
    Acting,
    FactsForm,
    NoteForm,
    QuestionsForm,
    RemedySoughtForm,
    ResponseForm,
    WaitingForm,
    fields_of,
)
from services.followup.domain.asking import Standing
from services.followup.domain.facts import (
    AskFacts,
    FactsKnown,
    GiveFacts,
    StateRemedy,
    WriteNote,
    ask_facts,
    give_facts,
    state_remedy,
    write_note,
)
from services.followup.domain.parts import Note
from services.followup.domain.responses import Respond, Responded
from services.followup.domain.waiting import Resume, Wait, go_on, wait
from services.followup.suggesting import respond_and_suggest
from shared.events.values import RemedySought

router = APIRouter(prefix="/v1/cases/{case_id}", tags=["cases"])


@router.post("/responses", status_code=201, response_model=Responded)
async def record_response(case_id: str, form: ResponseForm, counter: CounterOf) -> Response:
    """Tell of something that was said to somebody. The text is recorded; delivery comes with the channels.

    The first response is the first by a person, to the customer, that has not failed. Seconds run from the start of
    the cycle. `occurred_at` lies between the complaint's start and now. `suggested_promises`: what the words promise
    ("I'll call you Thursday at four"); none is recorded until it is posted, as it is, to the case's promises.
    """
    by = counter.caller.by(form.by)
    ask = Respond(response_id=counter.new_id(), by=by, **fields_of(form, "by"))
    return await counter.hand_in(case_id, respond_and_suggest, ask, status=201)


@router.post("/notes", status_code=201, response_model=Note)
async def add_note(case_id: str, form: NoteForm, counter: CounterOf) -> Response:
    """Write something down for colleagues. The customer never sees it, and it answers nobody."""
    ask = WriteNote(note_id=counter.new_id(), by=counter.caller.by(form.by), text=form.text)
    return await counter.hand_in(case_id, write_note, ask, status=201)


@router.post("/questions", response_model=FactsKnown)
async def ask_for_facts(case_id: str, form: QuestionsForm, counter: CounterOf) -> Response:
    """The customer was asked for facts, or for those of the category's key questions that are still open.

    Each is asked once, also across a hand-over: what had been asked before is named in `again`, and counted.
    """
    ask = AskFacts(by=counter.caller.by(form.by), facts=form.facts or ())
    return await counter.hand_in(case_id, ask_facts, ask)


@router.patch("/facts", response_model=FactsKnown)
async def give(case_id: str, facts: Annotated[FactsForm, Body()], counter: CounterOf) -> Response:
    """Facts are known: `{name: value}`. Those not named stay as they are."""
    ask = GiveFacts(by=counter.caller.by(None), facts=facts)
    return await counter.hand_in(case_id, give_facts, ask)


@router.put("/remedy-sought", response_model=RemedySought)
async def put_remedy(case_id: str, form: RemedySoughtForm, counter: CounterOf) -> Response:
    """What would put it right, in the customer's eyes; known at the latest before the resolution."""
    ask = StateRemedy(by=counter.caller.by(form.by), remedy=form.value())
    return await counter.hand_in(case_id, state_remedy, ask)


@router.post("/waiting", response_model=Standing)
async def start_waiting(case_id: str, form: WaitingForm, counter: CounterOf) -> Response:
    """Wait for the customer, which pauses the resolution's clock and no other, or for somebody inside."""
    ask = Wait(by=counter.caller.by(form.by), waiting_for=form.waiting_for, until=form.until)
    return await counter.hand_in(case_id, wait, ask)


@router.post("/resumption", response_model=Standing)
async def resume_work(case_id: str, counter: CounterOf, form: Acting | None = None) -> Response:
    """Go on. A customer's message, or the time waited for, does so too."""
    ask = Resume(by=counter.caller.by(form.by if form else None))
    return await counter.hand_in(case_id, go_on, ask)
