"""The lifecycle of a complaint as events: one class per type, grouped by who says it."""

from typing import Final

from shared.events import followup, intake, promises, routing, steps
from shared.events.envelope import Event, Payload, UnknownPayload

_GROUPS = (intake.IntakePayload, routing.RoutingPayload, followup.FollowupPayload)


def _leaves(group: type[Payload]) -> list[type[Payload]]:
    found: list[type[Payload]] = []
    for cls in group.__subclasses__():
        found += [cls] if "type" in vars(cls) else _leaves(cls)
    return found


PAYLOADS: Final[dict[str, type[Payload]]] = {cls.type: cls for group in _GROUPS for cls in _leaves(group)}
"""Every event type this build knows, in the order of a complaint's life."""

__all__ = ["PAYLOADS", "Event", "Payload", "UnknownPayload", "followup", "intake", "promises", "routing", "steps"]
