"""Value objects that travel inside events: instants, people, money, evidence, promises. Frozen, without behaviour."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints

from shared.events.vocabulary import (
    AddressForm,
    Channel,
    EvidenceType,
    LegalStop,
    MadeTo,
    PromiseKind,
    PromiseStatus,
    RemedyKind,
    ResponseChannel,
    Role,
    SaidBy,
)

FIRST_YEAR, LAST_YEAR = 1900, 2200


class Frozen(BaseModel):
    """A value that never changes. Fields that are not known are ignored, so that newer events stay readable."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False, hide_input_in_errors=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """As pydantic's; without its care for private and extra fields, which a frozen value has none of."""
        if deep:
            return super().model_copy(update=update, deep=True)
        cls = type(self)
        copied = cls.__new__(cls)
        changes = update or {}
        object.__setattr__(copied, "__dict__", {**self.__dict__, **changes})
        object.__setattr__(copied, "__pydantic_fields_set__", {*self.__pydantic_fields_set__, *changes})
        object.__setattr__(copied, "__pydantic_extra__", None)
        object.__setattr__(copied, "__pydantic_private__", None)
        return copied


def _no_number(value: Any) -> Any:
    if isinstance(value, datetime) or (isinstance(value, str) and value[10:11] == "T"):
        return value  # the usual, and no number
    in_text = isinstance(value, str) and value.strip().lstrip("+-").replace(".", "", 1).isdecimal()
    if in_text or isinstance(value, bool | int | float):
        raise ValueError("give an ISO 8601 date and time with an offset, such as 2026-03-01T09:30:00+01:00")
    return value


def to_instant(value: datetime) -> datetime:
    """The same moment in UTC, to the millisecond (what BSON keeps).

    Raises:
        ValueError: the value has no offset, or lies outside the years 1900 to 2200.
    """
    if value.tzinfo is None:
        raise ValueError("has no offset; write for example 2026-03-01T09:30:00+01:00 or ...Z")
    if not FIRST_YEAR < value.year < LAST_YEAR:
        raise ValueError(f"lies outside the years {FIRST_YEAR + 1} to {LAST_YEAR - 1}")
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    beyond = value.microsecond % 1000
    return value.replace(microsecond=value.microsecond - beyond) if beyond else value


Instant = Annotated[datetime, BeforeValidator(_no_number), AfterValidator(to_instant)]
"""A moment: ISO 8601 with an offset on the wire, UTC with milliseconds inside."""

DecimalText = Annotated[Decimal, PlainSerializer(str, return_type=str)]
"""An exact decimal, kept and sent as text."""

ShortText = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=100_000)]
AgentId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._@-]{0,63}$")]


class Money(Frozen):
    """An amount with its ISO 4217 currency."""

    value: Annotated[DecimalText, Field(ge=0, max_digits=18, decimal_places=4, examples=["49.90"])]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class RemedySought(Frozen):
    """What would put it right, in the customer's eyes."""

    kind: RemedyKind
    words: LongText | None = None
    anything_else: LongText | None = None


class About(Frozen):
    """Whom a complaint about treatment, or a praise, is about."""

    agent: AgentId | None = None
    name: ShortText | None = None
    team: ShortText | None = None


class Person(Frozen):
    """A person who speaks, or for whom somebody speaks. Personal data: never logged, erased as a whole."""

    name: ShortText | None = None
    email: str | None = None
    phone: str | None = None
    external_id: ShortText | None = None
    role: Role = "customer"
    internal: bool = False
    anonymous: bool = False
    language: str | None = None
    address_form: AddressForm | None = None
    time_zone: str | None = None


class ContactHours(Frozen):
    """From `start` until, not including, `end`: HH:MM in the customer's zone. No days: every day."""

    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = ()
    start: str
    end: str


class CustomerFacts(Frozen):
    """What is known of the customer behind a complaint, when it is said. `channels`: the one they like best first."""

    channels: tuple[Channel, ...] = ()
    hours: tuple[ContactHours, ...] = ()
    survey: bool | None = None
    expected_yearly_purchases: Annotated[int, Field(ge=0)] | None = None
    language: str | None = None
    address_form: AddressForm | None = None
    time_zone: str | None = None


class Contact(Frozen):
    """A call as the telephone system tells it. All instants are the PBX's."""

    type: str = "call"
    id: ShortText
    direction: str = "inbound"
    ringing_at: Instant
    answered_at: Instant | None = None
    ended_at: Instant | None = None
    answered_by: AgentId | None = None


class Attachment(Frozen):
    """A file that came with a message; its bytes are kept elsewhere."""

    name: ShortText
    content_type: ShortText | None = None
    size: Annotated[int, Field(ge=0)] | None = None
    url: Annotated[str, StringConstraints(max_length=2000)] | None = None


class Deadlines(Frozen):
    """By when; None where no target of that clock applies."""

    acknowledge: Instant | None = None
    first_response: Instant | None = None
    resolution: Instant | None = None
    legal: Instant | None = None


class LegalClock(Frozen):
    """What one term of a law demands of this complaint, and by when. Never paused by a status.

    `stops`: what ends it. An acknowledgement does not, unless the law asks for no more (`acknowledgement`); `substance`
    is the answer with its reasons, `delivery` that answer known to have reached the customer, `acceptance` the
    customer's consent. Not `binding`: missing it breaks nothing, a longer term then holds. `extended`: the last instant
    if the customer has been told the reasons for the delay before `due`; None where no delay is allowed.
    """

    rule: ShortText
    term: ShortText
    due: Instant
    stops: LegalStop
    binding: bool = True
    extended: Instant | None = None


class AbsorbedAnswer(Frozen):
    """An answer by a person to a complaint that goes on inside another one: it is an answer there too."""

    reference: ShortText
    occurred_at: Instant


class Evidence(Frozen):
    """What shows that a promise was fulfilled, attempted or changed. `occurred_at` None means: when we were told."""

    type: EvidenceType
    reference: ShortText | None = None
    occurred_at: Instant | None = None
    text: LongText | None = None


class Promise(Frozen):
    """What this person, or the system, told this customer would happen by when. Source: `domain.md`, Promises."""

    id: str
    complaint_id: str
    kind: PromiseKind
    words: LongText
    not_before: Instant | None = None
    due: Instant
    time_zone: str = "UTC"
    owner: AgentId | None = None
    fallback_owner: AgentId | None = None
    channel: ResponseChannel | None = None
    number: ShortText | None = None
    amount: Money | None = None
    made_by: AgentId | None = None
    made_in: ShortText | None = None
    made_to: MadeTo = "customer"
    depends_on: str | None = None
    why_not_now: LongText | None = None
    said_by: SaidBy
    made_at: Instant
    status: PromiseStatus = "open"
    settled_at: Instant | None = None
    broken_at: Instant | None = None
    late_at: Instant | None = None
    evidence: Evidence | None = None
    override_reason: LongText | None = None
    replaces: str | None = None
    replaced_by: str | None = None
