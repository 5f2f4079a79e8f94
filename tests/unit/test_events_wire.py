"""Events on the wire: what goes out comes back, and nothing that comes in is ever an exception."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events import PAYLOADS, Event, Payload, UnknownPayload
from shared.events.cloudevents import NotAnEvent, decode, encode_headers, pack, unpack
from shared.events.envelope import BrokenPayload
from shared.events.examples import EXAMPLES, example_event
from tests.support.log import message

STRUCTURED = [("content-type", b"application/cloudevents+json")]
RESOLVED = example_event("complaint.resolved")

Headers = list[tuple[str, bytes]]


def headers(**changes: bytes | None) -> Headers:
    """Headers of an event in binary mode, some changed or, with None, left out."""
    merged: dict[str, bytes | None] = {**dict(encode_headers(pack(RESOLVED))), **changes}
    return [(name, text) for name, text in merged.items() if text is not None]


def told(value: bytes | None = None, key: bytes | None = None, **changes: bytes | None) -> Event[Any] | NotAnEvent:
    """That message, read."""
    own_key, own_value, _ = message(RESOLVED)
    return decode(own_key if key is None else key, headers(**changes), own_value if value is None else value)


def structured(**changes: Any) -> Event[Any] | NotAnEvent:
    """The same event in structured mode, some attributes changed."""
    text = json.dumps({**whole(RESOLVED), **changes})
    return decode(RESOLVED.complaint_id.encode(), STRUCTURED, text.encode())


def whole(event: Event[Any]) -> dict[str, Any]:
    """An event as one JSON object."""
    record = pack(event)
    attributes = {name.removeprefix("ce_"): text.decode() for name, text in encode_headers(record)}
    attributes["datacontenttype"] = attributes.pop("content-type")
    return {**attributes, "data": json.loads(record["data"])}


def broken(read: Event[Any] | NotAnEvent) -> str:
    """The reason why its data could not be read."""
    assert isinstance(read, Event)
    assert isinstance(read.data, BrokenPayload)
    return read.data.reason


@pytest.mark.parametrize("event_type", PAYLOADS)
def test_every_event_comes_back_as_it_was_said(event_type: str) -> None:
    event = example_event(event_type)
    key, value, sent = message(event)
    assert decode(key, sent, value) == event
    assert unpack(pack(event)) == event
    assert decode(key, STRUCTURED, json.dumps(whole(event)).encode()) == event


def test_what_has_no_value_is_left_out() -> None:
    for example in EXAMPLES.values():
        assert b"null" not in message(example_event(example.type))[1]


def test_an_unknown_type_comes_with_its_data_untouched() -> None:
    read = told(b'{"colour": "blue", "list": [1, 2.5, null]}', ce_type=b"parcel.lost")
    assert isinstance(read, Event)
    assert read.data == UnknownPayload(raw={"colour": "blue", "list": [1, 2.5, None]})
    assert unpack(pack(read)) == read


def test_fields_that_are_not_known_are_ignored() -> None:
    value = json.dumps({**json.loads(message(RESOLVED)[1]), "mood": {"of": ["the", "day"]}}).encode()
    read = told(value)
    assert isinstance(read, Event)
    assert read.data == RESOLVED.data


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("ce_specversion", None, "specversion"),
        ("ce_specversion", b"0.3", "0.3"),
        ("ce_id", None, "id"),
        ("ce_id", b"", "1 to 200"),
        ("ce_id", b"x" * 201, "1 to 200"),
        ("ce_id", b"\xff\xfe", "UnicodeDecodeError"),
        ("ce_cause", b"x" * 201, "1 to 200"),
        ("ce_source", None, "source"),
        ("ce_source", b"/palabra/billing", "unknown source 'billing'"),
        ("ce_type", None, "type"),
        ("ce_subject", None, "subject"),
        ("ce_seq", None, "seq"),
        ("ce_seq", b"0", "positive"),
        ("ce_seq", b"-1", "positive"),
        ("ce_seq", b"many", "is not a positive number"),
        ("ce_seq", b"9007199254740992", "positive"),
        ("ce_seq", b"9" * 5000, "ValueError"),
        ("ce_time", None, "time"),
        ("ce_time", b"2026-03-02T09:00:00", "no offset"),
        ("ce_time", b"2026-03-02", "no offset"),
        ("ce_time", b"yesterday", "isoformat"),
        ("ce_time", b"9999-12-31T23:59:59Z", "outside the years"),
        ("ce_time", b"0001-01-01T00:00:00+14:00", "outside the years"),
        ("ce_dataschema", b"complaint.resolved/0", "version"),
        ("ce_dataschema", b"complaint.resolved/" + b"9" * 40, "version"),
    ],
)
def test_without_a_readable_envelope_it_is_no_event(name: str, content: bytes | None, words: str) -> None:
    read = told(**{name: content})
    assert isinstance(read, NotAnEvent)
    assert words in read.reason


def test_the_key_is_the_complaint_id() -> None:
    assert told(key=b"another") == NotAnEvent("the key is not the complaint id")
    assert isinstance(told(key=b"\xff"), NotAnEvent)
    assert isinstance(decode(None, headers(), b"{}"), NotAnEvent)


def test_what_another_service_must_say_is_broken() -> None:
    assert "not said by intake" in broken(told(ce_source=b"/palabra/intake"))


def test_a_version_that_is_not_known_is_broken_and_not_guessed_at() -> None:
    assert broken(told(ce_dataschema=b"complaint.resolved/2")) == "complaint.resolved in version 2 is not known here"
    without = told(ce_dataschema=None)
    assert isinstance(without, Event)
    assert without == RESOLVED


@pytest.mark.parametrize("value", [b"", b"[]", b"null", b"7", b'"text"', b"{", b"\xff", b"{}", b"[" * 100_000])
def test_data_that_its_type_cannot_be_read_from_is_broken(value: bytes) -> None:
    assert broken(told(value))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_is_none_is_broken(number: str) -> None:
    value = json.dumps({**json.loads(message(RESOLVED)[1]), "elapsed_seconds": 0}).replace(": 0", f": {number}")
    assert "elapsed_seconds" in broken(told(value.encode()))
    unknown = f'{{"deep": [{{"figure": {number}}}]}}'.encode()
    assert broken(told(unknown, ce_type=b"parcel.lost"))
    assert broken(structured(type="parcel.lost", data={"figure": float(number)}))


@pytest.mark.parametrize("depth", [101, *range(880, 1000, 7), 100_000])
def test_deep_nesting_is_broken_however_little_stack_is_left(depth: int) -> None:
    nested = b'{"a":' * depth + b"1" + b"}" * depth
    assert broken(told(nested, ce_type=b"parcel.lost"))
    value = json.dumps({**whole(RESOLVED), "type": "parcel.lost", "data": 0})[:-2].encode() + nested + b"}"
    read = decode(RESOLVED.complaint_id.encode(), STRUCTURED, value)
    assert isinstance(read, NotAnEvent) or broken(read)


def test_a_reason_never_holds_what_the_customer_said() -> None:
    said = {**json.loads(message(RESOLVED)[1]), "outcome": "Ana Ruiz", "remedy_given": {"kind": "+34600000001"}}
    reason = broken(told(json.dumps(said).encode()))
    assert "outcome" in reason
    assert "remedy_given.kind" in reason
    assert "Ana" not in reason
    assert "346" not in reason


def test_structured_mode_reads_numbers_as_text_and_null_as_absent() -> None:
    read = structured(seq=7, cause=None)
    assert isinstance(read, Event)
    assert (read.seq, read.cause) == (7, None)


def test_structured_mode_reads_data_in_base64() -> None:
    said = whole(RESOLVED)
    encoded = base64.b64encode(json.dumps(said.pop("data")).encode()).decode()
    read = decode(RESOLVED.complaint_id.encode(), STRUCTURED, json.dumps({**said, "data_base64": encoded}).encode())
    assert read == RESOLVED
    said["data_base64"] = "not base64!"
    assert isinstance(decode(b"c", STRUCTURED, json.dumps(said).encode()), NotAnEvent)


@pytest.mark.parametrize("value", [b"", b"[]", b"null", b"\xff", b"{}", b'{"specversion": "1.0"}', b"[" * 100_000])
def test_structured_mode_without_an_event_in_it_is_none(value: bytes) -> None:
    assert isinstance(decode(b"c", STRUCTURED, value), NotAnEvent)


def test_half_a_surrogate_pair_never_gets_into_an_envelope() -> None:
    assert isinstance(structured(id="\ud800"), NotAnEvent)
    assert isinstance(structured(cause="\udfff"), NotAnEvent)
    assert broken(structured(data={"text": "\ud800"}))


names = st.sampled_from([name for name, _ in headers()]) | st.text(max_size=20)
values = st.none() | st.binary(max_size=300) | st.sampled_from([message(RESOLVED)[1], b"{}", b"null", b"NaN"])


@given(key=st.none() | st.binary(max_size=50), said=st.lists(st.tuples(names, st.binary(max_size=60))), value=values)
def test_random_messages_are_no_events(key: bytes | None, said: Headers, value: bytes | None) -> None:
    assert isinstance(decode(key, said, value), NotAnEvent | Event)
    assert isinstance(decode(key, STRUCTURED, value), NotAnEvent | Event)


@given(name=names, content=st.binary(max_size=60), value=values)
def test_one_random_header_or_value_is_never_an_exception(name: str, content: bytes, value: bytes | None) -> None:
    read = decode(RESOLVED.complaint_id.encode(), [*headers(), (name, content)], value)
    if isinstance(read, Event) and not isinstance(read.data, BrokenPayload):
        assert unpack(pack(read)) == read


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(event_type=st.sampled_from(list(PAYLOADS)), fields=st.dictionaries(st.integers(0, 40), json_values, max_size=5))
def test_random_data_is_read_or_broken(event_type: str, fields: dict[int, Any]) -> None:
    event = example_event(event_type)
    known = list(PAYLOADS[event_type].model_fields)
    changed = {known[place % len(known)]: value for place, value in fields.items()}
    value = json.dumps({**json.loads(pack(event)["data"]), **changed}).encode()
    read = decode(event.complaint_id.encode(), encode_headers(pack(event)), value)
    assert isinstance(read, Event)
    assert isinstance(read.data, Payload | BrokenPayload)
    if isinstance(read.data, Payload):
        assert unpack(pack(read)) == read
