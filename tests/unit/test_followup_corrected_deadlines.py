"""Withdrawn or merged before a deadline, and heard of after it: it was never overdue, and that is said."""

from typing import Any

import pytest

from services.followup.api.views import whole
from services.followup.domain.world import World
from shared.events import Payload
from shared.events.intake import ComplaintMerged, ComplaintUnmerged, ComplaintWithdrawn, MessageReceived
from shared.events.reference import Policy, Target
from tests.unit.followup_law import DUE, bound, law
from tests.unit.followup_life import DAY, HOUR, MINUTE, MONDAY, REFERENCE, WORLD, Life, begun

FIRST_DUE = MONDAY + 4 * HOUR
MERGED = ComplaintMerged(into="c2", by="ana")
ENDS: list[Payload] = [ComplaintWithdrawn(), MERGED]


def stands(life: Life) -> list[tuple[str, Any]]:
    """Clock and deadline of what is overdue, less what was taken back."""
    found: list[tuple[str, Any]] = []
    for payload in life.said:
        told: Any = payload
        if told.type == "deadline.overdue":
            found.append((told.clock, told.deadline))
        elif told.type == "deadline.corrected":
            found.remove((told.clock, told.deadline))
    return found


def shown(life: Life) -> dict[str, str]:
    """The clocks over the API."""
    return {view.name: view.state for view in whole(life.case, now=life.now, world=life.world).clocks}


@pytest.mark.parametrize("end", ENDS)
def test_it_was_not_overdue(end: Payload) -> None:
    life = begun().at(FIRST_DUE + HOUR)
    life.tick()
    assert stands(life) == [("first_response", FIRST_DUE)]
    life.hear(end, time=FIRST_DUE - MINUTE)
    assert (stands(life), life.last("deadline.corrected").cycle) == ([], 1)
    assert "first_response" not in shown(life)
    life.at(MONDAY + 90 * DAY).tick()
    assert stands(life) == []


@pytest.mark.parametrize("end", ENDS)
def test_at_the_deadline_or_after_it_it_was(end: Payload) -> None:
    life = begun().at(FIRST_DUE + HOUR)
    life.tick()
    life.hear(end, time=FIRST_DUE)
    assert (stands(life), life.types("deadline.corrected")) == ([("first_response", FIRST_DUE)], [])
    assert shown(life)["first_response"] == "breached"


def test_answered_late_after_the_withdrawal_it_was_not_either() -> None:
    life = begun().at(FIRST_DUE + HOUR)
    life.answer()
    assert stands(life) == [("first_response", FIRST_DUE)]
    life.hear(ComplaintWithdrawn(), time=FIRST_DUE - HOUR)
    life.at(MONDAY + 90 * DAY).tick()
    assert stands(life) == []


def test_the_clocks_that_start_and_stop_are_no_exception() -> None:
    targets = (Target(clock="next_response", minutes=60, business=False), Target(clock="keep_informed", minutes=120))
    reference = REFERENCE.with_datum("policy", "default", 2, Policy(name="p", targets=targets))
    life = begun(World(reference, WORLD.ack_patience, WORLD.texts))
    life.answer()
    asked = life.now + HOUR
    life.at(asked).hear(MessageReceived(message_id="m1", channel="web", text="When does it come?", received_at=asked))
    life.at(asked + 2 * HOUR).tick()
    assert [clock for clock, _ in stands(life)] == ["next_response", "keep_informed"]
    life.hear(ComplaintWithdrawn(), time=asked + MINUTE)
    assert stands(life) == []


def test_a_law_s_term_is_none() -> None:
    life = bound(law()).at(DUE)
    life.tick()
    assert ("legal", DUE) in stands(life)
    life.hear(ComplaintWithdrawn(), time=DUE - MINUTE)
    assert ("legal", DUE) not in stands(life)
    assert life.last("deadline.corrected").why == "it had been withdrawn before"


def test_a_merge_that_is_undone_leaves_it_overdue_after_all() -> None:
    life = begun().at(FIRST_DUE + HOUR)
    life.tick()
    life.hear(MERGED, time=FIRST_DUE - MINUTE)
    assert stands(life) == []
    life.at(FIRST_DUE + 2 * HOUR).hear(ComplaintUnmerged(out_of="c2", by="ana"))
    life.tick()
    assert stands(life) == [("first_response", FIRST_DUE)]
    assert shown(life)["first_response"] == "breached"


def test_nothing_is_taken_back_twice() -> None:
    life = begun().at(FIRST_DUE + HOUR)
    life.tick()
    life.hear(ComplaintWithdrawn(), time=FIRST_DUE - MINUTE)
    life.hear(ComplaintWithdrawn(), time=FIRST_DUE - HOUR)
    life.tick()
    assert life.types("deadline.corrected") == ["deadline.corrected"]
