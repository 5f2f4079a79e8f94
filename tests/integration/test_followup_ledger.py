"""The ledger on a real log and store: an hour's limit under contention, hand-over, lists, and feeds."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from icalendar import Calendar

from services.followup.booking import COLLECTION, Bookings
from services.followup.domain.case import Case
from services.followup.domain.feasibility import Wish
from services.followup.domain.promises import MakePromise
from services.followup.domain.refusals import PromiseNotFeasible
from services.followup.main import BLUEPRINT
from services.followup.promising import Promising
from shared import ids
from shared.clock import HandClock, real_now
from shared.events.intake import MessageReceived
from shared.events.reference import Absence, Agent, Policy, Target, Team
from shared.mongo import Session
from shared.runtime.commands import Command
from shared.runtime.loaded import Loaded
from shared.runtime.store import Store
from shared.settings import Settings
from tests.integration.test_followup_service import DUE, Scene, begin
from tests.support.log import Log, event
from tests.support.running import Running, service
from tests.support.wait import until
from tests.unit.followup_life import DAY, HOUR, MINUTE, MONDAY, OFFICE

pytestmark = pytest.mark.servers

LIMIT = 3


@pytest.fixture
async def scene(log: Log, settings: Settings) -> AsyncIterator[Scene]:
    """Ana keeps three promises an hour, and Cleo takes her place."""
    clock, complaint_id = HandClock(MONDAY), ids.uuid7(MONDAY)
    async with service(BLUEPRINT, settings, clock) as followup:
        await says(
            log, followup, "agent/ana", 1, Agent(name="Ana", team="care", promises_per_hour=LIMIT, fallback="cleo")
        )
        await says(log, followup, "agent/cleo", 1, Agent(name="Cleo", team="care"))
        await begin(log, followup, complaint_id)
        clock.move(10 * MINUTE)
        yield Scene(log, settings, clock, followup, complaint_id)


async def says(log: Log, followup: Running, key: str, version: int, datum: Any) -> None:
    """Routing says this on the reference topic, and follow-up knows it."""
    value = json.dumps({"version": version, "state": datum.model_dump(mode="json")}).encode()
    await log.producer.send(log.settings.reference_topic, {0: [(key.encode(), value, [])]})
    kind, _, name = key.partition("/")
    known_as: Any = (kind, name)

    async def known() -> bool:
        return bool(followup.runtime.reference.versions.get(known_as, 0) >= version)

    await until(known, what=f"{key} {version}")


def asked(**changes: Any) -> dict[str, Any]:
    """A refund by three."""
    return {"made_by": "ana", "kind": "refund", "words": "by three", "due": DUE.isoformat(), **changes}


async def test_two_processes_never_promise_more_in_an_hour_than_its_owner_can_keep(scene: Scene) -> None:
    async with service(BLUEPRINT, scene.settings, scene.clock) as other:

        async def known() -> bool:
            return "ana" in other.runtime.reference.agents

        await until(known, what="ana known in the other process")
        both = [scene.followup, other]
        answers = await asyncio.gather(
            *(both[n % 2].http.post(f"{scene.path}/promises", json=asked()) for n in range(10))
        )
    assert sorted(answer.status_code for answer in answers) == [201] * LIMIT + [409] * (10 - LIMIT)
    refusal = next(answer.json() for answer in answers if answer.status_code == 409)
    assert refusal["code"] == "promise_not_feasible"
    assert refusal["instead"]
    assert not [at for at in refusal["instead"] if at.startswith(f"{DUE:%Y-%m-%dT%H}")]
    await scene.promise(due=refusal["instead"][0])
    forced = await scene.promise(override_reason="the customer can only then")
    assert forced["override_reason"] == "the customer can only then"


class Stopped(Store[Case]):
    """A store in a process that stands still before its first save, while others go on."""

    meanwhile: ClassVar[Callable[[], Awaitable[None]] | None] = None

    async def save(self, changed: Sequence[Loaded[Case]], session: Session | None = None) -> set[str]:
        """Saves, late."""
        others, Stopped.meanwhile = Stopped.meanwhile, None
        if others is not None:
            await others()
        return await super().save(changed, session)


async def test_a_process_that_stood_still_for_long_does_not_promise_more_than_the_hour_holds(scene: Scene) -> None:
    desk, another = scene.followup.runtime.desk, ids.uuid7(MONDAY)
    await begin(scene.log, scene.followup, another, number=ids.new_number())

    async def others_promise() -> None:
        long_ago = {"$set": {"held.$[].at": real_now() - 10 * MINUTE}}
        await scene.followup.runtime.database[COLLECTION].update_many({}, long_ago)
        for _ in range(LIMIT):
            answer = await scene.followup.http.post(f"/v1/cases/{another}/promises", json=asked())
            assert answer.status_code == 201, answer.text

    Stopped.meanwhile = others_promise
    slow = Promising(replace(desk, store=Stopped(desk.documents, Case)))
    ask = MakePromise(promise_id="slow", by="ana", kind="refund", words="by three", due=DUE)
    with pytest.raises(PromiseNotFeasible):
        await slow.make(scene.complaint_id, ask, Command("slow", "slow"), expect=None)
    assert "slow" not in {promise["id"] for promise in (await scene.case())["promises"]}


async def test_a_kept_promise_makes_room_and_is_told_to_whoever_promises_next(scene: Scene) -> None:
    made = [await scene.promise() for _ in range(LIMIT)]
    assert made[0]["kept_before"]["share_kept"] is None
    await scene.post(f"promises/{made[0]['id']}/fulfilment", {"by": "ana", "evidence": {"type": "payment"}})
    again = await scene.promise()
    assert again["status"] == "open"
    scene.clock.move(DUE - scene.clock.at)
    await scene.until_status(again["id"], "broken")
    scene.clock.move(DAY - 6 * HOUR)
    later = await scene.promise(due=(scene.clock.at + 4 * HOUR).isoformat())
    assert later["kept_before"] == {"kind": "refund", "kept": 1, "broken": 3, "share_kept": 0.25}


async def test_a_refused_promise_holds_no_place_and_a_repeat_gets_the_first_answer(scene: Scene) -> None:
    late = asked(due=(MONDAY + 30 * DAY).isoformat())
    refused = await scene.followup.http.post(f"{scene.path}/promises", json=late)
    assert refused.status_code == 409, refused.text
    wish = Wish(MONDAY + 30 * DAY, owner="ana")
    bookings = Bookings(scene.followup.runtime.database[COLLECTION], scene.followup.runtime.desk.documents)
    assert await bookings.hold("other", scene.complaint_id, wish, LIMIT, force=False) == 0
    await bookings.release("other", wish)
    for _ in range(LIMIT + 2):
        same = await scene.post("promises", asked(), **{"Idempotency-Key": "again"})
    assert len((await scene.case())["promises"]) == 2
    conflict = await scene.followup.http.post(f"{scene.path}/promises", json=asked(), headers={"If-Match": '"1"'})
    assert conflict.status_code == 412
    moved = {
        "by": "ana", "due": (DUE + HOUR).isoformat(), "words": "an hour later", "agreed_by_customer": True,
        "evidence": {"type": "call", "reference": "c-1"},
    }  # fmt: skip
    new = await scene.post(f"promises/{same['id']}/renegotiation", moved)
    assert new["replaces"] == same["id"]


async def test_a_promise_moved_within_its_own_full_hour_gives_its_place_to_the_next(scene: Scene) -> None:
    made = [await scene.promise() for _ in range(LIMIT)]
    moved = {
        "by": "ana", "due": (DUE + 20 * MINUTE).isoformat(), "words": "a little later", "agreed_by_customer": True,
        "evidence": {"type": "call", "reference": "c-1"},
    }  # fmt: skip
    new = await scene.post(f"promises/{made[0]['id']}/renegotiation", moved)
    assert (new["replaces"], new["override_reason"]) == (made[0]["id"], None)
    full = await scene.followup.http.post(f"{scene.path}/promises", json=asked())
    assert full.status_code == 409, full.text


@pytest.mark.parametrize("whose", ["its own", "another"])
async def test_what_a_dead_process_held_in_a_full_hour_moves_no_case_twice(scene: Scene, whose: str) -> None:
    another = ids.uuid7(MONDAY)
    await begin(scene.log, scene.followup, another, number=ids.new_number())
    for _ in range(LIMIT):
        await scene.promise()
    held, documents = scene.followup.runtime.database[COLLECTION], scene.followup.runtime.desk.documents
    wish, place = Wish(DUE, owner="ana"), scene.complaint_id if whose == "its own" else another
    await Bookings(held, documents).hold("dead", place, wish, LIMIT, force=True)
    await held.update_many({}, {"$set": {"held.$[].at": real_now() - 10 * MINUTE}})

    async def version(case_id: str) -> int:
        found = await documents.find_one({"_id": case_id}, {"version": 1})
        assert found is not None
        return int(found["version"])

    seen: dict[str, str] = {"If-Match": f'"{await version(scene.complaint_id)}"'}
    moved = set()
    for headers in ({}, seen, seen):
        full = await scene.followup.http.post(f"{scene.path}/promises", json=asked(), headers=headers)
        assert full.status_code == 409, full.text
        moved.add(await version(another))
    assert len(moved) == 1


async def test_an_absence_hands_promises_over_and_everybody_is_told(scene: Scene) -> None:
    promise = await scene.promise(due=(MONDAY + DAY).isoformat())
    away = Absence(start=MONDAY + 20 * HOUR, end=MONDAY + 2 * DAY)
    ana = Agent(name="Ana", team="care", promises_per_hour=LIMIT, fallback="cleo", absences=(away,))
    await says(scene.log, scene.followup, "agent/ana", 2, ana)
    (told,) = await scene.log.until("promise.handed_over", scene.complaint_id)
    assert (told.data.from_owner, told.data.to_owner, told.data.why) == ("ana", "cleo", "absence")
    assert told.data.promise.id == promise["id"]
    found = (await scene.followup.http.get("/v1/promises", params={"owner": "cleo"})).json()["items"]
    assert [each["id"] for each in found] == [promise["id"]]


async def test_a_policy_moves_the_next_response_while_it_runs(scene: Scene) -> None:
    key, slow = "policy/default", Target(clock="next_response", minutes=600, business=False)
    await says(scene.log, scene.followup, key, 1, Policy(name="d", targets=(slow,)))
    told = MessageReceived(message_id="m1", channel="web", text="And now?", received_at=scene.clock.at)
    await scene.log.publish(event(told, scene.complaint_id, 2, time=scene.clock.at))
    await scene.followup.until_applied(scene.complaint_id, "intake", 2)
    (clock,) = [each for each in (await scene.case())["clocks"] if each["name"] == "next_response"]
    assert clock["state"] == "running"
    since = scene.clock.at
    scene.clock.move(HOUR)
    quick = slow.model_copy(update={"minutes": 30})
    await says(scene.log, scene.followup, key, 2, Policy(name="d", targets=(quick,)))
    (overdue,) = await scene.log.until("deadline.overdue", scene.complaint_id)
    assert (overdue.data.clock, overdue.data.deadline) == ("next_response", since + 30 * MINUTE)
    found = (await scene.followup.http.get("/v1/cases", params={"overdue": "next_response"})).json()["items"]
    assert [each["id"] for each in found] == [scene.complaint_id]


async def test_an_owners_hours_move_their_reminders_in_whosever_case_it_is(scene: Scene) -> None:
    documents = scene.followup.runtime.desk.documents
    promise = {"state.promises.$.planned_version": "", "state.promises.$.planned_in": ""}

    async def planned(calendar: str, version: int) -> None:
        by_it = {"state.promises": {"$elemMatch": {"planned_in": calendar, "planned_version": version}}}
        await until(lambda: documents.find_one(by_it), what=f"reminders by {calendar} {version}")

    await says(scene.log, scene.followup, "team/far", 1, Team(name="Far", calendar="office"))
    await says(scene.log, scene.followup, "calendar/late", 1, OFFICE)
    await says(scene.log, scene.followup, "agent/zoe", 1, Agent(name="Zoe", team="far"))
    await scene.promise(owner="zoe")
    await says(scene.log, scene.followup, "team/far", 2, Team(name="Far", calendar="late"))
    await planned("late", 1)
    await documents.update_one({"state.promises.owner": "zoe"}, {"$unset": promise})  # as an older build stored it
    await says(scene.log, scene.followup, "calendar/late", 2, OFFICE)
    await planned("late", 2)


@pytest.mark.parametrize("datum", ["policy/default", "calendar/office", "team/care", "agent/ana"])
async def test_what_a_change_concerns_is_found_by_an_index(scene: Scene, datum: str) -> None:
    kind, _, name = datum.partition("/")
    service = scene.followup.runtime.desk.service
    question = service.stale(kind, name, 9)  # type: ignore[arg-type]
    plan = json.dumps(
        (await scene.followup.runtime.desk.documents.find(question).explain())["queryPlanner"], default=str
    )
    assert "IXSCAN" in plan
    assert "COLLSCAN" not in plan


async def test_what_is_at_risk_is_listed(scene: Scene) -> None:
    promise = await scene.promise()
    await scene.post(f"promises/{promise['id']}/check", {"by": "ana", "on_track": False})
    for asked_for, expected in ((True, [promise["id"]]), (False, None)):
        params = {"at_risk": str(asked_for).lower(), "owner": "ana"}
        found = (await scene.followup.http.get("/v1/promises", params=params)).json()["items"]
        assert all(each["at_risk"] is asked_for for each in found)
        assert expected is None or [each["id"] for each in found] == expected


async def test_a_feed_shows_a_persons_promises_to_whoever_has_its_address(scene: Scene) -> None:
    promise = await scene.promise(kind="callback", not_before=(DUE - HOUR).isoformat(), words="between two and three")
    http = scene.followup.http
    opened = await http.post("/v1/promises/feeds", json={"owner": "ana"})
    assert opened.status_code == 201
    url = opened.json()["url"]
    shown = await http.get(url, headers={"Authorization": ""})
    assert (shown.status_code, shown.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    events: dict[str, Any] = {str(entry["uid"]): entry for entry in Calendar.from_ical(shown.text).walk("VEVENT")}
    entry = events[f"{promise['id']}@palabra"]
    assert (entry["dtstart"].dt, entry["dtend"].dt) == (DUE - HOUR, DUE)
    assert "between two and three" in str(entry["summary"])
    assert "Eva" not in shown.text
    token = url.rsplit("/", 1)[1].removesuffix(".ics")
    stored = await scene.followup.runtime.database["promise_feeds"].find_one({"owner": "ana"})
    assert stored is not None
    assert token not in str(stored)
    assert (await http.delete(f"/v1/promises/feeds/{token}")).status_code == 204
    assert (await http.get(url)).status_code == 404
    assert (await http.delete(f"/v1/promises/feeds/{token}")).status_code == 404
    nobody = await http.post("/v1/promises/feeds", json={})
    assert nobody.status_code == 422
