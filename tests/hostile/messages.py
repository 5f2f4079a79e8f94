"""Hostile messages for the log: bytes at random, envelopes that lie, and every type's example with its data spoilt."""

import json
import random
from collections.abc import Iterator
from typing import Any, Final

from shared.events.cloudevents import encode_headers, pack
from shared.events.examples import EXAMPLES, example_event
from shared.kafka import Message

SEED: Final = 20260302

DEEP: Final = b"[" * 50_000 + b"]" * 50_000
SPOILT: Final[dict[str, Any]] = {
    "null": None,
    "a list": [[[]]],
    "an object": {"$where": "sleep(1000)", "a.b": {"$gt": ""}, "": 1},
    "NUL": "a\0b",
    "half a pair": "\ud800",
    "long": "x" * 200_000,
    "beyond 64 bits": 2**70,
    "beyond 63 bits": 2**63,
    "negative": -(2**62),
    "a fraction": 1.5e300,
    "empty": "",
    "a dollar": "$ne",
    "a dotted dollar": "a.$[].b",
    "true": True,
    "long ago": "0001-01-01T00:00:00Z",
    "far ahead": "9999-12-31T23:59:59.999+00:00",
    "no zone": "2026-03-02T10:00:00",
    "last year": "2199-12-31T23:59:59Z",
    "first year": "1901-01-01T00:00:00Z",
}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands inside a JSON value."""
    if path:
        yield path
    children: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, child in children:
        yield from places(child, (*path, name))


def with_value(whole: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The whole with another value in that place."""
    made = json.loads(json.dumps(whole))
    at = made
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value
    return made


def said(event_type: str, data: bytes | None, complaint_id: str, **envelope: Any) -> Message:
    """That data, in an envelope of its type."""
    packed = pack(example_event(event_type)) | {"complaint_id": complaint_id} | envelope
    return complaint_id.encode(), data, encode_headers(packed)  # type: ignore[return-value]


def spoilt_data(dice: random.Random, each: int) -> Iterator[tuple[str, bytes]]:
    """Of every type, `each` of its fields with something else in them; and the data as a whole."""
    for event_type, payload in EXAMPLES.items():
        whole = json.loads(payload.model_dump_json(exclude_none=True))
        found = [(path, name) for path in places(whole) for name in SPOILT]
        for path, name in dice.sample(found, min(each, len(found))):
            yield event_type, json.dumps(with_value(whole, path, SPOILT[name])).encode()
        yield event_type, json.dumps({**whole, "$set": {"a.b": 1}, "x\0y": 1, "": 2**80}).encode()
        yield event_type, b'{"a": 1, "a": NaN, "b": -Infinity}'
        yield event_type, b"\xff\xfe" + bytes(dice.randbytes(50))
        yield event_type, b""


def large(event_type: str, field: str, size: int) -> bytes:
    """An example with so much in one field that is a text."""
    whole = json.loads(EXAMPLES[event_type].model_dump_json(exclude_none=True))
    return json.dumps({**whole, field: "ñ" * (size // 2)}, ensure_ascii=False).encode()


_NO_TEXT: Final = (b"", b"\xff", b"9" * 5000)


def no_events(dice: random.Random, count: int) -> Iterator[Message]:
    """Messages that are none: bytes at random, and envelopes of which one attribute lies."""
    for _ in range(count):
        names = [dice.choice(["ce_id", "ce_seq", "ce_type", "content-type", "traceparent", "\0", "$", "a.b"])
                 for _ in range(dice.randint(0, 5))]  # fmt: skip
        headers = [(name, dice.randbytes(dice.randint(0, 40))) for name in names]
        yield dice.randbytes(dice.randint(0, 30)), dice.randbytes(dice.randint(0, 3000)), headers
    good = dict(said("complaint.withdrawn", b"{}", "liar")[2])
    for name in good:
        if name in ("ce_dataschema", "content-type"):
            continue
        for content in (
            b"",
            b"\xff",
            b"\0",
            b"9" * 5000,
            b"-1",
            b"1e9",
            "٣".encode(),
            b"NaN",
            b"/palabra/nobody",
            b"{",
        ):
            lying = {**good, name: content}
            # These take any short text.
            if name in ("ce_subject", "ce_id", "ce_type", "ce_cause", "traceparent") and content not in _NO_TEXT:
                continue
            yield b"liar", b"{}", list(lying.items())
    yield b"another", b"{}", list(good.items())
    structured = [("content-type", b"application/cloudevents+json")]
    for value in (b"", b"[]", b"null", b"{}", DEEP, b'{"specversion": 1.0}', b'{"specversion": "1.0", "id": "\\ud800"}',
                  b'{"data_base64": "!"}', b"NaN", b'"' * 10):  # fmt: skip
        yield b"liar", value, structured
