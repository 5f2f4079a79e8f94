"""Keys: only a good one opens, only what it is for, only as long as it is good, and guessing is limited."""

import hashlib
import time
from typing import Any

import httpx
import pytest

from shared.http.auth import caller_of
from tests.hostile.asking import operations
from tests.support.house import FORM, House
from tests.support.running import AUTH, KEY

pytestmark = pytest.mark.servers

OPEN = ("/healthz", "/readyz", "/status", "/metrics")
SERVICES = ("intake", "routing", "followup", "metrics")


def from_address(home: House, name: str, address: str) -> httpx.AsyncClient:
    """A client that comes from there, without a key."""
    transport = httpx.ASGITransport(app=home[name].app, client=(address, 1), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


@pytest.mark.parametrize("name", SERVICES)
async def test_without_a_good_key_nothing_opens(home: House, name: str) -> None:
    wrong = [
        "Bearer wrong",
        "Bearer ",
        f"Basic {KEY}",
        f"Bearer {KEY} ",
        f"bearer {KEY}x",
        f"Bearer {KEY[:-1]}",
        "Bearer é",
        KEY,
    ]
    for operation in operations(home[name]):
        if operation.path in OPEN or "{token}" in operation.path:  # a token in the path is the key
            continue
        # An address of its own for each operation: guessing is limited by address.
        async with from_address(home, name, f"10.0.{len(operation.path)}.{hash(operation) % 250}") as client:
            for sent in (None, *wrong):
                headers = {} if sent is None else {"Authorization": sent.encode()}
                url = operation.at("00000000-0000-7000-8000-000000000000")
                answer = await client.request(operation.method, url, headers=headers, content=b"{}")  # type: ignore[arg-type]
                if sent == f"Bearer {KEY} ":
                    continue  # white space round a header's value is none of it
                assert (answer.status_code, answer.json()["code"]) == (401, "key_invalid"), (
                    operation,
                    sent,
                    answer.text,
                )
                assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("name", SERVICES)
async def test_a_key_of_another_scope_opens_nothing(home: House, name: str) -> None:
    other = await home.key_of(f"other-{name}", "history:write")
    for operation in operations(home[name]):
        if operation.path in OPEN or "{token}" in operation.path:  # a token in the path is the key
            continue
        url = operation.at("00000000-0000-7000-8000-000000000000")
        answer = await home[name].http.request(operation.method, url, headers=other, content=b"{}")
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing"), (operation, answer.text)


async def test_a_system_finds_nothing_of_another_system(home: House) -> None:
    shop = await home.key_of("shop", "complaints:write", "complaints:read")
    bank = await home.key_of("bank", "complaints:write", "complaints:read")
    made = await home.complaint(**shop)
    intake = home["intake"].http
    seen = (await intake.get(f"/v1/complaints/{made['id']}", headers=shop)).json()
    for operation in operations(home["intake"]):
        if "{complaint_id}" in operation.path or "{customer_id}" in operation.path:
            named = seen["customer_id"] if "customer" in operation.path else made["id"]
            bodies: list[Any] = [
                {"text": "x"}, {}, {"response_id": "r", "status": "failed", "occurred_at": "2026-03-01T10:00:00Z"}
            ]  # fmt: skip
            for body in bodies if operation.takes_body else [None]:
                answer = await intake.request(operation.method, operation.at(named), json=body, headers=bank)
                assert answer.status_code in (404, 422), (operation, answer.text)
                assert "ana@example.org" not in answer.text
                assert made["number"] not in answer.text
    for query in (
        "",
        f"?customer={seen['customer_id']}",
        "?limit=200",
        f"?wait=0&changed_since={seen['changed_at'][:10]}T00:00:00Z",
    ):
        answer = await intake.get(f"/v1/complaints{query}", headers=bank)
        assert made["id"] not in answer.text
    # The same reference and the same Idempotency-Key of another system are its own.
    keyed = {"Idempotency-Key": "k1"}
    one = await intake.post("/v1/complaints", json=FORM, headers=shop | keyed)
    two = await intake.post("/v1/complaints", json=FORM, headers=bank | keyed)
    assert one.json()["id"] != two.json()["id"]


async def test_a_revoked_key_opens_nothing_within_five_seconds_anywhere(home: House) -> None:
    shop = await home.key_of("leaver", "complaints:read", "cases:read", "reports:read", "admin")
    paths = {
        "intake": "/v1/complaints",
        "routing": "/v1/queues",
        "followup": "/v1/cases",
        "metrics": "/v1/reports/funnel",
    }
    for name, path in paths.items():
        assert (await home[name].http.get(path, headers=shop)).status_code == 200
    revoked = await home["routing"].http.delete("/v1/keys/leaver")
    assert revoked.status_code == 204
    began = time.monotonic()
    waiting = dict(paths)
    while waiting:
        for name, path in list(waiting.items()):
            if (await home[name].http.get(path, headers=shop)).status_code == 401:
                del waiting[name]
        assert time.monotonic() - began < 5, f"still good at {waiting}"


async def guess(client: httpx.AsyncClient, times: int) -> list[int]:
    """What wrong keys are answered."""
    headers = [{"Authorization": f"Bearer guess-{n}"} for n in range(times)]
    return [(await client.get("/v1/complaints", headers=one)).status_code for one in headers]


async def test_guessing_is_limited_and_harms_nobody_else(home: House) -> None:
    known = await home.key_of("neighbour", "complaints:read")
    async with from_address(home, "intake", "10.9.9.9") as client:
        assert await guess(client, 30) == [401] * 20 + [429] * 10
        limited = await client.get("/v1/complaints", headers={"Authorization": "Bearer guess"})
        assert limited.json()["code"] == "rate_limited"
        assert 1 <= int(limited.headers["Retry-After"]) <= 60
        assert (await client.get("/v1/complaints", headers=known)).status_code == 200, "never seen from there before"
        assert (await client.get("/v1/complaints", headers=AUTH)).status_code == 429, "a person chose it: to be guessed"
    async with from_address(home, "intake", "10.9.9.10") as client:
        assert (await client.get("/v1/complaints", headers=AUTH)).status_code == 200
        await guess(client, 30)
        assert (await client.get("/v1/complaints", headers=AUTH)).status_code == 200, "it was good from there before"


async def test_guessing_from_all_of_a_network_is_guessing_from_one_address(home: House) -> None:
    codes = []
    for n in range(25):
        async with from_address(home, "intake", f"2001:db8:9:9::{n:x}") as client:
            codes += await guess(client, 1)
    assert codes == [401] * 20 + [429] * 5


def test_keys_are_compared_by_their_hash_only(home: House) -> None:
    """How long a look-up takes tells nothing of a key.

    What is looked up in a dictionary is the SHA-256 of what was sent. Whoever measures how far two hashes agree cannot
    choose a hash that agrees further without finding a preimage; the one key that is compared, the development key, is
    compared by `hmac.compare_digest`, hash with hash.
    """
    del home
    names = caller_of.__globals__
    assert "hmac" in names
    assert names["digest"]("x") == hashlib.sha256(b"x").hexdigest()
