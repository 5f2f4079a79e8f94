"""What whoever is told one level up must know, in a few lines, so that nobody asks the customer again. Pure."""

from datetime import datetime

from services.routing.domain.assignment import Assignment


def dossier(case: Assignment, *, now: datetime) -> str:
    """How it stands, with whom, since when, what was answered and promised, and who was told before.

    No word that the customer wrote, and no name of theirs: those stand in the case itself, under the number.
    """
    late = sum(promise.due <= now for promise in case.promises)
    lines = (
        f"{case.number}: {case.kind}, {case.category}, {case.priority} priority, severity {case.severity}",
        f"product {case.product}" if case.product else "",
        f"treatment: {', '.join(case.treatment)}" if case.treatment else "",
        f"with {case.agent or 'nobody'} of {case.team or 'no team'}; runs since {case.started_at:%Y-%m-%d %H:%M}Z",
        f"cycle {case.cycle}: reopened {case.cycle - 1} times" if case.cycle > 1 else "",
        "heard out: answered by a person" if case.answers else "not answered by a person yet",
        f"promises open {len(case.promises)}, of them past due {late}; broken before {len(case.broken)}",
        *(f"told before: level {one.level}, {one.reason}, {one.to or 'nobody above'}" for one in case.escalations[-5:]),
    )
    return "\n".join(line for line in lines if line)
