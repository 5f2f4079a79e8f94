"""Events on the wire: CloudEvents 1.0, Kafka binary mode; structured mode is read too.

Source: CloudEvents 1.0.2 and its Kafka protocol binding. Extensions of ours: `seq`, `cause`.
"""

import base64
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, get_args

from pydantic import ValidationError

from shared.events import PAYLOADS
from shared.events.envelope import BrokenPayload, Event, Payload, UnknownPayload
from shared.events.values import to_instant
from shared.events.vocabulary import Source

Headers = Sequence[tuple[str, bytes]]
AnyEvent = Event[Any]

MOST_BYTES: Final = 900_000
"""Of an event's data; what is larger is refused when it is decided. Source: "Saving" in the architecture."""

_STRUCTURED: Final = "application/cloudevents"
_SOURCES: Final = frozenset(get_args(Source))
_LONGEST_ID: Final = 200
_MOST_SEQ: Final = 2**53
_LONGEST_SEQ: Final = 20
_MOST_VERSION: Final = 10**6
_DEEPEST: Final = 100


@dataclass(frozen=True, slots=True)
class NotAnEvent:
    """A message that is no event of ours. Its bytes are kept; nothing waits behind it."""

    reason: str


def read_attributes(headers: Headers, value: bytes | None) -> tuple[dict[str, str], bytes]:
    """The CloudEvents attributes of a Kafka message, by their names without `ce_`, and its data.

    Raises:
        ValueError: neither binary nor structured mode can be read from it.
    """
    attributes: dict[str, str] = {}
    plain: dict[str, str] = {}
    for name, content in headers:
        if content is not None:
            low = name.lower()
            if low.startswith("ce_"):
                attributes[low[3:]] = content.decode("utf-8")
            else:
                plain[low] = content.decode("utf-8")
    if content_type := plain.get("content-type"):
        if content_type.lower().startswith(_STRUCTURED):
            return _read_structured(value or b"", plain)
        attributes["datacontenttype"] = content_type
    return _with_trace(attributes, plain), value or b""


def _read_structured(value: bytes, plain: Mapping[str, str]) -> tuple[dict[str, str], bytes]:
    try:
        whole = _object(value)
        data = _structured_data(whole)
        given = {name: content for name, content in whole.items() if content is not None}
        attributes = {name: text if isinstance(text, str) else json.dumps(text) for name, text in given.items()}
        # JSON can write half a surrogate pair, which no store keeps: a ValueError here.
        "".join(attributes.values()).encode()
    except (ValueError, RecursionError) as error:
        raise ValueError(f"structured mode, but the value cannot be read as such: {error}") from error
    return _with_trace(attributes, plain), data


def _object(value: bytes) -> dict[str, Any]:
    whole = json.loads(value)
    if not isinstance(whole, dict):
        raise ValueError("it is not an object")  # noqa: TRY004 - one error to catch
    return whole


def _structured_data(whole: dict[str, Any]) -> bytes:
    """Takes the data out of the event. Source: CloudEvents' JSON format 1.0.2, 3.1."""
    if (encoded := whole.pop("data_base64", None)) is not None:
        return base64.b64decode(str(encoded), validate=True)
    data = whole.pop("data", {})
    media = str(whole.get("datacontenttype") or "application/json").partition(";")[0].strip().lower()
    is_json = media in ("application/json", "text/json") or media.endswith("+json")
    return data.encode() if isinstance(data, str) and not is_json else json.dumps(data).encode()


def _with_trace(attributes: dict[str, str], plain: Mapping[str, str]) -> dict[str, str]:
    if "traceparent" in plain:
        attributes["traceparent"] = plain["traceparent"]
    return attributes


def decode(key: bytes | None, headers: Headers, value: bytes | None) -> AnyEvent | NotAnEvent:
    """The event that a Kafka message carries.

    A type that this build does not know comes with `UnknownPayload`; data that its type cannot be read from with
    `BrokenPayload`. What has no readable envelope, a key that is not its complaint id, or an unknown source, is none.
    """
    try:
        attributes, data = read_attributes(headers, value)
        envelope = _envelope(attributes)
    except (ValueError, KeyError, OverflowError) as error:
        return NotAnEvent(f"no readable envelope: {type(error).__name__}: {error}"[:500])
    if key is None or key.decode("utf-8", "replace") != envelope["complaint_id"]:
        return NotAnEvent("the key is not the complaint id")
    payload = read_payload(envelope["type"], data, envelope["version"])
    if isinstance(payload, Payload) and payload.source != envelope["source"]:
        payload = BrokenPayload(reason=f"{envelope['type']} is not said by {envelope['source']}")
    return Event(data=payload, **envelope)


