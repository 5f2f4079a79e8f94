"""The rules of saving and publishing, with kill -9 where the rule is about crashes. Source: the architecture."""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime

import pytest

from deploy.local import net
from shared.events import Event
from shared.events.cloudevents import pack
from shared.events.followup import ComplaintResumed
from shared.mongo import Document
from shared.settings import Settings
from tests.support.log import NOW, Log, event
from tests.support.running import service
from tests.support.tally import blueprint, received, said
from tests.support.wait import until

pytestmark = pytest.mark.servers


def environment(settings: Settings) -> dict[str, str]:
    """The settings as a process gets them."""
    return {
        **os.environ,
        "PALABRA_MONGODB_URI": settings.mongodb_uri,
        "PALABRA_KAFKA": settings.kafka,
        "PALABRA_DATABASE_PREFIX": settings.database_prefix,
        "PALABRA_TOPIC_PREFIX": settings.topic_prefix,
        "PALABRA_PARTITIONS": str(settings.partitions),
        "PALABRA_PORT": str(net.any_free()),
    }


async def die_at(place: str, settings: Settings) -> None:
    """A process of the tally has run and was killed at that place."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.dying", place, env=environment(settings)
    )
    async with asyncio.timeout(90):
        assert await process.wait() == -signal.SIGKILL


@pytest.mark.parametrize("place", ["before_publishing", "before_removal"])
async def test_killed_between_save_publication_and_removal_nothing_is_lost(
    place: str, log: Log, settings: Settings
) -> None:
    await log.publish(event(received(), "c1", 1), event(said("hello"), "c1", 2))
    await die_at(place, settings)
    async with service(blueprint(), settings) as tally:
        document = await tally.document("c1")
        assert document is not None
        assert [record["seq"] for record in document["outbox"]] == [1], "saved with the state, and not yet removed"
        answers = await log.until("complaint.resumed", "c1", 1 if place == "before_publishing" else 2)
        await until(lambda: _outbox_is_empty(tally, "c1"))
        await log.publish(event(said("again"), "c1", 3))
        await tally.until_applied("c1", "intake", 3)
        later = await log.until("complaint.resumed", "c1", len(answers) + 1)
    # The one that was there twice is the same event: same id, same seq.
    assert {(x.seq, x.id) for x in answers} == {(1, answers[0].id)}
    assert [x.seq for x in later][-1] == 2


async def _outbox_is_empty(tally: object, complaint_id: str) -> bool:
    document = await tally.document(complaint_id)  # type: ignore[attr-defined]
    return not document["outbox"]


async def test_state_inbox_and_outbox_are_saved_in_one_write(log: Log, settings: Settings) -> None:
    """Seen from the store's own log of changes: one update holds all of it."""
    async with service(blueprint(), settings) as tally:
        await log.publish(event(received(), "c1", 1))
        before = await tally.until_applied("c1", "intake", 1)
        watching = tally.runtime.desk.documents.watch([{"$match": {"documentKey._id": "c1"}}])
        async with watching as changes:
            await changes.try_next()
            await log.publish(event(said("hello"), "c1", 2))
            change = await asyncio.wait_for(changes.next(), 60)
    changed = change["updateDescription"]["updatedFields"]
    assert changed["version"] == before["version"] + 1
    parts = {name.partition(".")[0] for name in changed}
    assert {"version", "applied", "state", "outbox", "seq"} <= parts


async def test_a_command_repeated_after_a_lost_answer_gets_it_again(log: Log, settings: Settings) -> None:
    await log.publish(event(received(), "c1", 1))
    async with service(blueprint(), settings) as tally:
        await tally.until_applied("c1", "intake", 1)
        key = {"Idempotency-Key": "k-1"}
        first = await tally.http.post("/v1/tallies/c1/asks", headers=key)
    async with service(blueprint(), settings) as tally:
        again = await tally.http.post("/v1/tallies/c1/asks", headers=key)
        other = await tally.http.post("/v1/tallies/c1/asks", headers=key, json={"different": True})
        document = await tally.document("c1")
        assert len(await log.until("complaint.resumed", "c1")) == 1
    assert first.json() == again.json() == {"asked": 1}
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"
    assert document is not None
    assert document["state"]["asked"] == 1


async def test_two_at_once_with_the_same_key_are_one(log: Log, settings: Settings) -> None:
    await log.publish(event(received(), "c1", 1))
    async with service(blueprint(), settings) as tally, service(blueprint(), settings, only="api") as replica:
        await tally.until_applied("c1", "intake", 1)
        ask = [
            side.http.post("/v1/tallies/c1/asks", headers={"Idempotency-Key": "same"}) for side in (tally, replica) * 3
        ]
        answers = await asyncio.gather(*ask)
        document = await tally.document("c1")
    assert {answer.text for answer in answers} == {'{"asked":1}'}
    assert document is not None
    assert document["state"]["asked"] == 1


async def test_many_commands_at_once_are_each_decided_on_the_newest_state(log: Log, settings: Settings) -> None:
    await log.publish(event(received(), "c1", 1))
    async with service(blueprint(), settings) as tally:
        await tally.until_applied("c1", "intake", 1)
        answers = await asyncio.gather(*[tally.http.post("/v1/tallies/c1/asks") for _ in range(6)])
    taken = sorted(answer.json()["asked"] for answer in answers if answer.status_code == 200)
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert taken == [1, 2, 3]
    assert {problem["code"] for problem in refused} == {"too_much"}
    assert len(refused) == 3


async def test_the_version_the_caller_saw_guards_a_command(log: Log, settings: Settings) -> None:
    await log.publish(event(received(), "c1", 1))
    async with service(blueprint(), settings) as tally:
        await tally.until_applied("c1", "intake", 1)
        first = await tally.http.post("/v1/tallies/c1/asks", headers={"If-Match": '"1"'})
        stale = await tally.http.post("/v1/tallies/c1/asks", headers={"If-Match": '"1"'})
        fresh = await tally.http.post("/v1/tallies/c1/asks", headers={"If-Match": first.headers["ETag"]})
    assert (first.status_code, stale.status_code, fresh.status_code) == (200, 412, 200)
    assert stale.json()["code"] == "version_conflict"


async def test_what_somebody_left_behind_is_said_though_the_publisher_is_never_idle(
    log: Log, settings: Settings
) -> None:
    """As after a crash, or after Kafka was away, under a load that does not end."""
    old = datetime(2026, 1, 1, tzinfo=UTC)
    async with service(blueprint(), settings) as tally:
        publisher, documents = tally.runtime.publisher, tally.runtime.desk.documents

        async def never_idle() -> None:
            number = 0
            while True:
                for _ in range(20):
                    number += 1
                    publisher.offer(f"busy-{number}", [_record(f"busy-{number}")])
                await asyncio.sleep(0.02)

        load = asyncio.create_task(never_idle())
        left = {"_id": "left", "version": 1, "seq": 1, "outbox": [{**_record("left"), "saved_at": old}]}
        await documents.insert_one(left)
        assert [one.seq for one in await log.until("complaint.resumed", "left")] == [1]
        load.cancel()


def _record(complaint_id: str) -> Document:
    payload = ComplaintResumed(why="command")
    made = Event(f"{complaint_id}-1", payload.type, "followup", 1, complaint_id, NOW, payload)
    return pack(made)
