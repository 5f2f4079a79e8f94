"""A checker that cannot fail proves nothing: each kind of damage, done to a run that went well, is reported."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from tests.chaos.checker import check, line
from tests.chaos.evidence import Evidence, Finding, Said
from tests.chaos.journal import Answer, Asking, Entry

C = "c1"
AT = "2026-03-02T10:00:00.000+00:00"
PROMISE: dict[str, Any] = {
    "id": "p1", "words": "before then <k-4>", "kind": "callback", "said_by": "person", "evidence": None,
}  # fmt: skip
KEPT = {**PROMISE, "evidence": {"reference": "<k-5>"}, "status": "kept"}


def said(source: str, seq: int, event_type: str, **data: Any) -> Said:
    offset = {"intake": 0, "routing": 10, "followup": 20}[source] + seq
    return Said(C, source, seq, f"{source}-{seq}", event_type, AT, data, 3, offset)


def log() -> list[Said]:
    return [
        said("intake", 1, "complaint.received", text="It drops. <k-1>", channel="web", kind="product", via="http"),
        said("intake", 2, "complaint.message_received", text="Again. <k-2>", message_id="m1"),
        said("routing", 1, "complaint.triaged", deadlines={"first_response": "2026-03-02T12:00:00.000+00:00"}),
        said("routing", 2, "complaint.assigned", agent="ana", reason=None, deadlines={}),
        said("followup", 1, "response.sent", response_id="r1", text="I see. <k-3>", automatic=False, to="customer",
             elapsed_seconds=2.0, within_target=True, cycle=1, occurred_at=AT),
        said("followup", 2, "promise.made", promise=PROMISE, overridden=False),
        said("followup", 3, "promise.kept", promise=KEPT),
    ]  # fmt: skip


def entry(key: str, kind: Any, service: str, made: str | None, **rest: Any) -> Entry:
    words = {"complaint": {"channel": "web", "kind": "product"}, "promise": {"kind": "callback"}}
    asking = Asking(key, kind, service, "/", words.get(kind, {}), None if kind == "complaint" else C, **rest)
    body = {"status": "kept"} if made is None else {"id": made}
    return Entry(asking, [Answer(201, body)])


def entries() -> dict[str, Entry]:
    asked = [
        entry("k-1", "complaint", "intake", C),
        entry("k-2", "message", "intake", "m1"),
        entry("k-3", "response", "followup", "r1"),
        entry("k-4", "promise", "followup", "p1"),
        entry("k-5", "fulfilment", "followup", None, promise="p1"),
    ]
    return {one.asking.key: one for one in asked}


def document(seq: int, applied: dict[str, int], **state: Any) -> dict[str, Any]:
    return {"_id": C, "seq": seq, "applied": applied, "state": state, "outbox": []}


def documents() -> dict[str, dict[str, dict[str, Any]]]:
    heard = {"intake": 2, "routing": 2, "followup": 3}

    def but(name: str) -> dict[str, int]:
        return {source: seq for source, seq in heard.items() if source != name}

    intake = document(
        2, but("intake"), received={"text": "It drops. <k-1>"}, messages=[{"text": "Again. <k-2>"}], status="received",
        promises=[KEPT], assigned={"agent": "ana"},
    )  # fmt: skip
    routing = document(2, but("routing"), promises=[], agent="ana", open=True, place=0)
    followup = document(
        3, but("followup"), promises=[KEPT], agent="ana", messages=1, responses=[{"text": "I see. <k-3>"}]
    )
    metrics = document(0, heard, promises=[{"id": "p1", "status": "kept"}], has_agent=True)
    return {"intake": {C: intake}, "routing": {C: routing}, "followup": {C: followup}, "metrics": {C: metrics}}


def samples() -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    shown: list[tuple[str, dict[str, str]]] = [
        ("complaints_received_total", {"channel": "web", "kind": "product", "via": "http"}),
        ("first_response_elapsed_seconds_count", {"channel": "web", "priority": "normal", "team": "t"}),
        ("first_responses_total", {"channel": "web", "priority": "normal", "team": "t", "within_target": "true"}),
        ("promises_made_total", {"kind": "callback", "said_by": "person", "override": "false"}),
        ("promises_settled_total", {"kind": "callback", "said_by": "person", "outcome": "kept"}),
    ]
    return {(f"palabra_{name}", frozenset(labels.items())): 1.0 for name, labels in shown}


def well() -> Evidence:
    """A run in which nothing went wrong."""
    return Evidence(
        entries=entries(),
        log=log(),
        documents=documents(),
        places=[{"_id": "ana", "held": [{"id": C, "turn": 0}]}],
        capacity={"ana": 1},
        samples=[samples(), samples()],
        reports={
            "complaints": {"received": 1, "answered": 1, "resolved": 0},
            "promises": {"due": 1, "kept": 1, "broken": 0, "attempted": 0, "withdrawn": 0, "open": 0},
        },
    )


def faults(evidence: Evidence) -> set[str]:
    return {finding.fault for finding in check(evidence)}


def test_a_run_that_went_well_has_no_findings() -> None:
    assert check(well()) == []


def test_a_repeat_on_the_log_is_harmless() -> None:
    evidence = well()
    assert check(replace(evidence, log=[*evidence.log, *log()])) == []


def without(place: int) -> Callable[[Evidence], Evidence]:
    return lambda evidence: replace(evidence, log=[*evidence.log[:place], *evidence.log[place + 1 :]])


def more(*events: Said) -> Callable[[Evidence], Evidence]:
    return lambda evidence: replace(evidence, log=[*evidence.log, *events])


def stored(service: str, change: Callable[[dict[str, Any]], object]) -> Callable[[Evidence], Evidence]:
    def damage(evidence: Evidence) -> Evidence:
        changed = deepcopy(documents())
        change(changed[service][C])
        return replace(evidence, documents=changed)

    return damage


def answered(key: str, *answers: Answer, silences: int = 0) -> Callable[[Evidence], Evidence]:
    def damage(evidence: Evidence) -> Evidence:
        known = entries()
        known[key] = Entry(known[key].asking, list(answers), silences)
        return replace(evidence, entries=known)

    return damage


def swapped(evidence: Evidence) -> Evidence:
    first, second, *others = evidence.log
    return replace(evidence, log=[second, first, *others])


def another(event: Said, **changes: Any) -> Said:
    return replace(event, **changes)


RECEIVED, MESSAGE = log()[:2]
REFUSED = Answer(409, {"code": "conflict"})

DAMAGE: dict[str, tuple[str, Callable[[Evidence], Evidence]]] = {
    "an event of a document's seq is not on the log": ("lost", without(1)),
    "an event is on the log and the document forgot it": ("lost", stored("intake", lambda d: d.update(seq=1))),
    "an outbox is not empty": ("lost", stored("routing", lambda d: d.update(outbox=[{}]))),
    "a consumer is behind": ("lost", stored("metrics", lambda d: d["applied"].update(followup=2))),
    "a consumer's mark is right and its content is not": (
        "lost", stored("followup", lambda d: d["state"].update(messages=0))),
    "a consumer shows a promise as it was before": (
        "lost", stored("intake", lambda d: d["state"]["promises"][0].update(status="open"))),
    "an answered message is not in its document": ("lost", stored("intake", lambda d: d["state"]["messages"].clear())),
    "a service has no document of it": ("lost", lambda e: replace(e, documents={**documents(), "routing": {}})),
    "a promise of which we were told that it is kept is broken": (
        "lost", more(said("followup", 4, "promise.broken", promise=KEPT))),
    "the audit finds something missing": ("lost", lambda e: replace(e, missing=1)),
    "one key, two complaints": ("twice", more(another(RECEIVED, complaint="c2", id="x"))),
    "one command, two effects": ("twice", more(another(MESSAGE, seq=3, id="x"))),
    "one seq, two events": ("twice", more(another(MESSAGE, id="x"))),
    "one event under two seqs": ("twice", more(another(MESSAGE, seq=3))),
    "a promise is kept twice": ("twice", more(said("followup", 4, "promise.kept", promise=KEPT))),
    "one key, two answers": ("twice", answered("k-2", Answer(201, {"id": "m1"}), Answer(201, {"id": "m2"}))),
    "the answer names another message than the log": ("twice", answered("k-2", Answer(201, {"id": "m2"}))),
    "a repeat is taken for another request": (
        "twice", answered("k-2", Answer(201, {"id": "m1"}), Answer(422, {"code": "idempotency_key_reused"}))),
    "a refused command has an effect": ("twice", answered("k-2", REFUSED)),
    "an effect that nobody asked for": (
        "twice", lambda e: replace(e, entries={key: one for key, one in entries().items() if key != "k-2"})),
    "a later event comes first": ("out_of_order", swapped),
    "a complaint's events stand in two partitions": ("out_of_order", more(another(MESSAGE, partition=4))),
    "an event came early": ("gaps", stored("metrics", lambda d: d.update(early=[{}]))),
    "a complaint is parked": ("gaps", stored("metrics", lambda d: d.update(parked=True))),
    "a message lies aside": ("gaps", lambda e: replace(e, aside={"intake": 1})),
    "a gap was logged": ("gaps", lambda e: replace(e, logged={"event_gap": 1})),
    "an agent is over capacity": ("places", lambda e: replace(e, capacity={"ana": 0})),
    "a place is held by nobody": (
        "places", lambda e: replace(e, places=[{"_id": "ana", "held": [{"id": C, "turn": 0}, {"id": "c9", "turn": 0}]}],
                                    capacity={"ana": 5})),
    "a complaint stands without a place": ("places", lambda e: replace(e, places=[])),
    "a total is too high": (
        "metrics", lambda e: replace(e, samples=[dict.fromkeys(samples(), 2.0), samples()])),
    "the log counts another channel than was asked": (
        "metrics", lambda e: replace(e, log=[another(RECEIVED, data={**RECEIVED.data, "channel": "fax"}), *e.log[1:]])),
    "a total is missing at one replica": ("metrics", lambda e: replace(e, samples=[samples(), {}])),
    "a report is wrong": ("metrics", lambda e: replace(e, reports={**e.reports, "complaints": {"received": 2}})),
    "a total fell": ("metrics", lambda e: replace(e, logged={"totals_fell": 1})),
    "a loop ended": ("faults", lambda e: replace(e, logged={"loop_failed": 1})),
    "something was noticed during the run": (
        "faults", lambda e: replace(e, seen=[Finding("faults", "intake-1 ended by itself")])),
    "the audit could not be run": ("faults", lambda e: replace(e, missing=None)),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_reported(name: str) -> None:
    fault, damage = DAMAGE[name]
    assert fault in faults(damage(well()))


def test_a_command_without_an_answer_may_have_an_effect_or_none() -> None:
    assert check(answered("k-2", silences=3)(well())) == []
    assert check(answered("k-2", REFUSED, silences=1)(well())) == []
    never = replace(well(), entries={**entries(), "k-9": Entry(Asking("k-9", "message", "intake", "/", {}, C))})
    assert check(never) == []


def test_a_result_that_the_customer_did_not_accept_is_not_lost() -> None:
    asking = Asking("k-6", "resolution", "followup", "/", {"outcome": "upheld"}, C)
    evidence = replace(
        stored("followup", lambda d: d["state"].update(resolution=None))(well()),
        entries={**entries(), "k-6": Entry(asking, [Answer(200, {"outcome": "upheld"})])},
    )
    resolved = more(said("followup", 4, "complaint.resolved", text="Done. <k-6>", outcome="upheld"))(evidence)
    assert any("resolution k-6 is not in" in finding.what for finding in check(resolved))
    again = more(said("followup", 5, "complaint.reopened", reason="not_solved"))(resolved)
    assert not any("resolution k-6" in finding.what for finding in check(again))


def test_the_last_line_is_the_contract() -> None:
    evidence = well()
    told = line(evidence, [], {"intake": 2, "kafka": 1}, seed=7)
    assert list(told)[:7] == ["accepted", "lost", "twice", "out_of_order", "gaps", "kills", "metrics_equal_truth"]
    assert (told["accepted"], told["kills"], told["metrics_equal_truth"]) == (5, {"intake": 2, "kafka": 1}, True)
    damaged = line(evidence, [Finding("lost", "x"), Finding("metrics", "y")], {})
    assert (damaged["lost"], damaged["metrics_equal_truth"]) == (1, False)
