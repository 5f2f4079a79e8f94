"""What whoever runs a service can ask of it, over HTTP."""

import base64
import hashlib
from typing import Any

import pytest

from services.metrics.main import BLUEPRINT as METRICS
from shared.clock import HandClock
from shared.events import Event
from shared.events.reference import Key
from shared.settings import Settings
from tests.support.log import NOW, Log, event, message
from tests.support.metered import heard_everything, nonzero, scraped
from tests.support.running import Running, service
from tests.support.story import Story, hours
from tests.support.tally import Tally, blueprint, on_message, received, said
from tests.support.wait import until

pytestmark = pytest.mark.servers
BASE = "/v1/services/followup"


def life(complaint_id: str, *texts: str, number: str = "7K3M-9Q2X") -> list[Event[Any]]:
    """A complaint and its further messages."""
    further = [event(said(text), complaint_id, seq) for seq, text in enumerate(texts, 2)]
    return [event(received(number), complaint_id, 1), *further]


async def parked(tally: Running, count: int, **params: Any) -> list[dict[str, Any]]:
    """The list, once it is so long, and the documents, which come after the bytes, are parked too."""

    async def look() -> list[dict[str, Any]] | None:
        items: list[dict[str, Any]] = (await tally.http.get(f"{BASE}/parked", params=params)).json()["items"]
        documents = [await tally.document(item["complaint_id"]) for item in items if item["complaint_id"]]
        done = len(items) == count and all(document and document.get("parked") for document in documents)
        return items if done else None

    return await until(look, what=f"{count} parked")


def mended() -> Any:
    """The tally, able to take everything."""

    def take(state: Tally, heard: Event[Any], *, now: Any, world: Any) -> Any:
        return on_message(state, event(said(f"({heard.data.text})"), "c1", heard.seq), now=now, world=world)

    return blueprint(changes={type(said("x")): take})


async def test_the_list_says_why_and_never_what(log: Log, settings: Settings) -> None:
    await log.publish_raw((b"c1", b"\xff no event", [("content-type", b"text/plain")]))
    await log.publish(*life("c1", "poison", "behind"), *life("c2", "poison", number="7K3M-9Q2Y"))
    async with service(blueprint(), settings) as tally:
        items = await parked(tally, 4)
        assert {item["reason"] for item in items} == {"poison", "behind", "not_an_event"}
        assert all(item.keys().isdisjoint({"key", "headers", "value"}) for item in items)
        of_one = await parked(tally, 2, complaint="c1")
        assert [(item["seq"], item["reason"]) for item in of_one] == [(2, "poison"), (3, "behind")]
        assert of_one[0]["type"] == "complaint.message_received"
        assert "cannot be taken" in of_one[0]["error"]
        figures = (await tally.http.get(f"{BASE}/status")).json()
    assert (figures["service"], figures["parked"]) == ("followup", 4)


@pytest.mark.parametrize("complaint", [None, "c1"])
async def test_the_list_comes_in_pages(log: Log, settings: Settings, complaint: str | None) -> None:
    await log.publish(*life("c1", "poison", *[f"{n}" for n in range(11)]))
    async with service(blueprint(), settings) as tally:
        asked = {} if complaint is None else {"complaint": complaint}
        whole = await parked(tally, 12, **asked)
        seen: list[dict[str, Any]] = []
        cursor: dict[str, Any] = {}
        while True:
            page = (await tally.http.get(f"{BASE}/parked", params={"limit": 5, **asked, **cursor})).json()
            seen += page["items"]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        stray = await tally.http.get(f"{BASE}/parked", params={"cursor": "bm9uZQ"})
    assert seen == whole
    assert stray.status_code == 422
    if complaint:
        assert [item["seq"] for item in seen] == list(range(2, 14))


async def test_one_message_is_shown_whole(log: Log, settings: Settings) -> None:
    poison = event(said("poison"), "c1", 2)
    await log.publish_raw((b"c\xff", b"\xff no event", [("content-type", b"text/plain")]))
    await log.publish(event(received(), "c1", 1), poison)
    async with service(blueprint(), settings) as tally:
        refs = {item["reason"]: item["ref"] for item in await parked(tally, 2)}
        shown = (await tally.http.get(f"{BASE}/parked/{refs['poison']}")).json()
        binary = (await tally.http.get(f"{BASE}/parked/{refs['not_an_event']}")).json()
        absent = await tally.http.get(f"{BASE}/parked/no.such.topic/0/7")
        odd = await tally.http.get(f"{BASE}/parked/odd/x/7")
    assert (shown["key"], shown["seq"]) == ({"encoding": "text", "content": "c1"}, 2)
    assert shown["value"] == {"encoding": "text", "content": message(poison)[1].decode()}
    assert {"name": "ce_seq", "value": {"encoding": "text", "content": "2"}} in shown["headers"]
    assert binary["key"] == {"encoding": "base64", "content": base64.b64encode(b"c\xff").decode()}
    assert binary["complaint_id"] is None
    assert (absent.status_code, absent.json()["code"]) == (404, "not_found")
    assert odd.status_code == 422


