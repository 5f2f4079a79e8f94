"""Counting everything again from the log gives the same numbers to the unit, and what did not agree is told."""

import asyncio
from typing import Any

import pytest

from services.metrics.book import read_totals
from services.metrics.main import BLUEPRINT
from services.metrics.rebuild import rebuild
from services.metrics.requests import Requests
from services.metrics.taking import current, take_into
from shared.blueprint import assemble
from shared.clock import HandClock
from shared.decision import NotFound
from shared.mongo import StoreError
from shared.settings import Settings
from tests.integration.test_metrics_service import documents_agree, say, some_stories
from tests.support.log import Log, message
from tests.support.metered import everything, heard_everything, nonzero, scraped, totals
from tests.support.running import Running, service
from tests.support.story import START, Story, hours
from tests.support.wait import until

pytestmark = pytest.mark.servers
NOW = START + hours(30)


async def rebuilt(metrics: Running) -> dict[str, Any]:
    """A rebuild, asked for and waited for."""
    asked = await metrics.http.post("/v1/rebuilds")
    assert asked.status_code == 202, asked.text

    async def look() -> dict[str, Any] | None:
        shown: dict[str, Any] = (await metrics.http.get(f"/v1/rebuilds/{asked.json()['id']}")).json()
        return shown if shown["state"] in ("done", "failed") else None

    return await until(look, what="the rebuild is over")


async def test_a_rebuild_gives_the_same_numbers_to_the_unit(settings: Settings, log: Log) -> None:
    async with service(BLUEPRINT, settings, HandClock(NOW)) as metrics:
        await say(log, some_stories())
        await heard_everything(metrics)
        before, generation = await scraped(metrics), await current(metrics.runtime)
        run = await rebuilt(metrics)
        assert (run["state"], run["difference_count"], run["differences"]) == ("done", 0, [])
        assert run["read"] == run["to_read"] == len(await everything(metrics))
        after = await current(metrics.runtime)
        assert after.number == run["generation"] > generation.number
        assert await scraped(metrics) == before
        assert (await read_totals(after)).summed() == (await read_totals(generation)).summed()
        # Life goes on in the new set.
        await say(log, some_stories(seed=2))
        await heard_everything(metrics)
        assert sum(nonzero(await scraped(metrics), "palabra_complaints_received_total").values()) == 80
        assert await documents_agree(metrics.runtime)
        # A second one leaves nothing of the first set.
        await rebuilt(metrics)
        names = await metrics.runtime.database.list_collection_names()
        assert generation.complaints.name not in names


async def test_what_was_counted_wrongly_is_told_and_put_right(settings: Settings, log: Log) -> None:
    async with service(BLUEPRINT, settings, HandClock(NOW)) as metrics:
        await say(log, [Story("c1").received().triaged().assigned().answered()])
        await heard_everything(metrics)
        generation = await current(metrics.runtime)
        key = "palabra_first_responses|web|normal|true"
        await generation.totals.update_one({"team": "cards"}, {"$inc": {f"counters.{key}": 2}})
        run = await rebuilt(metrics)
        assert run["difference_count"] == 1
        found = run["differences"][0]
        assert (found["team"], found["series"], found["live"], found["rebuilt"]) == ("cards", key, 3, 1)
        assert (await read_totals(await current(metrics.runtime))).summed()["cards", key] == 1


async def test_traffic_meanwhile_makes_no_difference(settings: Settings, log: Log) -> None:
    async with service(BLUEPRINT, settings, HandClock(NOW)) as metrics:
        await say(log, some_stories())

        async def more() -> None:
            for seed in range(2, 8):
                await say(log, some_stories(seed=seed, number=10))
                await asyncio.sleep(0.2)

        run, _ = await asyncio.gather(rebuilt(metrics), more())
        assert (run["state"], run["difference_count"]) == ("done", 0)
        await heard_everything(metrics)
        assert sum(nonzero(await scraped(metrics), "palabra_complaints_received_total").values()) == 100
        assert await documents_agree(metrics.runtime)
        assert (await rebuilt(metrics))["difference_count"] == 0


