"""Metrics on the real log: every event counts once, whatever restarts, repeats or rebuilds there are."""

import asyncio
import random
from datetime import timedelta

import pytest
from httpx import ASGITransport, AsyncClient

from services.metrics.book import read_totals
from services.metrics.main import BLUEPRINT
from services.metrics.taking import current
from shared.blueprint import assemble
from shared.clock import HandClock
from shared.events import followup
from shared.events.reference import Team
from shared.http import create_app
from shared.mongo import StoreError
from shared.settings import Settings
from tests.support.log import Log, message
from tests.support.metered import everything, heard_everything, nonzero, scraped, totals, value
from tests.support.running import AUTH, service
from tests.support.story import START, Story, hours

pytestmark = pytest.mark.servers


def some_stories(seed: int = 1, number: int = 40) -> list[Story]:
    """Complaints of many fates."""
    dice = random.Random(seed)
    tales = []
    for index in range(number):
        tale = Story(f"c{seed}-{index}").received(channel=dice.choice(["web", "phone"])).triaged()
        tale.assigned(dice.choice(["cards", "loans"]))
        if dice.random() < 0.8:
            tale.answered(at=(late := dice.choice([1, 6])), within=late < 4)
        if dice.random() < 0.3:
            tale.failed().answered("r2", 7, within=False)
        if dice.random() < 0.6:
            tale.made()
            (tale.kept if dice.random() < 0.5 else tale.broken)()
        tales.append(tale)
    return tales


async def say(log: Log, tales: list[Story]) -> None:
    """All of them, on the log."""
    await log.publish(*[event for tale in tales for event in tale.events])


async def test_everything_is_exported_from_zero(settings: Settings, log: Log) -> None:
    del log
    async with service(BLUEPRINT, settings, HandClock(START)) as metrics:
        shown = await scraped(metrics)
        assert value(shown, "palabra_promises_settled_total", kind="visit", said_by="system", outcome="broken") == 0
        assert value(shown, "palabra_complaints_unanswered", age_band=">7d", channel="fax", priority="low") == 0
        assert value(shown, "palabra_complaints_imported_total", format="cfpb") == 0
        assert value(shown, "palabra_steps_total", step="7", done="false") == 0
        assert value(shown, "palabra_promises_at_risk", kind="callback") == 0
        assert not totals(shown)
        assert not any(name.endswith("_timestamp_seconds") for name, _ in shown)
        report = (await metrics.http.get("/v1/reports/first-response")).json()
        assert (report["fell_due"], report["share_within"], report["rows"]) == (0, None, [])
        assert (await metrics.http.get("/v1/reports/promises", headers={"Authorization": "x"})).status_code == 401


