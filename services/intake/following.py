"""What one complaint's decision owes to another: done at once by whoever decided, else by a sweep; once, by its id.

Intake does not hear its own log for this: it would write every complaint twice. What is owed lies in the document that
owes it, saved with the decision.
"""

import asyncio
from functools import partial
from typing import Final, TypeAlias

import structlog

from services.intake.customers import Customers
from services.intake.domain import absorbing, joining
from services.intake.domain.acting import Acting
from services.intake.domain.commands import unanswered_there, withdrawn_with
from services.intake.domain.complaint import Complaint, Owed
from services.intake.domain.messages import said_here_too, unheard
from services.intake.indexes import NUMBER
from shared.blueprint import Runtime
from shared.decision import ComplaintFull, Conflict, NotFound, Refusal
from shared.ids import new_number, uuid7
from shared.kafka import LogError
from shared.mongo import DuplicateKey, Index, StoreError
from shared.runtime.commands import Command, Creation, Decide, NotHereYet
from shared.runtime.desk import Desk

IntakeDesk: TypeAlias = Desk[Complaint, None]

INDEXES: Final = (
    Index("owed", [("state.owed.id", 1)], "what must still follow in other complaints",
          where={"state.owed.id": {"$exists": True}}),
)  # fmt: skip
_SWEEP_SECONDS: Final = 1.0
_NUMBERS_TRIED: Final = 5
_WORLD: Final = (StoreError, LogError, OSError, TimeoutError, Refusal)
"""What passes by itself, or when somebody has made room."""

log = structlog.get_logger()


async def follow(desk: IntakeDesk, complaint_id: str) -> None:
    """Everything that this complaint owes to others is done, or was tried: what is left stays owed, for the sweep.

    What is owed to one complaint keeps its order, so that nothing is told where it is not known yet why; and it keeps
    nothing waiting that is owed to another one. The outcome of a decision does not hang on any of it.
    """
    try:
        loaded = await desk.load(complaint_id)
    except _WORLD as error:
        log.warning("following_later", complaint_id=complaint_id, error=repr(error)[:200])
        return
    assert loaded.state is not None  # noqa: S101 - `load` answers only what is there
    held_up: set[str] = set()
    for owed in loaded.state.owed:
        if owed.to not in held_up and not await _done(desk, loaded.state, owed):
            held_up.add(owed.to)


async def _done(desk: IntakeDesk, state: Complaint, owed: Owed) -> bool:
    """Whether it is done, and owed no more."""
    try:
        await _do(desk, state, owed)
        # Beside the version: a save that came between may bring it back, and then it is done again, to no effect.
        await desk.documents.update_one({"_id": state.id}, {"$pull": {"state.owed": {"id": owed.id}}})
    except _WORLD as error:
        log.warning("following_later", complaint_id=state.id, what=owed.what, to=owed.to, error=repr(error)[:200])
        return False
    except Exception:
        log.exception("following_failed", complaint_id=state.id, what=owed.what, to=owed.to)
        return False
    return True


async def sweep(runtime: Runtime) -> None:
    """Does what was left undone, for ever."""
    while True:
        await asyncio.sleep(_SWEEP_SECONDS)
        try:
            found = runtime.desk.documents.find({"state.owed.id": {"$exists": True}}, {"_id": 1}).hint("owed")
            for one in await found.to_list(None):
                await follow(runtime.desk, one["_id"])
        except (StoreError, OSError, TimeoutError) as error:
            log.warning("following_failed", error=repr(error)[:200])


async def _do(desk: IntakeDesk, state: Complaint, owed: Owed) -> None:
    if owed.what == "part":
        await _create(desk, state, owed)
        return
    try:
        await desk.decide(owed.to, Command(owed.id, owed.id), _rule(state, owed))
    except NotHereYet:
        raise
    except (Conflict, NotFound, ComplaintFull) as refusal:
        if isinstance(refusal, ComplaintFull) and owed.what not in ("absorb", "message"):
            raise  # it is tried again; words that find no room stay where they were said, and so it stands there
        log.warning("following_refused", complaint_id=state.id, what=owed.what, reason=refusal.code)
        if owed.what == "absorb":
            await _undo(desk, state, owed)
        elif owed.what == "message":
            await desk.decide(
                state.id, Command(f"{owed.id}/unheard", owed.id), partial(unheard, owed=owed, why=refusal.title)
            )


def _rule(state: Complaint, owed: Owed) -> Decide[Complaint]:
    if owed.by is None:
        told = {"unanswered": unanswered_there, "message": said_here_too, "withdraw": withdrawn_with}
        return partial(told[owed.what], other=state, owed=owed)
    act = Acting(by=owed.by, entry_id=f"{owed.id}/entry", owed_id=owed.id)
    rules = {
        "absorb": partial(absorbing.absorb, other=state, act=act),
        "renew": partial(absorbing.renew, other=state, act=act),
        "release": partial(absorbing.release, other=state, act=act),
        "link": partial(joining.link, to=state, why=owed.why or "", act=act, back=True),
    }
    return rules[owed.what]


async def _undo(desk: IntakeDesk, state: Complaint, owed: Owed) -> None:
    """The other one has ended meanwhile, or is full: this one stands on its own again, and owes it nothing."""
    act = Acting(by=owed.by, entry_id=f"{owed.id}/undone", owed_id=f"{owed.id}/undone")
    undone = partial(joining.unmerge, act=act, refused_by=owed.to)
    try:
        await desk.decide(state.id, Command(act.owed_id, owed.id), undone)
    except Conflict:
        log.info("unmerged_already", complaint_id=state.id)


async def _create(desk: IntakeDesk, whole: Complaint, owed: Owed) -> None:
    for _ in range(_NUMBERS_TRIED):
        decide = partial(joining.part_of, whole=whole, owed=owed, number=new_number())
        try:
            await desk.create(Creation(owed.to, Command(owed.id, owed.id), decide, {}))
        except DuplicateKey as taken:
            if taken.index_name != NUMBER:
                return  # it was made before
        else:
            return


async def acting(desk: IntakeDesk, by: str, *concerned: Complaint) -> Acting:
    """Who decides about these complaints, with fresh ids for what comes of it."""
    now = desk.clock.now()
    barred = await Customers(desk.database, desk.documents).barred(concerned)
    return Acting(by=by, entry_id=uuid7(now), owed_id=uuid7(now), barred=barred)
