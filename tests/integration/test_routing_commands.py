"""Routing over HTTP, with its log and its store: transfers, escalations, queues, reference data, keys."""

from datetime import timedelta
from typing import Any

import pytest

from services.routing.main import BLUEPRINT
from shared.clock import HandClock
from shared.events.intake import ComplaintReceived
from shared.events.reference import Policy, Target
from shared.mongo import connect, database
from shared.runtime.reference import ReferenceStore
from shared.settings import Settings
from tests.integration.test_routing_places import card, held, known, make, routing, shown
from tests.support.log import Log, event
from tests.support.routing import MONDAY
from tests.support.running import Running, service
from tests.support.wait import until

pytestmark = pytest.mark.servers

TO_NIGHT = {"team": "night", "agent": "eva", "reason": "it is late", "summary": "she wants her card"}


async def with_night(running: Running, capacity: int = 1) -> None:
    await make(running, "teams", "night", name="Night", calendar="around-the-clock", manager="boss")
    await make(running, "agents", "boss", name="Boss", team="night", capacity=0)
    await make(running, "agents", "eva", name="Eva", team="night", capacity=capacity)


async def test_a_transfer_moves_the_case_its_deadlines_and_its_place(settings: Settings, log: Log) -> None:
    async with routing(settings) as running:
        await with_night(running)
        await log.publish(event(card(1, text="broken"), "k1"))
        before = await shown(running, "k1", agent="ana")
        send = {"Idempotency-Key": "one"}
        answer = await running.http.post("/v1/assignments/k1/transfer", json=TO_NIGHT, headers=send)
        assert answer.status_code == 200, answer.text
        after = answer.json()
        assert (after["team"], after["agent"], after["calendar"]) == ("night", "eva", "around-the-clock")
        assert after["deadlines"]["resolution"] < before["deadlines"]["resolution"]
        assert await held(running) == {"ana": 0, "eva": 1}
        said = (await log.until("complaint.assigned", "k1", 2))[1].data
        assert (said.agent, said.summary, said.moved) == ("eva", "she wants her card", ("resolution",))
        again = await running.http.post("/v1/assignments/k1/transfer", json=TO_NIGHT, headers=send)
        assert (again.json(), again.headers["Idempotent-Replayed"]) == (after, "true")
        assert await held(running) == {"ana": 0, "eva": 1}


async def test_transfers_that_cannot_be_are_refused_by_name_and_change_nothing(settings: Settings, log: Log) -> None:
    async with routing(settings, ana={}, ben={}) as running:
        await with_night(running, capacity=0)
        about = card(1, kind="treatment", about=[{"agent": "ana"}])
        await log.publish(event(about, "k1"))
        before = await shown(running, "k1", agent="ben")
        cases: list[tuple[dict[str, Any], int, str]] = [
            ({"team": "cards", "agent": "ana"}, 409, "owner_is_subject"),
            ({"team": "night", "agent": "eva"}, 409, "agent_full"),
            ({"team": "nowhere", "agent": None}, 422, "invalid"),
            ({"team": "night", "agent": "ben"}, 422, "invalid"),
            ({"teams": "night"}, 422, "invalid"),
            ({"summary": ""}, 422, "invalid"),
        ]
        for fields, status, code in cases:
            answer = await running.http.post("/v1/assignments/k1/transfer", json={**TO_NIGHT, **fields})
            assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
        old = {"If-Match": '"99"'}
        answer = await running.http.post("/v1/assignments/k1/transfer", json=TO_NIGHT, headers=old)
        assert answer.json()["code"] == "version_conflict"
        assert await shown(running, "k1") == before
        assert await held(running) == {"ben": 1}


async def test_a_transfer_to_the_queue_waits_there(settings: Settings, log: Log) -> None:
    async with routing(settings) as running:
        await with_night(running, capacity=0)
        await log.publish(event(card(1), "k1"))
        await shown(running, "k1", agent="ana")
        to_queue = {**TO_NIGHT, "agent": None}
        answer = await running.http.post("/v1/assignments/k1/transfer", json=to_queue)
        assert (answer.json()["agent"], answer.json()["waiting"]) == (None, True)
        queues = {one["team"]: one for one in (await running.http.get("/v1/queues")).json()["items"]}
        assert queues["night"] == {
            "team": "night", "waiting": 1, "oldest_at": "2026-03-02T09:00:00Z", "on_shift": 2, "capacity_left": 0,
        }  # fmt: skip
        assert (queues["cards"]["waiting"], queues["cards"]["capacity_left"]) == (0, 1)