def read_payload(event_type: str, data: bytes | str, version: int = 1) -> Payload | UnknownPayload | BrokenPayload:
    """What an event of that type says. A version that this build does not know is broken, not guessed at."""
    cls = PAYLOADS.get(event_type)
    if cls is not None and cls.version != version:
        return BrokenPayload(reason=f"{event_type} in version {version} is not known here")
    try:
        if cls is not None:
            return cls.model_validate_json(data)
        raw = json.loads(data or b"{}")
        _check_plain(raw)
        return UnknownPayload(raw=raw if isinstance(raw, dict) else {"data": raw})
    except (ValidationError, ValueError, RecursionError) as error:
        return BrokenPayload(reason=_short(error))


def _check_plain(value: Any) -> None:
    """Refuses what cannot be written again as JSON: NaN, the infinities, and nesting that only just could be read."""
    level = [value]
    for _ in range(_DEEPEST):
        if any(isinstance(one, float) and not math.isfinite(one) for one in level):
            raise ValueError("holds a number that JSON does not have")
        lists = [list(one.values()) if isinstance(one, dict) else one for one in level if isinstance(one, dict | list)]
        level = [child for children in lists for child in children]
        if not level:
            return
    raise ValueError(f"is nested deeper than {_DEEPEST} levels")


def _short(error: Exception) -> str:
    """Where it is wrong, without the values (they may be personal)."""
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5])
    return f"{type(error).__name__}: {error}"[:500]


def _envelope(attributes: Mapping[str, str]) -> dict[str, Any]:
    if attributes["specversion"] != "1.0":
        raise ValueError(f"specversion {attributes['specversion']!r} is not 1.0")
    source = attributes["source"].rsplit("/", 1)[-1]
    if source not in _SOURCES:
        raise ValueError(f"unknown source {source!r}")
    told = attributes["seq"]
    seq = int(told) if told.isascii() and told.isdigit() and len(told) <= _LONGEST_SEQ else 0
    if not 0 < seq < _MOST_SEQ:
        raise ValueError(f"seq {told[:20]!r} is not a positive number")
    event_id, event_type, subject = attributes["id"], attributes["type"], attributes["subject"]
    cause, traceparent = attributes.get("cause"), attributes.get("traceparent")
    for text in (event_id, event_type, subject, cause, traceparent):
        if text is not None and not 0 < len(text) <= _LONGEST_ID:
            raise ValueError("id, type, subject, cause and traceparent hold 1 to 200 characters")
    schema = attributes.get("dataschema", "").rpartition("/")[2]
    version = int(schema) if schema.isdecimal() else 1
    if not 0 < version < _MOST_VERSION:
        raise ValueError("the schema's version is not a positive number")
    return {
        "id": event_id,
        "type": event_type,
        "complaint_id": subject,
        "source": source,
        "seq": seq,
        "time": to_instant(datetime.fromisoformat(attributes["time"])),
        "version": version,
        "cause": cause,
        "traceparent": traceparent,
    }


def encode_headers(record: Mapping[str, Any]) -> list[tuple[str, bytes]]:
    """The Kafka headers of an event as `pack` made it."""
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", record["id"].encode()),
        ("ce_source", f"/palabra/{record['source']}".encode()),
        ("ce_type", record["type"].encode()),
        ("ce_subject", record["complaint_id"].encode()),
        ("ce_time", record["time"].isoformat(timespec="milliseconds").encode()),
        ("ce_dataschema", f"{record['type']}/{record['version']}".encode()),
        ("ce_seq", str(record["seq"]).encode()),
        ("content-type", b"application/json"),
    ]
    if record.get("cause"):
        headers.append(("ce_cause", record["cause"].encode()))
    if record.get("traceparent"):
        headers.append(("traceparent", record["traceparent"].encode()))
    return headers


def pack(event: AnyEvent) -> dict[str, Any]:
    """The event as a document keeps it: envelope as fields, data as JSON text."""
    match event.data:
        case UnknownPayload():
            data = json.dumps(event.data.raw)
        case BrokenPayload():
            raise ValueError("an event that cannot be read is parked, not packed")
        case _:
            data = event.data.model_dump_json(exclude_none=True)
    return {
        "id": event.id,
        "type": event.type,
        "source": event.source,
        "seq": event.seq,
        "complaint_id": event.complaint_id,
        "time": event.time,
        "version": event.version,
        "cause": event.cause,
        "traceparent": event.traceparent,
        "data": data,
    }


def too_large(data: str) -> bool:
    """Whether an event cannot carry so much."""
    return 4 * len(data) > MOST_BYTES and len(data.encode()) > MOST_BYTES


def unpack(record: Mapping[str, Any]) -> AnyEvent:
    """The event that `pack` packed."""
    fields = ("id", "type", "source", "seq", "complaint_id", "time", "version", "cause", "traceparent")
    return Event(
        data=read_payload(record["type"], record["data"], record["version"]), **{name: record[name] for name in fields}
    )
