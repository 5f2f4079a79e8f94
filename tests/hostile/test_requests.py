"""Hostile requests to everything that every service can be asked: never our fault, never stored, always a problem."""

import json
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest

from tests.hostile.asking import Operation, ask, operations, stored
from tests.hostile.corpus import BODIES, CURSORS, HEADERS, IDS, QUERIES
from tests.hostile.messages import SPOILT, places, with_value
from tests.support.house import FORM, House
from tests.support.wait import until

pytestmark = pytest.mark.servers

SERVICES: Final = ("intake", "routing", "followup", "metrics")
EMPTY_IS_FINE: Final = ("withdrawal", "closure", "resumption", "rebuilds")


async def settled(home: House) -> str:
    """A complaint that all have heard of and said all about."""
    made = await home.complaint()

    async def look() -> bool:
        outboxes = [
            await one.runtime.desk.documents.find_one({"outbox.0": {"$exists": True}}) for one in home.services.values()
        ]
        lags = [sum((await one.runtime.listener.consumer.lags()).values()) for one in home.services.values()]
        return not any(outboxes) and not any(lags)

    await until(look, what="everything is said and heard")
    return str(made["id"])


@pytest.mark.parametrize("name", SERVICES)
async def test_bodies(home: House, name: str) -> None:
    known = await settled(home)
    before = await stored(home[name])
    for operation in operations(home[name]):
        if not operation.takes_body or operation.path.endswith("/batch"):
            continue
        for title, body in BODIES.items():
            answer = await ask(home[name], operation, operation.at(known), content=body, headers=_json())
            assert 400 <= answer.status_code < 500, (operation, title, answer.text)
            if title == "too large":
                assert answer.json()["code"] == "too_large"
    assert await stored(home[name]) == before


def _json() -> dict[str, str]:
    return {"Content-Type": "application/json", "If-Match": '"1"'}


async def test_ten_megabytes_in_pieces(home: House) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"text": "'
        for _ in range(10_000):
            yield b"x" * 1_000

    create = Operation("POST", "/v1/complaints", takes_body=True)
    answer = await ask(home["intake"], create, "/v1/complaints", content=pieces(), headers=_json())
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("name", SERVICES)
async def test_ids_and_queries(home: House, name: str) -> None:
    known = await settled(home)
    before = await stored(home[name])
    for operation in operations(home[name]):
        if "{" in operation.path:
            for named in IDS:
                answer = await ask(
                    home[name], operation, operation.at(named), content=b"{}" if operation.takes_body else None
                )
                assert 400 <= answer.status_code < 500, (operation, named, answer.text)
        if operation.method == "GET":
            for query in [*QUERIES, *(f"cursor={cursor}" for cursor in CURSORS)]:
                await ask(home[name], operation, f"{operation.at(known)}?{query}")
    assert await stored(home[name]) == before


@pytest.mark.parametrize("path", ["intake/v1/complaints", "followup/v1/cases", "followup/v1/promises",
                                  "intake/v1/services/intake/parked", "routing/v1/services/routing/marks"])  # fmt: skip
async def test_a_forged_cursor_is_refused(home: House, path: str) -> None:
    name, _, url = path.partition("/")
    listing = Operation("GET", f"/{url}", takes_body=False)
    for cursor in CURSORS:
        for sort in ("priority", "received_at") if url.endswith("cases") else (None,):
            query = f"/{url}?cursor={cursor}" + (f"&sort={sort}" if sort else "")
            answer = await ask(home[name], listing, query)
            if answer.status_code != 200:
                assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "cursor"), cursor


@pytest.mark.parametrize("name", SERVICES)
async def test_headers(home: House, name: str) -> None:
    known = await settled(home)
    for operation in operations(home[name]):
        for header in HEADERS:
            if operation.path.endswith("/v1/rebuilds"):
                continue
            headers = (
                [header] if header[0] == b"Authorization" else [header, (b"Authorization", b"Bearer a-key-for-tests")]
            )
            content = b'{"zzz": 1}' if operation.takes_body and header[0] != b"Content-Length" else None
            await ask(home[name], operation, operation.at(known), content=content, headers=headers)


