"""A case in which others go on does not close over what is still promised in them."""

import pytest

from services.followup.domain.refusals import PromiseOpen
from services.followup.domain.resolution import Close, close_case
from services.followup.domain.tick import close_with_others
from shared.events.intake import ComplaintMerged, ComplaintReleased, ComplaintUnmerged, ComplaintWithdrawn
from tests.unit.followup_life import DAY, HOUR, Life, begun
from tests.unit.test_followup_absorbing import absorbed
from tests.unit.test_followup_endings import resolved, verified


def whole() -> Life:
    """A case with its result, in which another one goes on."""
    life = resolved()
    absorbed(life)
    return life


def test_it_is_not_closed_over_what_is_owed_within() -> None:
    life = whole()
    verified(life)
    life.promise()
    with pytest.raises(PromiseOpen) as refusal:
        life.do(close_case, Close(by="ana", owed_within=("p7", "p8")))
    assert refusal.value.facts == {"promises": ["p1", "p7", "p8"]}
    life.fulfil()
    life.do(close_case, Close(by="ana"))
    assert life.case.status == "closed"


def test_time_alone_does_not_close_it() -> None:
    life = whole()
    life.at(life.now + 8 * DAY).tick()
    assert "complaint.closed" not in life.types()
    life.hear(ComplaintReleased(absorbed="c0", by="ana"))
    life.tick()
    assert life.case.status == "closed"


def test_with_nothing_owed_within_it_closes_at_its_own_instant() -> None:
    life = whole()
    closes_at = life.case.close_at
    early = close_with_others(life.case, now=life.now, world=life.world)
    assert early.state.status == "resolved"
    done = close_with_others(life.case, now=life.now + 8 * DAY, world=life.world)
    assert (done.state.status, done.state.closed_at, done.events[-1].type) == ("closed", closes_at, "complaint.closed")
    again = close_with_others(done.state, now=life.now + 9 * DAY, world=life.world)
    assert (again.state, again.events) == (done.state, ())


def test_nor_over_its_own_open_promise() -> None:
    life = whole()
    life.promise(due=life.now + 9 * DAY, override_reason="asked for")
    done = close_with_others(life.case, now=life.now + 8 * DAY, world=life.world)
    assert done.state.status == "resolved"


def test_withdrawn_with_the_case_in_which_it_goes_on_it_owes_nothing_any_more() -> None:
    life = begun()
    life.promise()
    life.hear(ComplaintMerged(into="c2", by="ana"))
    ended = life.case.ended_at
    life.at(life.now + HOUR).hear(ComplaintWithdrawn(reason="found it"))
    assert (life.entry().status, life.case.status, life.case.ended_at) == ("withdrawn", "withdrawn", ended)
    life.hear(ComplaintUnmerged(out_of="c2", by="ana"))
    assert life.case.status == "withdrawn"


def test_it_is_withdrawn_when_the_customer_said_so_however_late_that_is_carried_out() -> None:
    life = begun()
    life.promise()
    life.hear(ComplaintMerged(into="c2", by="ana"))
    due = life.entry().due
    life.at(due).tick()
    assert life.entry().status == "broken"
    said_at = due - HOUR
    life.at(due + HOUR).hear(ComplaintWithdrawn(said_at=said_at))
    assert (life.entry().status, life.entry().settled_at, life.case.withdrawn_at) == ("withdrawn", said_at, said_at)
