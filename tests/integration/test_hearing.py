"""The rules of hearing, each with the real log and the real store. Source: "Hearing" in the architecture."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from shared.events import Event
from shared.events.cloudevents import encode_headers, pack
from shared.runtime.service import Heard
from shared.settings import Settings
from tests.support.log import Log, event, message
from tests.support.running import Running, service
from tests.support.tally import WITHDRAWN, Tally, blueprint, on_message, received, said
from tests.support.wait import until

pytestmark = pytest.mark.servers


def texts(document: dict[str, Any]) -> list[str]:
    """What the tally heard after the complaint itself."""
    heard: list[str] = document["state"]["heard"]
    return heard[1:]


async def test_an_event_delivered_twice_changes_nothing(log: Log, settings: Settings) -> None:
    twice = event(said("once"), "c1", 2)
    await log.publish(event(received(), "c1", 1), twice, twice, event(said("after"), "c1", 3))
    async with service(blueprint(), settings) as tally:
        document = await tally.until_applied("c1", "intake", 3)
        assert texts(document) == ["once", "after"]
        answers = await log.until("complaint.resumed", "c1", 2)
    assert [x.seq for x in answers] == [1, 2]


async def test_an_event_delivered_twice_in_two_batches_changes_nothing(log: Log, settings: Settings) -> None:
    twice = event(said("once"), "c1", 2)
    async with service(blueprint(), settings) as tally:
        await log.publish(event(received(), "c1", 1), twice)
        await tally.until_applied("c1", "intake", 2)
        await log.publish(twice, event(said("after"), "c1", 3))
        assert texts(await tally.until_applied("c1", "intake", 3)) == ["once", "after"]


async def test_a_gap_holds_back_its_own_source_until_the_missing_event_comes(log: Log, settings: Settings) -> None:
    async with service(blueprint(), settings) as tally:
        await log.publish(event(received(), "c1", 1), event(said("third"), "c1", 3), event(said("fourth"), "c1", 4))
        early = await until(lambda: _early(tally, "c1", 2))
        assert texts(early) == []
        assert early["applied"] == {"intake": 1}
        await log.publish(event(said("second"), "c1", 2))
        healed = await tally.until_applied("c1", "intake", 4)
    assert texts(healed) == ["second", "third", "fourth"]
    assert "early" not in healed


async def _early(tally: Running, complaint_id: str, count: int) -> dict[str, Any] | None:
    document = await tally.document(complaint_id)
    return document if document and len(document.get("early", ())) == count else None


async def test_an_event_of_an_unknown_type_moves_the_mark(log: Log, settings: Settings) -> None:
    packed = pack(event(WITHDRAWN, "c1", 2)) | {"type": "complaint.painted", "data": '{"colour": "red"}'}
    strange = (b"c1", packed["data"].encode(), encode_headers(packed))
    await log.publish(event(received(), "c1", 1))
    await log.publish_raw(strange)
    await log.publish(event(said("after"), "c1", 3))
    async with service(blueprint(), settings) as tally:
        document = await tally.until_applied("c1", "intake", 3)
        shown = (await tally.http.get("/metrics")).text
    assert texts(document) == ["after"]
    assert 'palabra_events_total{result="skipped",service="followup",type="unknown"}' in shown


async def test_what_comes_before_its_complaint_is_held_and_folded_after_it(log: Log, settings: Settings) -> None:
    # Only a bug or a discarded event can lead here: the message is seq 1, the complaint seq 2.
    await log.publish(event(said("too soon"), "c1", 1), event(received(), "c1", 2))
    async with service(blueprint(), settings) as tally:
        document = await tally.until_applied("c1", "intake", 2)
    assert texts(document) == ["too soon"]
    assert document["held"] == [] if "held" in document else True


async def test_a_message_that_is_no_event_is_kept_whole_and_nothing_waits_behind_it(
    log: Log, settings: Settings
) -> None:
    rubbish = (b"c1", b"\xff\xfe not json", [("content-type", b"text/plain")])
    wrong_key = (b"other", *message(event(said("stray"), "c1", 2))[1:])
    await log.publish(event(received(), "c1", 1))
    await log.publish_raw(rubbish, wrong_key)
    await log.publish(event(said("after"), "c1", 2))
    async with service(blueprint(), settings) as tally:
        document = await tally.until_applied("c1", "intake", 2)
        entries = await until(lambda: _entries(tally, 2))
    assert texts(document) == ["after"]
    assert {entry["reason"] for entry in entries} == {"not_an_event"}
    assert b"\xff\xfe not json" in [entry["value"] for entry in entries]


async def _entries(tally: Running, count: int) -> list[dict[str, Any]] | None:
    """So many are kept aside, and the document says so too (the bytes come first, the document after)."""
    found = [entry async for entry in tally.runtime.parking.entries()]
    owners = {entry["complaint_id"] for entry in found if "complaint_id" in entry}
    marked = [((await tally.document(owner)) or {}).get("parked") for owner in owners]
    return found if len(found) == count and all(marked) else None


async def test_poison_is_parked_whole_and_later_events_wait_behind_it_in_order(log: Log, settings: Settings) -> None:
    spoken = [event(received(), "c1", 1)]
    spoken += [event(said(text), "c1", seq) for seq, text in enumerate(["before", "poison", "behind", "last"], 2)]
    await log.publish(*spoken, event(received("0000-0000"), "c2", 1))
    async with service(blueprint(), settings) as tally:
        await tally.until_applied("c2", "intake", 1)
        entries = await until(lambda: _entries(tally, 3))
        document = await tally.document("c1")
    assert document is not None
    assert texts(document) == ["before"]
    assert document["parked"] is True
    assert [(entry["seq"], entry["reason"]) for entry in entries] == [(3, "poison"), (4, "behind"), (5, "behind")]
    assert "cannot be taken" in entries[0]["error"]
    assert message(spoken[2])[1] in [entry["value"] for entry in entries]

    def mended(state: Tally, heard: Event[Any], *, now: Any, world: Any) -> Any:
        if heard.data.text == "poison":
            heard = event(said("mended"), "c1", 3)
        return on_message(state, heard, now=now, world=world)

    # The service is mended and started again; redrive folds in the order of the log.
    changes = {type(said("x")): mended}
    async with service(blueprint(changes=changes), settings) as tally:
        assert await tally.runtime.parking.redrive("c1") == (3, 0)
        document = await tally.document("c1")
        assert document is not None
        assert texts(document) == ["before", "mended", "behind", "last"]
        assert "parked" not in document
        assert await _entries(tally, 0) == []
        assert len(await log.until("complaint.resumed", "c1", 4)) == 4


async def test_a_redrive_that_meets_the_same_poison_leaves_everything_parked(log: Log, settings: Settings) -> None:
    await log.publish(event(received(), "c1", 1), event(said("poison"), "c1", 2), event(said("behind"), "c1", 3))
    async with service(blueprint(), settings) as tally:
        await until(lambda: _entries(tally, 2))
        assert await tally.runtime.parking.redrive("c1") == (0, 2)
        document = await tally.document("c1")
        assert document is not None
        assert document["parked"] is True
        entries = await _entries(tally, 2)
        assert entries is not None
        await tally.runtime.parking.discard(entries[0]["_id"])
        assert await tally.runtime.parking.redrive("c1") == (1, 0)
        document = await tally.document("c1")
    assert document is not None
    assert texts(document) == ["behind"]
    assert document["applied"] == {"intake": 3}


async def test_commands_go_on_while_events_are_parked(log: Log, settings: Settings) -> None:
    await log.publish(event(received(), "c1", 1), event(said("poison"), "c1", 2))
    async with service(blueprint(), settings) as tally:
        await until(lambda: _entries(tally, 1))
        assert (await tally.http.post("/v1/tallies/c1/asks")).json() == {"asked": 1}


async def test_a_document_saved_by_somebody_else_meanwhile_is_loaded_and_folded_again(
    log: Log, settings: Settings
) -> None:
    async with service(blueprint(), settings) as tally:
        await log.publish(event(received(), "c1", 1))
        await tally.until_applied("c1", "intake", 1)
        interfered: list[str] = []
        prepare = tally.runtime.desk.service.prepare

        async def interfere(heard: Sequence[Heard[Tally]]) -> Any:
            if heard and not interfered:
                interfered.append("once")
                marked = {"$set": {"state.asked": 2}, "$inc": {"version": 1}}
                await tally.runtime.desk.documents.update_one({"_id": "c1"}, marked)
            return await prepare(heard)

        object.__setattr__(tally.runtime.desk.service, "prepare", interfere)
        await log.publish(event(said("after"), "c1", 2))
        document = await tally.until_applied("c1", "intake", 2)
    assert interfered
    assert document["state"]["asked"] == 2
    assert texts(document) == ["after"]


async def test_a_rebalance_in_mid_batch_neither_loses_nor_doubles(log: Log, settings: Settings) -> None:
    ids = [f"c{n}" for n in range(20)]
    stuck, go_on = asyncio.Event(), asyncio.Event()
    async with service(blueprint(), settings) as first:
        prepare = first.runtime.desk.service.prepare

        async def wait(heard: Sequence[Heard[Tally]]) -> Any:
            if any(one.events and one.events[0].seq == 2 for one in heard):
                stuck.set()
                await go_on.wait()
            return await prepare(heard)

        object.__setattr__(first.runtime.desk.service, "prepare", wait)
        await log.publish(*[event(received(), key, 1) for key in ids])
        for key in ids:
            await first.until_applied(key, "intake", 1)
        await log.publish(*[event(said("text"), key, 2) for key in ids])
        await asyncio.wait_for(stuck.wait(), 60)
        # A second replica joins while the first holds a loaded batch: partitions move, the batch is handled twice.
        async with service(blueprint(), settings) as second:
            await until(lambda: _assigned(second))
            go_on.set()
            for key in ids:
                assert texts(await second.until_applied(key, "intake", 2)) == ["text"]
            answers = [await log.until("complaint.resumed", key) for key in ids]
    assert all(len({x.id for x in one}) == 1 for one in answers), "said once, however often it is published"


async def _assigned(running: Running) -> bool:
    return running.runtime.listener.consumer.assigned()


async def test_a_service_that_was_away_reads_all_that_was_said(log: Log, settings: Settings) -> None:
    async with service(blueprint(), settings) as tally:
        await log.publish(event(received(), "c1", 1))
        await tally.until_applied("c1", "intake", 1)
    await log.publish(event(said("while away"), "c1", 2))
    async with service(blueprint(), settings) as tally:
        assert texts(await tally.until_applied("c1", "intake", 2)) == ["while away"]


async def test_what_came_early_goes_on_once_the_event_before_it_is_discarded(log: Log, settings: Settings) -> None:
    await log.publish(event(received(), "c1", 1), event(said("third"), "c1", 3), event(said("poison"), "c1", 2))
    await log.publish(event(said("fourth"), "c1", 4))
    async with service(blueprint(), settings) as tally:
        entries = await until(lambda: _entries(tally, 2))
        await tally.runtime.parking.discard(entries[0]["_id"])
        assert await tally.runtime.parking.redrive("c1") == (1, 0)
        document = await tally.document("c1")
    assert document is not None
    assert (texts(document), document["applied"]) == (["third", "fourth"], {"intake": 4})
    assert "early" not in document


async def test_what_came_early_and_cannot_be_taken_is_not_lost_in_a_redrive(log: Log, settings: Settings) -> None:
    await log.publish(event(received(), "c1", 1), event(said("bad"), "c1", 3), event(said("poison"), "c1", 2))
    async with service(blueprint(), settings) as tally:
        await until(lambda: _entries(tally, 1))

    def half_mended(state: Tally, heard: Event[Any], *, now: Any, world: Any) -> Any:
        text = {"poison": "mended", "bad": "poison"}.get(heard.data.text, heard.data.text)
        return on_message(state, event(said(text), "c1", heard.seq), now=now, world=world)

    async with service(blueprint(changes={type(said("x")): half_mended}), settings) as tally:
        assert await tally.runtime.parking.redrive("c1") == (1, 1)
        document, entries = await tally.document("c1"), await _entries(tally, 1)
        assert entries is not None
        assert document is not None
        assert (texts(document), document["parked"], entries[0]["seq"]) == (["mended"], True, 3)
        assert await tally.runtime.parking.redrive("c1") == (0, 1)
        document = await tally.document("c1")
    assert document is not None
    assert document["applied"] == {"intake": 2}