async def test_a_batch_under_way_while_the_sets_are_switched_goes_into_the_new_one(
    settings: Settings, log: Log
) -> None:
    async with service(BLUEPRINT, settings, HandClock(NOW), only="api") as metrics:
        await say(log, some_stories())
        records = await everything(metrics)
        await metrics.runtime.listener.take(records)
        old = await current(metrics.runtime)
        requests = Requests(metrics.runtime.database)
        await requests.ask("r1", "ana")
        run = await requests.claim("me")
        assert run is not None
        await rebuild(metrics.runtime, run)
        await say(log, [Story("late").received()])
        late = next(record for record in await everything(metrics) if record.key == b"late")
        with pytest.raises(StoreError):
            await take_into(metrics.runtime, old, [late])
        assert await old.complaints.find_one({"_id": "late"}) is None
        await metrics.runtime.listener.take([late])
        assert sum(nonzero(await scraped(metrics), "palabra_complaints_received_total").values()) == 41


async def test_one_rebuild_at_a_time_and_the_same_request_once(settings: Settings, log: Log) -> None:
    del log
    async with service(BLUEPRINT, settings, HandClock(NOW), only="api") as metrics:
        key = {"Idempotency-Key": "k1"}
        first = await metrics.http.post("/v1/rebuilds", headers=key)
        assert (first.status_code, first.json()["state"]) == (202, "requested")
        assert (await metrics.http.post("/v1/rebuilds", headers=key)).json() == first.json()
        other = await metrics.http.post("/v1/rebuilds")
        assert (other.status_code, other.json()["code"]) == (409, "rebuild_running")
        assert other.json()["rebuild_id"] == first.json()["id"]
        assert (await metrics.http.get("/v1/rebuilds/no-such-id")).status_code == 404


async def test_a_rebuild_whose_worker_died_is_begun_anew(settings: Settings, log: Log) -> None:
    async with service(BLUEPRINT, settings, HandClock(NOW)) as metrics:
        await say(log, some_stories())
        await heard_everything(metrics)
        before = await scraped(metrics)
        await Requests(metrics.runtime.database).ask("r1", "ana")
        rebuilds = metrics.runtime.database["rebuilds"]
        dead = {"state": "running", "holder": "dead", "until": START}
        await rebuilds.update_one({"_id": "r1"}, {"$set": dead})

        async def done() -> bool:
            return (await Requests(metrics.runtime.database).get("r1")).state == "done"

        await until(done, what="begun anew and done")
        assert totals(await scraped(metrics)) == totals(before)


async def test_what_was_discarded_stays_so(settings: Settings, log: Log) -> None:
    async with service(BLUEPRINT, settings, HandClock(NOW)) as metrics:
        tale = Story("c1").received().triaged().assigned().made().made("p2")
        key, _, headers = message(tale.events[3])
        await log.publish(*tale.events[:3])
        await log.publish_raw((key, b'{"promise": "poison"}', headers))
        await log.publish(tale.events[4])
        await heard_everything(metrics)
        [poison] = [x async for x in metrics.runtime.parking.entries() if x["reason"] == "poison"]
        await metrics.runtime.parking.discard(poison["_id"])
        await metrics.runtime.parking.redrive("c1")
        before = await scraped(metrics)
        assert nonzero(before, "palabra_promises_made_total") == {"callback|false|person": 1}
        assert (await rebuilt(metrics))["difference_count"] == 0
        assert await scraped(metrics) == before
        assert [entry async for entry in metrics.runtime.parking.entries()] == []


async def test_a_rebuild_that_cannot_read_the_log_fails_and_leaves_the_live_set_alone(settings: Settings) -> None:
    nowhere = settings.model_copy(update={"kafka": "127.0.0.1:9"})
    runtime = assemble(BLUEPRINT, nowhere, HandClock(NOW))
    requests = Requests(runtime.database)
    await requests.ask("r1", "ana")
    assert (await requests.current()).id == "r1"
    run = await requests.claim("me")
    assert run is not None
    before = await current(runtime)
    await rebuild(runtime, run)
    over = await requests.get("r1")
    assert (over.state, "Kafka" in (over.error or "")) == ("failed", True)
    assert (await current(runtime)).number == before.number
    with pytest.raises(NotFound):
        await requests.current()
    runtime.client.close()
