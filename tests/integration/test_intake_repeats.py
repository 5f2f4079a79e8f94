"""The same request again gets the same answer, also when a rule would forbid it by now."""

from datetime import timedelta

import pytest

from services.intake.main import BLUEPRINT
from shared.clock import HandClock
from shared.settings import Settings
from tests.support.log import NOW
from tests.support.running import service

pytestmark = pytest.mark.servers


async def test_a_repeat_is_answered_as_the_first_time_though_its_times_are_too_old_by_now(settings: Settings) -> None:
    clock = HandClock(NOW)
    form = {
        "channel": "web", "text": "My parcel never came.", "complainant": {"name": "Ana"},
        "customer_contacted_at": (NOW - timedelta(days=30) + timedelta(seconds=4)).isoformat(),
    }  # fmt: skip
    async with service(BLUEPRINT, settings, clock, only="api") as intake:
        first = await intake.http.post("/v1/complaints", json=form, headers={"Idempotency-Key": "k1"})
        clock.move(timedelta(seconds=10))
        again = await intake.http.post("/v1/complaints", json=form, headers={"Idempotency-Key": "k1"})
        other = {**form, "text": "Another matter."}
        reused = await intake.http.post("/v1/complaints", json=other, headers={"Idempotency-Key": "k1"})
        late = await intake.http.post("/v1/complaints", json=form, headers={"Idempotency-Key": "k2"})
        await intake.runtime.follower.caught_up.wait()
    assert first.status_code == 201
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
    assert (late.status_code, late.json()["code"]) == (422, "invalid")
