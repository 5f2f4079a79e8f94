"""The list of promises, piece by piece, beside the same list put together by hand, on a real store."""

import random
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from services.followup.customers import INDEXES as CUSTOMERS
from services.followup.lists import INDEXES as CASES
from services.followup.promise_lists import INDEXES, PromisesAsked, find_promises
from shared.mongo import Collection, connect, database, ensure_indexes
from shared.settings import Settings
from tests.unit.followup_life import MONDAY

pytestmark = pytest.mark.servers

Promises = list[dict[str, Any]]
ASKED: list[Mapping[str, Any]] = [
    {},
    {"status": "open"},
    {"status": "open", "kind": "visit"},
    {"status": "kept", "owner": "ana"},
    {"owner": "ana"},
    {"owner": "nobody"},
    {"status": "open", "at_risk": True},
    {"status": "open", "due_from": MONDAY + timedelta(minutes=20)},
    {"due_from": MONDAY + timedelta(minutes=20), "due_to": MONDAY + timedelta(minutes=40)},
    {"status": "open", "owner": "ben", "kind": "callback", "due_to": MONDAY + timedelta(minutes=90)},
    {"customer": "cu1"},
    {"customer": "cu1", "status": "open", "kind": "visit"},
]


@pytest.fixture
async def cases(settings: Settings) -> AsyncIterator[Collection]:
    """Where follow-up keeps its cases."""
    client = connect(settings.mongodb_uri)
    found = database(client, settings.database("followup"))["complaints"]
    await ensure_indexes(found, [*CASES, *CUSTOMERS, *INDEXES])
    yield found
    client.close()


async def filled(cases: Collection, seed: int) -> list[tuple[str, dict[str, Any]]]:
    """Up to four promises in each of 120 cases, many of them due at the same instant; each with its customer."""
    draw = random.Random(seed)
    made: list[tuple[str, dict[str, Any]]] = []
    for number in range(120):
        promises: Promises = [
            {
                "id": f"p{draw.random()}",
                "status": draw.choice(["open", "open", "kept", "broken"]),
                "kind": draw.choice(["callback", "callback", "callback", "visit"]),
                "owner": draw.choice(["ana", "ben"]),
                "due": MONDAY + timedelta(minutes=draw.choice([draw.randrange(100), 30])),
                "at_risk": draw.random() < 0.05,
            }
            for _ in range(draw.randrange(5))
        ]
        customer = f"cu{number % 3}"
        await cases.insert_one({"_id": f"{seed}/{number}", "state": {"customer_id": customer, "promises": promises}})
        made += [(customer, promise) for promise in promises]
    return made


def by_hand(made: list[tuple[str, dict[str, Any]]], asked: Mapping[str, Any]) -> list[str]:
    """The ids that the list should have, in order."""
    bounds = {"due_from", "due_to", "customer"}
    wanted = [
        promise
        for customer, promise in made
        if customer == asked.get("customer", customer)
        and all(promise[name] == value for name, value in asked.items() if name not in bounds)
        and asked.get("due_from", promise["due"]) <= promise["due"] < asked.get("due_to", MONDAY + timedelta(days=1))
    ]
    return [promise["id"] for promise in sorted(wanted, key=lambda each: (each["due"], each["id"]))]


@pytest.mark.parametrize("limit", [1, 7, 200])
async def test_no_promise_is_left_out_or_listed_twice(cases: Collection, limit: int) -> None:
    made = await filled(cases, seed=limit)
    for asked in ASKED:
        found: list[str] = []
        cursor = None
        while True:
            page, cursor = await find_promises(cases, PromisesAsked(**asked, limit=limit, cursor=cursor))
            assert len(page) == limit or cursor is None
            found += [promise["id"] for promise in page]
            if cursor is None:
                break
        assert found == by_hand(made, asked), asked


async def test_a_page_looks_at_few_of_many_cases(cases: Collection) -> None:
    """However many promises are open, a page is put together from those that fall due first."""
    promise = {"status": "open", "kind": "callback", "owner": "ana", "at_risk": False}
    await cases.insert_many(
        {"_id": f"c{n}", "state": {"promises": [{**promise, "id": f"p{n}", "due": MONDAY + timedelta(minutes=n)}]}}
        for n in range(3000)
    )
    profile = cases.database
    await profile.command("profile", 2)
    page, _ = await find_promises(cases, PromisesAsked(status="open", limit=10))
    await profile.command("profile", 0)
    assert [one["id"] for one in page] == [f"p{n}" for n in range(10)]
    looks = await profile["system.profile"].find({"ns": f"{profile.name}.complaints"}).to_list(None)
    assert looks
    assert sum(look.get("docsExamined", 0) for look in looks) < 100
