"""Complaints that have to do with one another, on a real log and a real store."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from services.intake import following, telling
from services.intake.customers import TO_TELL
from services.intake.domain import joining
from services.intake.domain.complaint import Complaint, Owed
from services.intake.main import BLUEPRINT
from shared.clock import real_now
from shared.events.steps import SurveyAnswered
from shared.runtime.commands import Command
from shared.settings import Settings
from tests.support.log import Log, event
from tests.support.running import Running, service
from tests.support.town import instant
from tests.support.wait import until

pytestmark = pytest.mark.servers


@pytest.fixture
async def intake(log: Log, settings: Settings) -> AsyncIterator[Running]:
    """Intake, running."""
    del log
    async with service(BLUEPRINT, settings) as running:
        yield running


async def post(intake: Running, path: str, expected: int = 200, **body: Any) -> Any:
    """A command, answered so."""
    response = await intake.http.post(f"/v1/{path}", json=body)
    assert response.status_code == expected, response.text
    return response.json()


async def complain(intake: Running, subject: str, **changes: Any) -> str:
    """A complaint of Eva's; its id."""
    body = {"subject": subject, "complainant": {"email": "eva@example.org", "name": "Eva"}, **changes}
    return str((await post(intake, "complaints", 201, **body))["id"])


async def shown(intake: Running, complaint_id: str) -> Any:
    """As shown."""
    return (await intake.http.get(f"/v1/complaints/{complaint_id}")).json()


async def test_a_merge_tells_both_sides_and_is_undone(intake: Running, log: Log) -> None:
    one, other = await complain(intake, "Kettle"), await complain(intake, "Kettle again")
    answer = await post(intake, f"complaints/{other}/merge", into=one, by="ana")
    assert (answer["status"], answer["into"]) == ("merged", one)
    assert (await log.until("complaint.absorbed", one))[0].data.absorbed == other
    assert (await shown(intake, one))["absorbed"] == [other]
    assert (await post(intake, f"complaints/{one}/merge", 409, into=other, by="ana"))["code"] == "conflict"
    await post(intake, f"complaints/{other}/unmerge", by="ana")
    assert (await log.until("complaint.released", one))[0].data.absorbed == other
    assert (await shown(intake, other))["status"] == "received"
    document = await intake.document(other)
    assert document is not None
    assert document["state"]["owed"] == []


async def merged_only(intake: Running, one: str, into: Complaint) -> None:
    """The merge is saved, and whoever decided it dies before anything follows."""
    desk = intake.runtime.desk
    decide = partial(joining.merge, into=into, act=await following.acting(desk, "ana"))
    await desk.decide(one, Command("merge-1", "merge-1"), decide)


async def state_of(intake: Running, complaint_id: str) -> Complaint:
    """As stored now."""
    state = (await intake.runtime.desk.load(complaint_id)).state
    assert isinstance(state, Complaint)
    return state


async def test_what_a_dead_process_left_is_done_by_the_sweep(intake: Running, log: Log) -> None:
    one, other = await complain(intake, "Kettle"), await complain(intake, "Kettle again")
    await merged_only(intake, other, await state_of(intake, one))
    assert len(await log.until("complaint.absorbed", one)) == 1


async def test_a_merge_into_what_ended_meanwhile_is_undone(intake: Running, log: Log) -> None:
    one, other = await complain(intake, "Kettle"), await complain(intake, "Kettle again")
    seen = await state_of(intake, one)
    await post(intake, f"complaints/{one}/withdrawal")
    await merged_only(intake, other, seen)
    await log.until("complaint.unmerged", other)
    assert (await shown(intake, other))["status"] == "received"


async def says(intake: Running, complaint_id: str, text: str) -> None:
    """The stored complaint has this text."""
    await intake.runtime.desk.documents.update_one({"_id": complaint_id}, {"$set": {"state.received.text": text}})


async def test_what_a_full_complaint_cannot_take_keeps_nothing_else_waiting_and_is_done_later(intake: Running) -> None:
    one, full, third = [await complain(intake, f"Kettle {n}") for n in range(3)]
    await post(intake, f"complaints/{one}/merge", into=full, by="ana")
    await says(intake, full, "x" * 1_000_000)
    told = await post(intake, f"complaints/{one}/messages", 201, text="Hello?")
    await post(intake, f"complaints/{one}/unmerge", by="ana")
    await post(intake, f"complaints/{one}/links", to=third, why="same shop", by="ana")
    assert (await shown(intake, third))["related"] == [one]
    state = await state_of(intake, one)
    assert [(owed.what, owed.to) for owed in state.owed] == [("release", full)]
    assert [entry.data for entry in state.timeline if "not_in" in entry.data] == [
        {"message_id": told["id"], "not_in": full, "why": "The complaint is full"}
    ]
    await says(intake, full, "There is room again.")

    async def let_go() -> bool:
        owed = (await state_of(intake, one)).owed
        return not owed and (await shown(intake, full))["absorbed"] == []

    await until(let_go, what=f"{full} has let {one} go")


