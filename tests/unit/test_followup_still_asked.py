"""What the customer says when asked whether it is solved: who may say it for them, and until when a "no" is heard."""

from datetime import timedelta
from typing import Any

import pytest

from services.followup.domain.links import IssueLink, Token, issue, through, usable
from services.followup.domain.refusals import Conflict, NotVerified
from services.followup.domain.resolution import Verify, verify_by_link
from services.followup.pages import Page
from services.followup.texts import load_texts
from shared.events.values import Evidence
from tests.unit.followup_life import DAY, MONDAY, Life, begun
from tests.unit.test_followup_endings import closed, resolved, verified


def silent() -> Life:
    """Closed after the policy's days without a word of the customer."""
    life = resolved()
    life.do(issue, IssueLink(by="ana", sha256="x", purpose="verification"))
    life.at(MONDAY + 8 * DAY).tick()
    assert (life.case.status, life.case.verification) == ("closed", "unverified")
    return life


def test_a_no_after_closing_by_silence_begins_again() -> None:
    life = silent()
    verified(life, "no", via="link", by=None, comment="It leaks")
    assert life.types()[-2:] == ["complaint.verified", "complaint.reopened"]
    assert life.last("complaint.reopened").reason == "not_solved"
    assert (life.case.status, life.case.cycle.number) == ("in_progress", 2)


@pytest.mark.parametrize("answer", ["yes", "declined"])
def test_anything_else_comes_too_late(answer: str) -> None:
    with pytest.raises(Conflict):
        verified(silent(), answer)


def test_closed_with_the_customers_word_it_is_not_asked_again() -> None:
    life = resolved()
    verified(life)
    closed(life)
    with pytest.raises(Conflict):
        verified(life, "no")


def test_the_link_works_on_as_long_as_it_lives() -> None:
    life = silent()
    assert usable(life.case, "x", life.now)
    assert usable(life.case, "x", life.now + timedelta(days=30)) is None


def test_its_page_asks_for_nothing_but_the_no() -> None:
    shown = Page(silent().case, load_texts(), "UTC").form("verification")
    assert 'value="no"' in shown
    assert 'value="yes"' not in shown
    assert "satisfaction" not in shown
    assert 'value="yes"' in Page(resolved().case, load_texts(), "UTC").form("verification")


@pytest.mark.parametrize(("via", "by"), [("call", "ana"), ("agent", "ana"), ("agent", None)])
@pytest.mark.parametrize("evidence", [None, Evidence(type="call")])
def test_neither_the_owner_nor_nobody_says_it_without_evidence(via: str, by: Any, evidence: Any) -> None:
    with pytest.raises(NotVerified):
        verified(resolved(), via=via, by=by, evidence=evidence)


def test_but_with_evidence_or_a_no() -> None:
    call = Evidence(type="call", reference="call-3")
    assert verified(resolved(), via="agent", by=None, evidence=call).answer == "yes"
    verified(life := resolved(begun()), "no", via="agent", by=None)
    assert life.case.cycle.number == 2


@pytest.mark.parametrize("answer", ["yes", "declined"])
@pytest.mark.parametrize("by", ["ana", "ben"])
def test_no_person_says_that_the_customer_used_their_link(answer: str, by: Any) -> None:
    call = Evidence(type="call", reference="call-3")
    with pytest.raises(NotVerified):
        verified(resolved(), answer, via="link", by=by, evidence=call)


@pytest.mark.parametrize("via", ["link", "call"])
def test_a_program_that_names_nobody_passes_on_what_the_customer_answered(via: str) -> None:
    assert verified(resolved(), via=via, by=None).answer == "yes"


def test_the_customer_says_it_by_their_link() -> None:
    life = resolved()
    link = Token("x", "verification")
    life.do(issue, IssueLink(by="ana", sha256=link.sha256, purpose=link.purpose))
    assert life.do(through(verify_by_link, link), Verify(answer="yes", via="link")).answer == "yes"
    assert life.last("complaint.verified").via == "link"