async def test_redrive_applies_what_can_be_applied_now(log: Log, settings: Settings) -> None:
    await log.publish(*life("c1", "poison", "behind"), *life("c2", "poison", number="7K3M-9Q2Y"))
    async with service(blueprint(), settings) as tally:
        await parked(tally, 3)
        still = await tally.http.post(f"{BASE}/parked/redrive", json={})
        assert still.json() == {"complaints": 2, "applied": 0, "parked": 3, "next": None}
    async with service(mended(), settings) as tally:
        one = await tally.http.post(f"{BASE}/parked/redrive", json={"complaint_id": "c2"})
        assert one.json() == {"complaints": 1, "applied": 1, "parked": 0, "next": None}
        rest = await tally.http.post(f"{BASE}/parked/redrive", json={})
        assert rest.json() == {"complaints": 1, "applied": 2, "parked": 0, "next": None}
        document = await tally.document("c1")
        unknown = await tally.http.post(f"{BASE}/parked/redrive", json={"complaint_id": "c9"})
    assert document is not None
    assert document["state"]["heard"][1:] == ["(poison)", "(behind)"]
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")


async def test_what_waited_behind_a_discarded_event_goes_on(log: Log, settings: Settings) -> None:
    await log.publish(*life("c1", "poison", "behind"))
    async with service(blueprint(), settings) as tally:
        poison, behind = await parked(tally, 2, complaint="c1")
        early = await tally.http.post(f"{BASE}/parked/discard", json={"ref": behind["ref"]})
        assert (early.status_code, early.json()["code"]) == (409, "conflict")
        done = await tally.http.post(f"{BASE}/parked/discard", json={"ref": poison["ref"]})
        assert done.json() == {"complaints": 1, "applied": 1, "parked": 0, "next": None}
        document = await tally.document("c1")
        assert await parked(tally, 0) == []
        shown = (await tally.http.get(f"{BASE}/parked/{poison['ref']}")).json()
        absent = await tally.http.post(f"{BASE}/parked/discard", json={"ref": "no.such.topic/0/7"})
    assert document is not None
    assert (document["state"]["heard"][1:], document["applied"]) == (["behind"], {"intake": 3})
    assert "parked" not in document
    assert shown["discarded"] is True
    assert absent.status_code == 404


async def test_marks_come_in_the_order_of_ids(log: Log, settings: Settings) -> None:
    await log.publish(*[said for n in range(7) for said in life(f"c{n}", "text", number=f"7K3M-000{n}")])
    async with service(blueprint(), settings) as tally:
        for n in range(7):
            await tally.until_applied(f"c{n}", "intake", 2)
        marks, params = [], {"limit": "3"}
        while True:
            page = (await tally.http.get(f"{BASE}/marks", params=params)).json()
            marks += page["items"]
            if page["next"] is None:
                break
            params["cursor"] = page["next"]
        too_many = await tally.http.get(f"{BASE}/marks", params={"limit": 1001})
    assert marks == [{"id": f"c{n}", "seq": 1, "applied": {"intake": 2}, "parked": False} for n in range(7)]
    assert too_many.status_code == 422


async def test_only_a_key_with_the_scope_admin_may_ask(settings: Settings) -> None:
    key = Key(sha256=hashlib.sha256(b"weak").hexdigest(), owner="shop", kind="system", scopes=("cases:read",),
              created_at=NOW)  # fmt: skip
    reads = ["/status", "/marks", "/parked", "/parked/a.topic/0/1"]
    asked: list[tuple[str, str, Any]] = [("GET", path, None) for path in reads]
    asked += [("POST", "/parked/redrive", {}), ("POST", "/parked/discard", {"ref": "a.topic/0/1"})]
    async with service(blueprint(), settings) as tally:
        await tally.runtime.reference_store.put("key", "weak", key, expect=None, now=NOW)
        await tally.runtime.follower.load()
        for method, path, body in asked:
            weak = {"Authorization": "Bearer weak"}
            refused = await tally.http.request(method, BASE + path, json=body, headers=weak)
            assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
            nobody = await tally.http.request(method, BASE + path, json=body, headers={"Authorization": ""})
            assert nobody.status_code == 401


async def test_each_service_answers_under_its_own_name_only(settings: Settings) -> None:
    async with service(blueprint(), settings, only="api") as tally:
        assert (await tally.http.get("/v1/services/followup/marks")).status_code == 200
        assert (await tally.http.get("/v1/services/intake/marks")).status_code == 404


async def test_metrics_tells_of_the_set_that_is_live(log: Log, settings: Settings) -> None:
    tale = Story("c1").received().triaged().assigned().made()
    key, _, headers = message(tale.events[3])
    await log.publish(*tale.events[:3])
    await log.publish_raw((key, b'{"promise": "poison"}', headers))
    clock = HandClock(NOW + hours(1))
    # The second process has no worker: nothing but these routes tells it which set is live.
    async with service(METRICS, settings, clock) as worker, service(METRICS, settings, clock, only="api") as api:
        await heard_everything(worker)
        base = "/v1/services/metrics"
        marks = (await api.http.get(f"{base}/marks")).json()["items"]
        assert marks == [{"id": "c1", "seq": 0, "applied": {"intake": 1, "routing": 2}, "parked": True}]
        [item] = (await api.http.get(f"{base}/parked")).json()["items"]
        assert (item["reason"], item["source"], item["seq"]) == ("poison", "followup", 1)
        done = await api.http.post(f"{base}/parked/discard", json={"ref": item["ref"]})
        assert done.json() == {"complaints": 1, "applied": 0, "parked": 0, "next": None}
        marks = (await api.http.get(f"{base}/marks")).json()["items"]
        assert marks == [{"id": "c1", "seq": 0, "applied": {"intake": 1, "routing": 2, "followup": 1}, "parked": False}]
        received_once = nonzero(await scraped(worker), "palabra_complaints_received_total")
    assert list(received_once.values()) == [1]
