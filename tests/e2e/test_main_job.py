"""The main job from the first word to the figures, through the public HTTP API of four real processes."""

from datetime import datetime, timedelta

import pytest

from shared.clock import real_now
from tests.e2e.living import Body, Living, instant, until

pytestmark = [pytest.mark.servers, pytest.mark.e2e]

COMPLAINT: Body = {
    "channel": "web",
    "text": "The connection drops every evening. I called twice and nobody called back.",
    "product": "broadband",
    "complainant": {"name": "Ana Ruiz", "email": "ana@example.org", "language": "en"},
}
SOON = timedelta(seconds=5)
HOUR = timedelta(hours=1)


def test_the_main_job(living: Living) -> None:
    """One story: each part stands on the one before."""
    case = a_complaint_is_acknowledged_and_assigned(living)
    a_person_answers(living, case)
    a_promise_is_broken_at_its_instant_and_fulfilled_late(living, case)
    a_promise_is_moved_and_kept(living, case)
    owed = a_result_needs_to_know_the_remedy(living, case)
    closing_waits_for_the_customer_and_for_our_word(living, case, owed)
    it_begins_again(living, case)
    a_repeat_after_a_crash_gets_the_first_answer(living)
    a_promise_that_falls_due_while_nobody_looks_is_broken_at_its_instant(living)
    the_figures_agree_to_the_unit(living)


def hand_in(living: Living, key: str) -> Body:
    """The receipt."""
    response = living.send("intake", "POST", "/v1/complaints", COMPLAINT, **{"Idempotency-Key": key})
    assert response.status_code == 201, response.text
    receipt: Body = response.json()
    assert response.headers["Location"] == f"/v1/complaints/{receipt['id']}"
    return receipt


def assigned(living: Living, complaint_id: str) -> Body:
    """The case, once somebody owns it."""

    def look() -> Body | None:
        response = living.send("followup", "GET", f"/v1/cases/{complaint_id}?wait=5")
        found: Body | None = response.json() if response.is_success else None
        return found if found and found["agent"] else None

    return until(look, what="somebody owns it")


def promise(living: Living, case: Body, kind: str, due: datetime) -> Body:
    """Our word, as it stands in the ledger."""
    body = {"kind": kind, "words": "before then", "due": due.isoformat(), "made_by": case["agent"]}
    made = living.do(f"/v1/cases/{case['id']}/promises", body)
    assert (made["status"], made["said_by"], instant(made["due"])) == ("open", "person", due)
    return made


def promise_of(living: Living, case: Body, promise_id: str) -> Body:
    """The promise as it stands now."""
    shown = living.get("followup", f"/v1/cases/{case['id']}")
    found: Body = next(each for each in shown["promises"] if each["id"] == promise_id)
    return found


def from_now(amount: timedelta) -> datetime:
    """An instant ahead, on the whole second."""
    return (real_now() + amount).replace(microsecond=0)


def until_broken(living: Living, case: Body, promise_id: str) -> Body:
    """The promise, once it is broken."""

    def look() -> Body | None:
        found = promise_of(living, case, promise_id)
        return found if found["status"] == "broken" else None

    return until(look, what="it is broken")


def a_complaint_is_acknowledged_and_assigned(living: Living) -> Body:
    receipt = hand_in(living, "the-first")
    assert receipt["status"] == "received"
    case = assigned(living, receipt["id"])
    assert (case["number"], case["team"], case["status"]) == (receipt["number"], "around-the-clock", "acknowledged")
    assert case["acknowledged_at"] is not None
    (told,) = case["promises"]
    assert (told["said_by"], told["kind"], told["status"]) == ("system", "answer", "open")
    assert told["due"] == case["deadlines"]["first_response"]
    shown = living.get("routing", f"/v1/assignments/{receipt['number']}")
    assert (shown["agent"], bool(shown["why"])) == (case["agent"], True)

    def whole_life() -> bool:
        seen = living.get("intake", f"/v1/complaints/{receipt['id']}")
        kinds = {entry["type"] for entry in seen["timeline"]}
        return {"complaint.received", "complaint.acknowledged", "complaint.assigned", "promise.made"} <= kinds

    until(whole_life, what="intake knows its whole life")
    return case


