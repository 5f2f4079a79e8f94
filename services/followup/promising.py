"""A promise is made: a place in its owner's hour is held first, then the case is saved, or the place is free again."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from services.followup import customers
from services.followup.booking import COLLECTION, Bookings
from services.followup.domain.asking import obey
from services.followup.domain.case import Case
from services.followup.domain.feasibility import Wish, hour_of
from services.followup.domain.promises import MakePromise, make_promise, wish_of
from services.followup.domain.renegotiating import Renegotiate, new_wish, renegotiate
from services.followup.domain.world import World
from shared.decision import Decision, Refusal, VersionConflict
from shared.events.vocabulary import PromiseKind
from shared.runtime.commands import Answer, Command, Unavailable
from shared.runtime.desk import Desk
from shared.runtime.loaded import Loaded

_TRIES: Final = 30


class _Moved(Exception):  # noqa: N818 - not an error: look again
    """The case changed meanwhile, and another owner or hour is meant now."""


class _Rule(Protocol):
    """The command as a decision."""

    def __call__(self, case: Case, *, now: datetime, world: World) -> Decision[Case]:
        """What becomes of the case."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be decided, and the place that it needs."""

    promise_id: str
    kind: PromiseKind
    wish: Wish
    force: bool
    rule: _Rule
    moved: str | None = None
    """The promise that gives up its place."""


@dataclass(frozen=True, slots=True)
class Promising:
    """Makes promises within their owners' limits."""

    desk: Desk[Case, World]

    async def make(self, case_id: str, ask: MakePromise, command: Command, *, expect: int | None) -> Answer:
        """The promise, or a refusal that names times that have room."""

        def plan(case: Case, world: World) -> _Plan:
            wish = wish_of(case, ask, world)
            return _Plan(ask.promise_id, ask.kind, wish, ask.override_reason is not None, obey(make_promise, ask))

        return await self._decide(case_id, command, plan, expect)

    async def move(self, case_id: str, ask: Renegotiate, command: Command, *, expect: int | None) -> Answer:
        """The new promise, or the old one where the customer did not agree."""

        def plan(case: Case, world: World) -> _Plan:
            wish = new_wish(case, ask, world)
            kind = next(entry.kind for entry in case.promises if entry.id == ask.promise_id)
            force = ask.override_reason is not None
            return _Plan(ask.new_id, kind, wish, force, obey(renegotiate, ask), ask.promise_id)

        return await self._decide(case_id, command, plan, expect)

    async def _decide(self, case_id: str, command: Command, plan: "_Planner", expect: int | None) -> Answer:
        case_id = await self.desk.find_id(case_id)
        for _ in range(_TRIES):
            loaded = await self.desk.load(case_id)
            if loaded.state is None or loaded.answered(command.id) is not None or expect not in (None, loaded.version):
                return await self.desk.decide(case_id, command, _never, expect=expect)
            planned = plan(loaded.state, await self.desk.service.prepare([]))
            try:
                return await self._save(case_id, command, plan, planned, loaded)
            except (_Moved, VersionConflict):
                continue
        raise Unavailable("too many changes at once; ask again with the same Idempotency-Key")

    async def _save(
        self, case_id: str, command: Command, plan: "_Planner", planned: _Plan, seen: Loaded[Case]
    ) -> Answer:
        """Saved only in the version that was there before the place was held: `Bookings` takes it back by another."""
        wish, bookings = planned.wish, Bookings(self.desk.database[COLLECTION], self.desk.documents)
        accused = await customers.accused_by(self.desk.documents, seen.state)
        place = (wish.owner or "", hour_of(wish.due))
        limit = (await self.desk.service.prepare([])).promises_per_hour(wish.owner)
        booked = await bookings.owed(place[0], self.desk.clock.now()) if limit is not None else {}
        before = await bookings.kept_before(place[0], planned.kind, self.desk.clock.now())
        if limit is not None:
            booked[place] = await bookings.hold(
                planned.promise_id, case_id, wish, limit, force=planned.force, moved=planned.moved
            )

        def decide(case: Case, *, now: datetime, world: World) -> Decision[Case]:
            newest = plan(case, world)
            if (newest.wish.owner or "", hour_of(newest.wish.due)) != place:
                raise _Moved
            return newest.rule(case, now=now, world=replace(world, booked=booked, kept_before=before, accused=accused))

        unused = False  # where anything but a refusal goes wrong, it may be saved still
        try:
            answer = await self.desk.decide(case_id, command, decide, expect=seen.version)
            unused = answer.body is None or answer.body["id"] != planned.promise_id
        except (Refusal, _Moved):
            unused = True
            raise
        finally:
            if limit is not None and unused:
                await bookings.release(planned.promise_id, wish)
        return answer


class _Planner(Protocol):
    """What is meant, as the case stands."""

    def __call__(self, case: Case, world: World, /) -> _Plan:
        """The plan."""


def _never(case: Case, *, now: datetime, world: World) -> Decision[Case]:
    """For a command that was answered before, or that names an old version: the runtime answers, and never asks."""
    del case, now, world
    raise _Moved
