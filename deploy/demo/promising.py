"""Giving one's word over the API, and what becomes of it."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final

from deploy.demo.people import HOUR, Desk, instant
from deploy.demo.plots import Fate
from deploy.demo.services import Body, Refused
from deploy.demo.tally import Word
from shared.events.vocabulary import EvidenceType, PromiseKind

AHEAD: Final = timedelta(hours=5)
_TRIES: Final = 8
_ROOM: Final = 2.0
"""Real seconds that must be left until due, or nothing could happen before it."""
_SHOWN_BY: Final[dict[str, EvidenceType]] = {
    "callback": "call",
    "visit": "visit",
    "delivery": "visit",
    "refund": "payment",
    "payment": "payment",
}


async def promise(desk: Desk, kind: PromiseKind, fate: Fate) -> Word:
    """The customer has our word, and its fate has come about, as far as it does not come by itself."""
    ask = {"kind": kind, "words": desk.said("promise"), "made_by": desk.agent, "time_zone": "Europe/Madrid"}
    path = f"{desk.path}/promises"

    async def make(due: datetime, rest: Body) -> Body:
        return await desk.services.post("followup", path, {**ask, **rest, "due": due.isoformat()})

    if fate == "against_hours":
        night = desk.services.now() + AHEAD * 2
        made = await make(night, {"override_reason": "The customer works shifts and asked for it."})
    else:
        made = await _feasible(desk, desk.services.now() + AHEAD, make)
    word = _counted(desk, made)
    await _FATES[fate](desk, word, kind)
    return word


async def _feasible(desk: Desk, due: datetime, ask: Callable[[datetime, Body], Awaitable[Body]]) -> Body:
    """What the service answers to a time that can be kept; where one cannot, it names others."""
    for _ in range(_TRIES):
        try:
            return await ask(due, {})
        except Refused as refused:
            if refused.code != "promise_not_feasible":
                raise
            soonest = desk.services.now() + desk.services.product(_ROOM)
            instead = [instant(text) for text in refused.facts["instead"]]
            due = min((at for at in instead if at > soonest), default=max(instead, default=soonest) + AHEAD)
    due = max(due, desk.services.now() + AHEAD)
    return await ask(due, {"override_reason": "The customer asked for exactly this."})


def _counted(desk: Desk, made: Body) -> Word:
    overridden = made["override_reason"] is not None
    word = Word(made["id"], "person", instant(made["due"]), overridden, made["replaces"])
    desk.count.words.append(word)
    return word


async def _halfway(desk: Desk, word: Word) -> None:
    now = desk.services.now()
    await desk.services.until(now + max(word.due - now, timedelta(0)) / 2)


async def _after(desk: Desk, word: Word) -> None:
    await desk.services.until(word.due + HOUR)


async def _act(desk: Desk, word: Word, what: str, body: Body) -> Body | None:
    """None: too late, the promise has ended otherwise."""
    try:
        return await desk.post(f"promises/{word.id}/{what}", body)
    except Refused as refused:
        if refused.code != "promise_settled":
            raise
        return None


async def _fulfil(desk: Desk, word: Word, kind: PromiseKind) -> None:
    at = desk.services.now()
    await _act(desk, word, "fulfilment", {"evidence": _evidence(word, kind, at)})
    word.fulfilled_at = at


def _evidence(word: Word, kind: PromiseKind, at: datetime) -> dict[str, Any]:
    shown_by = _SHOWN_BY.get(kind, "message")
    return {"type": shown_by, "reference": f"{shown_by}-{word.id}", "occurred_at": at.isoformat()}


async def _kept(desk: Desk, word: Word, kind: PromiseKind) -> None:
    await _halfway(desk, word)
    await _act(desk, word, "check", {"on_track": True})
    await _fulfil(desk, word, kind)


async def _broken(desk: Desk, word: Word, kind: PromiseKind) -> None:
    """It is forgotten."""


async def _late(desk: Desk, word: Word, kind: PromiseKind) -> None:
    await _after(desk, word)
    await _fulfil(desk, word, kind)


async def _attempted(desk: Desk, word: Word, kind: PromiseKind) -> None:
    await _halfway(desk, word)
    at = desk.services.now()
    if await _act(desk, word, "attempt", {"evidence": _evidence(word, kind, at)}) is not None:
        word.attempted_at = at


async def _moved(desk: Desk, word: Word, kind: PromiseKind) -> None:
    await _halfway(desk, word)
    if new := await _move(desk, word, agreed=True):
        await _kept(desk, new, kind)


async def _moved_late(desk: Desk, word: Word, kind: PromiseKind) -> None:
    await _after(desk, word)
    if new := await _move(desk, word, agreed=True):
        await _kept(desk, new, kind)


async def _not_moved(desk: Desk, word: Word, kind: PromiseKind) -> None:
    await _halfway(desk, word)
    await _move(desk, word, agreed=False)
    await _halfway(desk, word)
    await _fulfil(desk, word, kind)


async def _move(desk: Desk, word: Word, *, agreed: bool) -> Word | None:
    """The promise that takes its place, if the customer agreed. In time or not: by when the new one was made."""
    ask: Body = {"words": desk.said("moved"), "agreed_by_customer": agreed}
    if agreed:
        ask["evidence"] = {"type": "call", "reference": f"agreed-{word.id}"}

    async def move(due: datetime, rest: Body) -> Body:
        return await desk.post(f"promises/{word.id}/renegotiation", {**ask, **rest, "due": due.isoformat()})

    answer = await _feasible(desk, max(word.due, desk.services.now()) + AHEAD, move)
    if not agreed:
        return None
    word.replaced_at = instant(answer["made_at"])
    return _counted(desk, answer)


async def _given_back(desk: Desk, word: Word, kind: PromiseKind) -> None:
    del kind
    await _halfway(desk, word)
    if answer := await _act(desk, word, "withdrawal", {"words": "Leave it, it is not worth your while."}):
        word.withdrawn_at = instant(answer["settled_at"])


_FATES: Final[dict[Fate, Callable[[Desk, Word, PromiseKind], Awaitable[None]]]] = {
    "kept": _kept,
    "broken": _broken,
    "late": _late,
    "attempted": _attempted,
    "moved": _moved,
    "moved_late": _moved_late,
    "not_moved": _not_moved,
    "given_back": _given_back,
    "against_hours": _kept,
}
