"""Complaints are taken in, one or many at a time: each is stored, recognised as a repeat, or refused, by itself.

One insert for the group; a customer look-up only where there is something to match by. The desk joins those that wait
at the same time.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, TypeAlias

from services.intake import domain
from services.intake.domain.receiving import Receipt
from services.intake.indexes import NUMBER
from services.intake.recognising import Question, Recognition
from shared.decision import Refusal
from shared.events.vocabulary import Via
from shared.ids import new_number, uuid7
from shared.mongo import Document, DuplicateKey
from shared.runtime.desk import Answer, Command, Creation, Desk, IdempotencyKeyReused, Unavailable
from shared.runtime.together import Together

_NUMBERS_TRIED: Final = 5
_LOOKS: Final = 40
_LOOK_SECONDS: Final = 0.05
_SEEN: Final = dict.fromkeys(
    ("key", "fingerprint", "state.received.number", "state.received.received_at",
     "state.received.external_reference", "state.received.source_system"), 1,
)  # fmt: skip


class ExternalReferenceTaken(Refusal):
    """The source has handed in a complaint under this reference before."""

    code = "external_reference_taken"
    status = 409
    title = "External reference taken"


@dataclass(frozen=True, slots=True)
class Handed:
    """One complaint as handed in. `keyed`: the command is named by an Idempotency-Key of its owner."""

    told: domain.Told
    command: Command
    owner: str
    keyed: bool = False
    via: Via = "http"
    import_format: str | None = None
    may_write_history: bool = False

    @property
    def key(self) -> str | None:
        """What the unique index on keys holds, if there is anything to hold."""
        return self.command.id if self.keyed else None


Outcome: TypeAlias = Answer | Refusal
"""`Answer.body` is a receipt. `replayed`: it was taken before, by the same key."""


@dataclass(frozen=True, slots=True)
class _Try:
    handed: Handed
    order: domain.Order


class Acceptor:
    """Takes complaints in at one desk. One for all requests: who comes at the same time is recognised together."""

    def __init__(self, desk: Desk[domain.Complaint, None]) -> None:
        self._desk = desk
        self._recognise = Together(Recognition(desk.database, desk.documents).all)

    async def accept(self, handed: Sequence[Handed]) -> list[Outcome]:
        """The outcome of each, in order.

        Raises:
            StoreError: the outcome is unknown; the same again, with the same keys, is safe.
        """
        ordered = await asyncio.gather(*map(self._order, handed))
        outcomes: dict[int, Outcome] = {place: each for place, each in enumerate(ordered) if isinstance(each, Refusal)}
        waiting = {place: each for place, each in enumerate(ordered) if isinstance(each, _Try)}
        taken: dict[int, _Try] = {}
        for _ in range(_NUMBERS_TRIED):
            waiting = await self._store(waiting, outcomes, taken)
            if not waiting:
                break
        outcomes |= await self._earlier(taken)
        return [outcomes.get(place, _UNKNOWN) for place in range(len(handed))]

    async def _order(self, handed: Handed) -> _Try | Refusal:
        now = self._desk.clock.now()
        try:
            domain.check(handed.told, may_write_history=handed.may_write_history, now=now)
        except Refusal as refusal:
            return refusal
        who = Question(domain.customer_of(handed.told), handed.owner, now, counted=not handed.told.historical)
        known = await self._recognise(who)
        order = domain.Order(
            complaint_id=uuid7(now),
            entry_id=uuid7(now),
            number=new_number(),
            told=handed.told,
            source_system=handed.owner,
            via=handed.via,
            import_format=handed.import_format,
            customer_id=known.customer_id,
            customer=known.facts,
            contacts_before=known.contacts_before,
            may_write_history=handed.may_write_history,
        )
        return _Try(handed, order)

    async def _store(
        self, waiting: Mapping[int, _Try], outcomes: dict[int, Outcome], taken: dict[int, _Try]
    ) -> dict[int, _Try]:
        """All that can be are stored; answers those whose number was taken, with a new one."""
        again: dict[int, _Try] = {}
        made = await self._desk.create_many([_creation(each) for each in waiting.values()])
        for (place, each), outcome in zip(waiting.items(), made, strict=True):
            if not isinstance(outcome, DuplicateKey):
                outcomes[place] = outcome
            elif outcome.index_name == NUMBER:
                again[place] = replace(each, order=each.order.model_copy(update={"number": new_number()}))
            else:
                taken[place] = each
        return again

    async def _earlier(self, taken: dict[int, _Try]) -> dict[int, Outcome]:
        """What the complaints that were first were answered; a winner just stored may take a moment to be read."""
        outcomes: dict[int, Outcome] = {}
        for _ in range(_LOOKS if taken else 0):
            found = await self._desk.documents.find(_any_of(taken.values()), _SEEN).to_list(None)
            for place, each in taken.items():
                if (outcome := _outcome_of_repeat(each, found)) is not None:
                    outcomes[place] = outcome
            taken = {place: each for place, each in taken.items() if place not in outcomes}
            if not taken:
                break
            await asyncio.sleep(_LOOK_SECONDS)
        return outcomes


_UNKNOWN: Final = Unavailable("It is not known whether this complaint was taken; send it again with the same key.")


def _creation(each: _Try) -> Creation[domain.Complaint]:
    key = each.handed.key
    return Creation(
        complaint_id=each.order.complaint_id,
        command=each.handed.command,
        decide=partial(domain.receive, order=each.order),
        extra={} if key is None else {"key": key, "fingerprint": each.handed.command.fingerprint},
    )


def _any_of(taken: Iterable[_Try]) -> Document:
    """Where the winners are, each branch by an index of its own (partial ones, so the type is part of the question)."""
    taken = list(taken)
    by_owner: dict[str, list[str]] = {}
    for each in taken:
        if each.handed.told.external_reference is not None:
            by_owner.setdefault(each.handed.owner, []).append(each.handed.told.external_reference)
    branches: list[Document] = [
        {"_id": {"$in": [each.order.complaint_id for each in taken]}},
        {"key": {"$in": [each.handed.key for each in taken if each.handed.key is not None], "$type": "string"}},
    ]
    for owner, references in by_owner.items():
        reference = {"$in": references, "$type": "string"}
        branches.append({"state.received.external_reference": reference, "state.received.source_system": owner})
    return {"$or": branches}


def _outcome_of_repeat(each: _Try, found: Sequence[Document]) -> Outcome | None:
    """The answer to one that was not first: by our own id, by its key, then by its reference."""
    key, handed = each.handed.key, each.handed
    for winner in found:
        if winner["_id"] == each.order.complaint_id:
            return Answer(_receipt(winner), 1)
        if key is not None and winner.get("key") == key:
            if winner["fingerprint"] != handed.command.fingerprint:
                return IdempotencyKeyReused("This Idempotency-Key came with another complaint before; use a new one.")
            return Answer(_receipt(winner), 1, replayed=True)
    for winner in found:
        received = winner["state"]["received"]
        if (received["external_reference"], received["source_system"]) == (
            handed.told.external_reference,
            handed.owner,
        ):
            return ExternalReferenceTaken(
                "A complaint of this external_reference was taken before.",
                complaint_id=winner["_id"],
                number=received["number"],
            )
    return None


def _receipt(winner: Document) -> dict[str, Any]:
    received = winner["state"]["received"]
    receipt = Receipt(
        id=winner["_id"],
        number=received["number"],
        received_at=received["received_at"],
        status_url=f"/v1/complaints/{winner['_id']}",
    )
    return receipt.model_dump(mode="json")
