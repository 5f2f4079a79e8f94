"""Rules that cross services, on a real log and a real store: what one hears late or out of order, all of them mend."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from services.followup.main import BLUEPRINT as FOLLOWUP
from services.metrics.main import BLUEPRINT as METRICS
from shared import ids
from shared.clock import HandClock
from shared.events import Payload
from shared.events.intake import (
    ComplaintAbsorbed,
    ComplaintReleased,
    ComplaintWithdrawn,
    ResponseDelivered,
    ResponseFailed,
)
from shared.events.values import LegalClock
from shared.settings import Settings
from tests.support.log import Log, event
from tests.support.metered import heard_everything, nonzero, scraped
from tests.support.running import Running, service
from tests.support.wait import until
from tests.unit.followup_life import DAY, DEADLINES, HOUR, MINUTE, MONDAY, assigned, received, triaged

pytestmark = pytest.mark.servers

DUE = MONDAY + 20 * DAY
FIRST_DUE = MONDAY + 4 * HOUR


@dataclass
class House:
    """Follow-up and metrics, one complaint, and the time."""

    log: Log
    clock: HandClock
    followup: Running
    metrics: Running
    complaint_id: str
    seq: int = 1

    async def intake(self, *said: Payload, time: datetime | None = None) -> None:
        """Intake says this, and follow-up has heard it."""
        for payload in said:
            self.seq += 1
            await self.log.publish(event(payload, self.complaint_id, self.seq, time=time or self.clock.now()))
        await self.followup.until_applied(self.complaint_id, "intake", self.seq)

    async def routed(self, *laws: LegalClock) -> None:
        """Routing reads and assigns it, under these laws."""
        deadlines = DEADLINES.model_copy(update={"legal": min((law.due for law in laws), default=None)})
        await self.log.publish(
            event(triaged(deadlines, legal_clocks=laws), self.complaint_id, 1, time=MONDAY),
            event(assigned(deadlines=deadlines, legal_clocks=laws), self.complaint_id, 2, time=MONDAY),
        )
        await self.followup.until_applied(self.complaint_id, "routing", 2)

    async def post(self, path: str, **body: Any) -> Any:
        """A command; its answer must be good."""
        answer = await self.followup.http.post(f"/v1/cases/{self.complaint_id}/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    async def case(self) -> Any:
        """As follow-up shows it."""
        return (await self.followup.http.get(f"/v1/cases/{self.complaint_id}")).json()

    async def law(self) -> list[tuple[str, str]]:
        """The terms of laws that are shown, and how they stand."""
        return [(each["term"], each["state"]) for each in (await self.case())["clocks"] if each["name"] == "legal"]

    async def all_heard(self) -> None:
        """What follow-up decided is on the log, and metrics has read it."""

        async def said() -> bool:
            document = await self.followup.document(self.complaint_id)
            return document is not None and not document["outbox"]

        await until(said, what="follow-up's outbox is empty")
        await heard_everything(self.metrics)

    async def counted(self, name: str) -> dict[str, float]:
        """What metrics counts, once it has heard everything."""
        await self.all_heard()
        return nonzero(await scraped(self.metrics), f"palabra_{name}_total")

    async def report(self, name: str) -> Any:
        """What metrics reports, once it has heard everything."""
        await self.all_heard()
        return (await self.metrics.http.get(f"/v1/reports/{name}")).json()

    async def overdue(self, count: int = 1) -> Sequence[Any]:
        """What follow-up said of deadlines, once it has said so much."""
        return [each.data for each in await self.log.until("deadline.overdue", self.complaint_id, count)]


@pytest.fixture
async def house(log: Log, settings: Settings) -> AsyncIterator[House]:
    """Ten minutes after a complaint came."""
    clock = HandClock(MONDAY)
    async with service(FOLLOWUP, settings, clock) as followup, service(METRICS, settings, clock) as metrics:
        made = House(log, clock, followup, metrics, ids.uuid7(MONDAY))
        await log.publish(event(received(), made.complaint_id, 1, time=MONDAY))
        await followup.until_applied(made.complaint_id, "intake", 1)
        clock.move(10 * MINUTE)
        yield made


async def test_a_law_that_asks_for_delivery_ends_by_the_report_and_begins_again_by_a_failure(house: House) -> None:
    await house.routed(LegalClock(rule="co-petition", term="answer", due=DUE, stops="delivery"))
    await house.post("resolution", by="ana", outcome="upheld", text="Your money is coming.")
    answer = (await house.case())["resolution"]["response_id"]
    assert await house.law() == [("answer", "running")]
    await house.intake(ResponseDelivered(response_id=answer, occurred_at=house.clock.now()))
    assert await house.law() == [("answer", "met")]
    await house.intake(ResponseFailed(response_id=answer, occurred_at=house.clock.now()))
    assert await house.law() == [("answer", "running")]
    house.clock.move(DUE - house.clock.now())
    legal = [told for told in await house.overdue(2) if told.clock == "legal"]
    assert [(told.rule, told.term, told.deadline) for told in legal] == [("co-petition", "answer", DUE)]
    assert "legal" in "".join(await house.counted("deadlines_overdue"))


async def test_a_holding_reply_told_in_time_lets_the_longer_term_hold(house: House) -> None:
    longer = DUE + 10 * DAY
    await house.routed(LegalClock(rule="es", term="answer", due=DUE, stops="substance", extended=longer))
    refused = await house.followup.http.post(
        f"/v1/cases/{house.complaint_id}/responses",
        json={"by": "ana", "channel": "email", "text": "It takes longer.", "holding": True},
    )
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "reasons")
    told = {"by": "ana", "channel": "email", "text": "It takes longer.", "reasons": "The bank has not answered."}
    await house.post("responses", **told, holding=True)
    (clock,) = [each for each in (await house.case())["clocks"] if each["name"] == "legal"]
    assert (datetime.fromisoformat(clock["due"]), clock["rule"], clock["stops"]) == (longer, "es", "substance")


async def test_withdrawn_before_a_deadline_and_heard_of_after_it_nothing_was_overdue(house: House) -> None:
    await house.routed()
    house.clock.move(FIRST_DUE + HOUR - house.clock.now())
    assert (await house.overdue())[0].clock == "first_response"
    await house.intake(ComplaintWithdrawn(), time=FIRST_DUE - MINUTE)
    (corrected,) = await house.log.until("deadline.corrected", house.complaint_id)
    assert (corrected.data.clock, corrected.data.deadline) == ("first_response", FIRST_DUE)
    overdue, back = await house.counted("deadlines_overdue"), await house.counted("deadlines_overdue_taken_back")
    assert overdue == back
    assert list(back.values()) == [1]
    told = await house.report("first-response")
    assert (told["ended_before_due"], told["fell_due"]) == (1, 0)


async def test_a_failure_that_overtakes_its_response_is_counted_as_taken_back(house: House) -> None:
    await house.routed()
    await house.intake(ResponseFailed(response_id="mail-1", occurred_at=house.clock.now()))
    told = await house.post("responses", by="ana", channel="email", text="We look.", external_reference="mail-1")
    assert not told["is_first"]
    case = await house.case()
    assert (case["first_response"], case["promises"][0]["status"]) == (None, "open")
    answered, back = await house.counted("first_responses"), await house.counted("first_responses_taken_back")
    assert answered == back
    assert list(back.values()) == [1]
    assert (await house.report("first-response"))["not_yet_due"] == 1


async def test_of_several_merged_into_one_the_others_stay_when_one_goes(house: House) -> None:
    await house.routed()

    def joined(name: str, hours: int) -> ComplaintAbsorbed:
        return ComplaintAbsorbed(absorbed=name, number="3F7Q-1ZKC", started_at=MONDAY - hours * HOUR, by="ana")

    await house.intake(joined("a", 5), joined("c", 3), ComplaintReleased(absorbed="a", by="ana"))
    since = MONDAY - 3 * HOUR
    case = await house.case()
    assert datetime.fromisoformat(case["cycles"][0]["started_at"]) == since
    await house.all_heard()
    document = await house.metrics.document(house.complaint_id)
    assert document is not None
    assert document["state"]["unanswered_since"] == since


async def test_a_bounce_after_due_takes_back_what_was_kept(house: House) -> None:
    await house.routed()
    due = MONDAY + 5 * HOUR
    promise = await house.post("promises", made_by="ana", kind="refund", words="by three", due=due.isoformat())
    answer = await house.post("responses", by="ana", channel="email", text="Here is your money.")
    shown = {"type": "message", "reference": answer["id"]}
    kept = await house.post(f"promises/{promise['id']}/fulfilment", by="ana", evidence=shown)
    assert kept["status"] == "kept"
    house.clock.move(due + HOUR - house.clock.now())
    await house.intake(ResponseFailed(response_id=answer["id"], occurred_at=house.clock.now()))
    stands = {each["id"]: each for each in (await house.case())["promises"]}[promise["id"]]
    assert (stands["status"], datetime.fromisoformat(stands["broken_at"])) == ("broken", due)
    told = await house.report("promises")
    assert (told["kept"], told["broken"], told["due"]) == (0, 2, 2)
    assert (await house.counted("promises_corrected")) == {
        "kept|refund|person|broken": 1,
        "kept|answer|system|broken": 1,
    }


async def test_a_number_that_somebody_quotes_opens_nothing(house: House) -> None:
    number = (await house.case())["number"]
    for name in (number, house.complaint_id):
        page = await house.followup.http.get(f"/c/{name}", headers={"Authorization": ""})
        assert page.status_code == 404
        assert "Eva" not in page.text
        stranger = await house.followup.http.get(f"/v1/cases/{name}", headers={"Authorization": ""})
        assert stranger.status_code == 401
