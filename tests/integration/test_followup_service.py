"""Follow-up on a real log and a real store: from a complaint heard to a promise kept or broken."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.followup.main import BLUEPRINT
from shared import ids
from shared.clock import HandClock
from shared.events.intake import ComplaintWithdrawn, ResponseFailed
from shared.settings import Settings
from tests.support.log import Log, event
from tests.support.running import Running, service
from tests.support.wait import until
from tests.unit.followup_life import DAY, DEADLINES, HOUR, MINUTE, MONDAY, assigned, received, triaged

pytestmark = pytest.mark.servers

DUE = MONDAY + 5 * HOUR
"""Three in the afternoon in Madrid; calendars that nobody has said are open around the clock."""


@dataclass
class Scene:
    """Follow-up, its clock, and one complaint."""

    log: Log
    settings: Settings
    clock: HandClock
    followup: Running
    complaint_id: str

    @property
    def path(self) -> str:
        """The case over HTTP."""
        return f"/v1/cases/{self.complaint_id}"

    async def post(self, path: str, body: dict[str, Any], **headers: str) -> Any:
        """A command; its answer must be good."""
        response = await self.followup.http.post(f"{self.path}/{path}", json=body, headers=headers)
        assert response.is_success, response.text
        return response.json()

    async def promise(self, **changes: Any) -> Any:
        """Ana promises a refund."""
        body = {"made_by": "ana", "kind": "refund", "words": "by three", "due": DUE.isoformat(), **changes}
        return await self.post("promises", body)

    async def case(self) -> Any:
        """As shown."""
        response = await self.followup.http.get(self.path)
        assert response.status_code == 200, response.text
        return response.json()

    async def until_status(self, promise_id: str, status: str) -> dict[str, Any]:
        """The promise, once it stands so."""

        async def look() -> dict[str, Any] | None:
            case = await self.case()
            return next((p for p in case["promises"] if p["id"] == promise_id and p["status"] == status), None)

        return await until(look, what=f"promise {promise_id} {status}")


async def begin(log: Log, followup: Running, complaint_id: str, **changes: Any) -> None:
    """The complaint is received, triaged and assigned to Ana."""
    await log.publish(
        event(received(**changes), complaint_id, 1, time=MONDAY),
        event(triaged(), complaint_id, 1, time=MONDAY),
        event(assigned(), complaint_id, 2, time=MONDAY),
    )
    await followup.until_applied(complaint_id, "routing", 2)


@asynccontextmanager
async def replica(scene: Scene) -> AsyncIterator[Running]:
    """One more process of follow-up."""
    async with service(BLUEPRINT, scene.settings, scene.clock) as running:
        yield running


@pytest.fixture
async def scene(log: Log, settings: Settings) -> AsyncIterator[Scene]:
    """Ten minutes after a complaint came."""
    clock = HandClock(MONDAY)
    complaint_id = ids.uuid7(MONDAY)
    async with service(BLUEPRINT, settings, clock) as followup:
        await begin(log, followup, complaint_id)
        clock.move(10 * MINUTE)
        yield Scene(log, settings, clock, followup, complaint_id)


async def test_the_customer_is_acknowledged_with_a_promise(scene: Scene) -> None:
    (told,) = await scene.log.until("complaint.acknowledged", scene.complaint_id)
    (made,) = await scene.log.until("promise.made", scene.complaint_id)
    assert told.data.promise_id == made.data.promise.id
    assert made.data.promise.due == DEADLINES.first_response
    case = await scene.case()
    assert (case["status"], case["agent"], case["promises"][0]["owner"]) == ("acknowledged", "ana", "ana")


async def test_a_complaint_is_answered_promised_kept_resolved_verified_and_closed(scene: Scene) -> None:
    answer = await scene.post("responses", {"by": "ana", "channel": "email", "text": "We look into it."})
    assert answer == {
        "id": answer["id"],
        "is_first": True,
        "elapsed_seconds": 600,
        "business_seconds": 600,
        "within_target": True,
        "suggested_promises": [],
    }
    promise = await scene.promise()
    assert (promise["status"], promise["said_by"], promise["complaint_id"]) == ("open", "person", scene.complaint_id)
    await scene.post("resolution", {"by": "ana", "outcome": "upheld", "text": "Your money is coming."})
    refused = await scene.followup.http.post(f"{scene.path}/closure", json={"by": "ana"})
    assert (refused.status_code, refused.json()["code"]) == (409, "promise_open")
    kept = await scene.post(
        f"promises/{promise['id']}/fulfilment", {"by": "ana", "evidence": {"type": "payment", "reference": "b-1"}}
    )
    assert kept["status"] == "kept"
    refused = await scene.followup.http.post(f"{scene.path}/closure", json={"by": "ana"})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_verified")
    await scene.post("verification", {"answer": "yes", "via": "call", "by": "ben", "satisfaction": 5})
    await scene.post("closure", {"by": "ana"})
    (closed,) = await scene.log.until("complaint.closed", scene.complaint_id)
    assert closed.data.verification == "verified"
    said = [x.type for x in await scene.log.hear() if x.source == "followup"]
    assert said == [
        "complaint.acknowledged", "promise.made", "response.sent", "promise.kept", "promise.made",
        "response.sent", "complaint.resolved", "promise.kept", "complaint.verified", "complaint.closed",
    ]  # fmt: skip


async def test_two_replicas_of_the_timer_break_one_promise_once(scene: Scene) -> None:
    promise = await scene.promise()
    async with AsyncExitStack() as replicas:
        for _ in range(2):
            await replicas.enter_async_context(replica(scene))
        scene.clock.move(DUE - scene.clock.at)
        await scene.until_status(promise["id"], "broken")
        # One partition is read in order: what is said last proves that nothing came twice before it.
        await scene.post("notes", {"by": "ana", "text": "seen"})
        await scene.post("waiting", {"by": "ana", "for": "internal"})
        await scene.log.until("complaint.waiting", scene.complaint_id)
    broken = [x for x in await scene.log.hear() if x.type == "promise.broken" and x.data.promise.id == promise["id"]]
    assert [x.data.promise.broken_at for x in broken] == [DUE]
    seqs = [x.seq for x in await scene.log.hear() if x.source == "followup"]
    assert seqs == list(range(1, len(seqs) + 1))


async def test_a_command_repeated_after_a_lost_answer_gets_the_first_answer(scene: Scene) -> None:
    body = {"made_by": "ana", "kind": "callback", "words": "at two", "due": DUE.isoformat()}
    headers = {"Idempotency-Key": "lost-1"}
    first = await scene.followup.http.post(f"{scene.path}/promises", json=body, headers=headers)
    again = await scene.followup.http.post(f"{scene.path}/promises", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    other = await scene.followup.http.post(f"{scene.path}/promises", json={**body, "words": "x"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len((await scene.case())["promises"]) == 2


async def test_promises_that_fell_due_while_we_were_down_break_on_return_with_their_due(
    log: Log, settings: Settings
) -> None:
    clock, complaint_id = HandClock(MONDAY), ids.uuid7(MONDAY)
    async with service(BLUEPRINT, settings, clock) as followup:
        await begin(log, followup, complaint_id)
        clock.move(10 * MINUTE)
        scene = Scene(log, settings, clock, followup, complaint_id)
        first, second = await scene.promise(), await scene.promise(due=(DUE + HOUR).isoformat())
    clock.move(DAY)
    async with service(BLUEPRINT, settings, clock) as followup:
        scene = Scene(log, settings, clock, followup, complaint_id)
        await scene.until_status(first["id"], "broken")
        broken = {p["id"]: p["broken_at"] for p in (await scene.case())["promises"]}
    assert datetime.fromisoformat(broken[first["id"]]) == DUE
    assert datetime.fromisoformat(broken[second["id"]]) == DUE + HOUR


async def test_a_withdrawal_said_while_we_were_down_is_heard_before_the_timer_breaks_anything(
    log: Log, settings: Settings
) -> None:
    clock, complaint_id = HandClock(MONDAY), ids.uuid7(MONDAY)
    async with service(BLUEPRINT, settings, clock) as followup:
        await begin(log, followup, complaint_id)
        clock.move(10 * MINUTE)
        promise = await Scene(log, settings, clock, followup, complaint_id).promise()
    await log.publish(event(ComplaintWithdrawn(), complaint_id, 2, time=MONDAY + HOUR))
    clock.move(DAY)
    async with service(BLUEPRINT, settings, clock) as followup:
        scene = Scene(log, settings, clock, followup, complaint_id)
        await scene.until_status(promise["id"], "withdrawn")
    assert not [x for x in await log.hear() if x.type == "promise.broken"]


async def test_a_bounce_takes_back_what_the_response_kept(scene: Scene) -> None:
    answer = await scene.post("responses", {"by": "ana", "channel": "email", "text": "We look into it."})
    promise = (await scene.case())["promises"][0]
    assert promise["status"] == "kept"
    failed = ResponseFailed(response_id=answer["id"], failure_class="5.1.1", occurred_at=scene.clock.at)
    await scene.log.publish(event(failed, scene.complaint_id, 2, time=scene.clock.at))
    assert (await scene.until_status(promise["id"], "open"))["evidence"] is None
    assert (await scene.case())["first_response"] is None
    scene.clock.move(DAY)
    (overdue, *_) = await scene.log.until("deadline.overdue", scene.complaint_id)
    assert (overdue.data.clock, overdue.data.deadline) == ("first_response", DEADLINES.first_response)


async def test_silence_of_routing_is_acknowledged_without_a_time(log: Log, settings: Settings) -> None:
    clock, complaint_id = HandClock(MONDAY), ids.uuid7(MONDAY)
    async with service(BLUEPRINT, settings, clock) as followup:
        await log.publish(event(received(), complaint_id, 1, time=MONDAY))
        await followup.until_applied(complaint_id, "intake", 1)
        clock.move(timedelta(seconds=60))
        (told,) = await log.until("complaint.acknowledged", complaint_id)
    assert told.data.promise_id is None
