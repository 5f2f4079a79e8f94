"""A receiver of OpenTelemetry traces (OTLP over HTTP, protobuf), and the spans that it was sent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


class Span(NamedTuple):
    """One span as it came over the wire. `parent` is empty for the first of a trace."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    seconds: float


@dataclass
class Receiver:
    """What came so far."""

    endpoint: str
    spans: list[Span] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def named(self, service: str, name: str, parent: str) -> Span | None:
        """The span of that service and name under that parent, once it has come."""
        fitting = (span for span in self.spans if (span.service, span.name, span.parent) == (service, name, parent))
        return next(fitting, None)

    def take(self, content_type: str, body: bytes) -> None:
        """What one request held."""
        if content_type != "application/x-protobuf":
            self.refused.append(content_type)
            return
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            told = {pair.key: pair.value.string_value for pair in resource.resource.attributes}
            for scope in resource.scope_spans:
                for span in scope.spans:
                    ids = (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex())
                    took = (span.end_time_unix_nano - span.start_time_unix_nano) / 1e9
                    self.spans.append(Span(told["service.name"], span.name, *ids, took))


@contextmanager
def receiving() -> Iterator[Receiver]:
    """It listens inside the block, on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.take(self.headers["Content-Type"], body)
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the class above has it
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_port}/v1/traces")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