async def test_what_fails_by_our_fault_is_looked_at_again_and_keeps_nothing_else_waiting(intake: Running) -> None:
    one, other, third = [await complain(intake, f"Kettle {n}") for n in range(3)]
    await intake.runtime.desk.documents.update_one({"_id": other}, {"$set": {"state.status": "no such status"}})
    await post(intake, f"complaints/{one}/links", to=third, why="same shop", by="ana")
    broken = Owed(id="o1", what="link", to=other, by="ana", why="same shop").model_dump(exclude_none=True)
    well = {**broken, "id": "o2", "to": third, "why": "same street"}
    await intake.runtime.desk.documents.update_one({"_id": one}, {"$set": {"state.owed": [broken, well]}})
    await following.follow(intake.runtime.desk, one)
    assert [owed.id for owed in (await state_of(intake, one)).owed] == ["o1"]


async def test_words_wait_for_the_merge_with_which_they_go_along(intake: Running, log: Log) -> None:
    one, other = await complain(intake, "Kettle"), await complain(intake, "Kettle again")
    told = await post(intake, f"complaints/{one}/messages", 201, text="Hello?")
    documents = intake.runtime.desk.documents
    seen = await state_of(intake, other)
    await documents.update_one({"_id": other}, {"$set": {"state.status": "no such status"}})
    await merged_only(intake, one, seen)
    await following.follow(intake.runtime.desk, one)
    assert [owed.what for owed in (await state_of(intake, one)).owed] == ["absorb", "message"]
    await documents.update_one({"_id": other}, {"$set": {"state.status": seen.status}})
    assert (await log.until("complaint.message_received", other))[0].data.message_id == told["id"]


async def test_complaints_of_two_customers_are_not_merged_unless_they_are_found_to_be_one(intake: Running) -> None:
    one = await complain(intake, "Kettle")
    theirs = await complain(intake, "Kettle", complainant={"email": "leo@example.org"})
    refused = await post(intake, f"complaints/{theirs}/merge", 409, into=one, by="ana")
    assert refused["code"] == "customers_differ"
    eva = (await shown(intake, one))["customer_id"]
    await post(intake, f"customers/{eva}/match", complaint_id=theirs, by="ana")
    assert (await post(intake, f"complaints/{theirs}/merge", into=one, by="ana"))["into"] == one
    unknown = await complain(intake, "Kettle", complainant={"anonymous": True})
    await post(intake, f"complaints/{unknown}/merge", into=one, by="ana")


async def test_whom_a_customer_complained_about_keeps_off_their_later_complaints(intake: Running) -> None:
    before = await complain(intake, "Kettle")
    about = await complain(intake, "Rude", kind="treatment", about=[{"agent": "viktor"}, {"name": "Ben"}])
    await complain(intake, "Kind", kind="praise", about=[{"agent": "ana"}])
    later, other = await complain(intake, "Lamp"), await complain(intake, "Toaster")
    eva = (await shown(intake, later))["customer_id"]
    for path, body in (
        (f"complaints/{later}/merge", {"into": other}),
        (f"complaints/{before}/merge", {"into": later}),
        (f"complaints/{later}/split", {"parts": [{"subject": "The lid"}]}),
        (f"complaints/{before}/links", {"to": about, "why": "same"}),
        (f"customers/{eva}/unmatch", {"complaint_id": later}),
    ):
        assert (await post(intake, path, 409, by="viktor", **body))["code"] == "owner_is_subject"
    leos = await complain(intake, "Lamp", complainant={"email": "leo@example.org"})
    refused = await post(intake, f"customers/{eva}/match", 409, complaint_id=leos, by="viktor")
    assert refused["code"] == "owner_is_subject"
    await post(intake, f"complaints/{before}/split", 201, by="viktor", parts=[{"subject": "The lid"}])
    await post(intake, f"complaints/{later}/merge", into=other, by="ana")


async def test_a_split_makes_complaints_with_the_same_start_once(intake: Running, log: Log) -> None:
    whole = await complain(intake, "Kettle and manner", product="kettle")
    told = await post(
        intake,
        f"complaints/{whole}/split",
        201,
        by="ana",
        parts=[{"subject": "The kettle"}, {"text": "You were rude", "kind": "treatment"}],
    )
    started = (await log.until("complaint.received", whole))[0].data.started_at
    for part in told["parts"]:
        said = (await log.until("complaint.received", part))[0].data
        assert (said.started_at, said.split_from, said.product) == (started, whole, "kettle")
    await following.follow(intake.runtime.desk, whole)
    assert (await shown(intake, whole))["split_into"] == told["parts"]


