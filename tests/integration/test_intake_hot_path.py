"""Accepting goes a short way of its own: it is the same to whoever asks, and those who go together stay apart."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
import pytest_asyncio

from services.intake import domain
from services.intake.indexes import CONTACTS, CUSTOMER_ID
from services.intake.main import BLUEPRINT
from shared.decision import Decision
from shared.runtime.commands import Answer, Command, Creation
from shared.settings import Settings
from tests.support.running import Running, service

pytestmark = pytest.mark.servers

FORM: dict[str, Any] = {"channel": "web", "text": "My parcel never came.", "complainant": {"email": "ana@example.org"}}
PATH = "/v1/complaints"


@pytest_asyncio.fixture
async def intake(settings: Settings) -> AsyncIterator[Running]:
    """Intake, its API alone."""
    async with service(BLUEPRINT, settings, only="api") as running:
        yield running
        await running.runtime.follower.caught_up.wait()


ASKED: list[dict[str, Any]] = [
    {"json": FORM},
    {"json": FORM, "headers": {"Authorization": ""}},
    {"json": FORM, "headers": {"Authorization": "Bearer wrong"}},
    {"json": FORM, "headers": {"Authorization": "Basic abc"}},
    {"json": FORM, "headers": {"Idempotency-Key": ""}},
    {"json": FORM, "headers": {"Idempotency-Key": "k" * 256}},
    {"json": FORM, "params": {"wat": "1"}},
    {"json": FORM, "params": {"wait": "0"}},
    {"content": b'{"text": "x", "text": "y"}'},
    {"content": b'{"text": "x", "text": "y"}', "headers": {"Content-Type": "text/plain"}},
    {"content": b'{"text": NaN}'},
    {"content": b"[1"},
    {"content": b""},
    {"json": {"text": ""}},
    {"json": {"text": "x", "unknown": 1}},
    {"json": {"text": "x"}},
    {"json": FORM | {"occurred_at": "2999-01-01T00:00:00Z"}},
    {"json": FORM, "headers": {"X-Request-Id": "mine"}},
]


@pytest.mark.parametrize("asked", ASKED)
async def test_the_short_way_answers_as_the_long_one_does(intake: Running, asked: dict[str, Any]) -> None:
    short = await intake.http.post(PATH, **asked)
    intake.app.doors = {}
    long = await intake.http.post(PATH, **asked)
    assert short.status_code == long.status_code
    assert set(short.headers) == set(long.headers)
    if short.is_success:
        assert set(short.json()) == set(long.json())
    else:
        assert short.json() == long.json()


async def test_other_methods_and_paths_go_the_long_way(intake: Running) -> None:
    assert (await intake.http.get(PATH)).status_code == 200
    refused = await intake.http.put(PATH, json=FORM)
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, POST")


async def test_one_that_cannot_be_decided_takes_no_other_along(intake: Running) -> None:
    def bad(_: None, **_more: object) -> Decision[domain.Complaint]:
        raise ZeroDivisionError

    told = domain.Told.model_validate(FORM)
    rules: dict[str, Any] = {"c2": bad}
    for name in ("c1", "c3"):
        order = domain.Order(complaint_id=name, entry_id="e", number=f"number-{name}", told=told, source_system="shop")
        rules[name] = partial(domain.receive, order=order)
    creations = [Creation(name, Command(name, name), rules[name], {}) for name in ("c1", "c2", "c3")]
    made = await intake.runtime.desk.create_many(creations)
    assert [type(each) for each in made] == [Answer, ZeroDivisionError, Answer]
    assert await intake.document("c1")
    assert await intake.document("c3")


async def test_earlier_complaints_are_counted_off_the_index_each_customer_by_itself(intake: Running) -> None:
    """Also where one complains so often that the others' share would be used up; history does not count."""
    often, seldom, historical = ({"email": f"{name}@example.org"} for name in ("often", "seldom", "historical"))
    for person, times, more in ((often, 45, {}), (seldom, 2, {}), (historical, 3, {"historical": True})):
        for number in range(times):
            form = FORM | {"text": f"number {number}", "complainant": person} | more
            assert (await intake.http.post(PATH, json=form)).status_code == 201
    people = (seldom, often, historical)
    taken = await asyncio.gather(*(intake.http.post(PATH, json=FORM | {"complainant": one}) for one in people))
    counts = [(await intake.http.get(answer.json()["status_url"])).json()["contacts_before"] for answer in taken]
    assert counts == [2, 10, 0]
    found: Any = await intake.document(taken[0].json()["id"])
    where = {CUSTOMER_ID: found["state"]["received"]["customer_id"], "state.received.historical": False}
    shown = intake.runtime.desk.documents.find(where, {"_id": 0, CUSTOMER_ID: 1}, hint=CONTACTS)
    assert (await shown.explain())["executionStats"]["totalDocsExamined"] == 0
