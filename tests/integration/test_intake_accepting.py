"""Complaints come in over HTTP: accepted once, whatever is repeated, and refused with a reason when they cannot be."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from services.intake.main import BLUEPRINT
from shared import mongo
from shared.events.reference import Key, Scope
from shared.settings import Settings
from tests.support.log import NOW, Log, event
from tests.support.running import Running, service
from tests.support.wait import until
from tests.unit.test_intake_hearing import ASSIGNED, TRIAGED, response
from tests.unit.test_intake_receiving import HOSTILE

pytestmark = pytest.mark.servers

ANA = {"name": "Ana", "email": "ana@example.org"}
FORM: dict[str, Any] = {"channel": "web", "text": "My parcel never came.", "complainant": ANA}
BATCH = "/v1/complaints/batch"


@pytest_asyncio.fixture
async def intake(settings: Settings) -> AsyncIterator[Running]:
    """Intake, its API alone."""
    async with service(BLUEPRINT, settings, only="api") as running:
        yield running
        # Not needed to take complaints; but a Kafka client that is stopped while it connects leaves its socket behind.
        await running.runtime.follower.caught_up.wait()
        await until(lambda: all_is_said(running))


async def all_is_said(intake: Running) -> bool:
    """Whether every outbox is empty."""
    return await intake.runtime.desk.documents.find_one({"outbox.0": {"$exists": True}}) is None


async def key_of(intake: Running, owner: str, *scopes: Scope) -> dict[str, str]:
    """The header of a new key of this source system."""
    hashed = hashlib.sha256(owner.encode()).hexdigest()
    key = Key(sha256=hashed, owner=owner, scopes=scopes or ("complaints:write", "complaints:read"), created_at=NOW)
    await intake.runtime.reference_store.put("key", owner, key, expect=None, now=NOW)
    await intake.runtime.follower.load()
    return {"Authorization": f"Bearer {owner}"}


async def stored(intake: Running) -> int:
    """How many complaints there are."""
    return int(await intake.runtime.desk.documents.count_documents({}))


async def batch(intake: Running, *lines: Any, **params: str) -> list[dict[str, Any]]:
    """The answers to these lines."""
    body = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    answer = await intake.http.post(BATCH, content=body, params=params)
    assert answer.status_code == 200
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_a_complaint_is_accepted_and_can_be_read_by_id_and_number(intake: Running) -> None:
    made = await intake.http.post("/v1/complaints", json=FORM)
    receipt = made.json()
    assert made.status_code == 201
    assert set(receipt) == {"id", "number", "status", "received_at", "status_url"}
    assert made.headers["Location"] == receipt["status_url"]
    for name in (receipt["id"], receipt["number"], receipt["number"].replace("-", "").lower()):
        seen = (await intake.http.get(f"/v1/complaints/{name}")).json()
        assert (seen["id"], seen["text"], seen["status"]) == (receipt["id"], FORM["text"], "received")
        assert [entry["type"] for entry in seen["timeline"]] == ["complaint.received"]


async def test_twenty_at_once_with_one_key_are_one_complaint(intake: Running) -> None:
    headers = {"Idempotency-Key": "k1"}
    answers = await asyncio.gather(*(intake.http.post("/v1/complaints", json=FORM, headers=headers) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum(answer.headers.get("Idempotent-Replayed") == "true" for answer in answers) == 19
    assert await stored(intake) == 1
    other = await intake.http.post("/v1/complaints", json=FORM | {"text": "Another"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_a_key_that_is_none_is_refused(intake: Running, key: str) -> None:
    refused = await intake.http.post("/v1/complaints", json=FORM, headers={"Idempotency-Key": key})
    assert (refused.status_code, await stored(intake)) == (422, 0)


async def test_a_key_belongs_to_its_owner(intake: Running) -> None:
    headers = {"Idempotency-Key": "k1"}
    shop, bank = await key_of(intake, "shop"), await key_of(intake, "bank")
    one = await intake.http.post("/v1/complaints", json=FORM, headers=headers | shop)
    two = await intake.http.post("/v1/complaints", json=FORM, headers=headers | bank)
    assert one.json()["id"] != two.json()["id"]


async def test_a_reference_is_taken_once_per_source_and_the_first_is_named(intake: Running) -> None:
    shop, bank = await key_of(intake, "shop"), await key_of(intake, "bank")
    form = FORM | {"external_reference": "T-1"}
    first = await intake.http.post("/v1/complaints", json=form, headers=shop)
    again = await intake.http.post("/v1/complaints", json=form | {"text": "Again"}, headers=shop)
    other = await intake.http.post("/v1/complaints", json=form, headers=bank)
    assert (again.status_code, again.json()["code"]) == (409, "external_reference_taken")
    assert again.json()["complaint_id"] == first.json()["id"]
    assert other.status_code == 201


async def test_the_same_key_and_reference_again_is_a_repeat_not_a_conflict(intake: Running) -> None:
    form, headers = FORM | {"external_reference": "T-1"}, {"Idempotency-Key": "k1"}
    first = await intake.http.post("/v1/complaints", json=form, headers=headers)
    again = await intake.http.post("/v1/complaints", json=form, headers=headers)
    assert (again.status_code, again.content) == (201, first.content)


async def test_bad_input_is_a_problem_with_field_and_reason_and_nothing_is_stored(intake: Running) -> None:
    for name, body, _ in HOSTILE:
        answer = await intake.http.post("/v1/complaints", content=body, headers={"Content-Type": "application/json"})
        problem = answer.json()
        assert answer.status_code in (400, 422), name
        assert answer.headers["Content-Type"] == "application/problem+json", name
        assert problem["detail"], name
        if answer.status_code == 422:
            assert all(error["field"] and error["reason"] for error in problem["errors"]), name
            assert problem["errors"], name
    too_large = await intake.http.post("/v1/complaints", content=b'{"text": "' + b"x" * 1_000_001 + b'"}')
    assert (too_large.status_code, too_large.json()["code"]) == (413, "too_large")
    assert await stored(intake) == 0


async def test_a_complaint_as_full_as_it_may_be_is_taken(intake: Running) -> None:
    form = FORM | {"text": "ñ" * 100_000, "metadata": {f"k{n}": "v" * 500 for n in range(20)}}
    form["remedy_sought"] = {"kind": "other", "words": "w" * 100_000}
    assert (await intake.http.post("/v1/complaints", json=form)).status_code == 201


async def test_a_batch_answers_each_line_by_itself_in_order(intake: Running) -> None:
    keyed = FORM | {"idempotency_key": "k1"}
    answers = await batch(
        intake, keyed, b"nonsense", keyed, FORM | {"text": ""}, b"", b"x" * 1_000_001, {**keyed, "text": "Other"},
        FORM | {"external_reference": "T-1"}, FORM | {"external_reference": "T-1"}, b'{"text": "\\ud800"}',
    )  # fmt: skip
    assert [(one["line"], one["result"], one["http_status"]) for one in answers] == [
        (1, "taken", 201), (2, "rejected", 400), (3, "repeated", 201), (4, "rejected", 422), (6, "rejected", 413),
        (7, "rejected", 422), (8, "taken", 201), (9, "rejected", 409), (10, "rejected", 400),
    ]  # fmt: skip
    assert answers[0]["id"] == answers[2]["id"]
    assert answers[5]["problem"]["code"] == "idempotency_key_reused"
    assert answers[7]["problem"]["complaint_id"] == answers[6]["id"]
    assert await stored(intake) == 2


async def test_an_import_meets_what_it_took_before_as_repeated(intake: Running) -> None:
    lines = [{**FORM, "historical": True, "external_reference": f"T-{n}"} for n in range(450)]
    first = await batch(intake, *lines, import_format="csv")
    again = await batch(intake, *lines, import_format="csv")
    assert {one["result"] for one in first} == {"taken"}
    assert {(one["result"], one["http_status"]) for one in again} == {("repeated", 200)}
    assert [one["id"] for one in again] == [one["id"] for one in first]
    seen = (await intake.http.get(f"/v1/complaints/{first[0]['id']}")).json()
    assert (seen["via"], seen["import_format"], seen["historical"], seen["contacts_before"]) == (
        "import",
        "csv",
        True,
        0,
    )


async def test_only_history_write_may_import(intake: Running) -> None:
    shop = await key_of(intake, "shop")
    refused = await intake.http.post(BATCH, params={"import_format": "csv"}, content=b"{}", headers=shop)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    dated = FORM | {"received_at": "2020-01-01T00:00:00Z"}
    refused = await intake.http.post("/v1/complaints", json=dated, headers=shop)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (403, "received_at")


async def test_a_list_is_newest_first_and_whole_while_complaints_come_in(intake: Running) -> None:
    lines = [{**FORM, "received_at": f"2026-01-{1 + n // 3:02}T00:00:00Z", "product": "card"} for n in range(30)]
    taken = await batch(intake, *lines)
    seen: list[str] = []
    params: dict[str, Any] = {"limit": 7, "product": "card"}
    while True:
        page = (await intake.http.get("/v1/complaints", params=params)).json()
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        params["cursor"] = page["next"]
        await batch(intake, {**FORM, "product": "card"})
    order = sorted(taken, key=lambda one: (lines[one["line"] - 1]["received_at"], one["id"]), reverse=True)
    assert seen == [one["id"] for one in order]
    narrow = {"received_from": "2026-01-02T00:00:00Z", "received_to": "2026-01-03T00:00:00Z", "channel": "web"}
    assert len((await intake.http.get("/v1/complaints", params=narrow)).json()["items"]) == 3


@pytest.mark.parametrize(
    "params",
    [{"cursor": "x"}, {"limit": "0"}, {"limit": "201"}, {"statuses": "x"}, {"status": "x"},
     {"received_from": "2026-01-01"}],
)  # fmt: skip
async def test_a_list_asked_wrongly_is_refused(intake: Running, params: dict[str, str]) -> None:
    assert (await intake.http.get("/v1/complaints", params=params)).status_code == 422


async def test_filters_find_by_reference_customer_status_and_change(intake: Running) -> None:
    made = (await intake.http.post("/v1/complaints", json=FORM | {"external_reference": "T-1"})).json()
    await intake.http.post("/v1/complaints", json=FORM | {"complainant": {"anonymous": True}})
    seen = (await intake.http.get(f"/v1/complaints/{made['id']}")).json()
    for params in ({"external_reference": "T-1"}, {"customer": seen["customer_id"]}):
        found = (await intake.http.get("/v1/complaints", params=params)).json()["items"]
        assert [one["id"] for one in found] == [made["id"]]
    await intake.http.post(f"/v1/complaints/{made['id']}/withdrawal", json={})
    withdrawn = (await intake.http.get("/v1/complaints", params={"status": "withdrawn"})).json()["items"]
    assert [one["id"] for one in withdrawn] == [made["id"]]
    changed = {"changed_since": withdrawn[0]["changed_at"]}
    assert [x["id"] for x in (await intake.http.get("/v1/complaints", params=changed)).json()["items"]] == [made["id"]]


async def test_a_source_finds_nothing_of_another_source(intake: Running) -> None:
    shop, bank = await key_of(intake, "shop"), await key_of(intake, "bank")
    desk = await key_of(intake, "desk", "complaints:read", "cases:read")
    made = (await intake.http.post("/v1/complaints", json=FORM, headers=shop)).json()
    path = f"/v1/complaints/{made['id']}"
    customer = (await intake.http.get(path, headers=shop)).json()["customer_id"]
    for url in (path, f"/v1/complaints/{made['number']}", f"/v1/customers/{customer}"):
        assert (await intake.http.get(url, headers=bank)).status_code == 404
        assert (await intake.http.get(url, headers=desk)).status_code == 200
    assert (await intake.http.post(f"{path}/messages", json={"text": "x"}, headers=bank)).status_code == 404
    assert (await intake.http.post(f"{path}/withdrawal", headers=bank)).status_code == 404
    assert (await intake.http.get("/v1/complaints", headers=bank)).json()["items"] == []
    assert len((await intake.http.get("/v1/complaints", headers=desk)).json()["items"]) == 1


async def test_first_complaints_of_one_person_at_once_find_one_customer(intake: Running) -> None:
    forms = [FORM | {"text": str(n), "complainant": ANA | {"phone": "+34 600 111 222"}} for n in range(20)]
    await asyncio.gather(*(intake.http.post("/v1/complaints", json=form) for form in forms))
    by_phone = FORM | {"complainant": {"phone": "600111222", "country": "ES"}}
    last = (await intake.http.post("/v1/complaints", json=by_phone)).json()
    items = (await intake.http.get("/v1/complaints", params={"limit": 100})).json()["items"]
    assert len({one["customer_id"] for one in items}) == 1
    assert (await intake.http.get(f"/v1/complaints/{last['id']}")).json()["contacts_before"] == 10
    anonymous = (await intake.http.post("/v1/complaints", json=FORM | {"complainant": {"anonymous": True}})).json()
    named = (await intake.http.post("/v1/complaints", json=FORM | {"complainant": {"name": "Ana"}})).json()
    for made in (anonymous, named):
        assert (await intake.http.get(f"/v1/complaints/{made['id']}")).json()["customer_id"] is None


async def test_a_customer_gains_what_is_newly_known_of_them(intake: Running) -> None:
    told: list[dict[str, Any]] = [
        {"external_id": "42"}, {"external_id": "42", "email": "ana@example.org"}, {"email": "ANA@example.org"},
        {"external_id": "43", "email": "ana@example.org"},
    ]  # fmt: skip
    customers = []
    for person in told:
        made = (await intake.http.post("/v1/complaints", json=FORM | {"complainant": person})).json()
        customers.append((await intake.http.get(f"/v1/complaints/{made['id']}")).json()["customer_id"])
    assert customers[0] == customers[1] == customers[2]
    assert customers[3] != customers[0], "another id of the same source is another person"


async def test_a_customers_preferences_change_one_by_one(intake: Running) -> None:
    made = (await intake.http.post("/v1/complaints", json=FORM | {"complainant": ANA | {"language": "es"}})).json()
    customer = (await intake.http.get(f"/v1/complaints/{made['id']}")).json()["customer_id"]
    path = f"/v1/customers/{customer}"
    hours = [{"days": ["mon"], "start": "09:00", "end": "12:00"}]
    change = {"preferences": {"channels": ["phone"], "hours": hours}, "time_zone": "Europe/Madrid"}
    first = await intake.http.patch(path, json=change)
    assert first.json()["preferences"] == {"channels": ["phone"], "hours": hours, "survey": None}
    assert first.json()["language"] == "es"
    second = await intake.http.patch(
        path, json={"preferences": {"survey": False}, "language": None}, headers={"If-Match": first.headers["ETag"]}
    )
    assert second.json()["preferences"] == {"channels": ["phone"], "hours": hours, "survey": False}
    assert (second.json()["language"], second.json()["time_zone"]) == (None, "Europe/Madrid")
    stale = await intake.http.patch(path, json={}, headers={"If-Match": first.headers["ETag"]})
    assert (stale.status_code, stale.json()["code"]) == (412, "version_conflict")
    gone = await intake.http.patch(path, json={"preferences": None})
    assert gone.json()["preferences"] == {"channels": None, "hours": None, "survey": None}
    wrong: dict[str, Any]
    for wrong in ({"preferences": {"hours": [{"start": "12:00", "end": "09:00"}]}}, {"identities": []}):
        assert (await intake.http.patch(path, json=wrong)).status_code == 422
    assert (await intake.http.get("/v1/customers/nobody")).status_code == 404


async def test_commands_on_a_complaint(intake: Running) -> None:
    path = f"/v1/complaints/{(await intake.http.post('/v1/complaints', json=FORM)).json()['id']}"
    headers = {"Idempotency-Key": "k2"}
    first = await intake.http.post(f"{path}/messages", json={"text": "Still nothing."}, headers=headers)
    again = await intake.http.post(f"{path}/messages", json={"text": "Still nothing."}, headers=headers)
    assert (first.status_code, first.content, again.headers["Idempotent-Replayed"]) == (201, again.content, "true")
    report = {"response_id": "r1", "status": "failed", "class": "5.1.1", "occurred_at": "2026-01-01T00:00:00Z"}
    assert (await intake.http.post(f"{path}/delivery-reports", json=report)).status_code == 200
    seen = await intake.http.get(path)
    assert [message["text"] for message in seen.json()["messages"]] == ["Still nothing."]
    stale = await intake.http.post(f"{path}/withdrawal", json={}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "version_conflict")
    withdrawn = await intake.http.post(
        f"{path}/withdrawal", json={"reason": "Found it."}, headers={"If-Match": seen.headers["ETag"]}
    )
    assert withdrawn.json()["status"] == "withdrawn"
    twice = await intake.http.post(f"{path}/withdrawal", json={})
    assert (twice.status_code, twice.json()["code"]) == (409, "conflict")
    for text in (
        "{}",
        "[]",
        '{"text": ""}',
        r'{"text": "a\u0000"}',
        '{"text": "x", "occurred_at": "2099-01-01T00:00:00Z"}',
    ):
        assert (await intake.http.post(f"{path}/messages", content=text)).status_code == 422


async def test_a_whole_life_as_the_log_tells_it(settings: Settings, log: Log) -> None:
    async with service(BLUEPRINT, settings) as intake:
        made = (await intake.http.post("/v1/complaints", json=FORM)).json()
        (received,) = await log.until("complaint.received", made["id"])
        assert (received.seq, received.data.number, received.data.complainant.name) == (1, made["number"], "Ana")
        await log.publish(
            event(TRIAGED, made["id"], 1), event(ASSIGNED, made["id"], 2), event(response(), made["id"], 1)
        )
        await intake.until_applied(made["id"], "routing", 2)
        await intake.until_applied(made["id"], "followup", 1)
        seen = (await intake.http.get(f"/v1/complaints/{made['id']}")).json()
    assert seen["assigned"] == {"team": "north", "agent": "luis"}
    assert (seen["status"], seen["first_response"]["by"]) == ("in_progress", "luis")
    assert {entry["type"] for entry in seen["timeline"]} == {
        "complaint.received", "complaint.triaged", "complaint.assigned", "response.sent"
    }  # fmt: skip


async def test_every_question_about_one_complaint_is_answered_from_an_index(intake: Running) -> None:
    for number in range(30):
        await intake.http.post("/v1/complaints", json=FORM | {"external_reference": f"T-{number}", "text": str(number)})
    documents = intake.runtime.desk.documents
    seen: Any = await documents.find_one({})
    customer = seen["state"]["received"]["customer_id"]
    asked: list[mongo.Document] = [
        {"key": {"$in": ["x"], "$type": "string"}},
        {"state.received.external_reference": {"$in": ["T-1"], "$type": "string"}},
        {"state.received.customer_id": customer, "state.received.historical": False},
    ]
    for question in asked:
        stats = (await documents.find(question).limit(1).explain())["executionStats"]
        assert stats["totalDocsExamined"] <= 1, question
