"""Databases that hold many complaints already: copies of real documents with names, dates and keys of their own."""

import asyncio
import itertools
import random
import secrets
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

import httpx

from services.intake.customers import COLLECTION as CUSTOMERS
from services.intake.customers import new_customer
from services.intake.domain.people import identities
from shared import ids
from shared.events.values import Person
from shared.mongo import Client, Collection, Database, Document, connect, database
from shared.settings import Settings
from tests.bench.world import AUTH, World

COMPLAINTS: Final = {
    "intake": "complaints",
    "routing": "complaints",
    "followup": "complaints",
    "metrics": "complaints_1",
}
"""Where each service keeps its documents; metrics: those of its first set of totals."""

_AT_ONCE: Final = 2_000
_LONGEST_SECONDS: Final = 60.0
_FORM: Final = {
    "channel": "web", "kind": "product", "category": "charged_twice", "subject": "Charged twice", "product": "card",
    "text": "You took 49.90 from my card twice for the same order, on 27 February and again on 1 March, and nobody "
            "calls me back although I have asked three times. I want the second charge back.",
    "place": "Madrid", "product_reference": "order-0", "external_reference": "case-0",
    "amount_at_stake": {"value": "49.90", "currency": "EUR"}, "metadata": {"campaign": "spring"},
    "complainant": {"name": "Ana Ruiz", "email": "ana.ruiz.0@example.org", "external_id": "c-0", "language": "es"},
}  # fmt: skip
_HEARD: Final = {"intake": "followup", "routing": "followup", "followup": "routing", "metrics": "followup"}
"""Whose two events (at least) a service has heard when it is through with a new complaint."""
_MAIL: Final = "ana.ruiz.{}@example.org"
_AGENTS: Final = ("marta", "jon")
_WAITING: Final = 100
"""One of so many stands in its team's queue; the others have an owner."""
_NUMBERS: Final = (f"{place:08d}"[:4] + "-" + f"{place:08d}"[4:] for place in itertools.count())
"""Each once: of a million drawn ones two are alike."""

Like: TypeAlias = Mapping[str, Document]
"""By service, what it keeps of the same complaint."""


async def template(world: World, settings: Settings) -> Document:
    """A complaint as intake keeps it before anybody has heard of it."""
    with world.service("intake", settings, "api") as intake:
        complaint_id = await _complain(intake.url)
        client = connect(settings.mongodb_uri)
        documents = database(client, settings.database("intake"))["complaints"]
        found = await _until(documents, {"_id": complaint_id, "outbox.0.seq": {"$exists": False}})
        await documents.delete_one({"_id": complaint_id})
        client.close()
    return found


async def templates(world: World, settings: Settings) -> Like:
    """A complaint as each of the four keeps it once all have heard of it."""
    with ExitStack() as stack:
        servers = {name: stack.enter_context(world.service(name, settings)) for name in COMPLAINTS}
        complaint_id = await _complain(servers["intake"].url)
        client = connect(settings.mongodb_uri)
        found = {}
        for name, source in _HEARD.items():
            wanted = {"_id": complaint_id, f"applied.{source}": {"$gte": 2}, "outbox.0.seq": {"$exists": False}}
            found[name] = await _until(collection(client, settings, name), wanted)
        await asyncio.sleep(2)
        client.close()
    return found


def collection(client: Client, settings: Settings, service: str) -> Collection:
    """The service's documents."""
    return database(client, settings.database(service))[COMPLAINTS[service]]


async def _complain(url: str) -> str:
    keyed = {**AUTH, "Idempotency-Key": "the-one-that-is-copied"}
    async with httpx.AsyncClient(headers=keyed, timeout=30, trust_env=False) as http:
        made = await http.post(f"{url}/v1/complaints", json=_FORM)
    return str(made.raise_for_status().json()["id"])


