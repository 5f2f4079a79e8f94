"""The verdict over a run. Pure: evidence in, findings out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Final

from tests.chaos.asked import check_asked
from tests.chaos.commands import check_commands
from tests.chaos.evidence import Evidence, Finding
from tests.chaos.ledger import check_audit, check_gaps, check_identity, check_logs, check_marks, check_order, check_seqs
from tests.chaos.recount import check_metrics
from tests.chaos.views import check_places, check_views
from tests.chaos.words import check_words_kept

_CHECKS: Final = (
    check_order, check_identity, check_seqs, check_marks, check_gaps, check_logs, check_audit, check_commands,
    check_views, check_places, check_metrics, check_asked, check_words_kept,
)  # fmt: skip


def check(evidence: Evidence) -> list[Finding]:
    """Everything that must not be; empty when all is well."""
    return [*evidence.seen, *chain.from_iterable(look(evidence) for look in _CHECKS)]


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