def a_person_answers(living: Living, case: Body) -> None:
    path = f"/v1/cases/{case['id']}"
    note = {"by": case["agent"], "text": "The third this week."}
    living.do(f"{path}/notes", note)
    automatic = {"channel": "email", "text": "We have your message.", "automatic": True}
    assert not living.do(f"{path}/responses", automatic)["is_first"]
    answer = living.do(f"{path}/responses", {"by": case["agent"], "channel": "email", "text": "I will see to it."})
    assert (answer["is_first"], answer["within_target"]) == (True, True)
    assert answer["elapsed_seconds"] > 0
    (told,) = living.get("followup", path)["promises"]
    assert told["status"] == "kept"
    assert told["evidence"]["reference"] == answer["id"]


def a_promise_is_broken_at_its_instant_and_fulfilled_late(living: Living, case: Body) -> None:
    due = from_now(SOON)
    made = promise(living, case, "callback", due)
    broken = until_broken(living, case, made["id"])
    assert instant(broken["broken_at"]) == instant(broken["settled_at"]) == due
    evidence = {"by": case["agent"], "evidence": {"type": "call", "reference": "call-1"}}
    late = living.do(f"/v1/cases/{case['id']}/promises/{made['id']}/fulfilment", evidence)
    assert (late["status"], instant(late["broken_at"])) == ("broken", due)
    assert instant(late["late_at"]) > due


def a_promise_is_moved_and_kept(living: Living, case: Body) -> None:
    old = promise(living, case, "visit", from_now(HOUR))
    ask = {"by": case["agent"], "due": from_now(2 * HOUR).isoformat(), "words": "an hour later"}
    path = f"/v1/cases/{case['id']}/promises/{old['id']}/renegotiation"
    stands = living.do(path, {**ask, "agreed_by_customer": False})
    assert (stands["id"], stands["status"]) == (old["id"], "open")
    agreed = {"agreed_by_customer": True, "evidence": {"type": "call", "reference": "call-2"}}
    new = living.do(path, {**ask, **agreed})
    assert (new["replaces"], new["status"]) == (old["id"], "open")
    assert promise_of(living, case, old["id"])["status"] == "renegotiated"
    evidence = {"by": case["agent"], "evidence": {"type": "visit", "reference": "visit-1"}}
    kept = living.do(f"/v1/cases/{case['id']}/promises/{new['id']}/fulfilment", evidence)
    assert (kept["status"], kept["broken_at"]) == ("kept", None)


def a_result_needs_to_know_the_remedy(living: Living, case: Body) -> Body:
    path = f"/v1/cases/{case['id']}"
    result = {"by": case["agent"], "outcome": "upheld", "text": "A new line was laid to your house."}
    assert living.refused(f"{path}/resolution", result)["code"] == "remedy_missing"
    owed = promise(living, case, "refund", from_now(HOUR))
    remedy = {"by": case["agent"], "kind": "repair", "words": "A line that holds."}
    living.do(f"{path}/remedy-sought", remedy, method="PUT")
    assert living.do(f"{path}/resolution", result)["outcome"] == "upheld"
    return owed


def closing_waits_for_the_customer_and_for_our_word(living: Living, case: Body, owed: Body) -> None:
    path, by = f"/v1/cases/{case['id']}", {"by": case["agent"]}
    alone = {**by, "answer": "yes", "via": "agent"}
    assert living.refused(f"{path}/verification", alone)["code"] == "not_verified"
    asked = {**by, "answer": "yes", "via": "call", "evidence": {"type": "call", "reference": "call-3"}}
    assert living.do(f"{path}/verification", asked)["answer"] == "yes"
    refusal = living.refused(f"{path}/closure", by)
    assert (refusal["code"], refusal["promises"]) == ("promise_open", [owed["id"]])
    paid = {**by, "evidence": {"type": "payment", "reference": "payment-1"}}
    assert living.do(f"{path}/promises/{owed['id']}/fulfilment", paid)["status"] == "kept"
    assert living.do(f"{path}/closure", by)["status"] == "closed"
    assert living.get("followup", path)["verification"] == "verified"


