"""Every metric that a process keeps about itself, with its unit, its labels and the question it answers.

Sum them over processes; the business totals are the metrics service's own. Labels are bounded: never a customer, an
agent or a complaint.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from prometheus_client import Counter, Gauge, Histogram, Info, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]  # they double the series and answer no question of ours

_FAST: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)
_SLOW: Final = (*_FAST, 300.0, 3600.0, 86400.0)

EVENTS: Final = Counter(
    "palabra_events", "Events heard, by what became of them: does the inbox do its work?", ["service", "type", "result"]
)
EVENT_GAPS: Final = Counter(
    "palabra_event_gaps", "Events that came before an earlier one of their source: must stay 0.", ["service"]
)
CONSUMER_LAG: Final = Gauge(
    "palabra_consumer_lag", "Messages ahead of this process: does it keep up?", ["service", "topic", "partition"]
)
EVENT_AGE: Final = Histogram(
    "palabra_event_age_seconds", "From an event's time until it is applied, product clock.", ["service"], buckets=_SLOW
)
TIMER_LATENESS: Final = Histogram(
    "palabra_timer_lateness_seconds", "From a due instant until its tick is saved, product clock.", ["service"],
    buckets=_SLOW,
)  # fmt: skip
TICKS_FAILED: Final = Counter("palabra_ticks_failed", "Ticks that raised: the document is retried later.", ["service"])
SAVES_STALE: Final = Counter(
    "palabra_saves_stale", "Saves that came too late and were decided again: is there contention?", ["service", "by"]
)
OUTBOX_DEPTH: Final = Gauge("palabra_outbox_depth", "Events saved and not yet on the log: is Kafka there?", ["service"])
OUTBOX_OLDEST: Final = Gauge(
    "palabra_outbox_oldest_timestamp_seconds",
    "Since when the oldest of them waits, real time; 0 for none.",
    ["service"],
)
PARKED: Final = Gauge(
    "palabra_events_parked", "Events kept aside: early (a gap), or poison and what waits behind it.",
    ["service", "reason"],
)  # fmt: skip
NOT_EVENTS: Final = Gauge(
    "palabra_messages_kept_aside", "Messages on the log that are no events; their bytes are kept.", ["service"]
)
HTTP_SECONDS: Final = Histogram(
    "palabra_http_request_duration_seconds", "How long requests take, by route template.",
    ["service", "method", "route", "status"], buckets=_FAST,
)  # fmt: skip

BUILD_INFO: Final = Info("palabra_build", "What runs here.")
CLOCK_RATE: Final = Gauge("palabra_clock_rate", "Product seconds per real second; 1 in production.", ["service"])

TRAPS: Final[Mapping[str, str]] = {
    "palabra_events": "Each service counts each event: never sum over services. `repeated` is routine after a crash.",
    "palabra_event_gaps": "Sees a loss only when something later arrives: `palabra audit` sees the rest.",
    "palabra_consumer_lag": "Messages, not time; partitions move between processes.",
    "palabra_event_age_seconds": "An event about the past (a call record) is old when it is said.",
    "palabra_timer_lateness_seconds": "Multiplied by the clock's rate in a demo. After a stop it shows the stop.",
    "palabra_ticks_failed": "Each try counts: one document may fail many times.",
    "palabra_saves_stale": "Routine with replicas; nothing was lost, it was decided again.",
    "palabra_outbox_depth": "Of the whole service, told by whichever process looks: take max over processes, not sum.",
    "palabra_outbox_oldest_timestamp_seconds": "0 means that nothing waits, not 1970.",
    "palabra_events_parked": "`early` heals by itself; `poison` needs a person.",
    "palabra_messages_kept_aside": "Nothing waits behind them.",
    "palabra_http_request_duration_seconds": "Our side alone, without the network; a client that leaves is 499.",
    "palabra_build": "Always 1: the labels are what it says.",
    "palabra_clock_rate": "Above 1 no business time on this installation is real.",
}
"""What each of them is easily taken for."""


def begin(service: str, types: Iterable[str]) -> None:
    """Every series of a process stands at 0 from its start: without a 0 before it, a first event is no increase."""
    for name in (*types, "unknown"):
        for result in ("applied", "repeated", "skipped", "parked"):
            EVENTS.labels(service, name, result)
    for by in ("event", "tick", "command"):
        SAVES_STALE.labels(service, by)
    for metric in (EVENT_GAPS, EVENT_AGE, TIMER_LATENESS, TICKS_FAILED, OUTBOX_DEPTH, OUTBOX_OLDEST, NOT_EVENTS):
        metric.labels(service)
    for reason in ("early", "poison"):
        PARKED.labels(service, reason)
