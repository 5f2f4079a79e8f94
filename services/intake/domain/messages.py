"""The customer's further words: kept and told where they were said, and wherever that complaint goes on."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.intake.domain.complaint import MAX_MESSAGES, MAX_TEXT, Complaint, Message, Owed, TimelineEntry
from services.intake.domain.receiving import not_later
from services.intake.domain.told import ToldAttachment, Words
from shared.decision import ComplaintFull, Decision
from shared.events.intake import MessageReceived
from shared.events.values import Frozen, Instant
from shared.events.vocabulary import Channel, Signal


class FurtherWords(BaseModel):
    """What the customer adds. `channel`: the complaint's own unless told. `signals`: what whoever took it noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Words
    channel: Channel | None = None
    occurred_at: Instant | None = None
    signals: Annotated[tuple[Signal, ...], Field(max_length=3)] = ()
    attachments: Annotated[tuple[ToldAttachment, ...], Field(max_length=50)] = ()


class MessageReceipt(Frozen):
    """The answer to a further message. `also_in`: the complaint in which this one goes on, and which hears it too."""

    id: str
    complaint_id: str
    received_at: Instant
    also_in: str | None = None


def add_message(
    state: Complaint, *, ask: FurtherWords, message_id: str, now: datetime, world: object = None
) -> Decision[Complaint]:
    """The customer's further words are kept and told to everybody, in whatever state the complaint is.

    Where it goes on in another one, they are owed to that too. Whether they reopen it or end a wait is follow-up's to
    say.
    """
    del world
    not_later(ask.occurred_at, now)
    message = Message(
        id=message_id,
        channel=ask.channel or state.received.channel,
        text=ask.text,
        occurred_at=ask.occurred_at,
        received_at=now,
        attachments=ask.attachments,
        signals=ask.signals,
    )
    said = _said(state, message, now)
    receipt = MessageReceipt(id=message_id, complaint_id=state.id, received_at=now, also_in=state.merged_into)
    return Decision(said.state, said.events, receipt)


def said_here_too(
    state: Complaint, *, other: Complaint, owed: Owed, now: datetime, world: object = None
) -> Decision[Complaint]:
    """What was said in the other complaint, which goes on here, is said here: once, and as received when it was there.

    It keeps its id on the whole way, so that no way leads it here twice. What has parted again tells nothing.
    """
    del world
    known = any(message.id == owed.message_id for message in state.messages)
    message = next((message for message in other.messages if message.id == owed.message_id), None)
    if known or message is None or other.id not in state.absorbed:
        return Decision(state)
    return _said(state, message.model_copy(update={"said_in": message.said_in or other.id}), now)


def unheard(state: Complaint, *, owed: Owed, why: str, now: datetime, world: object = None) -> Decision[Complaint]:
    """What was said here was refused by the complaint in which this one goes on, and why; it stands here alone."""
    del world
    entry = TimelineEntry(
        id=f"{owed.id}/unheard",
        at=now,
        type=MessageReceived.type,
        source="intake",
        summary="A message was refused by the complaint in which this one goes on: it is heard here alone",
        data={"message_id": owed.message_id, "not_in": owed.to, "why": why},
    )
    return Decision(state.changed(now, entry))


def owed_words(state: Complaint, into: Complaint, owed_id: str) -> Iterator[Owed]:
    """What has been said here since a person last spoke to the customer here is owed to the other one.

    Whoever spoke to them in the other one meanwhile had not read it.
    """
    spoken = state.spoken_at
    for message in state.messages:
        if spoken is None or message.received_at > spoken:
            yield Owed(id=f"{owed_id}/{message.id}", what="message", to=into.id, message_id=message.id)


def _said(state: Complaint, message: Message, now: datetime) -> Decision[Complaint]:
    if len(state.messages) >= MAX_MESSAGES or state.text_length + len(message.text) > MAX_TEXT:
        raise ComplaintFull(f"At most {MAX_MESSAGES} messages and {MAX_TEXT} characters go into one complaint.")
    told = dict(message)
    event = MessageReceived(message_id=told.pop("id"), **told)
    entry = TimelineEntry(
        id=message.id,
        at=now,
        type=event.type,
        source="intake",
        by="customer",
        summary=f"The customer wrote again by {message.channel}",
        data={"message_id": message.id, "said_in": message.said_in},
    )
    owed = state.owed
    if state.merged_into is not None:
        owed = (*owed, Owed(id=f"{message.id}/also", what="message", to=state.merged_into, message_id=message.id))
    return Decision(state.changed(now, entry, messages=(*state.messages, message), owed=owed), [event])