async def _until(documents: Collection, wanted: Document) -> Document:
    async with asyncio.timeout(_LONGEST_SECONDS):
        while (document := await documents.find_one(wanted)) is None:  # noqa: ASYNC110 - other processes write it
            await asyncio.sleep(0.2)
        found: Document = document
        return found


async def add_customers(intake: Database, source_system: str, numbers: Iterable[int]) -> list[str]:
    """These customers, numbered as the load numbers them, are known; their ids, in order."""
    known: list[str] = []
    left = iter(numbers)
    while part := list(itertools.islice(left, _AT_ONCE)):
        made = [_customer(number, source_system) for number in part]
        await intake[CUSTOMERS].insert_many(made, ordered=False)
        known += [each["_id"] for each in made]
    return known


def _customer(number: int, source_system: str) -> Document:
    person = Person(name="Ana Ruiz", email=_MAIL.format(number), external_id=f"c-{number}", language="es")
    return new_customer(person, source_system, identities(person, source_system), now())


def copies(like: Like, names: Iterable[str], customers: Sequence[str]) -> Iterator[Like]:
    """The same complaint once more under each of these names; whose it is, is drawn from the customers.

    Its dates lie around those that its name tells; nothing of it is due for half a year.
    """
    for place, name in enumerate(names):
        made = _copy(like, name, customers)
        if "routing" in made:
            _owned(made["routing"]["state"], place)
        yield made


def _copy(like: Like, name: str, customers: Sequence[str]) -> Like:
    intake = like["intake"]
    received = intake["state"]["received"]
    told: dict[str, str] = {
        intake["_id"]: name,
        intake["key"]: secrets.token_hex(32),
        received["number"]: next(_NUMBERS),
        received["external_reference"]: f"case-{name}",
        received["product_reference"]: f"order-{name}",
        **{promise["id"]: f"{name}/0" for promise in intake["state"]["promises"]},
    }
    if customers:
        place = random.randrange(len(customers))
        whom = {received["customer_id"]: customers[place], "c-0": f"c-{place}", _MAIL.format(0): _MAIL.format(place)}
        told |= whom
    begun: datetime = received["received_at"]
    past, future = (ids.uuid7_time(name) or begun) - begun, timedelta(days=random.uniform(180, 545))
    soon = begun + timedelta(seconds=60)
    return {service: _told(document, told, lambda at: at + (past if at < soon else future))
            for service, document in like.items()}  # fmt: skip


def _told(value: Any, words: Mapping[str, str], when: Callable[[datetime], datetime]) -> Any:
    """The same with other words and dates."""
    if isinstance(value, dict):
        return {name: _told(one, words, when) for name, one in value.items()}
    if isinstance(value, list):
        return [_told(one, words, when) for one in value]
    if isinstance(value, str):
        return words.get(value, value)
    return when(value) if isinstance(value, datetime) else value


def _owned(state: Document, place: int) -> None:
    """Most have an owner, some wait; whatever hour the copied one came in at."""
    state["waiting"] = place % _WAITING == 0
    if state["waiting"]:
        state.pop("agent", None)
    else:
        state["agent"] = _AGENTS[place % len(_AGENTS)]


async def store(to: Mapping[str, Collection], made: Iterator[Like]) -> None:
    """All of them are there, in the collection of each service. Some are made while those before them are put in."""
    under_way: Awaitable[Any] = asyncio.sleep(0)
    while part := list(itertools.islice(made, _AT_ONCE)):
        await under_way
        under_way = asyncio.gather(
            *(documents.insert_many([one[name] for one in part], ordered=False) for name, documents in to.items())
        )
    await under_way


async def settle(client: Client) -> None:
    """What was put in is on disk: else MongoDB writes it while something else is measured."""
    await client.admin.command("fsync")


def now() -> datetime:
    """The instant, at the pace of real time, as the product clock of these processes is."""
    return datetime.now(UTC)  # noqa: TID251 - nothing here is business