async def test_a_link_is_known_to_both(intake: Running, log: Log) -> None:
    one, other = await complain(intake, "Kettle"), await complain(intake, "Toaster")
    await post(intake, f"complaints/{one}/links", to=other, why="same shop", by="ana")
    assert (await log.until("complaint.linked", other))[0].data.to == one
    assert (await shown(intake, one))["related"] == [other]
    await post(intake, f"complaints/{one}/links", 422, to="nowhere", why="x", by="ana")
    await post(intake, f"complaints/{one}/links", 422, to=other, why="x")


async def test_a_match_is_undone_and_done_again(intake: Running, log: Log) -> None:
    one = await complain(intake, "Kettle")
    eva = (await shown(intake, one))["customer_id"]
    other = await post(intake, f"customers/{eva}/unmatch", complaint_id=one, by="ana")
    assert (other["before"], other["customer_id"] != eva) == (eva, True)
    assert (await log.until("complaint.rematched", one))[0].data.customer_id == other["customer_id"]
    await post(intake, f"customers/{eva}/unmatch", 409, complaint_id=one, by="ana")
    await post(intake, f"customers/{eva}/match", complaint_id=one, by="ana")
    assert (await shown(intake, one))["customer_id"] == eva


async def test_what_a_customer_prefers_travels_with_their_next_complaint(intake: Running, log: Log) -> None:
    one = await complain(intake, "Kettle")
    eva = (await shown(intake, one))["customer_id"]
    known = {"address_form": "informal", "expected_yearly_purchases": 240}
    await intake.http.patch(f"/v1/customers/{eva}", json=known)
    answer = SurveyAnswered(result="declined", never_again=True)
    await log.publish(event(answer, one, 1))

    async def asked_no_more() -> bool:
        customer = (await intake.http.get(f"/v1/customers/{eva}")).json()
        return bool(customer["preferences"]["survey"] is False)

    await until(asked_no_more, what="the customer is asked no more")
    said = (await log.until("complaint.received", await complain(intake, "Toaster")))[0].data.customer
    assert (said.survey, said.address_form, said.expected_yearly_purchases) == (False, "informal", 240)


async def test_what_a_customer_prefers_now_is_told_by_the_complaints_they_have(intake: Running, log: Log) -> None:
    one, gone = await complain(intake, "Kettle"), await complain(intake, "Lamp")
    other = await complain(intake, "Toaster", complainant={"email": "leo@example.org"})
    await post(intake, f"complaints/{gone}/withdrawal")
    eva = (await shown(intake, one))["customer_id"]
    wanted = {"channels": ["phone"], "hours": [{"days": ["mon"], "start": "17:00", "end": "20:00"}], "survey": False}
    await intake.http.patch(f"/v1/customers/{eva}", json={"preferences": wanted, "language": "en"})
    said = (await log.until("customer.changed", one))[0].data
    assert said.customer.model_dump(mode="json", include=set(wanted)) == wanted
    assert (said.customer_id, said.customer.language) == (eva, "en")
    for silent in (gone, other):
        assert "customer.changed" not in [entry["type"] for entry in (await shown(intake, silent))["timeline"]]


async def test_a_complaint_that_came_in_just_before_a_change_tells_it_too(intake: Running, log: Log) -> None:
    desk, one = intake.runtime.desk, await complain(intake, "Kettle")
    eva = (await shown(intake, one))["customer_id"]
    await intake.http.patch(f"/v1/customers/{eva}", json={"address_form": "informal"})
    await desk.documents.update_one({"_id": one}, {"$set": {"state.customer_version": 1}})
    assert (await log.until("customer.changed", one, 2))[1].data.customer.address_form == "informal"
    later = await complain(intake, "Toaster")

    async def marked(seconds: int) -> bool:
        await telling.tell_all(desk, real_now() + timedelta(seconds=seconds))
        return bool(await desk.database["customers"].find_one({"_id": eva, TO_TELL: {"$exists": True}}))

    assert [await marked(30), await marked(90)] == [True, False]
    assert [entry["type"] for entry in (await shown(intake, later))["timeline"]] == ["complaint.received"]


async def test_what_is_written_to_a_merged_complaint_is_heard_wherever_it_goes_on(intake: Running, log: Log) -> None:
    first, second, last = [await complain(intake, f"Kettle {n}") for n in range(3)]
    before = await post(intake, f"complaints/{first}/messages", 201, text="Hello?")
    await post(intake, f"complaints/{first}/merge", into=second, by="ana")
    await post(intake, f"complaints/{second}/merge", into=last, by="ana")
    after = await post(intake, f"complaints/{first}/messages", 201, text="Still broken.")
    assert (before["also_in"], after["also_in"]) == (None, second)
    for where in (second, last):
        said = [one.data for one in await log.until("complaint.message_received", where, count=2)]
        assert [(one.message_id, one.said_in) for one in said] == [(before["id"], first), (after["id"], first)]
        assert [one.received_at for one in said] == [instant(one["received_at"]) for one in (before, after)]
