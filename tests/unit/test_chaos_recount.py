"""The recount knows what metrics must count, also where the order on the log decides."""

from dataclasses import replace

from tests.chaos.checker import check
from tests.chaos.evidence import Evidence, Said
from tests.unit.test_chaos_checker import AT, another, more, said, well


def unknowing(cycle: int, *events: Said) -> Evidence:
    """The answer was given in that cycle by somebody who did not know its target."""
    evidence = more(*events)(well())
    answer = next(each for each in evidence.log if each.type == "response.sent")
    changed = another(answer, offset=30, data={**answer.data, "within_target": None, "cycle": cycle})
    return replace(evidence, log=[*(each for each in evidence.log if each is not answer), changed])


def test_an_answer_that_did_not_know_its_target_is_measured_by_what_the_log_had_said() -> None:
    moved = said("routing", 3, "complaint.assigned", agent="ana", deadlines={"first_response": AT}, cycle=2)
    untold = "shows first_responses_total('web', 'true'): 1, counted 0"
    assert not any(untold in finding.what for finding in check(unknowing(1)))
    assert any(untold in finding.what for finding in check(unknowing(2)))
    assert not any(untold in finding.what for finding in check(unknowing(2, moved)))
    later = another(moved, offset=40)
    assert any(untold in finding.what for finding in check(unknowing(2, later)))