async def test_a_life_is_counted_and_reported(settings: Settings, log: Log) -> None:
    clock = HandClock(START + hours(30))
    async with service(BLUEPRINT, settings, clock) as metrics:
        answered = Story("c1").received().triaged().assigned().answered().made().kept().resolved()
        silent = Story("c2").received(channel="phone").triaged(priority="high").assigned("loans", None)
        silent.say(followup.DeadlineOverdue(clock="first_response", deadline=START + hours(4), age_seconds=0), 4)
        silent.made("p3", made_to="team", kind="update")
        await say(log, [answered, silent.made("p2", said_by="system", kind="update")])
        await heard_everything(metrics)
        shown = await scraped(metrics)
        assert nonzero(shown, "palabra_first_responses_total") == {"web|normal|cards|true": 1}
        assert nonzero(shown, "palabra_deadlines_overdue_total") == {"phone|first_response|high|loans": 1}
        assert nonzero(shown, "palabra_first_response_elapsed_seconds_sum") == {"web|normal|cards": 3600}
        assert nonzero(shown, "palabra_first_response_elapsed_seconds_count") == {"web|normal|cards": 1}
        assert nonzero(shown, "palabra_complaints_unanswered") == {"1-3d|phone|high": 1}
        oldest = "palabra_complaints_unanswered_oldest_timestamp_seconds"
        assert value(shown, oldest) == START.timestamp()
        assert nonzero(shown, "palabra_complaints_unassigned") == {"loans": 1}
        assert nonzero(shown, "palabra_promises_open") == {"update": 2}
        assert nonzero(shown, "palabra_inner_promises_open") == {"update": 1}
        assert value(shown, "palabra_metrics_as_of_timestamp_seconds") == (START + hours(30)).timestamp()

        first = (await metrics.http.get("/v1/reports/first-response", params={"group_by": "channel"})).json()
        assert [(row["group"], row["share_within"]) for row in first["rows"]] == [("phone", 0.0), ("web", 1.0)]
        assert (first["fell_due"], first["unanswered"], first["share_within"]) == (2, 1, 0.5)
        promises = (await metrics.http.get("/v1/reports/promises", params={"made_to": "customer"})).json()
        assert (promises["due"], promises["kept"], promises["open"], promises["share_kept"]) == (2, 1, 1, 1.0)
        assert [row["said_by"] for row in promises["rows"]] == ["person", "system"]
        assert promises["median_margin_seconds"] == 4 * 3600
        inner = (await metrics.http.get("/v1/reports/promises", params={"made_to": "inner"})).json()
        assert (inner["due"], inner["open"], inner["rows"][0]["due"]) == (1, 1, 1)
        ended = (await metrics.http.get("/v1/reports/complaints")).json()
        assert (ended["received"], ended["resolved"], ended["upheld"]) == (2, 1, 1)
        assert (await metrics.http.get("/v1/reports/funnel")).json()["answered"] == 1
        sheet = await metrics.http.get("/v1/reports/first-response", params={"format": "csv", "group_by": "team"})
        assert sheet.headers["content-type"].startswith("text/csv")
        assert [line.split(",")[:2] for line in sheet.text.splitlines()] == [
            ["group", "fell_due"], ["cards", "1"], ["loans", "1"],
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "to"),
        ({"as_of": "1066-10-14"}, "as_of"),
        ({"time_zone": "Europe/Atlantis"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"group_by": "customer"}, "group_by"),
        ({"format": "xlsx"}, "format"),
        ({"historical": "maybe"}, "historical"),
        ({"cycle": "second"}, "cycle"),
    ],
)
async def test_a_question_that_makes_no_sense_is_named(settings: Settings, params: dict[str, str], field: str) -> None:
    runtime = assemble(BLUEPRINT, settings, HandClock(START))
    transport = ASGITransport(app=create_app(runtime))
    async with AsyncClient(transport=transport, base_url="http://test", headers=AUTH) as client:
        answer = await client.get("/v1/reports/first-response", params=params)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_spans_are_read_in_the_asked_zone(settings: Settings, log: Log) -> None:
    async with service(BLUEPRINT, settings, HandClock(START + hours(30))) as metrics:
        await say(log, [Story("c1").received()])
        await heard_everything(metrics)

        async def received(**params: str) -> int:
            answer = await metrics.http.get("/v1/reports/complaints", params=params)
            assert answer.status_code == 200, answer.text
            return int(answer.json()["received"])

        # It came at 09:00 UTC, which is 18:00 in Tokyo.
        assert await received(**{"from": "2026-03-02T18:00:00", "time_zone": "Asia/Tokyo"}) == 1
        assert await received(**{"from": "2026-03-02T18:00:01", "time_zone": "Asia/Tokyo"}) == 0
        assert await received(**{"from": "2026-03-02T10:00:00 01:00", "to": "2026-03-03"}) == 1
        assert await received(**{"from": "2026-03-01", "to": "2026-03-02T09:00:00Z"}) == 0


async def test_a_restart_and_the_whole_log_once_more_change_nothing(settings: Settings, log: Log) -> None:
    async with service(BLUEPRINT, settings, HandClock(START + hours(30))) as metrics:
        await say(log, some_stories())
        await heard_everything(metrics)
        before = await scraped(metrics)
    async with service(BLUEPRINT, settings, HandClock(START + hours(30))) as metrics:
        assert await scraped(metrics) == before
        await metrics.runtime.listener.take(await everything(metrics))
        assert await scraped(metrics) == before
        await log.publish_raw(*[message(event) for tale in some_stories() for event in tale.events])
        await heard_everything(metrics)
        assert await scraped(metrics) == before
        assert await documents_agree(metrics.runtime)


async def documents_agree(runtime: object) -> bool:
    """What the totals count as answered and promised is what the documents say."""
    generation = await current(runtime)  # type: ignore[arg-type]
    summed = (await read_totals(generation)).summed()
    counted = {"first": 0, "made": 0}
    for (_, key), n in summed.items():
        counted["first"] += n * (key.startswith("palabra_first_responses|"))
        counted["first"] -= n * (key.startswith("palabra_first_responses_taken_back|"))
        counted["made"] += n * key.startswith("palabra_promises_made|")
    stored = {"first": 0, "made": 0}
    async for document in generation.complaints.find({}):
        cycles = document["state"]["cycles"]
        stored["first"] += sum(response["counted"] for cycle in cycles for response in cycle["responses"])
        stored["made"] += len(document["state"]["promises"])
    assert counted == stored
    return True


async def test_two_replicas_count_nothing_twice(settings: Settings, log: Log) -> None:
    clock = HandClock(START + hours(30))
    async with service(BLUEPRINT, settings, clock) as one, service(BLUEPRINT, settings, clock, only="api") as two:
        await say(log, some_stories())
        await heard_everything(one)
        alone = await scraped(one)
        assert await scraped(two) == alone
        # The same batch at the same time in two replicas, as after a rebalance in the middle of it.
        await say(log, some_stories(seed=2))
        records = await everything(one)
        takes = [one.runtime.listener.take, two.runtime.listener.take]

        async def insist(take: object) -> None:
            while True:
                try:
                    await take(records)  # type: ignore[operator]
                except StoreError:
                    await asyncio.sleep(0.01)
                else:
                    return

        await asyncio.gather(*(insist(take) for take in takes * 2))
        await heard_everything(one)
        both = await scraped(one)
        assert await scraped(two) == both
        assert await documents_agree(one.runtime)
        assert sum(nonzero(both, "palabra_complaints_received_total").values()) == 80


