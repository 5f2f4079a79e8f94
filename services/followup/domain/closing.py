"""The end of a case: closed with what the customer said, or with their silence."""

from datetime import datetime

from services.followup.domain.case import Case
from services.followup.domain.parts import evolve
from services.followup.domain.saying import say
from shared.decision import Decision
from shared.events.followup import ComplaintClosed
from shared.events.values import AgentId
from shared.events.vocabulary import Verification


def said_by_customer(case: Case) -> Verification:
    """What the customer's answer makes of the case; silence is `unverified`, and never satisfaction."""
    if case.verified is None:
        return "unverified"
    return "verified" if case.verified.answer == "yes" else "declined"


def close(case: Case, *, at: datetime, now: datetime, by: AgentId | None = None) -> Decision[Case]:
    """It is over from `at` on. The caller has made sure that nothing promised is open."""
    verification = said_by_customer(case)
    case = evolve(case, status="closed", verification=verification, closed_at=at, close_at=None)
    return say(case, ComplaintClosed(by=by, verification=verification), now=now)


def closes_by_itself_at(case: Case) -> datetime | None:
    """As `may_close_at`; not where others go on inside: whether their promises are open, this document does not say."""
    return None if case.steps.absorbed else may_close_at(case)


def may_close_at(case: Case) -> datetime | None:
    """When a resolved case closes without anybody's word; never while a promise is open, never for history.

    Where one was still open when the policy's days were over, it is when the last of them was settled.
    """
    if case.status != "resolved" or case.open_promises or case.historical or case.close_at is None:
        return None
    return max([case.close_at, *(entry.settled_at for entry in case.promises if entry.settled_at is not None)])
