"""Customers: one record per person behind complaints, whatever channel they used. Facts and preferences, no judgements.

Found and made before the complaint is saved: a customer whom no complaint names is harmless, a complaint without its
customer is not. The unique index on `identities` lets two first complaints of one person find one customer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from services.intake.domain.complaint import Complaint
from services.intake.domain.people import choose, identities
from services.intake.indexes import CUSTOMER_ID
from shared.clock import real_now
from shared.decision import NotFound
from shared.events.values import CustomerFacts, Person
from shared.ids import uuid7
from shared.mongo import (
    DUPLICATE,
    Collection,
    Database,
    Document,
    DuplicateKey,
    Index,
    StoreError,
    insert,
)

COLLECTION: Final = "customers"
TO_TELL: Final = "changed_at"
"""The mark of a customer of whom something changed of late: when it did, in real time."""
INDEXES: Final = (
    Index("identities", [("identities", 1)], "the customer of a complaint, by what is known of them", unique=True),
    Index("to_tell", [(TO_TELL, 1)], "customers whose complaints may not have said yet what is known of them",
          where={TO_TELL: {"$exists": True}}),
)  # fmt: skip
RECENT: Final = timedelta(days=30)
MOST_CONTACTS: Final = 10
_ATTEMPTS: Final = 10
_KEPT_FROM_PERSON: Final = ("language", "address_form", "time_zone")


@dataclass(frozen=True, slots=True)
class Matched:
    """Who it is, and what was known of them before, in this version of theirs."""

    customer_id: str
    facts: CustomerFacts
    version: int = 1


class Customers:
    """The customers of one intake database."""

    def __init__(self, database: Database, documents: Collection) -> None:
        self._customers: Collection = database[COLLECTION]
        self._documents = documents

    async def match(self, person: Person, source_system: str, now: datetime) -> Matched | None:
        """The customer that this person is, made if there was none; None if nothing is known to match by.

        What is newly known (a phone beside the e-mail) is added, unless it belongs to another customer already.
        """
        told = identities(person, source_system)
        if not told:
            return None
        for _ in range(_ATTEMPTS):
            known = await self._customers.find({"identities": {"$in": list(told)}}).to_list(len(told))
            taken = {identity for customer in known for identity in customer["identities"]}
            free = [identity for identity in told if identity not in taken]
            customer = choose(known, told)
            try:
                if customer is None:
                    return Matched(await self._add(person, source_system, free, now), CustomerFacts())
                await self._enrich(customer, source_system, free)
            except DuplicateKey:
                continue  # another complaint of theirs was first; read what it made
            return Matched(str(customer["_id"]), facts_of(customer), customer["version"])
        return None

    async def _add(self, person: Person, source_system: str, free: list[str], now: datetime) -> str:
        document = new_customer(person, source_system, free, now)
        await insert(self._customers, document)
        return str(document["_id"])

    async def _enrich(self, customer: Mapping[str, Any], source_system: str, free: list[str]) -> None:
        if not free and source_system in customer["sources"]:
            return
        added = {"identities": {"$each": free}, "sources": source_system}
        try:
            await self._customers.update_one({"_id": customer["_id"]}, {"$addToSet": added})
        except StoreError as error:
            if getattr(error, "code", None) == DUPLICATE:
                raise DuplicateKey("identities") from error
            raise

    async def get(self, customer_id: str, source_system: str | None) -> Document:
        """The customer, if this source system (None: any) has told us of them.

        Raises:
            NotFound: there is none, or not for this source.
        """
        found = await self._customers.find_one(_visible(customer_id, source_system))
        if found is None:
            raise NotFound("No customer of that id is known here.")
        return found

    async def alone(self, complaint_id: str, source_system: str, now: datetime) -> str:
        """A customer for one complaint, whom nothing else is matched with; the id."""
        customer_id = uuid7(now)
        known = [f"complaint:{complaint_id}:{customer_id}"]
        document = {
            "_id": customer_id,
            "version": 1,
            "identities": known,
            "sources": [source_system],
            "created_at": now,
        }
        await insert(self._customers, document)
        return customer_id

    async def ask_no_more(self, customers: Sequence[str]) -> None:
        """These customers are not asked afterwards any more. Doing it twice is doing it once."""
        asked = {"_id": {"$in": list(customers)}, "preferences.survey": {"$ne": False}}
        changed = {"preferences.survey": False, TO_TELL: real_now()}
        await self._customers.update_many(asked, {"$set": changed, "$inc": {"version": 1}})

    async def barred(self, complaints: Sequence[Complaint]) -> tuple[str, ...]:
        """Agents whom the customers of these complaints complained about before them. Praise bars nobody."""
        earlier = [
            {CUSTOMER_ID: told.customer_id, "state.received.received_at": {"$lte": told.received_at}}
            for told in (complaint.received for complaint in complaints)
            if told.customer_id is not None
        ]
        if not earlier:
            return ()
        accusing = {"state.received.about.agent": {"$type": "string"}, "state.received.kind": {"$ne": "praise"}}
        found = self._documents.find({"$or": earlier, **accusing}, {"state.received.about.agent": 1})
        named = [subject async for one in found for subject in one["state"]["received"]["about"]]
        return tuple({subject["agent"]: None for subject in named if "agent" in subject})

    async def change(
        self, customer_id: str, source_system: str | None, version: int, values: Mapping[str, Any]
    ) -> Document | None:
        """The customer with these values (None removes one), or None if it is no longer at this version.

        Their complaints are still to be told.
        """
        kept = {name: value for name, value in values.items() if value is not None}
        update: Document = {"$inc": {"version": 1}, "$set": {**kept, TO_TELL: real_now()}}
        if removed := {name: "" for name, value in values.items() if value is None}:
            update["$unset"] = removed
        where = {**_visible(customer_id, source_system), "version": version}
        found: Document | None = await self._customers.find_one_and_update(where, update, return_document=True)
        return found


def new_customer(person: Person, source_system: str, known_by: Sequence[str], now: datetime) -> Document:
    """A customer as stored at first."""
    facts = {name: getattr(person, name) for name in _KEPT_FROM_PERSON if getattr(person, name)}
    return {
        "_id": uuid7(now),
        "version": 1,
        "identities": list(known_by),
        "sources": [source_system],
        "created_at": now,
        **facts,
    }


def facts_of(customer: Mapping[str, Any]) -> CustomerFacts:
    """What is known of a stored customer."""
    preferences = customer.get("preferences") or {}
    named = {name: customer.get(name) for name in ("expected_yearly_purchases", *_KEPT_FROM_PERSON)}
    wishes = {name: preferences.get(name) or () for name in ("channels", "hours")}
    return CustomerFacts.model_validate({"survey": preferences.get("survey"), **wishes, **named})


def _visible(customer_id: str, source_system: str | None) -> Document:
    return {"_id": customer_id} if source_system is None else {"_id": customer_id, "sources": source_system}
