"""The seven steps on a real log and a real store: one test for each rule that matters."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest

from services.followup.lists import INDEXES
from services.followup.main import BLUEPRINT
from services.followup.surveying import COLLECTION
from shared import ids
from shared.clock import HandClock, real_now
from shared.events.intake import ComplaintAbsorbed, ComplaintMerged, MessageReceived
from shared.mongo import ensure_indexes, insert
from shared.settings import Settings
from tests.integration.test_followup_service import Scene, begin
from tests.support.log import Log, event
from tests.support.running import service
from tests.support.wait import until
from tests.unit.followup_life import DAY, MINUTE, MONDAY, assigned, received, triaged

pytestmark = pytest.mark.servers

CUSTOMER = "019ca000-0000-7a00-8000-000000000001"


@pytest.fixture
async def scene(log: Log, settings: Settings) -> AsyncIterator[Scene]:
    """One complaint in Ana's hands, ten minutes old."""
    clock = HandClock(MONDAY + 10 * MINUTE)
    async with AsyncExitStack() as stack:
        followup = await stack.enter_async_context(service(BLUEPRINT, settings, clock))
        complaint_id = ids.uuid7(MONDAY)
        await begin(log, followup, complaint_id, customer_id=CUSTOMER)
        yield Scene(log, settings, clock, followup, complaint_id)


async def page(scene: Scene, link: str, **answer: str) -> Any:
    """The customer opens the link; with an answer, sends it."""
    http, no_key = scene.followup.http, {"Authorization": ""}
    return await (http.post(link, data=answer, headers=no_key) if answer else http.get(link, headers=no_key))


async def resolve(scene: Scene) -> Any:
    """Ana gives the result."""
    return await scene.post("resolution", {"by": "ana", "outcome": "upheld", "text": "Money is coming."})


async def test_the_customer_corrects_the_summary_by_a_link_without_login(scene: Scene) -> None:
    told = await scene.post("summary", {"by": "ana", "text": "The kettle <b>leaks</b>."})
    shown = await page(scene, told["link"])
    assert (shown.status_code, "&lt;b&gt;leaks" in shown.text) == (200, True)
    assert shown.headers["content-security-policy"].startswith("default-src 'none'")
    assert (await page(scene, told["link"], confirmed="maybe")).status_code == 422
    done = await page(scene, told["link"], confirmed="no", correction="The lid")
    assert done.status_code == 200
    case = await scene.case()
    assert (case["summary"]["confirmed"], case["summary"]["correction"]) == (False, "The lid")
    assert (await page(scene, told["link"], confirmed="yes")).status_code == 410
    stored = await scene.followup.document(scene.complaint_id)
    assert told["link"].rpartition("/")[2] not in str(stored)


async def test_a_repeated_summary_does_not_tell_the_link_again(scene: Scene) -> None:
    key = {"Idempotency-Key": "s-1"}
    first = await scene.post("summary", {"by": "ana", "text": "It leaks."}, **key)
    again = await scene.post("summary", {"by": "ana", "text": "It leaks."}, **key)
    assert (again["at"], again["link"]) == (first["at"], None)
    fresh = await scene.post("customer-links", {"by": "ana", "purpose": "summary"})
    assert (await page(scene, first["link"])).status_code == 404
    assert (await page(scene, fresh["link"])).status_code == 200


async def test_a_choice_by_link_names_what_was_offered(scene: Scene) -> None:
    options = [
        {"id": "a", "text": "Repair"},
        {"id": "b", "text": "Voucher", "cost": {"amount": "5", "currency": "EUR"}},
    ]
    told = await scene.post("solutions", {"by": "ana", "options": options})
    assert (await page(scene, told["link"], option="z")).status_code == 422
    assert (await page(scene, told["link"], option="none")).status_code == 200
    assert (await scene.case())["solutions"]["choice"] == "none"
    refused = await scene.followup.http.post(f"{scene.path}/solutions/choice", json={"option": "z"})
    assert (refused.status_code, refused.json()["code"]) == (409, "options_missing")


