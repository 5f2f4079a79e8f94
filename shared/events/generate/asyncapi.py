"""The AsyncAPI 3.0 document: two topics, every message on them, and who says what."""

from collections.abc import Sequence
from typing import Any, Final

from shared.events.cloudevents import encode_headers, pack
from shared.events.examples import example_event
from shared.events.generate.envelope import headers_schema
from shared.events.generate.schemas import Spoken, schemas_together

Json = dict[str, Any]

LIFECYCLE: Final = "complaints.lifecycle"
REFERENCE: Final = "complaints.reference"

_ABOUT: Final = (
    "Complaints from their receipt to a kept promise. Generated from the classes in `shared/events`; "
    "the same in words: `docs/events.md`."
)
_LIFECYCLE_ABOUT: Final = (
    "Everything that happens to complaints. CloudEvents 1.0 in Kafka binary mode, keyed by complaint id, so that all "
    "events of one complaint are in one partition, in order. Never expires, is not compacted."
)
_REFERENCE_ABOUT: Final = (
    "What belongs to no complaint: calendars, teams, agents, policies, keys. Compacted; each message holds the whole "
    "state and its version, keyed `kind/id`. The highest version wins, whatever came first."
)


def document(events: Sequence[Spoken], data: Sequence[Spoken]) -> Json:
    """The whole document."""
    names, definitions = schemas_together([*events, *data])
    messages = {one.name: _event(one, names[one.name]) for one in events}
    messages |= {one.name: _datum(one, names[one.name]) for one in data}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Palabra events", "version": "1", "description": _ABOUT},
        "defaultContentType": "application/json",
        "channels": {
            "lifecycle": _channel(LIFECYCLE, _LIFECYCLE_ABOUT, events, {"partitions": 12}),
            "reference": _channel(REFERENCE, _REFERENCE_ABOUT, data, {"partitions": 1}),
        },
        "operations": _operations(events, data),
        "components": {"messages": messages, "schemas": definitions},
    }


def _channel(address: str, about: str, spoken: Sequence[Spoken], kafka: Json) -> Json:
    policy = ["compact"] if address == REFERENCE else ["delete"]
    settings = {"cleanup.policy": policy, **({} if address == REFERENCE else {"retention.ms": -1})}
    return {
        "address": address,
        "description": about,
        "messages": {one.name: {"$ref": f"#/components/messages/{one.name}"} for one in spoken},
        "bindings": {"kafka": {"topic": address, **kafka, "topicConfiguration": settings, "bindingVersion": "0.5.0"}},
    }


def _operations(events: Sequence[Spoken], data: Sequence[Spoken]) -> Json:
    speakers = dict.fromkeys(one.speaker for one in events)
    found = {
        f"{speaker}_says": _operation("lifecycle", f"What {speaker} says.", [x for x in events if x.speaker == speaker])
        for speaker in speakers
    }
    return {**found, "routing_keeps_reference": _operation("reference", "Routing owns reference data.", data)}


def _operation(channel: str, summary: str, spoken: Sequence[Spoken]) -> Json:
    messages = [{"$ref": f"#/channels/{channel}/messages/{one.name}"} for one in spoken]
    return {"action": "send", "channel": {"$ref": f"#/channels/{channel}"}, "summary": summary, "messages": messages}


def _message(spoken: Spoken, definition: str, headers: Json) -> Json:
    about = (spoken.model.__doc__ or "").strip()
    return {
        "name": spoken.name,
        "title": spoken.name,
        "summary": about.splitlines()[0],
        "contentType": "application/json",
        "headers": headers,
        "payload": {"$ref": f"#/components/schemas/{definition}"},
        "bindings": {"kafka": {"key": {"type": "string", "description": spoken.key}, "bindingVersion": "0.5.0"}},
    }


def _event(spoken: Spoken, definition: str) -> Json:
    headers = headers_schema(spoken.name, str(spoken.speaker), spoken.version)
    said = {name: text.decode() for name, text in encode_headers(pack(example_event(spoken.name)))}
    example = {"name": "example", "headers": said, "payload": spoken.example}
    return {**_message(spoken, definition, headers), "examples": [example]}


def _datum(spoken: Spoken, definition: str) -> Json:
    kind = {"type": "string", "const": "application/json", "description": "what the value is"}
    headers = {"type": "object", "properties": {"content-type": kind}}
    return {**_message(spoken, definition, headers), "examples": [{"name": "example", "payload": spoken.example}]}
