"""The envelope in words and as JSON Schema: how every event stands on the log in CloudEvents' binary mode."""

from dataclasses import dataclass
from typing import Any, Final

from shared.events.vocabulary import SOURCES


@dataclass(frozen=True, slots=True)
class Header:
    """One Kafka header. `attribute` is its name in structured mode, None where it is no CloudEvents attribute."""

    name: str
    attribute: str | None
    meaning: str
    schema: dict[str, Any]
    required: bool = True


_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": 200}

HEADERS: Final = (
    Header("ce_specversion", "specversion", "CloudEvents 1.0", {"type": "string", "const": "1.0"}),
    Header("ce_id", "id", "the event's id; with the source it is unique", _TEXT),
    Header(
        "ce_source",
        "source",
        "who says it",
        {"type": "string", "enum": [f"/palabra/{source}" for source in SOURCES]},
    ),
    Header("ce_type", "type", "`<noun>.<past tense>`", _TEXT),
    Header("ce_subject", "subject", "the complaint's id; the message's key is the same", _TEXT),
    Header("ce_time", "time", "when it was so: RFC 3339 with an offset", {"type": "string", "format": "date-time"}),
    Header("ce_dataschema", "dataschema", "`type/version` of the data", {"type": "string", "pattern": "/[1-9][0-9]*$"}),
    Header(
        "ce_seq",
        "seq",
        "counts from 1 without a gap, per complaint and source: what tells a repeat from a loss",
        {"type": "string", "pattern": "^[1-9][0-9]*$"},
    ),
    Header("ce_cause", "cause", "id of the event or command that led to it", _TEXT, required=False),
    Header("content-type", "datacontenttype", "what the value is", {"type": "string", "const": "application/json"}),
    Header("traceparent", None, "W3C Trace Context of the work that said it", _TEXT, required=False),
)


def headers_schema(event_type: str, source: str, version: int) -> dict[str, Any]:
    """The headers of an event of that type."""
    fixed = {"ce_type": event_type, "ce_source": f"/palabra/{source}", "ce_dataschema": f"{event_type}/{version}"}
    fields = {
        header.name: {
            **({"type": "string", "const": fixed[header.name]} if header.name in fixed else header.schema),
            "description": header.meaning,
        }
        for header in HEADERS
    }
    return {"type": "object", "properties": fields, "required": [header.name for header in HEADERS if header.required]}
