"""The totals again, counted anew from the log, beside what metrics shows."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.chaos.evidence import Evidence, Finding, Said, Samples
from tests.chaos.views import by_complaint, standings

Totals = dict[str, Counter[tuple[str, ...]]]

LABELS: Final[Mapping[str, tuple[str, ...]]] = {
    "complaints_received_total": ("channel", "kind", "via"),
    "first_response_elapsed_seconds_count": ("channel",),
    "first_responses_total": ("channel", "within_target"),
    "promises_made_total": ("kind", "said_by", "override"),
    "promises_settled_total": ("kind", "said_by", "outcome"),
    "promises_corrected_total": ("kind", "said_by", "from", "to"),
    "complaints_resolved_total": ("outcome",),
    "complaints_reopened_total": ("reason",),
    "escalations_total": ("level", "reason"),
    "deadlines_overdue_total": ("clock", "channel"),
}
_TARGETS: Final = ("complaint.triaged", "complaint.assigned")
_OUTCOMES: Final = {
    "promise.kept": "kept", "promise.broken": "broken", "promise.attempted": "attempted",
    "promise.withdrawn": "withdrawn",
}  # fmt: skip


def truth(evidence: Evidence) -> Totals:
    """Every total, by its labels, from the events alone."""
    totals: Totals = {name: Counter() for name in LABELS}
    for events in by_complaint(evidence).values():
        received = next((said for said in events if said.type == "complaint.received"), None)
        if received is None:
            continue
        channel = str(received.data["channel"])
        totals["complaints_received_total"][channel, received.data["kind"], received.data["via"]] += 1
        _count_first(totals, channel, events)
        for said in events:
            _count(totals, channel, said)
    return totals


def _count_first(totals: Totals, channel: str, events: list[Said]) -> None:
    """In each cycle the first word by a person to the customer, if there is one, and whether that was in time."""
    for first in firsts(events).values():
        totals["first_response_elapsed_seconds_count"][(channel,)] += 1
        if (within := was_within(events, first)) is not None:
            totals["first_responses_total"][channel, str(within).lower()] += 1


def was_within(events: list[Said], first: Said) -> bool | None:
    """Whether the answer was in time; None where its cycle has no target."""
    within: bool | None = first.data.get("within_target")
    if within is None and (due := _target(events, first)) is not None:
        return bool(first.data["occurred_at"] <= due)
    return within


def _target(events: list[Said], first: Said) -> str | None:
    """The target of an answer whose author did not know it: what routing had said of its cycle before, on the log.

    In the first cycle an answer waits for the target; in a later one it is counted without.
    """
    cycle = first.data["cycle"]
    told: list[tuple[int, str]] = sorted(
        (each.offset, due)
        for each in events
        if each.type in _TARGETS and each.data.get("cycle", 1) == cycle
        if (due := each.data["deadlines"].get("first_response")) is not None
    )
    before = [due for offset, due in told if offset < first.offset]
    return before[-1] if before else told[0][1] if told and cycle == 1 else None


def firsts(events: list[Said]) -> dict[int, Said]:
    """By cycle, the first answer that counts."""
    found: dict[int, Said] = {}
    for said in (each for each in events if each.type == "response.sent"):
        data = said.data
        if not data["automatic"] and data["to"] == "customer" and data.get("elapsed_seconds") is not None:
            found.setdefault(data["cycle"], said)
    return found


def _count(totals: Totals, channel: str, said: Said) -> None:
    data: Mapping[str, Any] = said.data
    promise = data.get("promise") or {}
    kind = (promise.get("kind", ""), promise.get("said_by", ""))
    match said.type:
        case "promise.made":
            overridden = data.get("overridden") or promise.get("override_reason") is not None
            totals["promises_made_total"][*kind, str(bool(overridden)).lower()] += 1
        case "promise.kept" | "promise.broken" | "promise.attempted" | "promise.withdrawn":
            totals["promises_settled_total"][*kind, _OUTCOMES[said.type]] += 1
        case "promise.corrected" if data["from_status"] != data["to_status"]:
            totals["promises_corrected_total"][*kind, data["from_status"], data["to_status"]] += 1
        case "complaint.resolved":
            totals["complaints_resolved_total"][(data["outcome"],)] += 1
        case "complaint.reopened":
            totals["complaints_reopened_total"][(data["reason"],)] += 1
        case "complaint.escalated":
            totals["escalations_total"][str(data["level"]), data["reason"]] += 1
        case "deadline.overdue":
            totals["deadlines_overdue_total"][data["clock"], channel] += 1


def shown(samples: Samples) -> Totals:
    """The same totals as a replica shows them, without those that are nought."""
    totals: Totals = {name: Counter() for name in LABELS}
    for (name, labels), value in samples.items():
        short = name.removeprefix("palabra_")
        if short in LABELS and value:
            told = dict(labels)
            totals[short][tuple(told[label] for label in LABELS[short])] += round(value)
    return totals


def check_metrics(evidence: Evidence) -> Iterator[Finding]:
    """Every replica of metrics shows the truth, to the unit; so do its reports."""
    true = truth(evidence)
    for number, samples in enumerate(evidence.samples):
        totals = shown(samples)
        for name in LABELS:
            for labels in sorted({*true[name], *totals[name]}):
                if true[name][labels] != totals[name][labels]:
                    figures = f"{totals[name][labels]}, counted {true[name][labels]}"
                    yield Finding("metrics", f"metrics-{number} shows {name}{labels}: {figures}")
    yield from _check_reports(evidence)


def _check_reports(evidence: Evidence) -> Iterator[Finding]:
    for name, figures in reported(evidence).items():
        for figure, true in figures.items():
            told = evidence.reports.get(name, {}).get(figure)
            if told != true:
                yield Finding("metrics", f"the report on {name} says {figure} {told}, counted {true}")


def reported(evidence: Evidence) -> dict[str, dict[str, int]]:
    """The figures of the reports, counted anew."""
    lives = by_complaint(evidence)
    how = Counter(standing for events in lives.values() for standing in standings(events).values())
    types = [Counter(said.type for said in events) for events in lives.values()]
    names = ("kept", "broken", "attempted", "withdrawn", "open")
    return {
        "promises": {"due": how.total(), **{name: how[name] for name in names}},
        "complaints": {
            "received": sum(counted["complaint.received"] for counted in types),
            "answered": sum(1 in firsts(events) for events in lives.values()),
            "resolved": sum(counted["complaint.resolved"] > 0 for counted in types),
        },
    }
