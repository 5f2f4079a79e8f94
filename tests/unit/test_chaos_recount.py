"""The recount knows what metrics must count, also where the order on the log decides."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.chaos.asked import check_asked
from tests.chaos.checker import check
from tests.chaos.evidence import Evidence, Said
from tests.chaos.journal import Answer, Asking, Entry
from tests.unit.test_chaos_checker import AT, KEPT, PROMISE, C, another, entries, more, said, well


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


def instead(event_type: str, **data: object) -> Callable[[Evidence], Evidence]:
    """The log tells something else in the place of these events."""

    def damage(evidence: Evidence) -> Evidence:
        changed = [another(one, data={**one.data, **data}) if one.type == event_type else one for one in evidence.log]
        return replace(evidence, log=changed)

    return damage


def resolved(evidence: Evidence) -> Evidence:
    """The complaint was resolved, and the log says so."""
    asking = Asking("k-6", "resolution", "followup", "/", {"outcome": "upheld"}, C)
    known = {**entries(), "k-6": Entry(asking, [Answer(200, {"outcome": "upheld"})])}
    done = more(said("followup", 4, "complaint.resolved", text="Done. <k-6>", outcome="upheld"))(evidence)
    return replace(done, entries=known)


def reopened(times: int) -> Callable[[Evidence], Evidence]:
    events = [said("followup", 5 + n, "complaint.reopened", reason="new_fact") for n in range(times)]
    return lambda evidence: more(*events)(resolved(evidence))


def unspoken(event_type: str) -> Callable[[Evidence], Evidence]:
    return lambda evidence: replace(evidence, log=[one for one in evidence.log if one.type != event_type])


def broken(evidence: Evidence) -> Evidence:
    """Of the promise of which we were told that it is kept the log says that it is broken."""
    return more(said("followup", 3, "promise.broken", promise=PROMISE))(unspoken("promise.kept")(evidence))


WRONG: dict[str, tuple[str, Callable[[Evidence], Evidence]]] = {
    "a complaint came by another channel": (
        "complaints_received_total('fax', 'product', 'http'): the log says 1, the journal 0 to 0",
        instead("complaint.received", channel="fax")),
    "a complaint is not on the log": (
        "complaints_received_total('web', 'product', 'http'): the log says 0, the journal 1 to 1",
        unspoken("complaint.received")),
    "a promise is of another kind": (
        "promises_made_total('visit', 'person', 'false'): the log says 1, the journal 0 to 0",
        instead("promise.made", promise={**PROMISE, "kind": "visit"})),
    "a promise that is kept is broken": (
        "promises_settled_total('callback', 'kept'): the log says 0, the journal 1 to 1", broken),
    "a promise is settled twice": (
        "promises_settled_total('callback', 'kept'): the log says 2, the journal 1 to 1",
        more(said("followup", 4, "promise.kept", promise=KEPT))),
    "a promise that is kept is taken back": (
        "promises_settled_total('callback', 'broken'): the log says 1, the journal 0 to 0",
        more(said("followup", 4, "promise.corrected", promise=KEPT, from_status="kept", to_status="broken"))),
    "a result is another": (
        "complaints_resolved_total('partly',): the log says 1, the journal 0 to 0",
        lambda e: instead("complaint.resolved", outcome="partly")(resolved(e))),
    "an answer was not counted": (
        "first_response_elapsed_seconds_count('web',): the log says 0, the journal 1 to 1",
        instead("response.sent", elapsed_seconds=None)),
    "an answer stands in another cycle": (
        "first_response_elapsed_seconds_count('web',): the log says 0, the journal 1 to 1",
        instead("response.sent", cycle=2)),
    "an answer has no target": (
        "first_responses_total('web',): the log says 0, the journal 1 to 1",
        lambda e: instead("complaint.triaged", deadlines={})(instead("response.sent", within_target=None)(e))),
    "more complaints began again than could": (
        "complaints_reopened_total(): the log says 2, the journal 0 to 1", reopened(2)),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_the_journal_knows_better(name: str) -> None:
    words, damage = WRONG[name]
    assert words in [finding.what for finding in check_asked(damage(well()))]


@pytest.mark.parametrize("right", [lambda e: e, resolved, reopened(1)])
def test_the_journal_does_not_know_better_than_what_is_right(right: Callable[[Evidence], Evidence]) -> None:
    assert list(check_asked(right(well()))) == []


def test_a_promise_whose_fulfilment_got_no_answer_may_be_kept_or_broken() -> None:
    known = entries()
    known["k-5"] = Entry(known["k-5"].asking, [], silences=1)
    for evidence in (well(), broken(well())):
        assert list(check_asked(replace(evidence, entries=known))) == []
