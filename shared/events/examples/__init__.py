"""One example of every event and reference datum: the complaint of Ana Ruiz, charged twice. Nothing in it is real."""

from typing import Final

from shared.events import Event, Payload
from shared.events.examples import followup, intake, promises, reference, routing
from shared.events.examples.story import COMPLAINT, NINE
from shared.events.reference import ReferenceKind

EXAMPLES: Final[dict[str, Payload]] = {
    one.type: one for one in (*intake.EXAMPLES, *routing.EXAMPLES, *followup.EXAMPLES, *promises.EXAMPLES)
}
"""By event type."""

REFERENCE_EXAMPLES: Final[dict[ReferenceKind, tuple[str, reference.Datum]]] = reference.EXAMPLES
"""By kind: the id, and the datum."""


def example_event(event_type: str) -> Event[Payload]:
    """The example of that type in its envelope."""
    payload = EXAMPLES[event_type]
    return Event(
        id="019cadc6-9bad-7f00-8d2e-5b1c90aa41d7",
        type=payload.type,
        source=payload.source,
        seq=1,
        complaint_id=COMPLAINT,
        time=NINE,
        data=payload,
        version=payload.version,
        cause="019cadc6-9a81-7b12-b7f0-aa42f1c06e55",
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    )


__all__ = ["EXAMPLES", "REFERENCE_EXAMPLES", "example_event"]