async def test_somebody_one_level_up_is_told(settings: Settings, log: Log) -> None:
    async with routing(settings, ana={"manager": "boss"}) as running:
        await with_night(running)
        await log.publish(event(card(1), "k1"))
        await shown(running, "k1", agent="ana")
        ask = {"by": "ana", "reason": "I cannot solve this"}
        answer = await running.http.post("/v1/assignments/k1/escalation", json=ask)
        assert answer.json() | {"at": ""} == {"id": "k1", "level": 1, "reason": "manual", "to": "boss", "at": ""}
        (said,) = await log.until("complaint.escalated", "k1")
        assert (said.data.level, said.data.reason, said.data.words) == (1, "manual", "I cannot solve this")


async def test_a_new_policy_moves_open_deadlines_at_once(settings: Settings, log: Log) -> None:
    async with routing(settings) as running:
        await log.publish(event(card(1, text="broken"), "k1"))
        before = await shown(running, "k1", agent="ana")
        policy = (await running.http.get("/v1/policies/default")).json()
        body = {name: value for name, value in policy.items() if name not in ("id", "version")}
        body["targets"] = [{"clock": "first_response", "minutes": 30}]
        changed = await running.http.put("/v1/policies/default", json=body, headers={"If-Match": '"1"'})
        assert changed.json()["version"] == 2
        said = (await log.until("complaint.triaged", "k1", 2))[1].data
        assert (said.again, said.policy.version) == (True, 2)
        assert said.deadlines.first_response == MONDAY + timedelta(minutes=30)
        after = await shown(running, "k1", policy={"id": "default", "version": 2})
        assert after["deadlines"] != before["deadlines"]


async def test_a_policy_changed_just_before_a_crash_moves_deadlines_after_the_restart(
    settings: Settings, log: Log
) -> None:
    async with routing(settings) as running:
        await log.publish(event(card(1, text="broken"), "k1"))
        await shown(running, "k1", agent="ana")
    client = connect(settings.mongodb_uri)
    store = ReferenceStore(database(client, settings.database("routing"))["reference"])
    changed = Policy(name="new", targets=(Target(clock="first_response", minutes=30),))
    await store.put("policy", "default", changed, expect=1, now=MONDAY)
    client.close()
    async with service(BLUEPRINT, settings, HandClock(MONDAY)) as running:
        after = await shown(running, "k1", policy={"id": "default", "version": 2})
        assert after["deadlines"]["first_response"] == "2026-03-02T09:30:00Z"


async def test_history_is_triaged_and_neither_queued_nor_counted(settings: Settings, log: Log) -> None:
    async with routing(settings) as running:
        old: ComplaintReceived = card(1, historical=True)
        await log.publish(event(old, "k1"))
        seen = await shown(running, "k1", historical=True)
        assert (seen["team"], seen["waiting"], seen["open"]) == (None, False, False)
        assert set(seen["deadlines"].values()) == {None}
        assert await held(running) == {}


async def test_reference_data_is_written_whole_with_its_version(settings: Settings) -> None:
    async with service(BLUEPRINT, settings, HandClock(MONDAY)) as running:
        http = running.http
        team = {"name": "Cards", "calendar": "office-hours"}
        create, change = {"If-None-Match": "*"}, {"If-Match": '"1"'}
        assert (await http.put("/v1/teams/cards", json=team)).json()["code"] == "version_conflict"
        assert (await http.put("/v1/teams/cards", json={**team, "calendar": "x"}, headers=create)).status_code == 422
        assert (await http.put("/v1/teams/cards", json={**team, "x": 1}, headers=create)).status_code == 422
        made = await http.put("/v1/teams/cards", json=team, headers=create)
        assert (made.status_code, made.headers["ETag"], made.json()["id"]) == (201, '"1"', "cards")
        assert (await http.put("/v1/teams/cards", json=team, headers=create)).status_code == 412
        never = {"time_zone": "Europe/Madrid"}
        assert (await http.put("/v1/calendars/never", json=never, headers=create)).status_code == 201
        closed = await http.put("/v1/teams/cards", json={**team, "calendar": "never"}, headers=change)
        assert (closed.status_code, closed.json()["errors"][0]["field"]) == (422, "calendar")
        assert (await http.put("/v1/calendars/office-hours", json=never, headers=change)).status_code == 422
        renamed = await http.put("/v1/teams/cards", json={**team, "name": "C"}, headers=change)
        assert renamed.json()["version"] == 2
        versions = (await http.get("/v1/teams/cards/versions")).json()["items"]
        assert [(one["version"], one["state"]["name"]) for one in versions] == [(2, "C"), (1, "Cards")]
        assert [one["id"] for one in (await http.get("/v1/teams")).json()["items"]] == ["cards"]
        assert (await http.get("/v1/agents/zoe")).status_code == 404
        lost = {"name": "Z", "team": "nowhere"}
        assert (await http.put("/v1/agents/zoe", json=lost, headers=create)).status_code == 422


