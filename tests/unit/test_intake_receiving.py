"""A complaint comes in: what is needed, what is refused, and where its clocks start."""

import contextlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.api.reading import Malformed, read
from services.intake.domain import Complaint, Order, Told, receive
from services.intake.domain.receiving import Receipt, customer_of
from shared.decision import Decision, Invalid, Refusal
from shared.events.intake import ComplaintReceived

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
ANA = {"name": "Ana", "email": "ana@example.org"}


def told(**fields: Any) -> Told:
    """A complaint with these fields, as it comes over the wire."""
    return read(Told, json.dumps({"text": "late", "complainant": ANA, **fields}, default=str).encode())


def taken(complaint: Told, **order: Any) -> Decision[Complaint]:
    """The decision on it."""
    made = Order(complaint_id="c1", entry_id="e1", number="7K3M-9Q2X", told=complaint, source_system="shop", **order)
    return receive(None, order=made, now=NOW)


def refused(complaint: Told, **order: Any) -> list[str]:
    """The fields named by the refusal."""
    with pytest.raises(Refusal) as refusal:
        taken(complaint, **order)
    return [field for field, _ in refusal.value.errors]


def said(decision: Decision[Complaint]) -> ComplaintReceived:
    """The one event of the decision."""
    (event,) = decision.events
    assert isinstance(event, ComplaintReceived)
    return event


def test_what_was_told_is_said_and_kept_word_for_word() -> None:
    decision = taken(
        told(
            channel="phone",
            kind="treatment",
            subject="rude",
            about=[{"agent": "luis"}],
            signals=["anger"],
            amount_at_stake={"value": "49.90", "currency": "EUR"},
            remedy_sought={"kind": "apology", "words": "say sorry"},
            metadata={"shop": "5"},
            attachments=[{"name": "letter.pdf"}],
        ),
        customer_id="k1",
        contacts_before=2,
    )
    event = said(decision)
    assert (event.text, event.subject, event.channel, event.kind) == ("late", "rude", "phone", "treatment")
    assert str(event.amount_at_stake and event.amount_at_stake.value) == "49.90"
    assert (event.customer_id, event.contacts_before, event.source_system, event.via) == ("k1", 2, "shop", "http")
    assert decision.state.received == event
    assert decision.state.status == "received"
    stored = decision.state.model_dump(mode="python")
    assert Complaint.model_validate(stored).model_dump(mode="python") == stored


def test_the_answer_holds_only_what_never_changes() -> None:
    answer = taken(told()).answer
    assert isinstance(answer, Receipt)
    assert answer.model_dump() == {
        "id": "c1",
        "number": "7K3M-9Q2X",
        "status": "received",
        "received_at": NOW,
        "status_url": "/v1/complaints/c1",
    }


def test_the_timeline_begins_without_personal_data() -> None:
    (entry,) = taken(told()).state.timeline
    assert entry.summary == "Received by other as 7K3M-9Q2X"
    assert "Ana" not in entry.model_dump_json()


def test_defaults_are_channel_other_kind_product_role_customer() -> None:
    event = said(taken(told()))
    assert (event.channel, event.kind, event.complainant.role, event.historical) == (
        "other",
        "product",
        "customer",
        False,
    )


def test_text_subject_or_category_is_needed() -> None:
    assert refused(told(text=None)) == ["text"]
    for field in ("text", "subject", "category"):
        taken(told(**{"text": None, field: "late"}))


@pytest.mark.parametrize("field", ["name", "email", "phone", "external_id"])
def test_one_way_to_reach_or_know_the_complainant_is_enough(field: str) -> None:
    taken(told(complainant={field: "a@example.org" if field == "email" else "600"}))


@pytest.mark.parametrize("person", [{}, {"language": "es"}, {"role": "payer"}])
def test_a_complainant_whom_nobody_knows_is_refused(person: dict[str, Any]) -> None:
    assert refused(told(complainant=person)) == ["complainant"]


def test_an_anonymous_complaint_needs_nobody_and_names_nobody() -> None:
    assert said(taken(told(complainant={"anonymous": True}))).complainant.anonymous
    assert refused(told(complainant={"anonymous": True, "name": "Ana"})) == ["complainant.anonymous"]


def test_only_history_write_says_when_it_was_received() -> None:
    earlier = NOW - timedelta(days=400)
    assert refused(told(received_at=earlier, historical=True)) == ["received_at", "historical"]
    event = said(taken(told(received_at=earlier, historical=True), may_write_history=True))
    assert (event.received_at, event.started_at, event.historical) == (earlier, earlier, True)


def test_times_ahead_of_us_are_refused_but_for_a_clock_that_runs_a_little_fast() -> None:
    ahead = NOW + timedelta(minutes=6)
    ring = {"id": "call-1", "ringing_at": ahead}
    assert refused(told(customer_contacted_at=ahead, contact=ring)) == ["customer_contacted_at", "contact.ringing_at"]
    assert refused(told(received_at=ahead), may_write_history=True) == ["received_at"]
    assert refused(told(occurred_at=NOW + timedelta(days=2))) == ["occurred_at"]
    event = said(taken(told(customer_contacted_at=NOW + timedelta(minutes=4), occurred_at=NOW + timedelta(hours=12))))
    assert event.started_at == NOW