async def test_only_the_customer_answers_by_link_and_their_no_reopens(scene: Scene) -> None:
    await resolve(scene)
    told = await scene.followup.http.post(
        f"{scene.path}/verification", json={"answer": "yes", "via": "link", "by": "ben"}
    )
    assert (told.status_code, told.json()["code"]) == (409, "not_verified")
    link = (await scene.post("customer-links", {"by": "ana", "purpose": "verification"}))["link"]
    assert (await page(scene, link, answer="no", satisfaction="1", comment="It leaks")).status_code == 200
    said = await scene.log.until("complaint.verified", scene.complaint_id)
    assert (said[0].data.answer, said[0].data.via) == ("no", "link")
    assert (await scene.case())["cycle"] == 2


async def test_a_no_by_link_after_closing_by_silence_reopens(scene: Scene) -> None:
    await resolve(scene)
    link = (await scene.post("customer-links", {"by": "ana", "purpose": "verification"}))["link"]
    scene.clock.move(8 * DAY)
    await scene.log.until("complaint.closed", scene.complaint_id)
    shown = await page(scene, link)
    assert shown.status_code == 200
    assert 'value="no"' in shown.text
    assert 'value="yes"' not in shown.text
    assert (await page(scene, link, answer="yes")).status_code == 410
    assert (await page(scene, link, answer="no", comment="It leaks")).status_code == 200
    assert (await scene.case())["cycle"] == 2


async def test_a_link_of_nobody_says_nothing(scene: Scene) -> None:
    for answer in ({}, {"confirmed": "yes"}):
        assert (await page(scene, "/c/nothing", **answer)).status_code == 404


async def test_a_customer_is_asked_once_in_thirty_days_and_never_again_if_so(scene: Scene, log: Log) -> None:
    other = ids.uuid7(MONDAY)
    await begin(log, scene.followup, other, customer_id=CUSTOMER)
    await resolve(scene)
    told = await scene.post("survey", {"by": "ana", "purpose": "To learn.", "questions": ["Well?"]})
    mine, scene.complaint_id = scene.complaint_id, other
    await resolve(scene)
    ask = {"by": "ana", "purpose": "To learn.", "questions": ["Well?"]}
    refused = await scene.followup.http.post(f"{scene.path}/survey", json=ask)
    assert (refused.status_code, refused.json()["code"]) == (409, "survey_refused")
    assert "next_at" in refused.json()
    assert (await page(scene, told["link"], declined="yes", never_again="yes")).status_code == 200
    assert (await log.until("survey.answered", mine))[0].data.never_again
    scene.clock.move(60 * DAY)
    refused = await scene.followup.http.post(f"{scene.path}/survey", json=ask)
    assert "next_at" not in refused.json()


async def test_of_cases_that_ask_one_customer_at_once_one_asks(scene: Scene, log: Log) -> None:
    names = [f"k{n}" for n in range(8)]
    ask = {"by": "ana", "purpose": "To learn.", "questions": ["Well?"]}
    for name in names:
        await begin(log, scene.followup, name, customer_id="c-2")
        scene.complaint_id = name
        await resolve(scene)
    http = scene.followup.http
    answers = await asyncio.gather(*(http.post(f"/v1/cases/{name}/survey", json=ask) for name in names))
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 7]
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"survey_refused"}


async def test_whoever_died_while_asking_keeps_nobody_from_it_for_ever(scene: Scene) -> None:
    await resolve(scene)
    turns = scene.followup.runtime.database[COLLECTION]
    await insert(turns, {"_id": CUSTOMER, "holder": "dead", "at": real_now()})
    ask = {"by": "ana", "purpose": "To learn.", "questions": ["Well?"]}
    refused = await scene.followup.http.post(f"{scene.path}/survey", json=ask)
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    await turns.update_one({"_id": CUSTOMER}, {"$set": {"at": real_now() - timedelta(minutes=6)}})
    await scene.post("survey", ask)
    assert await turns.count_documents({}) == 0