def it_begins_again(living: Living, case: Body) -> None:
    path = f"/v1/cases/{case['id']}"
    again = living.do(f"{path}/reopening", {"by": case["agent"], "reason": "new_fact"})
    assert (again["status"], again["cycle"]) == ("in_progress", 2)
    shown = living.get("followup", path)
    assert shown["first_response"] is None
    assert [one["number"] for one in shown["cycles"]] == [1, 2]


def a_repeat_after_a_crash_gets_the_first_answer(living: Living) -> None:
    key = {"Idempotency-Key": "a-crash"}
    first = hand_in(living, key["Idempotency-Key"])
    living.kill("intake")
    assert living.restart() == ["intake"]
    again = living.send("intake", "POST", "/v1/complaints", COMPLAINT, **key)
    assert (again.status_code, again.json()) == (201, first)
    assert again.headers["Idempotent-Replayed"] == "true"
    other = living.send("intake", "POST", "/v1/complaints", {**COMPLAINT, "text": "Another."}, **key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def a_promise_that_falls_due_while_nobody_looks_is_broken_at_its_instant(living: Living) -> None:
    case = assigned(living, hand_in(living, "a-crash")["id"])
    due = from_now(SOON)
    made = promise(living, case, "update", due)
    living.kill("followup", "metrics")
    assert real_now() < due, "it was killed before"
    until(lambda: real_now() > due, what="due has passed")
    assert sorted(living.restart()) == ["followup", "metrics"]
    broken = until_broken(living, case, made["id"])
    assert instant(broken["broken_at"]) == instant(broken["settled_at"]) == due


def the_figures_agree_to_the_unit(living: Living) -> None:
    """Two complaints; of one the second cycle is unanswered, the other one was never answered."""
    living.until_heard()
    span = "from=2020-01-01&to=2100-01-01"
    promised = living.get("metrics", f"/v1/reports/promises?{span}")
    people = {"due": 5, "kept": 2, "broken": 2, "renegotiated": 1, "attempted": 0, "withdrawn": 0, "open": 0, "late": 1}
    system = {"due": 2, "kept": 1, "broken": 0, "renegotiated": 0, "attempted": 0, "withdrawn": 0, "open": 1, "late": 0}
    assert {name: promised[name] for name in people} == {name: people[name] + system[name] for name in people}
    by_whom = {"person": people, "system": system}
    for said_by, expected in by_whom.items():
        rows = [row for row in promised["rows"] if row["said_by"] == said_by]
        assert {name: sum(row[name] for row in rows) for name in expected} == expected
        for outcome in ("kept", "broken", "renegotiated", "attempted", "withdrawn"):
            total = living.total("promises_settled_total", said_by=said_by, outcome=outcome)
            assert total == expected[outcome], (said_by, outcome)
        assert living.total("promises_made_total", said_by=said_by) == expected["due"]
    answered = living.get("metrics", f"/v1/reports/first-response?{span}")
    expected = {"fell_due": 1, "answered_within": 1, "answered_late": 0, "unanswered": 0, "not_yet_due": 1}
    assert {name: answered[name] for name in expected} == expected
    seen = living.get("metrics", f"/v1/reports/complaints?{span}")
    expected = {"received": 2, "answered": 1, "resolved": 1, "upheld": 1, "reopened": 1}
    assert {name: seen[name] for name in expected} == expected
    assert living.total("complaints_received_total", channel="web", via="http") == 2
    assert living.total("first_responses_total", within_target="true") == 1
    assert living.total("complaints_unanswered") == 2
    assert living.total("complaints_closed_total", verification="verified") == 1
    assert living.total("complaints_reopened_total", reason="new_fact") == 1
    assert living.total("event_gaps_total") == 0