def test_first_told_at_most_thirty_days_back() -> None:
    assert said(taken(told(customer_contacted_at=NOW - timedelta(days=30)))).started_at == NOW - timedelta(days=30)
    assert refused(told(customer_contacted_at=NOW - timedelta(days=31))) == ["customer_contacted_at"]


@given(
    contacted=st.none() | st.timedeltas(timedelta(0), timedelta(days=30)),
    rang=st.none() | st.timedeltas(timedelta(0), timedelta(days=30)),
)
def test_the_clocks_start_at_the_earliest(contacted: timedelta | None, rang: timedelta | None) -> None:
    fields: dict[str, Any] = {}
    if contacted is not None:
        fields["customer_contacted_at"] = NOW - contacted + timedelta(milliseconds=1)
    if rang is not None:
        fields["contact"] = {"id": "call-1", "ringing_at": NOW - rang + timedelta(milliseconds=1)}
    event = said(taken(told(**fields)))
    ring = event.contact.ringing_at if event.contact else NOW
    assert event.started_at == min(NOW, ring, event.customer_contacted_at or NOW)
    assert event.started_at <= event.received_at


def test_the_customer_is_the_one_spoken_for() -> None:
    assert customer_of(told()).name == "Ana"
    assert customer_of(told(on_behalf_of={"name": "Eva"})).name == "Eva"


CALL = b'{"contact": {"id": "1", "ringing_at": "2026-03-01T09:00:00Z", "%s": "2026-03-01T08:00:00Z"}}'
HOSTILE: list[tuple[str, bytes, str]] = [
    ("no object", b"[]", "body"),
    ("nothing", b"", "body"),
    ("no utf-8", b'{"text": "\xff"}', "body"),
    ("lone surrogate", rb'{"text": "\ud800"}', "body"),
    ("twice", b'{"text": "a", "text": "b"}', "text"),
    ("twice inside", b'{"complainant": {"name": "a", "name": "b"}}', "name"),
    ("nested without end", b'{"text":' + b"[" * 5000, "body"),
    ("nul", rb'{"text": "a\u0000b"}', "text"),
    ("empty", b'{"text": ""}', "text"),
    ("blank", b'{"subject": " "}', "subject"),
    ("unknown", b'{"texto": "a"}', "texto"),
    ("unknown inside", b'{"complainant": {"mail": "a"}}', "complainant.mail"),
    ("dollar", b'{"metadata": {"$where": "1"}}', "metadata.$where.[key]"),
    ("dot", b'{"metadata": {"a.b": "1"}}', "metadata.a.b.[key]"),
    ("long value", b'{"metadata": {"a": "' + b"x" * 501 + b'"}}', "metadata.a"),
    ("many", json.dumps({"metadata": {str(n): "" for n in range(21)}}).encode(), "metadata"),
    ("nan", b'{"amount_at_stake": {"value": NaN, "currency": "EUR"}}', "amount_at_stake.value"),
    ("nan text", b'{"amount_at_stake": {"value": "NaN", "currency": "EUR"}}', "amount_at_stake.value"),
    ("infinite", b'{"amount_at_stake": {"value": 1e999, "currency": "EUR"}}', "amount_at_stake.value"),
    ("huge", b'{"amount_at_stake": {"value": ' + b"9" * 5000 + b', "currency": "EUR"}}', "body"),
    ("negative", b'{"amount_at_stake": {"value": -1, "currency": "EUR"}}', "amount_at_stake.value"),
    ("underscores", b'{"amount_at_stake": {"value": "1_0", "currency": "EUR"}}', "amount_at_stake.value"),
    ("naive", b'{"occurred_at": "2026-03-01T09:00:00"}', "occurred_at"),
    ("a number for a time", b'{"occurred_at": 5}', "occurred_at"),
    ("far future", b'{"occurred_at": "9999-12-31T23:59:59-12:00"}', "occurred_at"),
    ("no address", b'{"complainant": {"email": "ana@"}}', "complainant.email"),
    ("no phone", b'{"complainant": {"phone": 34}}', "complainant.phone"),
    ("no country", b'{"complainant": {"phone": "600", "country": 34}}', "complainant.country"),
    ("no zone", b'{"complainant": {"time_zone": "../etc"}}', "complainant.time_zone"),
    ("no person", b'{"complainant": 5}', "complainant"),
    ("about nobody", b'{"about": [{}]}', "about.0"),
    ("answered before it rang", CALL % b"answered_at", "contact"),
    ("ended before it rang", CALL % b"ended_at", "contact"),
    ("too long", json.dumps({"text": "x" * 100_001}).encode(), "text"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "field"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_what_cannot_be_read_names_field_and_reason(body: bytes, field: str) -> None:
    with pytest.raises((Invalid, Malformed)) as refusal:
        read(Told, body)
    assert field in [name for name, _ in refusal.value.errors]
    assert all(reason for _, reason in refusal.value.errors)
    assert refusal.value.status in (400, 422)


def test_a_call_in_its_order_is_taken() -> None:
    times = {"ringing_at": NOW, "answered_at": NOW, "ended_at": NOW, "answered_by": "luis"}
    event = said(taken(told(contact={"id": "call-1", **times})))
    assert event.contact is not None
    assert event.contact.answered_by == "luis"


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_at_all_are_our_fault(body: bytes) -> None:
    with contextlib.suppress(Refusal):
        read(Told, body)
