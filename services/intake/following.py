"""What one complaint's decision owes to another: done at once by whoever decided, else by a sweep; once, by its id.

Intake does not hear its own log for this: it would write every complaint twice. What is owed lies in the document that
owes it, saved with the decision.
"""

import asyncio
from functools import partial
from typing import Final, TypeAlias

import structlog

from services.intake.domain import joining
from services.intake.domain.commands import unanswered_there, withdrawn_with
from services.intake.domain.complaint import Complaint, Owed
from services.intake.domain.joining import Acting
from services.intake.domain.messages import said_here_too
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
_AT_ONCE: Final = 100
_NUMBERS_TRIED: Final = 5

log = structlog.get_logger()


async def follow(desk: IntakeDesk, complaint_id: str) -> None:
    """Everything that this complaint owes to others is done.

    Raises:
        StoreError: not all of it; the sweep goes on.
        Refusal: as before.
    """
    loaded = await desk.load(complaint_id)
    for owed in loaded.state.owed if loaded.state else ():
        assert loaded.state is not None  # noqa: S101 - the loop has read it
        await _do(desk, loaded.state, owed)
        # Beside the version: a save that came between may bring it back, and then it is done again, to no effect.
        await desk.documents.update_one({"_id": loaded.id}, {"$pull": {"state.owed": {"id": owed.id}}})


async def follow_if_possible(desk: IntakeDesk, complaint_id: str) -> None:
    """The same, where the outcome of the decision does not hang on it."""
    try:
        await follow(desk, complaint_id)
    except (StoreError, LogError, OSError, TimeoutError, Refusal) as error:
        log.warning("following_later", complaint_id=complaint_id, error=repr(error)[:200])


async def sweep(runtime: Runtime) -> None:
    """Does what was left undone, for ever."""
    while True:
        await asyncio.sleep(_SWEEP_SECONDS)
        try:
            found = runtime.desk.documents.find({"state.owed.id": {"$exists": True}}, {"_id": 1}).hint("owed")
            for one in await found.limit(_AT_ONCE).to_list(None):
                await follow_if_possible(runtime.desk, one["_id"])
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
            raise  # it is tried again; words that find no room stay where they were said
        log.warning("following_refused", complaint_id=state.id, what=owed.what, reason=refusal.code)
        if owed.what == "absorb":
            await _undo(desk, state, owed)


def _rule(state: Complaint, owed: Owed) -> Decide[Complaint]:
    if owed.by is None:
        told = {"unanswered": unanswered_there, "message": said_here_too, "withdraw": withdrawn_with}
        return partial(told[owed.what], other=state, owed=owed)
    act = Acting(by=owed.by, entry_id=f"{owed.id}/entry", owed_id=owed.id)
    rules = {
        "absorb": partial(joining.absorb, other=state, act=act),
        "release": partial(joining.release, other=state, act=act),
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


def acting(desk: IntakeDesk, by: str) -> Acting:
    """Who decides, with fresh ids for what comes of it."""
    now = desk.clock.now()
    return Acting(by=by, entry_id=uuid7(now), owed_id=uuid7(now))
