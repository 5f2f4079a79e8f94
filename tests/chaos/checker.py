"""The verdict over a run. Pure: evidence in, findings out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Final

from tests.chaos.commands import check_commands
from tests.chaos.evidence import Evidence, Finding
from tests.chaos.journal import Entry
from tests.chaos.ledger import check_audit, check_gaps, check_identity, check_logs, check_marks, check_order, check_seqs
from tests.chaos.recount import check_metrics
from tests.chaos.views import by_complaint, check_places, check_views, standings

_CHECKS: Final = (
    check_order, check_identity, check_seqs, check_marks, check_gaps, check_logs, check_audit, check_commands,
    check_views, check_places, check_metrics,
)  # fmt: skip


def check(evidence: Evidence) -> list[Finding]:
    """Everything that must not be; empty when all is well."""
    return [*evidence.seen, *chain.from_iterable(look(evidence) for look in _CHECKS), *check_words_kept(evidence)]


def check_words_kept(evidence: Evidence) -> list[Finding]:
    """What the journal knows of each promise against how it stands: kept if we were told so, else broken in the end."""
    stands: dict[str, str] = {}
    for events in by_complaint(evidence).values():
        stands |= standings(events)
    tried: dict[str, list[Entry]] = {}
    for entry in evidence.entries.values():
        if entry.asking.promise is not None:
            tried.setdefault(entry.asking.promise, []).append(entry)
    withdrawn = {
        entry.complaint
        for entry in evidence.entries.values()
        if entry.asking.kind == "withdrawal" and not entry.refused
    }
    findings = []
    for entry in evidence.entries.values():
        if entry.asking.kind != "promise" or entry.accepted is None:
            continue
        promise = str(entry.accepted.body["id"])
        may = _may_stand(tried.get(promise, []), withdrawn=entry.complaint in withdrawn)
        if promise in stands and stands[promise] not in may:
            words = f"promise {entry.asking.key} of {entry.complaint} stands as {stands[promise]}, not {sorted(may)}"
            findings.append(Finding("lost", words))
    return findings


def _may_stand(tried: Sequence[Entry], *, withdrawn: bool) -> set[str]:
    told = {str(entry.accepted.body["status"]) for entry in tried if entry.accepted is not None}
    if told:
        return {"kept"} if "kept" in told else {"broken"}
    open_ends = any(not entry.refused for entry in tried)
    return {"broken", *(["kept"] if open_ends else []), *(["withdrawn"] if withdrawn else [])}


def line(evidence: Evidence, findings: Sequence[Finding], kills: Mapping[str, int], **more: Any) -> dict[str, Any]:
    """The last line on stdout, as the API's contract has it; further keys come behind."""
    counts = Counter(finding.fault for finding in findings)
    accepted = sum(entry.accepted is not None for entry in evidence.entries.values())
    return {
        "accepted": accepted,
        **{name: counts[name] for name in ("lost", "twice", "out_of_order", "gaps")},
        "kills": dict(kills),
        "metrics_equal_truth": not counts["metrics"],
        "places": counts["places"],
        "faults": counts["faults"],
        "audit_missing": evidence.missing,
        **more,
    }