FORMS: Final[dict[str, tuple[str, str, dict[str, Any]]]] = {
    "complaint": ("intake", "/v1/complaints", {
        **FORM, "channel": "web", "kind": "treatment", "category": "card", "subject": "late", "product": "card",
        "product_reference": "1", "place": "Lima", "amount_at_stake": {"value": "49.90", "currency": "EUR"},
        "signals": ["anger"], "remedy_sought": {"kind": "refund", "words": "money", "anything_else": "no"},
        "about": [{"agent": "luis", "name": "Luis", "team": "cards"}], "occurred_at": "2026-03-01T10:00:00Z",
        "complainant": {"name": "Ana", "email": "ana@example.org", "phone": "+34 600 111 222", "external_id": "4",
                        "role": "customer", "internal": False, "language": "es", "time_zone": "Europe/Madrid"},
        "external_reference": "T-1", "metadata": {"shop": "5"}, "attachments": [{"name": "a.pdf", "size": 3}],
    }),
    "message": ("intake", "/v1/complaints/{}/messages", {"text": "Still.", "occurred_at": "2026-03-01T10:00:00Z",
                                                         "attachments": [{"name": "a", "size": 1}]}),
    "report": ("intake", "/v1/complaints/{}/delivery-reports", {
        "response_id": "r", "status": "failed", "class": "5.1.1", "occurred_at": "2026-03-01T10:00:00Z"}),
    "response": ("followup", "/v1/cases/{}/responses", {
        "by": "ana", "channel": "email", "text": "We look.", "to": "internal", "external_reference": "x"}),
    "promise": ("followup", "/v1/cases/{}/promises", {
        "kind": "callback", "words": "I call", "due": "2199-03-01T10:00:00Z", "owner": "ana", "made_by": "ana",
        "time_zone": "Europe/Madrid", "amount": {"value": "1.00", "currency": "EUR"}, "override_reason": "asked"}),
    "facts": ("followup", "/v1/cases/{}/facts", {"date": "yesterday"}),
    "transfer": ("routing", "/v1/assignments/{}/transfer", {
        "team": "cards", "agent": "a", "reason": "r", "summary": "s"}),
    "escalation": ("routing", "/v1/assignments/{}/escalation", {"by": "ana", "reason": "slow", "level": 1}),
    "key": ("routing", "/v1/keys", {"owner": "shop", "kind": "system", "scopes": ["cases:read"]}),
    "absence": ("routing", "/v1/agents/ana/absence", {"from": "2198-01-01T00:00:00Z", "to": "2199-01-01T00:00:00Z"}),
    "team": ("routing", "/v1/teams/hostile", {
        "name": "T", "calendar": "office-hours", "products": ["p"], "languages": ["es"]}),
    "agent": ("routing", "/v1/agents/hostile", {"name": "A", "team": "cards", "capacity": 1, "skills": ["s"],
                                                "compensation_limit": {"value": "1", "currency": "EUR"}}),
}  # fmt: skip
METHODS: Final = {"facts": "PATCH", "team": "PUT", "agent": "PUT"}
MORE: Final[dict[str, Any]] = {"a lie": {"zzz": 1}, "dollars": {"$set": {"a.b": 1}}, "huge": 10**400, "tiny": 1e-320}


@pytest.mark.parametrize("title", FORMS)
async def test_good_forms_with_one_field_spoilt(home: House, title: str) -> None:
    name, path, form = FORMS[title]
    known = await settled(home)
    operation = Operation(METHODS.get(title, "POST"), path, takes_body=True)
    for place in places(form):
        for value in [*SPOILT.values(), *MORE.values()]:
            content = json.dumps(with_value(form, place, value))
            await ask(
                home[name], operation, path.format(known), content=content, headers={"Content-Type": "application/json"}
            )
    spoilt_names = ({**form, "a\0b": "x"}, {**form, "$x.y": "x"}, {**form, "": "x"}, {**form, "k" * 10_000: "x"})
    for more in spoilt_names:
        content = json.dumps(more)
        await ask(
            home[name], operation, path.format(known), content=content, headers={"Content-Type": "application/json"}
        )
    for one in home.services.values():
        assert not one.runtime.loops.failed.is_set(), one.runtime.name
    again = await ask(home["followup"], Operation("GET", "/v1/cases/{case_id}", takes_body=False), f"/v1/cases/{known}")
    assert again.status_code == 200
