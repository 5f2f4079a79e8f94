"""A small service for testing the runtime's rules: it remembers what it heard, and says one thing for each of some."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from shared.blueprint import Blueprint, Runtime
from shared.decision import Decision, Refusal
from shared.events import Event
from shared.events.followup import ComplaintResumed
from shared.events.intake import ComplaintReceived, ComplaintWithdrawn, MessageReceived
from shared.events.promises import PromiseBroken
from shared.events.values import Frozen, Instant, Promise
from shared.http import Caller, CallerOf, CommandOf, IfMatch, View, get_desk, reply
from shared.runtime.service import Heard, Service


class Tally(Frozen):
    """What was heard, in order."""

    number: str
    heard: tuple[str, ...] = ()
    due: Instant | None = None
    broken: int = 0
    asked: int = 0


class TooMuch(Refusal):
    """More than three."""

    code = "too_much"


class Count(View):
    """How often."""

    asked: int


def on_received(_: Tally | None, event: Event[ComplaintReceived], *, now: datetime, world: Any) -> Decision[Tally]:
    """A tally begins; due when the complaint says it occurred."""
    del now, world
    return Decision(Tally(number=event.data.number, heard=(event.id,), due=event.data.occurred_at))


def on_message(tally: Tally, event: Event[MessageReceived], *, now: datetime, world: Any) -> Decision[Tally]:
    """One more; a text `poison` cannot be taken."""
    del now, world
    if event.data.text == "poison":
        raise ValueError("this one cannot be taken")
    heard = tally.model_copy(update={"heard": (*tally.heard, event.data.text)})
    return Decision(heard, [ComplaintResumed(why="customer_message")])


def tick(tally: Tally, *, now: datetime, world: Any) -> Decision[Tally]:
    """Its one promise breaks."""
    del world
    assert tally.due is not None
    promise = Promise(
        id="p", complaint_id="c", kind="other", words="x", due=tally.due, said_by="person", made_at=now, status="broken"
    )
    broken = tally.model_copy(update={"due": None, "broken": tally.broken + 1})
    return Decision(broken, [PromiseBroken(promise=promise)])


def ask(tally: Tally, *, now: datetime, world: Any) -> Decision[Tally]:
    """Asked once more; refused after the third time."""
    del now, world
    if tally.asked >= 3:
        raise TooMuch("three times is enough")
    asked = tally.model_copy(update={"asked": tally.asked + 1})
    return Decision(asked, [ComplaintResumed(why="command")], answer=Count(asked=asked.asked))


router = APIRouter()


@router.post("/v1/tallies/{complaint_id}/asks")
async def ask_again(
    complaint_id: str, command: CommandOf, if_match: IfMatch, desk: Annotated[Any, Depends(get_desk)],
    caller: Annotated[Caller, CallerOf("cases:write")],
) -> Any:  # fmt: skip
    """Asks."""
    del caller
    return reply(await desk.decide(complaint_id, command, ask, expect=if_match))


@dataclass
class Seen:
    """What `prepare` was handed."""

    heard: list[Sequence[Heard[Tally]]]


def blueprint(
    seen: Seen | None = None, changes: Any = None, ahead: timedelta = timedelta(0), world: Any = None
) -> Blueprint[Tally, None]:
    """The tally as a service. It plays follow-up: it hears intake and speaks as follow-up.

    `ahead`: how far its timer looks ahead; `world()`: what decisions are made in.
    """

    def build(_: Runtime) -> Service[Tally, None]:
        async def prepare(heard: Sequence[Heard[Tally]]) -> Any:
            if seen is not None:
                seen.heard.append(heard)
            return world and world()

        reactions: Any = {ComplaintReceived: on_received, MessageReceived: on_message, **(changes or {})}
        return Service(
            name="followup",
            state=Tally,
            reactions=reactions,
            births=frozenset({ComplaintReceived}),
            due_at=lambda tally: tally.due,
            tick=tick,
            prepare=prepare,
            ahead=ahead,
        )

    return Blueprint(name="followup", build=build, routers=[router])


def received(number: str = "7K3M-9Q2X", due: datetime | None = None) -> ComplaintReceived:
    """A complaint as intake says it."""
    at = datetime.fromisoformat("2026-03-02T10:00:00+00:00")
    return ComplaintReceived(
        number=number, channel="web", via="http", source_system="shop", kind="product", text="broken",
        complainant={"email": "ana@example.org"}, received_at=at, started_at=at, occurred_at=due,
    )  # fmt: skip


def said(text: str) -> MessageReceived:
    """A customer's further message."""
    at = datetime.fromisoformat("2026-03-02T10:05:00+00:00")
    return MessageReceived(message_id=f"m-{text}", channel="web", text=text, received_at=at)


WITHDRAWN = ComplaintWithdrawn()