async def test_who_is_away_gets_nothing_until_back(settings: Settings, log: Log) -> None:
    clock = HandClock(MONDAY)
    async with routing(settings, clock=clock) as running:
        away = {"from": MONDAY.isoformat(), "to": (MONDAY + timedelta(hours=1)).isoformat()}
        for _ in range(2):
            answer = await running.http.post("/v1/agents/ana/absence", json=away)
            assert (answer.status_code, len(answer.json()["absences"]), answer.json()["version"]) == (201, 1, 2)
        backwards = {"from": away["to"], "to": away["from"]}
        assert (await running.http.post("/v1/agents/ana/absence", json=backwards)).status_code == 422
        assert (await running.http.post("/v1/agents/zoe/absence", json=away)).status_code == 404
        await known(running, "agents", "ana", 2)
        await log.publish(event(card(1), "k1"))
        await shown(running, "k1", waiting=True)
        clock.move(timedelta(hours=1))
        await shown(running, "k1", agent="ana")


async def test_a_key_works_until_it_is_revoked(settings: Settings) -> None:
    async with service(BLUEPRINT, settings, HandClock(MONDAY)) as running:
        form, once = {"owner": "shop", "scopes": ["cases:read"]}, {"Idempotency-Key": "k"}
        made = await running.http.post("/v1/keys", json=form, headers=once)
        assert made.status_code == 201, made.text
        key = made.json()
        again = await running.http.post("/v1/keys", json=form, headers=once)
        assert (again.json()["id"], again.json()["key"]) == (key["id"], None)
        other = await running.http.post("/v1/keys", json={**form, "owner": "x"}, headers=once)
        assert other.json()["code"] == "idempotency_key_reused"
        mine = {"Authorization": f"Bearer {key['key']}"}

        async def answers(status: int) -> bool:
            return (await running.http.get("/v1/teams", headers=mine)).status_code == status

        await until(lambda: answers(200), what="the key works")
        assert (await running.http.get("/v1/keys", headers=mine)).json()["code"] == "scope_missing"
        stored = await running.runtime.database["reference"].find_one({"_id": f"key/{key['id']}"})
        assert key["key"] not in str(stored)
        for _ in range(2):
            assert (await running.http.delete(f"/v1/keys/{key['id']}")).status_code == 204
        await until(lambda: answers(401), what="the key is refused")
        assert (await running.http.delete("/v1/keys/nothing")).status_code == 404
        listed = (await running.http.get("/v1/keys")).json()["items"]
        assert [one["revoked_at"] is not None for one in listed] == [True]


async def test_two_replicas_that_start_at_once_seed_once_and_write_over_nothing(settings: Settings) -> None:
    sample = settings.model_copy(update={"seed": "sample"})
    async with (
        service(BLUEPRINT, sample, HandClock(MONDAY)) as one,
        service(BLUEPRINT, sample, HandClock(MONDAY)) as two,
    ):
        items = (await two.http.get("/v1/agents")).json()["items"]
        assert {agent["version"] for agent in items} == {1}
        assert {team["id"] for team in (await one.http.get("/v1/teams")).json()["items"]} == {
            "around-the-clock", "cards-and-accounts",
        }  # fmt: skip
        body = {"name": "Ours", "calendar": "around-the-clock"}
        await one.http.put("/v1/teams/around-the-clock", json=body, headers={"If-Match": '"1"'})
    async with service(BLUEPRINT, sample, HandClock(MONDAY)) as three:
        assert (await three.http.get("/v1/teams/around-the-clock")).json()["name"] == "Ours"


async def test_the_api_describes_itself(settings: Settings) -> None:
    async with service(BLUEPRINT, settings, HandClock(MONDAY)) as running:
        described = (await running.http.get("/openapi.json")).json()
        for path in ("/v1/assignments/{complaint_id}/transfer", "/v1/queues", "/v1/keys"):
            assert path in described["paths"]
        for kind, name in (("teams", "team"), ("agents", "agent"), ("policies", "policy"), ("calendars", "calendar")):
            assert set(described["paths"][f"/v1/{kind}/{{{name}}}"]) == {"get", "put"}
        assert (await running.http.get("/readyz")).status_code in (200, 503)
