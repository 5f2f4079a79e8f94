"""One complaint, one trace: from the request at intake over routing and follow-up to metrics, through the log."""

from collections.abc import Iterator

import pytest

from tests.e2e.living import Living, until
from tests.support.spans import Receiver, Span, receiving

pytestmark = [pytest.mark.servers, pytest.mark.e2e]

FORM = {"text": "My parcel never came.", "complainant": {"email": "ana@example.org", "language": "en"}}
CALLER = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")
"""Trace and span of whoever asks, as W3C Trace Context has it."""
CHAIN = (
    ("palabra-intake", "POST /v1/complaints"),
    ("palabra-routing", "routing handles complaint.received"),
    ("palabra-followup", "followup handles complaint.triaged"),
    ("palabra-metrics", "metrics handles complaint.acknowledged"),
)
"""Each is caused by the one before."""


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """All four processes are told where to send their spans."""
    with receiving() as receiver:
        monkeypatch.setenv("PALABRA_OTLP_ENDPOINT", receiver.endpoint)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "200")
        yield receiver


def chain(receiver: Receiver, parent: str) -> list[Span]:
    """The spans from the request to metrics, each found by its parent alone."""
    found: list[Span] = []
    for service, name in CHAIN:
        span = until(lambda: receiver.named(service, name, parent), what=f"{name} under {parent!r}")  # noqa: B023
        found.append(span)
        parent = span.id
    return found


def test_one_trace_leads_from_the_request_to_metrics(receiver: Receiver, living: Living) -> None:
    trace, span = CALLER
    made = living.send("intake", "POST", "/v1/complaints", FORM, traceparent=f"00-{trace}-{span}-01")
    assert made.status_code == 201
    complaint_id = made.json()["id"]
    spans = chain(receiver, span)
    assert {one.trace for one in spans} == {trace}
    assert all(one.seconds > 0 for one in spans)
    living.until_heard()
    # Whoever hears of it is under whoever said it: nothing of this complaint begins a trace of its own.
    mine = [one for one in receiver.spans if one.trace == trace]
    assert {one.parent for one in mine} <= {span, *(one.id for one in mine)}
    answered = living.send(
        "followup", "POST", f"/v1/cases/{complaint_id}/responses",
        {"by": "noa", "channel": "email", "text": "It is on its way."},
    )  # fmt: skip
    assert answered.status_code in (200, 201), answered.text
    said = until(lambda: answered_by(receiver), what="an answer's span without a caller's")
    assert said.trace != trace, "a request without a traceparent begins a trace"
    for service in ("intake", "metrics"):
        heard = f"{service} handles response.sent"
        until(lambda: receiver.named(f"palabra-{service}", heard, said.id), what=heard)  # noqa: B023
    assert receiver.refused == []


def answered_by(receiver: Receiver) -> Span | None:
    """The span of the request that answered the customer."""
    return receiver.named("palabra-followup", "POST /v1/cases/{case_id}/responses", "")