async def test_facts_and_totals_are_saved_together_or_not_at_all(settings: Settings, log: Log) -> None:
    async with service(BLUEPRINT, settings, HandClock(START), only="api") as metrics:
        await say(log, [Story(f"c{number}").received() for number in range(9)])
        generation = await current(metrics.runtime)
        records = await everything(metrics)
        last = max(record.partition for record in records)
        assert last > min(record.partition for record in records)
        # The totals of the last partition refuse, as those of a replaced set do: nothing at all may be there then,
        # neither the facts, which were written before, nor the totals of the other partitions.
        await generation.totals.insert_one({"_id": f"{last}/", "partition": last, "team": "", "closed": True})
        with pytest.raises(StoreError):
            await metrics.runtime.listener.take(records)
        assert await generation.complaints.count_documents({}) == 0
        assert await generation.totals.count_documents({}) == 1
        await generation.totals.delete_one({"_id": f"{last}/"})
        await metrics.runtime.listener.take(records)
        assert sum(totals(await scraped(metrics)).values()) == 9


async def test_an_event_that_no_document_can_hold_is_kept_aside_alone(settings: Settings, log: Log) -> None:
    async with service(BLUEPRINT, settings, HandClock(START)) as metrics:
        too_large = Story("c1").received().reopened(cycle=2**70)
        await say(log, [too_large, *some_stories()])
        await heard_everything(metrics)
        assert [entry["reason"] async for entry in metrics.runtime.parking.entries()] == ["poison"]
        shown = await scraped(metrics)
        assert sum(nonzero(shown, "palabra_complaints_received_total").values()) == 41
        assert not nonzero(shown, "palabra_complaints_reopened_total")
        assert await documents_agree(metrics.runtime)


async def test_the_totals_cannot_be_read_and_are_not_shown_as_zeros(settings: Settings) -> None:
    nowhere = settings.model_copy(update={"mongodb_uri": "mongodb://127.0.0.1:9/?replicaSet=rs0"})
    runtime = assemble(BLUEPRINT, nowhere, HandClock(START))
    transport = ASGITransport(app=create_app(runtime))
    async with AsyncClient(transport=transport, base_url="http://test", timeout=60) as client:
        assert (await client.get("/metrics")).status_code == 503


async def test_no_counter_ever_falls(settings: Settings, log: Log) -> None:
    async with service(BLUEPRINT, settings, HandClock(START + hours(30))) as metrics:
        await say(log, some_stories())
        await heard_everything(metrics)
        before = await scraped(metrics)
        generation = await current(metrics.runtime)
        await generation.totals.update_many({}, {"$unset": {"counters": ""}})
        assert totals(await scraped(metrics)) == totals(before)


async def test_a_parked_event_is_counted_when_it_is_redriven(settings: Settings, log: Log) -> None:
    async with service(BLUEPRINT, settings, HandClock(START + hours(30))) as metrics:
        tale = Story("c1").received().triaged().assigned().made()
        key, _, headers = message(tale.events[-1])
        await log.publish(*tale.events[:-1])
        await log.publish_raw((key, b'{"promise": "poison"}', headers))
        await heard_everything(metrics)
        assert not nonzero(await scraped(metrics), "palabra_promises_made_total")
        parking = metrics.runtime.parking
        [entry] = [entry async for entry in parking.entries()]
        good = message(tale.events[-1])[1]
        await parking.parked.update_one({"_id": entry["_id"]}, {"$set": {"value": good}})
        assert await parking.redrive("c1") == (1, 0)
        assert nonzero(await scraped(metrics), "palabra_promises_made_total") == {"callback|false|person": 1}


async def test_ages_move_with_the_product_clock(settings: Settings, log: Log) -> None:
    clock = HandClock(START)
    async with service(BLUEPRINT, settings, clock) as metrics:
        await say(log, [Story("c1").received().triaged()])
        await heard_everything(metrics)
        bands: list[str] = []
        for age in (timedelta(0), hours(1), hours(4), hours(24), hours(72), timedelta(days=7)):
            clock.at = START + age
            bands += nonzero(await scraped(metrics), "palabra_complaints_unanswered")
        assert bands == [f"{band}|web|normal" for band in ("<1h", "1-4h", "4-24h", "1-3d", "3-7d", ">7d")]


async def test_every_team_that_exists_is_exported_from_zero(settings: Settings, log: Log) -> None:
    del log
    async with service(BLUEPRINT, settings, HandClock(START)) as metrics:
        follower = metrics.runtime.follower
        follower.reference = follower.reference.with_datum("team", "cards", 1, Team(name="Cards", calendar="office"))
        shown = await scraped(metrics)
        of = {"channel": "fax", "priority": "low", "team": "cards"}
        assert value(shown, "palabra_first_response_business_seconds_count", **of) == 0
        assert value(shown, "palabra_first_responses_taken_back_total", **of, within_target="true") == 0
        assert value(shown, "palabra_deadlines_overdue_total", **of, clock="legal") == 0
        assert value(shown, "palabra_complaints_unassigned", team="cards") == 0
