"""Who complains is recognised for many complaints at once: one look-up, one insert and one count for those that wait.

What is out of the ordinary (a customer whom two tell of at the same moment, something newly known of one) goes the
longer way of `Customers.match`, one by one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from services.intake.customers import COLLECTION, MOST_CONTACTS, RECENT, Customers, facts_of, new_customer
from services.intake.domain.people import choose, identities
from services.intake.indexes import CONTACTS, CUSTOMER_ID
from shared.events.values import CustomerFacts, Person
from shared.mongo import Collection, Database, Document, Unstorable, insert_many
from shared.tasks import both

_COUNTED_AT_ONCE: Final = 50
_READ_EACH: Final = 2 * MOST_CONTACTS
"""Entries of the index that are read for each customer before they are counted one by one, each bounded."""


@dataclass(frozen=True, slots=True)
class Question:
    """Who is this, and, if `counted`, how often did they complain of late?"""

    person: Person
    source_system: str
    now: datetime
    counted: bool


@dataclass(frozen=True, slots=True)
class Recognised:
    """The customer, as of this version of theirs; None where nothing is known to match by."""

    customer_id: str | None = None
    facts: CustomerFacts | None = None
    contacts_before: int = 0
    version: int = 0


class Recognition:
    """Recognises the customers of one intake database."""

    def __init__(self, database: Database, documents: Collection) -> None:
        self._customers = Customers(database, documents)
        self._collection: Collection = database[COLLECTION]
        self._documents = documents

    async def all(self, questions: Sequence[Question]) -> list[Recognised]:
        """The answer to each question, in order."""
        found, fresh = await self._match(questions)
        # Nothing can have come of those who are made just now: the others are counted at the same time.
        stored, counts = await both(self._insert(fresh), self._contacts(_counted(questions, found)))
        for place in stored:
            found[place] = Recognised(str(fresh[place]["_id"]), CustomerFacts(), version=1)
        if late := {place: await self._one(questions[place]) for place, each in enumerate(found) if each is None}:
            counts |= await self._contacts(_counted([questions[place] for place in late], list(late.values())))
        matched = [each or late[place] for place, each in enumerate(found)]
        return [
            replace(each, contacts_before=counts.get(each.customer_id or "", 0) if question.counted else 0)
            for question, each in zip(questions, matched, strict=True)
        ]

    async def _match(self, questions: Sequence[Question]) -> tuple[list[Recognised | None], dict[int, Document]]:
        """Those who are known as they are, and by their places those who are to be made; the rest goes one by one."""
        told = [identities(question.person, question.source_system) for question in questions]
        known = await self._known({identity for each in told for identity in each})
        found: list[Recognised | None] = [None] * len(questions)
        fresh: dict[int, Document] = {}
        taken: set[str] = set(known)
        for place, (question, own) in enumerate(zip(questions, told, strict=True)):
            if not own:
                found[place] = Recognised()
            elif taken.isdisjoint(own):
                fresh[place] = new_customer(question.person, question.source_system, own, question.now)
                taken.update(own)
            else:
                found[place] = _as_known(question, own, known)
        return found, fresh

    async def _known(self, wanted: set[str]) -> dict[str, Document]:
        """Stored customers, by each of the identities."""
        if not wanted:
            return {}
        found = await self._collection.find({"identities": {"$in": sorted(wanted)}}).to_list(None)
        return {identity: customer for customer in found for identity in customer["identities"]}

    async def _insert(self, fresh: Mapping[int, Document]) -> Iterable[int]:
        """The places of those that are stored now; of the others nothing is."""
        if not fresh:
            return ()
        try:
            failed = await insert_many(self._collection, list(fresh.values()))
        except Unstorable:
            return ()  # one by one: only the culprit's complaint is refused
        return [place for number, place in enumerate(fresh) if number not in failed]

    async def _one(self, question: Question) -> Recognised:
        matched = await self._customers.match(question.person, question.source_system, question.now)
        return Recognised(matched.customer_id, matched.facts, version=matched.version) if matched else Recognised()

    async def _contacts(self, customers: Mapping[str, datetime]) -> dict[str, int]:
        """How often each complained of late, at most `MOST_CONTACTS`; read off the index alone, a bounded part."""
        if not customers:
            return {}
        now, most = min(customers.values()), _READ_EACH * len(customers)
        where = _recent({"$in": sorted(customers)}, now)
        found = self._documents.find(where, {"_id": 0, CUSTOMER_ID: 1}, hint=CONTACTS, limit=most, batch_size=most)
        rows = await found.to_list(None)
        if len(rows) == most:  # somebody complains so often that they may have used up the others' share
            return await self._contacts_of_each(customers)
        counts = Counter(row["state"]["received"]["customer_id"] for row in rows)
        return {customer_id: min(count, MOST_CONTACTS) for customer_id, count in counts.items()}

    async def _contacts_of_each(self, customers: Mapping[str, datetime]) -> dict[str, int]:
        counts: dict[str, int] = {}
        ids = list(customers)
        for start in range(0, len(ids), _COUNTED_AT_ONCE):
            branches = [_bounded(one, customers[one]) for one in ids[start : start + _COUNTED_AT_ONCE]]
            unions = [{"$unionWith": {"coll": self._documents.name, "pipeline": branch}} for branch in branches[1:]]
            counted: Document = {"$group": {"_id": f"${CUSTOMER_ID}", "count": {"$sum": 1}}}
            async for row in self._documents.aggregate([*branches[0], *unions, counted], hint=CONTACTS):
                counts[row["_id"]] = row["count"]
        return counts


def _counted(questions: Sequence[Question], found: Sequence[Recognised | None]) -> dict[str, datetime]:
    """The known customers whose earlier complaints are asked for, and since when to look."""
    return {
        each.customer_id: question.now
        for question, each in zip(questions, found, strict=True)
        if each is not None and each.customer_id is not None and question.counted
    }


def _recent(customer_id: str | Document, now: datetime) -> Document:
    return {
        CUSTOMER_ID: customer_id,
        "state.received.received_at": {"$gte": now - RECENT},
        "state.received.historical": False,
    }


def _bounded(customer_id: str, now: datetime) -> list[Document]:
    return [{"$match": _recent(customer_id, now)}, {"$limit": MOST_CONTACTS}, {"$project": {CUSTOMER_ID: 1}}]


def _as_known(question: Question, told: Sequence[str], known: Mapping[str, Mapping[str, Any]]) -> Recognised | None:
    """Whom all that is told means already; None where something is to be made, added or decided."""
    mine = list({str(known[one]["_id"]): known[one] for one in told if one in known}.values())
    customer = choose(mine, told)
    if customer is None or question.source_system not in customer["sources"]:
        return None
    if any(identity not in known for identity in told):
        return None
    return Recognised(str(customer["_id"]), facts_of(customer), version=customer["version"])
