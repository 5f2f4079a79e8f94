"""Lists of cases and promises, and what follow-up refuses over HTTP, on a real store."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.followup.main import BLUEPRINT
from shared import ids
from shared.clock import HandClock
from shared.settings import Settings
from tests.integration.test_followup_service import DUE, Scene, begin
from tests.support.log import Log
from tests.support.running import Running, service
from tests.unit.followup_life import DAY, HOUR, MINUTE, MONDAY

pytestmark = pytest.mark.servers


@pytest.fixture
async def three(log: Log, settings: Settings) -> AsyncIterator[list[Scene]]:
    """Three cases, an hour between them."""
    clock = HandClock(MONDAY)
    async with service(BLUEPRINT, settings, clock) as followup:
        scenes = []
        for n in range(3):
            complaint_id, at = ids.uuid7(MONDAY), MONDAY + n * MINUTE
            number = ids.new_number()
            await begin(
                log,
                followup,
                complaint_id,
                number=number,
                received_at=at,
                customer_id=f"cu{n}",
                subject=f"Kettle {n} (red)",
            )
            scenes.append(Scene(log, settings, clock, followup, complaint_id))
        clock.move(10 * MINUTE)
        yield scenes


async def listed(followup: Running, path: str, **params: Any) -> list[Any]:
    """All pieces of the list."""
    items: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        response = await followup.http.get(path, params={**params, **cursor})
        assert response.status_code == 200, response.text
        items += response.json()["items"]
        if response.json()["next"] is None:
            return items
        cursor = {"cursor": response.json()["next"]}


async def test_cases_in_each_order_piece_by_piece(three: list[Scene]) -> None:
    followup, wanted = three[0].followup, [scene.complaint_id for scene in three]
    for sort in ("received_at", "next_due", "priority", "changed_at"):
        found = [case["id"] for case in await listed(followup, "/v1/cases", sort=sort, limit=1)]
        assert sorted(found) == sorted(wanted), sort
    found = [case["id"] for case in await listed(followup, "/v1/cases", sort="-received_at", limit=2)]
    assert found == wanted[::-1]
    assert [case["id"] for case in await listed(followup, "/v1/cases")] == wanted


async def test_cases_by_each_filter(three: list[Scene]) -> None:
    first, second, third = three
    await first.post("responses", {"by": "ana", "channel": "email", "text": "We look into it."})
    await second.promise(due=(MONDAY + HOUR).isoformat())
    third.clock.move(2 * HOUR)
    await second.until_status((await second.case())["promises"][1]["id"], "broken")
    number = (await third.case())["number"]
    for params, expected in (
        ({"agent": "ana"}, three),
        ({"team": "nobody"}, []),
        ({"status": ["acknowledged"]}, [third]),
        ({"status": ["in_progress", "closed"]}, [first, second]),
        ({"customer": "cu1"}, [second]),
        ({"overdue": "promise"}, [second]),
        ({"overdue": "first_response"}, []),
        ({"at_risk": "false", "channel": "web", "priority": "normal"}, three),
        ({"due_before": (MONDAY + 5 * HOUR).isoformat()}, [second, third]),
        ({"q": "kettle 1"}, [second]),
        ({"q": "KETT (r"}, three),
        ({"q": ".*"}, []),
        ({"q": "a\0b"}, []),
        ({"q": number.lower()}, [third]),
        ({"changed_since": (MONDAY + HOUR).isoformat()}, [second]),
        ({"product": "kettle"}, []),
    ):
        found = [case["id"] for case in await listed(three[0].followup, "/v1/cases", **params)]
        assert found == [scene.complaint_id for scene in expected], params


async def test_promises_of_all_cases_by_due(three: list[Scene]) -> None:
    for n, scene in enumerate(three):
        await scene.promise(due=(DUE - n * HOUR).isoformat(), owner="ben")
    followup = three[0].followup
    found = await listed(followup, "/v1/promises", owner="ben", status="open", said_by="person", kind="refund", limit=1)
    assert [promise["complaint_id"] for promise in found] == [scene.complaint_id for scene in three[::-1]]
    bounds = {"due_from": (DUE - HOUR).isoformat(), "due_to": DUE.isoformat(), "said_by": "person"}
    assert [p["complaint_id"] for p in await listed(followup, "/v1/promises", **bounds)] == [three[1].complaint_id]
    assert len(await listed(followup, "/v1/promises")) == 6
    assert len(await listed(followup, "/v1/promises", customer="cu2", made_to="customer")) == 2
    assert await listed(followup, "/v1/promises", customer="cu2", made_to="team") == []
    assert set(found[0]) >= {"why_not_now", "made_in", "replaced_by", "late_at", "override_reason"}


async def test_a_cursor_of_another_list_is_refused(three: list[Scene]) -> None:
    http = three[0].followup.http
    cursor = (await http.get("/v1/cases", params={"limit": 1})).json()["next"]
    for path, params in (
        ("/v1/cases", {"sort": "-received_at"}),
        ("/v1/cases", {"sort": "priority"}),
        ("/v1/promises", {}),
    ):
        response = await http.get(path, params={**params, "cursor": cursor})
        assert (response.status_code, response.json()["code"]) == (422, "invalid"), path
    assert (await http.get("/v1/cases", params={"cursor": "nonsense"})).status_code == 422


async def test_by_number_with_its_version_and_guarded_by_it(three: list[Scene]) -> None:
    scene = three[0]
    number = (await scene.case())["number"]
    shown = await scene.followup.http.get(f"/v1/cases/{number.lower()}")
    assert shown.json()["id"] == scene.complaint_id
    version = shown.headers["ETag"]
    noted = await scene.followup.http.post(
        f"/v1/cases/{number}/notes", json={"by": "ana", "text": "hello"}, headers={"If-Match": version}
    )
    assert noted.status_code == 201
    stale = await scene.followup.http.post(
        f"/v1/cases/{number}/notes", json={"by": "ana", "text": "hello"}, headers={"If-Match": version}
    )
    assert (stale.status_code, stale.json()["code"]) == (412, "version_conflict")


async def test_what_cannot_be_promised_names_when_it_can(three: list[Scene]) -> None:
    scene = three[0]
    body = {"made_by": "ana", "kind": "refund", "words": "yesterday", "due": (MONDAY - DAY).isoformat()}
    response = await scene.followup.http.post(f"{scene.path}/promises", json=body)
    problem = response.json()
    assert (response.status_code, problem["code"]) == (409, "promise_not_feasible")
    assert problem["instead"]
    await scene.promise(due=problem["instead"][0])


HOSTILE: list[tuple[str, Any, str]] = [
    ("responses", {"by": "ana", "channel": "email", "text": "  "}, "text"),
    ("responses", {"by": "ana", "channel": "email", "text": ""}, "text"),
    ("responses", {"by": "ana", "channel": "pigeon", "text": "x"}, "channel"),
    ("responses", {"by": "ana", "channel": "email", "text": "x", "extra": 1}, "extra"),
    ("responses", {"by": "Ana!", "channel": "email", "text": "x"}, "by"),
    ("responses", {"channel": "email", "text": "x"}, "by"),
    ("responses", {"by": "ana", "channel": "email", "text": "x", "occurred_at": "2026-03-02T09:00:00"}, "occurred_at"),
    ("responses", {"by": "ana", "channel": "email", "text": "x", "occurred_at": "9999-01-01T00:00:00Z"}, "occurred_at"),
    ("promises", {"made_by": "ana", "kind": "refund", "words": "x", "due": 1772442000}, "due"),
    (
        "promises",
        {"made_by": "ana", "kind": "refund", "words": "x", "due": "2026-03-02T14:00Z", "time_zone": "Mars/X"},
        "time_zone",
    ),
    ("promises/nowhere/fulfilment", {"by": "ana", "evidence": {"type": "call", "odd": 1}}, "evidence.odd"),
    ("waiting", {"by": "ana", "for": "godot"}, "for"),
    ("questions", {"by": "ana", "facts": []}, "facts"),
    ("resolution", {"by": "ana", "outcome": "adopted", "text": "x"}, "outcome"),
    ("verification", {"answer": "yes", "via": "call", "satisfaction": 9}, "satisfaction"),
    ("reopening", {"by": "ana", "reason": "because"}, "reason"),
]


async def test_bad_input_names_the_field_and_stores_nothing(three: list[Scene]) -> None:
    scene = three[0]
    before = await scene.followup.document(scene.complaint_id)
    for path, body, field in HOSTILE:
        response = await scene.followup.http.post(f"{scene.path}/{path}", json=body)
        assert response.status_code == 422, (path, body, response.text)
        assert field in [error["field"] for error in response.json()["errors"]], (path, body, response.text)
    assert await scene.followup.document(scene.complaint_id) == before


async def test_facts_remedy_and_waiting_over_http(three: list[Scene]) -> None:
    scene = three[0]
    await scene.post("questions", {"by": "ana", "facts": ["serial"]})
    facts = await scene.followup.http.patch(f"{scene.path}/facts", json={"serial": "X1", "a.b$c": "odd"})
    assert [fact["name"] for fact in facts.json()["facts"]] == ["serial", "a.b$c"]
    remedy = {"kind": "apology", "words": "say sorry", "by": "ana"}
    assert (await scene.followup.http.put(f"{scene.path}/remedy-sought", json=remedy)).json()["kind"] == "apology"
    assert (await scene.post("waiting", {"by": "ana", "for": "customer"}))["status"] == "waiting_customer"
    clocks = {clock["name"]: clock["state"] for clock in (await scene.case())["clocks"]}
    assert clocks == {"acknowledge": "met", "first_response": "running", "resolution": "paused", "legal": "running"}
    assert (await scene.post("resumption", {"by": "ana"}))["status"] == "in_progress"


async def test_the_rest_of_a_promise_over_http(three: list[Scene]) -> None:
    scene = three[0]
    one, two = await scene.promise(), await scene.promise()
    checked = await scene.post(f"promises/{one['id']}/check", {"by": "ana", "on_track": False, "note": "no stock"})
    assert checked["status"] == "open"
    await scene.post(f"promises/{one['id']}/attempt", {"by": "ana", "evidence": {"type": "call"}})
    later = {"by": "ana", "due": (DUE + HOUR).isoformat(), "words": "at four", "agreed_by_customer": True}
    refused = await scene.followup.http.post(f"{scene.path}/promises/{one['id']}/renegotiation", json=later)
    assert refused.status_code == 422
    new = await scene.post(f"promises/{one['id']}/renegotiation", {**later, "evidence": {"type": "call"}})
    assert (new["replaces"], new["status"]) == (one["id"], "open")
    gone = await scene.post(f"promises/{two['id']}/withdrawal", {"by": "ana", "words": "never mind"})
    assert gone["status"] == "withdrawn"
    told = {"reasons": "Used.", "next_step": "The consumer board is open to you."}
    await scene.post("resolution", {"by": "ana", "outcome": "partly", "text": "Half of it.", **told})
    again = await scene.post("verification", {"answer": "no", "via": "call", "by": "ana"})
    assert again["answer"] == "no"
    refused = await scene.followup.http.post(f"{scene.path}/reopening", json={"by": "ana", "reason": "new_fact"})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert (await scene.case())["cycle"] == 2


async def test_a_filter_that_is_none_is_refused_and_not_overheard(settings: Settings) -> None:
    async with service(BLUEPRINT, settings) as followup:
        answer = await followup.http.get("/v1/cases", params={"stauts": "closed"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "stauts"
    assert "status" in answer.json()["errors"][0]["reason"]
