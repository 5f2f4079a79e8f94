"""A complaint in the words of whoever hands it to us, read and checked field by field. Rules between fields: receiving.

Everything may be absent; an empty text is refused, and so are fields that are not known, at every depth.
"""

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    model_validator,
)

from services.intake.domain.people import read_email, read_phone
from shared.calendar.zones import known_zone
from shared.events.values import About, Attachment, Contact, Instant, Money, Person, RemedySought
from shared.events.vocabulary import Channel, Kind, Signal

MAX_METADATA = 20
_DECIMAL = re.compile(r"[0-9]{1,14}(\.[0-9]{1,4})?")


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty; leave it out instead")
    return no_nul(text)


def no_nul(text: str) -> str:
    """The text, which holds no NUL: half of the systems behind us would cut it there."""
    if "\0" in text:
        raise ValueError("holds the character NUL")
    return text


def _plain_decimal(value: Any) -> Any:
    if isinstance(value, str) and not _DECIMAL.fullmatch(value):
        raise ValueError("is not an amount such as 49.90, with at most 14 digits before the point and 4 behind it")
    return value


Line = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), AfterValidator(_said)]
Words = Annotated[str, StringConstraints(max_length=100_000), AfterValidator(_said)]
MetadataKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
MetadataValue = Annotated[str, StringConstraints(max_length=500), AfterValidator(no_nul)]
LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]
Zone = Annotated[str, StringConstraints(max_length=64), AfterValidator(known_zone)]
Email = Annotated[str, StringConstraints(max_length=254, strip_whitespace=True), AfterValidator(read_email)]
_STRICT = ConfigDict(frozen=True, extra="forbid")


class ToldMoney(Money):
    """An amount; a number or plain decimal text."""

    model_config = _STRICT

    # The bounds stand first: behind a function they would be checked in Python.
    value: Annotated[
        Decimal,
        Field(ge=0, max_digits=18, decimal_places=4),
        PlainSerializer(str, return_type=str),
        BeforeValidator(_plain_decimal),
    ]


class ToldRemedy(RemedySought):
    """What would put it right."""

    model_config = _STRICT

    words: Words | None = None
    anything_else: Words | None = None


class ToldAbout(About):
    """Whom it is about: at least one of agent, name, team."""

    model_config = _STRICT

    name: Line | None = None
    team: Line | None = None

    @model_validator(mode="after")
    def _somebody(self) -> "ToldAbout":
        if self.agent is None and self.name is None and self.team is None:
            raise ValueError("names nobody: give agent, name or team")
        return self


class ToldPerson(Person):
    """A person. `country` (ISO 3166, such as ES) only helps to read a phone number without its prefix."""

    model_config = _STRICT

    name: Line | None = None
    email: Email | None = None
    phone: Annotated[str, StringConstraints(max_length=50, strip_whitespace=True), AfterValidator(_said)] | None = None
    external_id: Line | None = None
    language: LanguageTag | None = None
    time_zone: Zone | None = None
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = Field(default=None, exclude=True)

    @model_validator(mode="before")
    @classmethod
    def _one_way_to_write_a_number(cls, told: Any) -> Any:
        """Phones are read before the model is frozen; what is no text is left to the field's own check."""
        if isinstance(told, dict) and isinstance(told.get("phone"), str):
            country = told.get("country")
            return told | {"phone": read_phone(told["phone"].strip(), country if isinstance(country, str) else None)}
        return told


class ToldContact(Contact):
    """A call, as the telephone system tells it."""

    model_config = _STRICT

    type: Literal["call"] = "call"
    id: Line
    direction: Literal["inbound", "outbound"] = "inbound"

    @model_validator(mode="after")
    def _in_order(self) -> "ToldContact":
        if self.answered_at is not None and self.answered_at < self.ringing_at:
            raise ValueError("answered_at lies before ringing_at")
        if self.ended_at is not None and self.ended_at < (self.answered_at or self.ringing_at):
            raise ValueError("ended_at lies before the call began")
        return self


class ToldAttachment(Attachment):
    """A file; its bytes are kept elsewhere."""

    model_config = _STRICT

    name: Line
    content_type: Line | None = None
    url: Annotated[str, StringConstraints(min_length=1, max_length=2000), AfterValidator(no_nul)] | None = None


class Told(BaseModel):
    """A complaint as told. Defaults: channel `other`, kind `product`, role `customer`."""

    model_config = _STRICT

    channel: Channel = "other"
    kind: Kind = "product"
    category: Line | None = None
    subject: Annotated[str, StringConstraints(max_length=500, strip_whitespace=True), AfterValidator(_said)] | None = (
        None
    )
    text: Words | None = None
    product: Line | None = None
    product_reference: Line | None = None
    place: Line | None = None
    amount_at_stake: ToldMoney | None = None
    signals: Annotated[tuple[Signal, ...], Field(max_length=3)] = ()
    remedy_sought: ToldRemedy | None = None
    about: Annotated[tuple[ToldAbout, ...], Field(max_length=20)] = ()
    complainant: ToldPerson = ToldPerson()
    on_behalf_of: ToldPerson | None = None
    occurred_at: Instant | None = None
    customer_contacted_at: Instant | None = None
    contact: ToldContact | None = None
    external_reference: Line | None = None
    metadata: Annotated[dict[MetadataKey, MetadataValue], Field(max_length=MAX_METADATA)] = Field(default_factory=dict)
    attachments: Annotated[tuple[ToldAttachment, ...], Field(max_length=50)] = ()
    received_at: Instant | None = None
    historical: bool = False
