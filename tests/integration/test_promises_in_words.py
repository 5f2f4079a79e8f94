"""Promises found in a response, over HTTP: offered, the same again on a repeat, confirmed by one more call."""

import pytest

from services.followup.main import BLUEPRINT
from shared import ids
from shared.clock import HandClock
from shared.settings import Settings
from tests.support.log import Log
from tests.support.running import service
from tests.unit.followup_life import HOUR, MINUTE, MONDAY

from tests.integration.test_followup_service import begin  # isort: skip

pytestmark = pytest.mark.servers

SAID = {"by": "ana", "channel": "email", "text": "Le llamo mañana a las cuatro y el viernes le devolvemos el dinero."}
FOUR = "2026-03-03T15:00:00Z"


async def test_what_a_response_promises_is_offered_replayed_and_confirmed(log: Log, settings: Settings) -> None:
    clock, complaint_id = HandClock(MONDAY), ids.uuid7(MONDAY)
    path = f"/v1/cases/{complaint_id}"
    async with service(BLUEPRINT, settings, clock) as followup:
        await begin(log, followup, complaint_id)
        clock.move(10 * MINUTE)
        key = {"Idempotency-Key": "said-once"}
        first = await followup.http.post(f"{path}/responses", json=SAID, headers=key)
        assert first.status_code == 201, first.text
        call, refund = first.json()["suggested_promises"]
        assert call == {
            "words": "Le llamo mañana a las cuatro",
            "kind": "callback",
            "due": FOUR,
            "not_before": FOUR,
            "time_zone": "Europe/Madrid",
        }
        assert (refund["words"], refund["kind"]) == ("el viernes le devolvemos el dinero", "refund")
        case = (await followup.http.get(path)).json()
        assert [promise["said_by"] for promise in case["promises"]] == ["system"]

        clock.move(3 * HOUR)
        again = await followup.http.post(f"{path}/responses", json=SAID, headers=key)
        assert again.headers["Idempotent-Replayed"] == "true"
        assert again.json() == first.json()

        made = await followup.http.post(f"{path}/promises", json={**call, "made_by": "ana"})
        assert made.status_code == 201, made.text
        assert {name: made.json()[name] for name in ("words", "kind", "not_before", "time_zone")} == {
            name: call[name] for name in ("words", "kind", "not_before", "time_zone")
        }
        assert made.json()["due"] == "2026-03-03T15:10:00Z"
        case = (await followup.http.get(path)).json()
        assert [promise["kind"] for promise in case["promises"] if promise["said_by"] == "person"] == ["callback"]
