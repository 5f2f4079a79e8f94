"""Customers: how they want to be addressed and reached."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.intake.api.access import IntakeDesk, check_visible, complaint_of, own_source
from services.intake.api.joining import person
from services.intake.api.reading import read
from services.intake.api.schema import json_body
from services.intake.customers import Customers, facts_of
from services.intake.domain.complaint import Complaint
from services.intake.domain.joined import Matching
from services.intake.domain.matching import Customer, Rematched, of_customer, rematch
from services.intake.domain.told import LanguageTag, Zone
from services.intake.following import acting
from services.intake.telling import tell
from shared.decision import Conflict, Decision, VersionConflict
from shared.events.values import Instant
from shared.events.vocabulary import AddressForm, Channel
from shared.http import Caller, CallerOf, CommandOf, IfMatch, View, reply
from shared.runtime.commands import Command, Unavailable

router = APIRouter(tags=["customers"])
_STRICT = ConfigDict(frozen=True, extra="forbid")
_TRIES = 10
_TOLD_AT_ONCE = 20
"""Complaints that are told before the answer; the rest is the sweep's."""
Mover = Annotated[Caller, CallerOf("complaints:write", "cases:write")]


class Hours(BaseModel):
    """From `start` until, not including, `end`: HH:MM in the customer's zone. No days: every day."""

    model_config = _STRICT

    days: Annotated[tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...], Field(max_length=7)] = ()
    start: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    end: Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]

    @model_validator(mode="after")
    def _forward(self) -> "Hours":
        if self.end <= self.start:
            raise ValueError("ends before it starts")
        return self


class Preferences(BaseModel):
    """By which channels and in which hours the customer wants to be reached; whether they may be asked afterwards."""

    model_config = _STRICT

    channels: Annotated[tuple[Channel, ...], Field(max_length=9)] | None = None
    hours: Annotated[tuple[Hours, ...], Field(max_length=21)] | None = None
    survey: bool | None = None


class CustomerChange(BaseModel):
    """What is left out stays; null removes it. Preferences change one by one."""

    model_config = _STRICT

    preferences: Preferences | None = None
    language: LanguageTag | None = None
    address_form: AddressForm | None = None
    time_zone: Zone | None = None
    expected_yearly_purchases: Annotated[int, Field(ge=0, le=1_000_000)] | None = None


class CustomerView(View):
    """A customer: facts and preferences, no judgements. `sources`: the systems that told us of them."""

    id: str
    preferences: Preferences
    language: str | None
    address_form: AddressForm | None
    time_zone: str | None
    expected_yearly_purchases: int | None
    sources: tuple[str, ...]
    created_at: Instant


@router.get("/v1/customers/{customer_id}", response_model=CustomerView)
async def show(customer_id: str, desk: IntakeDesk, caller: Annotated[Caller, CallerOf("complaints:read")]) -> Response:
    """One customer. A source system finds those only of whom it told us itself."""
    return _shown(await Customers(desk.database, desk.documents).get(customer_id, own_source(caller)))


@router.patch("/v1/customers/{customer_id}", response_model=CustomerView, openapi_extra=json_body(CustomerChange))
async def change(
    customer_id: str,
    request: Request,
    desk: IntakeDesk,
    caller: Annotated[Caller, CallerOf("complaints:write")],
    if_match: IfMatch = None,
) -> Response:
    """Change what is named, keep the rest; null removes. It holds in the complaints that they have already, too."""
    ask = read(CustomerChange, await request.body())
    customers = Customers(desk.database, desk.documents)
    for _ in range(_TRIES):
        known = await customers.get(customer_id, own_source(caller))
        if if_match is not None and known["version"] != if_match:
            raise VersionConflict(f"The customer is at version {known['version']}.", version=known["version"])
        changed = await customers.change(customer_id, own_source(caller), known["version"], _values(ask))
        if changed is not None:
            await tell(desk, customer_id, at_most=_TOLD_AT_ONCE)
            return _shown(changed)
    raise Unavailable("The customer is being changed by many at once; try again.")


@router.post("/v1/customers/{customer_id}/unmatch", response_model=Rematched, openapi_extra=json_body(Matching))
async def unmatch(customer_id: str, request: Request, desk: IntakeDesk, caller: Mover, command: CommandOf) -> Response:
    """This complaint is not this customer's: it gets a customer of its own. Undone by `match`."""
    ask = read(Matching, await request.body())
    loaded = await desk.load(ask.complaint_id)
    assert loaded.state is not None  # noqa: S101 - `load` answers only what is there
    check_visible(loaded.state, caller)
    fresh = customer_id
    if loaded.answered(command.id) is None:
        if loaded.state.received.customer_id != customer_id:
            raise Conflict("The complaint is not this customer's.", customer_id=loaded.state.received.customer_id)
        customers = Customers(desk.database, desk.documents)
        fresh = await customers.alone(loaded.id, loaded.state.received.source_system, desk.clock.now())
    return await _rematched(desk, ask, caller, command, Customer(id=fresh))


@router.post("/v1/customers/{customer_id}/match", response_model=Rematched, openapi_extra=json_body(Matching))
async def match(customer_id: str, request: Request, desk: IntakeDesk, caller: Mover, command: CommandOf) -> Response:
    """This complaint is this customer's."""
    ask = read(Matching, await request.body())
    known = await Customers(desk.database, desk.documents).get(customer_id, own_source(caller))
    customer = Customer(id=customer_id, facts=facts_of(known), version=known["version"])
    return await _rematched(desk, ask, caller, command, customer)


async def _rematched(desk: IntakeDesk, ask: Matching, caller: Caller, command: Command, customer: Customer) -> Response:
    concerned = await complaint_of(desk, ask.complaint_id)
    act = await acting(desk, person(caller, ask.by), concerned, of_customer(concerned, customer))

    def decide(state: Complaint, *, now: datetime, world: object) -> Decision[Complaint]:
        check_visible(state, caller)
        return rematch(state, customer=customer, act=act, now=now, world=world)

    return reply(await desk.decide(ask.complaint_id, command, decide))


def _values(ask: CustomerChange) -> dict[str, Any]:
    """The stored fields that the change names."""
    values = {name: getattr(ask, name) for name in ask.model_fields_set if name != "preferences"}
    if "preferences" in ask.model_fields_set:
        told = Preferences(channels=None, hours=None, survey=None) if ask.preferences is None else ask.preferences
        dumped = told.model_dump(mode="json", include=told.model_fields_set)
        values |= {f"preferences.{name}": value for name, value in dumped.items()}
    return values


def _shown(known: Any) -> Response:
    fields = {name: known.get(name) for name in CustomerView.model_fields}
    view = CustomerView(**fields | {"id": known["_id"], "preferences": known.get("preferences") or {}})
    return Response(view.model_dump_json(), media_type="application/json", headers={"ETag": f'"{known["version"]}"'})
