"""Traps that other systems fall into, where no other test holds them. All of them: docs/measures.md."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from services.followup.domain.renegotiating import Renegotiate, renegotiate
from services.followup.domain.waiting import Wait, wait
from services.routing.domain.receiving import on_received
from services.routing.laws import shipped_laws
from shared.events import Payload
from shared.events.intake import (
    ComplaintAbsorbed,
    ComplaintLinked,
    ComplaintMerged,
    ComplaintReleased,
    ComplaintSplit,
    ComplaintUnmerged,
    MessageReceived,
)
from shared.events.values import Evidence
from tests.support import routing
from tests.support.counting import counted
from tests.support.reporting import report
from tests.support.story import Story
from tests.unit.followup_life import DAY, HOUR, MONDAY, Life, begun

FIRST_DUE = MONDAY + 4 * HOUR
NOTICES: list[Payload] = [
    ComplaintMerged(into="c2", by="ana"),
    ComplaintUnmerged(out_of="c2", by="ana"),
    ComplaintAbsorbed(absorbed="c2", number="3F7Q-1ZKC", started_at=MONDAY, by="ana"),
    ComplaintReleased(absorbed="c2", by="ana"),
    ComplaintSplit(parts=("c3", "c4"), by="ana"),
    ComplaintLinked(to="c5", why="the same kettle", by="ana"),
]


def heard(life: Life, payload: Payload) -> None:
    """The case hears it, if follow-up listens to it at all."""
    if not isinstance(payload, ComplaintSplit):
        life.hear(payload)


@pytest.mark.parametrize("notice", NOTICES, ids=[notice.type for notice in NOTICES])
def test_a_notice_of_merge_or_split_is_no_answer(notice: Payload) -> None:
    life = begun()
    heard(life, notice)
    assert (life.case.responses, life.types("response.")) == ((), [])
    tale = Story("c1").received().triaged().assigned().say(notice, 1)
    assert counted(tale, "palabra_first_responses", "palabra_first_response_elapsed_seconds") == {}


def test_a_message_by_anybody_from_anywhere_is_no_answer_of_ours() -> None:
    life = begun()
    for channel in ("email", "phone", "letter", "other"):
        written: Any = {"channel": channel, "text": "As her neighbour I can say: it is still broken."}
        life.hear(MessageReceived(message_id=channel, received_at=life.now, **written))
    life.at(FIRST_DUE).tick()
    assert life.last("deadline.overdue").clock == "first_response"
    assert life.case.first_response() is None


def test_an_answer_to_a_third_party_is_none_to_the_customer() -> None:
    life = begun()
    life.answer(to="third_party", external_reference="copy-1")
    life.at(FIRST_DUE).tick()
    assert life.last("deadline.overdue").clock == "first_response"
    assert life.system_promise().status == "broken"


def test_an_answer_and_waiting_at_the_same_instant_are_both_there() -> None:
    life = begun()
    life.answer()
    life.do(wait, Wait(by="ana", waiting_for="customer"))
    first = life.case.first_response()
    assert first is not None
    assert (first.elapsed_seconds, first.within_target, life.case.status) == (600, True, "waiting_customer")
    life.at(FIRST_DUE + DAY).tick()
    assert "first_response" not in [getattr(payload, "clock", "") for payload in life.said]


@pytest.fixture(params=["Asia/Tokyo", "America/Los_Angeles"])
def elsewhere(request: pytest.FixtureRequest) -> Iterator[Callable[[], None]]:
    """From the call on, this machine's own time zone is another one."""
    before = os.environ.get("TZ")

    def move() -> None:
        os.environ["TZ"] = request.param
        time.tzset()

    yield move
    if before is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = before
    time.tzset()


def test_no_deadline_is_in_the_time_zone_of_the_machine(elsewhere: Callable[[], None]) -> None:
    elsewhere()
    law = routing.POLICY.model_copy(update={"legal": ("es-payment-services",)})
    where = replace(routing.world("ana", policies={"default": law}), laws=shipped_laws())
    # Sunday still in London, Monday already in Madrid.
    late = datetime.fromisoformat("2026-03-01T23:30:00+00:00")
    said = routing.complaint(product="card", text="The card does not work", at=late)
    by = on_received(None, routing.heard(said), now=routing.MONDAY, world=where).state.deadlines
    assert by.first_response == datetime.fromisoformat("2026-03-02T17:00:00+01:00")
    assert by.legal == datetime.fromisoformat("2026-03-23T23:59:59.999+01:00")
    told = begun().last("complaint.acknowledged").text
    assert "lunes 2 de marzo de 2026 a las 14:00 (hora de Madrid)" in told


def test_renegotiated_after_due_it_is_counted_as_broken_and_nothing_else() -> None:
    life = begun()
    life.promise()
    due = MONDAY + 5 * HOUR
    agreed = Evidence(type="call", reference="pbx-1")
    ask = Renegotiate(
        promise_id="p1",
        new_id="p2",
        by="ana",
        due=due + DAY,
        words="tomorrow",
        agreed_by_customer=True,
        evidence=agreed,
    )
    life.at(due + HOUR).do(renegotiate, ask)
    life.at(due + DAY).fulfil("p2")
    tale = Story("c1").received(received_at=MONDAY, started_at=MONDAY).triaged()
    for payload in life.said:
        if payload.type.startswith("promise.") and payload.promise.said_by == "person":  # type: ignore[attr-defined]
            tale.say(payload, 1)
    settled = counted(tale, "palabra_promises_settled", "palabra_promises_corrected")
    assert {key.rpartition("|")[2]: n for key, n in settled.items()} == {"broken": 1, "kept": 1}
    told = report("promises", tale).total()
    assert (told["due"], told["broken"], told["renegotiated"], told["kept"]) == (2, 1, 0, 1)
    assert (told["renegotiated_after_due"], told["late"]) == (1, 0)