async def test_who_was_cut_off_while_asking_asks_again_with_the_same_key(scene: Scene) -> None:
    await resolve(scene)
    turns, key = scene.followup.runtime.database[COLLECTION], {"Idempotency-Key": "survey-1"}
    ask, documents = (
        {"by": "ana", "purpose": "To learn.", "questions": ["Well?"]},
        scene.followup.runtime.desk.documents,
    )
    await documents.drop_index("cases_of_customer")
    cut_off = await scene.followup.http.post(f"{scene.path}/survey", json=ask, headers=key)
    assert (cut_off.status_code, await turns.count_documents({})) == (503, 1)
    await ensure_indexes(documents, INDEXES)
    await scene.post("survey", ask, **key)
    assert await turns.count_documents({}) == 0
    goes = (await turns.index_information())["forgotten_turns"]
    assert goes["expireAfterSeconds"] == 300


async def test_whom_a_customer_complained_about_touches_none_of_their_later_cases(scene: Scene, log: Log) -> None:
    before, later = ids.uuid7(MONDAY), ids.uuid7(MONDAY)
    await begin(log, scene.followup, before, customer_id="c-2", about=({"agent": "rude"},), kind="treatment")
    await begin(log, scene.followup, later, customer_id="c-2")
    for path, body in (("notes", {"text": "x"}), ("closure", {}), ("summary", {"text": "x"})):
        answer = await scene.followup.http.post(f"/v1/cases/{later}/{path}", json={"by": "rude", **body})
        assert (answer.status_code, answer.json()["code"]) == (409, "owner_is_subject")


