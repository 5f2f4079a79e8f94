"""Complaints are taken in, one or many at a time: each is stored, recognised as a repeat, or refused, by itself.

Those that wait at the same time go together: one look-up of their customers, one insert. What became of each is its
own affair from there on, so that a repeat or a number that was taken holds up nobody else.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final, TypeAlias

from services.intake import domain
from services.intake.indexes import NUMBER
from services.intake.recognising import Question, Recognised, Recognition
from services.intake.repeats import SEEN, Asked, Handed, Outcome, any_of, outcome_of, repeat_of
from shared.decision import Refusal
from shared.ids import new_number, uuid7
from shared.mongo import DuplicateKey
from shared.runtime.commands import Answer, Creation, Unavailable
from shared.runtime.desk import Desk
from shared.runtime.together import Together

_NUMBERS_TRIED: Final = 5
_LOOKS: Final = 40
_LOOK_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class _Try:
    """A complaint that is to be stored. `taken`: the index that did not let it, when it was tried."""

    handed: Handed
    order: domain.Order
    taken: str | None = None

    @property
    def asked(self) -> Asked:
        """As it is looked for among those that were first."""
        return self.handed, self.order.complaint_id


_First: TypeAlias = Answer | _Try | Exception
"""What came of storing it once: its answer, a try that an index did not let in, or what is wrong with this one."""


class Acceptor:
    """Takes complaints in at one desk. One for all requests, so that those who wait go together."""

    def __init__(self, desk: Desk[domain.Complaint, None]) -> None:
        self._desk = desk
        self._recognition = Recognition(desk.database, desk.documents)
        self._together: Together[Handed, _First] = Together(self._once)

    async def accept_one(self, handed: Handed) -> Outcome:
        """The outcome of this one, taken in with whatever else waits now. Raises as `accept` does."""
        first = await self._together(handed)
        return first if isinstance(first, Answer) else (await self._settled([first]))[0]

    async def accept(self, handed: Sequence[Handed]) -> list[Outcome]:
        """The outcome of each, in order.

        Raises:
            StoreError: the outcome is unknown; the same again, with the same keys, is safe.
        """
        return await self._settled(await self._once(handed))

    async def _once(self, handed: Sequence[Handed]) -> list[_First]:
        return await self._replayed(handed, await self._store(await self._ordered(handed)))

    async def _replayed(self, handed: Sequence[Handed], firsts: Sequence[_First]) -> list[_First]:
        """What a rule forbids by now may have been taken before, under the same key: then that is the answer."""
        refused = {each.key for each, first in zip(handed, firsts, strict=True) if isinstance(first, Refusal)} - {None}
        if not refused:
            return list(firsts)
        keyed = {"key": {"$in": sorted(key for key in refused if key), "$type": "string"}}
        winners = {each["key"]: each for each in await self._desk.documents.find(keyed, SEEN).to_list(None)}
        return [
            repeat_of(each, winners[each.key]) if isinstance(first, Refusal) and each.key in winners else first
            for each, first in zip(handed, firsts, strict=True)
        ]

    async def _ordered(self, handed: Sequence[Handed]) -> list[_First]:
        """Each as it is to be stored, with its customer, unless a rule forbids it."""
        now = self._desk.clock.now()
        asked: list[Question | Exception] = []
        for each in handed:
            try:
                domain.check(each.told, may_write_history=each.may_write_history, now=now)
                who = domain.customer_of(each.told)
                asked.append(Question(who, each.owner, now, counted=not each.told.historical))
            except Exception as error:  # noqa: BLE001 - its own affair: nobody else suffers from it
                asked.append(error)
        known = iter(await self._recognition.all([each for each in asked if isinstance(each, Question)]))
        return [
            question if isinstance(question, Exception) else _Try(each, _order(each, next(known), now))
            for each, question in zip(handed, asked, strict=True)
        ]

    async def _store(self, firsts: Sequence[_First]) -> list[_First]:
        """All that are to be stored and can be are, in one call."""
        tries = [each for each in firsts if isinstance(each, _Try)]
        made = iter(await self._desk.create_many([_creation(each) for each in tries]) if tries else ())
        return [_after(each, next(made)) if isinstance(each, _Try) else each for each in firsts]

    async def _settled(self, firsts: Sequence[_First]) -> list[Outcome]:
        """Those whose number was taken get another one; the others are answered as the repeats that they are."""
        for _ in range(_NUMBERS_TRIED):
            if not any(isinstance(each, _Try) and each.taken == NUMBER for each in firsts):
                break
            again = [_renumbered(each) for each in firsts]
            stored = iter(await self._store([each for each in again if _is_new(each)]))
            firsts = [next(stored) if _is_new(each) else each for each in again]
        taken = {place: each for place, each in enumerate(firsts) if isinstance(each, _Try)}
        outcomes = await self._earlier(taken) if taken else {}
        for place, each in enumerate(firsts):
            if isinstance(each, Answer | Refusal):
                outcomes[place] = each
            elif isinstance(each, Exception):
                raise each
        return [outcomes.get(place) or _unknown() for place in range(len(firsts))]

    async def _earlier(self, taken: dict[int, _Try]) -> dict[int, Outcome]:
        """What the complaints that were first were answered; a winner just stored may take a moment to be read."""
        outcomes: dict[int, Outcome] = {}
        for _ in range(_LOOKS):
            found = await self._desk.documents.find(any_of(each.asked for each in taken.values()), SEEN).to_list(None)
            for place, each in taken.items():
                if (outcome := outcome_of(each.asked, found)) is not None:
                    outcomes[place] = outcome
            taken = {place: each for place, each in taken.items() if place not in outcomes}
            if not taken:
                break
            await asyncio.sleep(_LOOK_SECONDS)
        return outcomes


def _unknown() -> Unavailable:
    return Unavailable("It is not known whether this complaint was taken; send it again with the same key.")


def _order(handed: Handed, known: Recognised, now: datetime) -> domain.Order:
    return domain.Order(
        complaint_id=uuid7(now),
        entry_id=uuid7(now),
        number=new_number(),
        told=handed.told,
        source_system=handed.owner,
        via=handed.via,
        import_format=handed.import_format,
        customer_id=known.customer_id,
        customer=known.facts,
        customer_version=known.version,
        contacts_before=known.contacts_before,
        may_write_history=handed.may_write_history,
    )


def _creation(each: _Try) -> Creation[domain.Complaint]:
    key = each.handed.key
    return Creation(
        complaint_id=each.order.complaint_id,
        command=each.handed.command,
        decide=partial(domain.receive, order=each.order),
        extra={} if key is None else {"key": key, "fingerprint": each.handed.command.fingerprint},
    )


def _after(tried: _Try, outcome: Answer | Exception) -> _First:
    return replace(tried, taken=outcome.index_name) if isinstance(outcome, DuplicateKey) else outcome


def _renumbered(each: _First) -> _First:
    """Ready to be tried again, if it was its number that was taken."""
    if not isinstance(each, _Try) or each.taken != NUMBER:
        return each
    return _Try(each.handed, replace(each.order, number=new_number()))


def _is_new(each: _First) -> bool:
    return isinstance(each, _Try) and each.taken is None
