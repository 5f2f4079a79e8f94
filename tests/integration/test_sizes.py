"""No document grows without bound, no event is larger than the log takes; what is too large is refused in time."""

from typing import Any

import pytest

from services.intake.main import BLUEPRINT
from shared.mongo import stored_size
from shared.settings import Settings
from tests.support.running import Running, service

pytestmark = pytest.mark.servers

MOST_DOCUMENT = 1_000_000
FORM: dict[str, Any] = {"channel": "web", "text": "My parcel never came.", "complainant": {"name": "Ana"}}
SMILE = "\U0001f600"
"""Four bytes."""
ESCAPED = "\u0001"
"""Six bytes in JSON."""


async def documents(intake: Running) -> list[dict[str, Any]]:
    """All that is stored."""
    return [document async for document in intake.runtime.desk.documents.find({})]


async def test_messages_of_any_alphabet_fill_a_complaint_and_no_more(settings: Settings) -> None:
    async with service(BLUEPRINT, settings, only="api") as intake:
        made = (await intake.http.post("/v1/complaints", json=FORM)).json()["id"]
        answers = [
            await intake.http.post(f"/v1/complaints/{made}/messages", json={"text": SMILE * 90_000}) for _ in range(6)
        ]
        codes = [answer.json().get("code", "taken") for answer in answers]
        assert codes[0] == "taken"
        assert codes[-1] == "complaint_full"
        assert answers[-1].status_code == 409
        (document,) = await documents(intake)
        assert stored_size({**document, "outbox": []}) <= MOST_DOCUMENT
        await intake.runtime.follower.caught_up.wait()


async def test_what_no_event_could_carry_is_refused_and_nothing_is_stored(settings: Settings) -> None:
    async with service(BLUEPRINT, settings, only="api") as intake:
        remedy = {"kind": "refund", "words": ESCAPED * 75_000}
        large = {**FORM, "text": ESCAPED * 80_000, "remedy_sought": remedy}
        answer = await intake.http.post("/v1/complaints", json=large)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
        assert await documents(intake) == []
        await intake.runtime.follower.caught_up.wait()


async def test_a_part_with_all_that_it_takes_over_is_no_larger_than_an_event_can_be(settings: Settings) -> None:
    async with service(BLUEPRINT, settings, only="api") as intake:
        heavy = {f"m{n}": ESCAPED * 500 for n in range(20)}
        made = (await intake.http.post("/v1/complaints", json={**FORM, "metadata": heavy})).json()["id"]
        remedy = {"kind": "refund", "words": ESCAPED * 70_000}
        body = {"parts": [{"text": ESCAPED * 75_000, "remedy_sought": remedy}, {"text": "And this."}], "by": "ana"}
        answer = await intake.http.post(f"/v1/complaints/{made}/split", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text
        assert answer.json()["errors"][0]["field"] == "parts.0"
        (document,) = await documents(intake)
        assert not document["state"]["split_into"]
        assert not document["state"]["owed"]
        await intake.runtime.follower.caught_up.wait()
