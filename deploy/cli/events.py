"""`palabra events tail`: what the services say on the log, as they say it."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import quote

import typer

from deploy.cli.client import AsJson, Home, Key, Url, a_client, as_json_text
from deploy.local import files, state
from deploy.local.errors import UserError
from shared import ids
from shared.events import Event
from shared.events.cloudevents import NotAnEvent, decode
from shared.events.envelope import BrokenPayload, UnknownPayload
from shared.kafka import LogError, Reader
from shared.settings import Settings

app = typer.Typer()
events = typer.Typer(no_args_is_help=True)
app.add_typer(events, name="events", help="What the services say on the log.")

_TELLING: Final = (
    "number", "channel", "kind", "product", "category", "severity", "priority", "team", "agent", "level", "to", "by",
    "clock", "deadline", "status", "due", "waiting_for", "until", "answer", "outcome", "verification", "is_first",
    "within_target", "cycle", "reason", "why",
)  # fmt: skip
"""Fields that say in short what happened, where they hold a word or a figure. What somebody wrote has spaces."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events are shown; None: any."""

    complaint_id: str | None = None
    type: str | None = None

    def fits(self, event: Event[Any]) -> bool:
        """Whether this one is shown."""
        return self.complaint_id in (None, event.complaint_id) and self.type in (None, event.type)


@events.command()
def tail(  # noqa: PLR0913 - a command's options are its parameters
    *,
    complaint: Annotated[str | None, typer.Option(help="Of this one only: its id or its number.")] = None,
    type_: Annotated[str | None, typer.Option("--type", help="Of this type only, such as promise.made.")] = None,
    from_beginning: Annotated[bool, typer.Option("--from-beginning", help="Not only what comes from now on.")] = False,
    count: Annotated[int | None, typer.Option(min=1, help="Stop after so many.")] = None,
    kafka: Annotated[str | None, typer.Option(envvar="PALABRA_KAFKA", help="Address; else the local stack's.")] = None,
    topic_prefix: Annotated[str, typer.Option(envvar="PALABRA_TOPIC_PREFIX", help="As the services were told.")] = "",
    home: Home = files.HOME,
    url: Url = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Show events as they are said, one a line, until Ctrl-C.

    Those of one complaint come in their order. What is no event is left out. With --json a line holds all of an event,
    also what the customer wrote. A number is looked up at intake.
    """
    number = None if complaint is None else ids.read_number(complaint)
    if number is not None:
        with a_client(home, url, key) as client:
            complaint = client.get("intake", f"/v1/complaints/{quote(number)}")["id"]
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it repeats what we say in a line
    topic = Settings.model_construct(topic_prefix=topic_prefix).lifecycle_topic
    shown = _show(Reader(kafka or _address(home), topic), Wanted(complaint, type_), count,
                  from_beginning=from_beginning, as_json=as_json)  # fmt: skip
    with suppress(KeyboardInterrupt):
        asyncio.run(shown)


def _address(home: Path) -> str:
    stack = state.load(home.resolve())
    if stack is None or stack.kafka is None:
        raise UserError("no Kafka is known here; start one with `palabra up`, or give --kafka")
    return stack.kafka.address


async def _show(reader: Reader, wanted: Wanted, count: int | None, *, from_beginning: bool, as_json: bool) -> None:
    try:
        await reader.start(from_end=not from_beginning)
        left = count
        async for event in _heard(reader):
            if wanted.fits(event):
                typer.echo(as_json_text(whole(event)) if as_json else line(event))
                left = None if left is None else left - 1
                if left == 0:
                    return
    except (LogError, OSError) as error:
        reason = str(error) or type(error).__name__
        raise UserError(f"topic {reader.topic} cannot be read at {reader.address}: {reason}") from error
    finally:
        await reader.close()


async def _heard(reader: Reader) -> AsyncIterator[Event[Any]]:
    while True:
        for record in await reader.poll(seconds=1.0):
            event = decode(record.key, record.headers, record.value)
            if not isinstance(event, NotAnEvent):
                yield event


def line(event: Event[Any]) -> str:
    """The event in one line: time, source, type, seq, complaint, and what it says in short."""
    at = event.time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"{at} {event.source:8} {event.type:26} {event.seq:>3} {event.complaint_id} {short(event)}".rstrip()


def short(event: Event[Any]) -> str:
    """What it says, without what a customer wrote."""
    match event.data:
        case UnknownPayload():
            return "(a type that this build does not know)"
        case BrokenPayload():
            return f"(cannot be read: {event.data.reason})"
    data = event.data.model_dump(mode="json", exclude_none=True)
    told: Mapping[str, Any] = {**data.get("promise", {}), **data}
    words = (
        (name, value if isinstance(value := told[name], str) else json.dumps(value))
        for name in _TELLING
        if name in told
    )
    return " ".join(f"{name}={word}" for name, word in words if " " not in word)


def _word(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def whole(event: Event[Any]) -> dict[str, Any]:
    """The event as JSON values: its envelope, and all that it says under `data`."""
    data = event.data.raw if isinstance(event.data, UnknownPayload) else event.data.model_dump(mode="json")
    names = ("id", "type", "source", "seq", "complaint_id", "version", "cause", "traceparent")
    envelope = {name: getattr(event, name) for name in names}
    return {**envelope, "time": event.time.isoformat(timespec="milliseconds"), "data": data}