async def test_it_makes_no_difference_when_the_earlier_complaint_is_heard_of(scene: Scene, log: Log) -> None:
    earlier, mine, later = (MONDAY + n * MINUTE for n in range(3))
    for heard_of, at in enumerate((mine, later, earlier)):
        about = () if at == mine else ({"agent": "rude" if at == earlier else "late"},)
        told = {"about": about, "kind": "treatment", "received_at": at, "started_at": at}
        await begin(log, scene.followup, f"k{heard_of}", customer_id="c-2", **told)
    for name, subjects in (("k2", ["rude"]), ("k1", ["late", "rude"]), ("k0", ["rude"])):
        scene.complaint_id = name
        assert (await scene.case())["subjects"] == subjects
    promise = {"made_by": "rude", "kind": "refund", "words": "by three", "due": (MONDAY + 60 * MINUTE).isoformat()}
    for path, body in (("notes", {"by": "rude", "text": "x"}), ("promises", promise)):
        answer = await scene.followup.http.post(f"{scene.path}/{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "owner_is_subject")
    await scene.post("notes", {"by": "late", "text": "x"})


async def test_thanks_leaves_a_resolved_case_alone_and_a_person_can_correct_it(scene: Scene, log: Log) -> None:
    await resolve(scene)
    thanks = MessageReceived(message_id="m1", channel="email", text="Muchas gracias", received_at=MONDAY)
    await log.publish(event(thanks, scene.complaint_id, 2, time=MONDAY + 11 * MINUTE))
    assert (await log.until("reply.read", scene.complaint_id))[0].data.reading == "thanks"
    assert (await scene.case())["status"] == "resolved"
    await scene.post("messages/m1/reading", {"by": "ben", "reading": "not_solved"})
    assert (await scene.case())["status"] == "in_progress"


async def test_a_text_is_edited_and_used_at_once(scene: Scene, log: Log) -> None:
    http, path = scene.followup.http, "/v1/templates/es.formal.greeting"
    assert len((await http.get("/v1/templates")).json()["items"]) > 100
    shown = await http.get(path)
    assert (shown.headers["etag"], shown.json()["needed"]) == ('"0"', ["name"])
    edit = {"text": "Querida $name:"}
    done = await http.put(path, json=edit, headers={"If-Match": '"0"'})
    assert (done.status_code, done.json()["version"]) == (200, 1)
    assert (await http.put(path, json=edit, headers={"If-Match": '"0"'})).status_code == 412
    assert (await http.put(path, json=edit, headers={"If-Match": '"7"'})).status_code == 412
    assert (await http.put(path, json=edit)).json()["version"] == 2
    assert (await http.put(path, json={"text": " "})).status_code == 422
    assert (await http.get("/v1/templates/es.formal.nothing")).status_code == 404
    another = ids.uuid7(MONDAY + timedelta(seconds=1))
    await log.publish(event(received(), another, 1), event(triaged(), another, 1), event(assigned(), another, 2))
    assert (await log.until("complaint.acknowledged", another))[0].data.text.startswith("Querida Eva Ruiz:")


async def test_above_the_limit_somebody_else_must_allow_it(scene: Scene) -> None:
    body = {"by": "ana", "amount": {"value": "10.00", "currency": "EUR"}, "expected_yearly_purchases": 240}
    asked = await scene.post("compensation", body)
    assert (asked["status"], asked["customer_value"]["value"]) == ("requested", "1200")
    refused = await scene.followup.http.post(
        f"{scene.path}/compensation/approval", json={"by": "ana", "approved": True}
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "limit_too_low")
    assert (await scene.case())["compensations"][0]["status"] == "requested"


async def test_a_case_goes_on_from_the_earliest_start_and_answer_of_both(scene: Scene, log: Log) -> None:
    earlier = MONDAY - DAY
    told = ComplaintAbsorbed(
        absorbed="c0", number="3F7Q-1ZKC", started_at=earlier, answered_at=earlier + MINUTE, by="ana"
    )
    await log.publish(event(told, scene.complaint_id, 2, time=MONDAY + 11 * MINUTE))
    said = (await log.until("response.sent", scene.complaint_id))[0].data
    assert (said.is_first, said.elapsed_seconds) == (True, 60)
    case = await scene.case()
    assert (case["started_at"], case["absorbed"][0]["complaint_id"]) == ("2026-03-01T09:00:00Z", "c0")


async def test_key_questions_are_asked_once_across_a_hand_over(scene: Scene, log: Log) -> None:
    first = await scene.post("questions", {"by": "ana", "facts": ["serial"]})
    assert first["again"] == []
    await log.publish(event(assigned("ben"), scene.complaint_id, 3, time=MONDAY + 11 * MINUTE))
    await scene.followup.until_applied(scene.complaint_id, "routing", 3)
    again = await scene.post("questions", {"by": "ben", "facts": ["serial"]})
    assert again["again"] == ["serial"]
    nothing = await scene.followup.http.post(f"{scene.path}/questions", json={"by": "ben"})
    assert nothing.status_code == 422


async def test_a_case_that_was_saved_before_it_was_worked_out_passes_its_news_on(scene: Scene, log: Log) -> None:
    inner, documents = ids.uuid7(MONDAY), scene.followup.runtime.desk.documents
    await begin(log, scene.followup, inner, number=ids.new_number())
    absorbed = ComplaintAbsorbed(absorbed=inner, number="3F7Q-1ZKC", started_at=MONDAY, by="ana")
    await log.publish(
        event(ComplaintMerged(into=scene.complaint_id, by="ana"), inner, 2, time=scene.clock.at),
        event(absorbed, scene.complaint_id, 2, time=scene.clock.at),
    )
    told = {"_id": scene.complaint_id, "state.to_pass_on": False, "state.steps.absorbed.0.knows": {"$gt": ""}}
    await until(lambda: documents.find_one(told), what="the news passed on")
    older = {"state.to_pass_on": "", "state.steps.absorbed.0.knows": ""}
    await documents.update_one(told, {"$set": {"state.agent": "ben"}, "$unset": older})
    handed = {"_id": inner, "state.promises.owner": "ben"}
    await until(lambda: documents.find_one(handed), what="the promise handed over")
    await until(lambda: documents.find_one(told), what="the older news passed on")
