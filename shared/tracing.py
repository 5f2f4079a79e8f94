"""Traces from the first request to the last consumer, through Kafka headers, when an OTLP endpoint is given.

Source: W3C Trace Context (`traceparent`), OpenTelemetry. Without `PALABRA_OTLP_ENDPOINT` nothing is recorded, and a
`traceparent` that a caller sent is only passed on.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Self

from shared.events import Event

if TYPE_CHECKING:
    from opentelemetry.trace import Span

_TRACEPARENT: Final = re.compile(r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")

_tracer: Any = None
_provider: Any = None


def configure(service: str, endpoint: str | None) -> None:
    """Spans of this process are sent to `endpoint` (OTLP over HTTP, such as http://localhost:4318/v1/traces)."""
    global _tracer, _provider  # noqa: PLW0603 - one process, one tracer
    if endpoint is None:
        _tracer = _provider = None
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    _provider = TracerProvider(resource=Resource.create({"service.name": f"palabra-{service}"}))
    _provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint, timeout=5)))
    _tracer = _provider.get_tracer("palabra")


def close() -> None:
    """What was recorded is sent, as far as the endpoint answers."""
    if _provider is not None:
        _provider.shutdown()


@contextmanager
def request(name: str, traceparent: str | None) -> Iterator["Span | None"]:
    """A request under way, as a child of the caller's span."""
    if _tracer is None:
        yield None
        return
    from opentelemetry.trace import SpanKind

    with _tracer.start_as_current_span(name, context=_parent(traceparent), kind=SpanKind.SERVER) as span:
        yield span


def traceparent_of_request(sent: str | None) -> str | None:
    """What events of the request under way carry: its own span's, else what the caller sent."""
    good = sent if sent is not None and _TRACEPARENT.match(sent) else None
    if _tracer is None:
        return good
    from opentelemetry.trace import get_current_span

    return _text(get_current_span()) or good


@dataclass
class Handling:
    """Spans for the events of a batch, each a child of whoever said it; all end when the batch is taken."""

    service: str
    _spans: list["Span"] = field(default_factory=list)

    def __enter__(self) -> Self:
        """A batch begins."""
        return self

    def __exit__(self, *_: object) -> None:
        """It is taken, or will be tried again."""
        for span in self._spans:
            span.end()

    def traced(self, event: Event[Any]) -> Event[Any]:
        """The event, with the span under which it is handled here; what is said because of it carries that on."""
        if _tracer is None:
            return event
        from opentelemetry.trace import SpanKind

        attributes = {"palabra.complaint_id": event.complaint_id, "palabra.event_id": event.id}
        span = _tracer.start_span(
            f"{self.service} handles {event.type}",
            context=_parent(event.traceparent),
            kind=SpanKind.CONSUMER,
            attributes=attributes,
        )
        self._spans.append(span)
        return replace(event, traceparent=_text(span) or event.traceparent)


def _parent(traceparent: str | None) -> Any:
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({"traceparent": traceparent} if traceparent else {})


def _text(span: "Span") -> str | None:
    from opentelemetry.trace import format_span_id, format_trace_id

    context = span.get_span_context()
    if not context.is_valid:
        return None
    return f"00-{format_trace_id(context.trace_id)}-{format_span_id(context.span_id)}-{context.trace_flags:02x}"
