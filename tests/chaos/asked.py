"""The totals by the journal alone, beside those by the log: what nobody said on the log is missed here.

It knows every complaint, every promise by a person and every result; of which complaints a person answered in the first
cycle; within what bounds promises are kept, broken and withdrawn, and complaints reopened (exactly, where every command
was answered). It cannot know what the system does by itself: its own promises, deadlines, escalations, corrections.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.chaos.commands import effects
from tests.chaos.evidence import Evidence, Finding
from tests.chaos.journal import Entry
from tests.chaos.recount import Totals, firsts, truth, was_within
from tests.chaos.views import by_complaint
from tests.chaos.words import may_stand

Labels = tuple[str, ...]
_EXACT: Final = ("complaints_received_total", "promises_made_total", "complaints_resolved_total")
_FIRST: Final = ("first_response_elapsed_seconds_count", "first_responses_total")
_WITHIN: Final = ("promises_settled_total", "complaints_reopened_total")


@dataclass(frozen=True)
class Bounds:
    """How often at the least and at the most, by labels."""

    least: Counter[Labels] = field(default_factory=Counter)
    most: Counter[Labels] = field(default_factory=Counter)

    def add(self, *labels: str, surely: bool = True) -> None:
        """Once more; perhaps, unless surely."""
        self.most[labels] += 1
        self.least[labels] += surely


def asked(evidence: Evidence) -> dict[str, Bounds]:
    """By total, what the journal knows of it."""
    came = effects(evidence)
    done = {key: one for key, one in evidence.entries.items() if one.accepted is not None or key in came}
    known = {name: Bounds() for name in (*_EXACT, *_FIRST, *_WITHIN)}
    stands = may_stand(evidence)
    for key, entry in done.items():
        body = entry.asking.body
        match entry.asking.kind:
            case "complaint":
                known["complaints_received_total"].add(body["channel"], body["kind"], "http")
            case "promise":
                known["promises_made_total"].add(body["kind"], "person", "false")
                for outcome in stands[key]:
                    known["promises_settled_total"].add(body["kind"], outcome, surely=len(stands[key]) == 1)
            case "resolution":
                known["complaints_resolved_total"].add(body["outcome"])
    _add_answers(known, list(done.values()))
    return known


def _add_answers(known: Mapping[str, Bounds], done: Sequence[Entry]) -> None:
    """A result's words are an answer, too; what a customer says when there is a result may open the complaint again."""
    channels = {one.complaint: one.asking.body["channel"] for one in done if one.asking.kind == "complaint"}
    resolved = {one.complaint for one in done if one.asking.kind == "resolution"}
    for complaint in resolved | {one.complaint for one in done if one.asking.kind == "response"}:
        for name in _FIRST:
            known[name].add(channels[complaint])
    for one in done:
        if one.asking.kind == "message" and one.complaint in resolved:
            known["complaints_reopened_total"].add(surely=False)


def said(evidence: Evidence) -> Totals:
    """The same by the log: what people did, in the first cycle, and each promise where it belongs in the end."""
    true = truth(evidence)
    totals = {name: true[name] for name in _EXACT} | {name: Counter[Labels]() for name in (*_FIRST, *_WITHIN)}
    totals["promises_made_total"] = Counter({k: n for k, n in true["promises_made_total"].items() if "person" in k})
    totals["complaints_reopened_total"][()] = true["complaints_reopened_total"].total()
    for events in by_complaint(evidence).values():
        first, received = firsts(events).get(1), next((one for one in events if one.type == "complaint.received"), None)
        if first is not None and received is not None:
            channel = (received.data["channel"],)
            totals["first_response_elapsed_seconds_count"][channel] += 1
            totals["first_responses_total"][channel] += was_within(events, first) is not None
    settled = totals["promises_settled_total"]
    for (kind, by, outcome), count in true["promises_settled_total"].items():
        settled[kind, outcome] += count * (by == "person")
    for (kind, by, before, after), count in true["promises_corrected_total"].items():
        settled[kind, before] -= count * (by == "person")
        settled[kind, after] += count * (by == "person")
    return totals


def check_asked(evidence: Evidence) -> Iterator[Finding]:
    """What the log says lies within what the journal knows."""
    counted = said(evidence)
    for name, known in asked(evidence).items():
        for labels in sorted({*known.most, *counted[name]}):
            count, least, most = counted[name][labels], known.least[labels], known.most[labels]
            if not least <= count <= most and "open" not in labels:
                yield Finding("metrics", f"{name}{labels}: the log says {count}, the journal {least} to {most}")
