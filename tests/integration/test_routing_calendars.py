"""Calendars over routing's API, with its log and its store: feeds, holidays, and what moves when one changes."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.routing.main import BLUEPRINT
from shared.clock import HandClock
from shared.settings import Settings
from tests.integration.test_routing_places import card, known, make, routing, shown
from tests.support.log import Log, event
from tests.support.routing import MONDAY
from tests.support.running import Running, service

pytestmark = pytest.mark.servers

CREATE = {"If-None-Match": "*"}
ICAL = {"Content-Type": "text/calendar"}


def feed(*days: str) -> bytes:
    """A feed that would close these days, each its own entry, named after its date."""
    events = [
        f"BEGIN:VEVENT\r\nUID:{day}\r\nDTSTART;VALUE=DATE:{day}\r\nSUMMARY:Day {day}\r\nEND:VEVENT" for day in days
    ]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *events, "END:VCALENDAR", ""]).encode()


async def upload(running: Running, name: str, body: bytes, **headers: str) -> httpx.Response:
    return await running.http.post(f"/v1/calendars/{name}/feed", content=body, headers={**ICAL, **headers})


async def under(running: Running, **policy: Any) -> None:
    """The default policy, with these fields, and only a legal target if it names one."""
    now = (await running.http.get("/v1/policies/default")).json()
    body = {field: value for field, value in now.items() if field not in ("id", "version")} | policy
    version = {"If-Match": f'"{now["version"]}"'}
    changed = await running.http.put("/v1/policies/default", json=body, headers=version)
    assert changed.status_code == 200, changed.text
    await known(running, "policies", "default", now["version"] + 1)


async def test_a_feed_is_proposed_decided_and_uploaded_again(settings: Settings) -> None:
    async with service(BLUEPRINT, settings, HandClock(MONDAY)) as running:
        http = running.http
        await make(running, "calendars", "shop", time_zone="Europe/Madrid", weekly={"mon": [["09:00", "17:00"]]})
        proposed = (await upload(running, "shop", feed("20260309", "20260316", "20200101"))).json()
        assert (proposed["version"], proposed["new"]) == (2, ["20260309", "20260316"])
        assert [entry["accepted"] for entry in proposed["feed_entries"]] == [None, None]
        ask = {"accept": ["20260309"], "refuse": ["20260316"]}
        decided = (await http.post("/v1/calendars/shop/feed/decisions", json=ask)).json()
        assert [entry["accepted"] for entry in decided["feed_entries"]] == [True, False]
        again = await upload(running, "shop", feed("20260309", "20260316"))
        assert (again.json()["version"], again.json()["new"], again.headers["ETag"]) == (3, [], '"3"')
        put = {"name": "Shop", "time_zone": "Europe/Madrid", "weekly": {"mon": [["09:00", "13:00"]]}}
        kept = await http.put("/v1/calendars/shop", json=put, headers={"If-Match": '"3"'})
        assert [entry["accepted"] for entry in kept.json()["feed_entries"]] == [True, False]


async def test_a_feed_that_cannot_be_is_refused_and_changes_nothing(settings: Settings) -> None:
    async with service(BLUEPRINT, settings, HandClock(MONDAY)) as running:
        http = running.http
        assert (await upload(running, "nowhere", feed("20260309"))).status_code == 404
        refused = await upload(running, "office-hours", b"<html>")
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "body")
        many = feed(*((MONDAY + timedelta(days=n)).strftime("%Y%m%d") for n in range(301)))
        assert "301 entries" in (await upload(running, "office-hours", many)).json()["detail"]
        old = await upload(running, "office-hours", feed("20260309"), **{"If-Match": '"9"'})
        assert old.json()["code"] == "version_conflict"
        unknown = await http.post("/v1/calendars/office-hours/feed/decisions", json={"accept": ["x"]})
        assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "accept")
        assert (await http.get("/v1/calendars/office-hours")).json()["version"] == 1


async def test_an_accepted_day_moves_what_is_due_at_once_and_says_so(settings: Settings, log: Log) -> None:
    async with routing(settings) as running:
        await log.publish(event(card(1, text="broken"), "k1"))
        before = await shown(running, "k1", agent="ana")
        await upload(running, "office-hours", feed("20260302"))
        await running.http.post("/v1/calendars/office-hours/feed/decisions", json={"accept": ["20260302"]})
        said = (await log.until("complaint.assigned", "k1", 2))[1].data
        assert said.moved == ("first_response", "resolution")
        after = await shown(running, "k1")
        assert after["deadlines"]["first_response"] > before["deadlines"]["first_response"]


async def test_holidays_move_the_legal_deadline_of_what_is_open(settings: Settings, log: Log) -> None:
    async with routing(settings) as running:
        spain = {"time_zone": "Europe/Madrid", "public_holidays": {"country": "ES"}}
        await make(running, "calendars", "holidays", **spain)
        await under(running, legal=["es-payment-services"], legal_calendar="holidays")
        await log.publish(event(card(1, text="broken"), "k1"))
        before = await shown(running, "k1", agent="ana")
        assert before["deadlines"]["legal"] == "2026-03-23T22:59:59.999000Z"
        assert [(one["rule"], one["stops"]) for one in before["legal_clocks"]] == [("es-payment-services", "substance")]
        changed = {**spain, "holidays": ["2026-03-20"]}
        await running.http.put("/v1/calendars/holidays", json=changed, headers={"If-Match": '"1"'})
        said = (await log.until("complaint.assigned", "k1", 2))[1].data
        assert said.moved == ("legal",)
        assert said.deadlines.legal.isoformat() == "2026-03-24T22:59:59.999000+00:00"
        after = await shown(running, "k1")
        assert after["deadlines"] == {**before["deadlines"], "legal": "2026-03-24T22:59:59.999000Z"}


async def test_a_policy_s_own_calendar_moves_what_is_open_and_is_kept_open(settings: Settings, log: Log) -> None:
    async with routing(settings) as running:
        always = {"time_zone": "UTC", "weekly": {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed")}}
        await make(running, "calendars", "line", **always)
        await log.publish(event(card(1, text="broken"), "k1"))
        before = await shown(running, "k1", agent="ana")
        await under(running, calendar="line")
        triaged = (await log.until("complaint.triaged", "k1", 2))[1].data
        assert (triaged.calendar, triaged.again) == ("line", True)
        assert triaged.deadlines.resolution.isoformat() < before["deadlines"]["resolution"]
        shut = {**always, "holidays": ["2026-03-02"]}
        await running.http.put("/v1/calendars/line", json=shut, headers={"If-Match": '"1"'})
        assigned = (await log.until("complaint.assigned", "k1", 2))[1].data
        assert (assigned.calendar, assigned.moved) == ("line", ("first_response", "resolution"))
        never = {**always, "weekly": {}}
        refused = await running.http.put("/v1/calendars/line", json=never, headers={"If-Match": '"2"'})
        assert refused.status_code == 422
        assert "default works by it" in refused.json()["errors"][0]["reason"]


async def test_a_policy_names_rules_and_calendars_that_are_there(settings: Settings) -> None:
    async with service(BLUEPRINT, settings, HandClock(MONDAY)) as running:
        http = running.http
        rules = (await http.get("/v1/legal-rules")).json()["items"]
        assert {"uk-fca", "pe-consumer", "co-petition"} <= {rule["id"] for rule in rules}
        policy = {"name": "x", "targets": []}
        await make(running, "calendars", "never", time_zone="UTC")
        wrongs = (
            ("legal", ["es-nothing"]),
            ("legal_calendar", "nowhere"),
            ("calendar", "nowhere"),
            ("calendar", "never"),
        )
        for field, value in wrongs:
            refused = await http.put("/v1/policies/x", json={**policy, field: value}, headers=CREATE)
            assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
        wrong = {"time_zone": "UTC", "public_holidays": {"country": "ES", "region": "Narnia"}}
        refused = await http.put("/v1/calendars/x", json=wrong, headers=CREATE)
        assert refused.json()["errors"][0]["field"] == "public_holidays.region"
