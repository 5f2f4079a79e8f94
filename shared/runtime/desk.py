"""Where commands are decided: load, decide, save in one guarded write, publish, answer.

A command's answer is kept with its id by the same save, so a repeat, also after a lost answer, gets it again.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Generic, TypeVar

import structlog
from pydantic import BaseModel

from shared import ids, metrics
from shared.clock import Clock, real_now
from shared.decision import ComplaintFull, NotFound, Refusal, VersionConflict
from shared.mongo import Collection, Database, Document, DuplicateKey, StoreError, Unstorable, insert_many
from shared.runtime.commands import Answer, Command, Creation, Decide, NotHereYet, TooLarge, Unavailable, replay
from shared.runtime.group import GroupCommit, Outcome
from shared.runtime.loaded import Loaded, Saying
from shared.runtime.publisher import Publisher
from shared.runtime.reference import ReferenceFollower, ReferenceStore
from shared.runtime.service import Service
from shared.runtime.store import Store

S = TypeVar("S", bound=BaseModel)
W = TypeVar("W")

_TRIES: Final = 30
_DOCUMENT_BYTES: Final = 1_000_000
_OUTBOX_CHARACTERS: Final = 2_000_000
"""Source: "Saving" in the architecture: a document stays under 1 MB; while its outbox is full, a command waits."""
_SURELY_SMALL: Final = 150_000
"""Characters said at a creation: what says no more is, at four bytes each, under the limit."""
_YOUNG: Final = timedelta(seconds=60)
_POLL_SECONDS: Final = 0.05

patience: ContextVar[float] = ContextVar("patience", default=0.0)
"""Seconds that the request under way is ready to wait for a complaint that is not here yet (`?wait=`)."""

log = structlog.get_logger()


@dataclass(slots=True)
class Desk(Generic[S, W]):
    """Decides commands on one service's documents."""

    service: Service[S, W]
    store: Store[S]
    publisher: Publisher
    follower: ReferenceFollower
    reference_store: ReferenceStore
    clock: Clock
    database: Database
    group: GroupCommit = field(init=False)

    def __post_init__(self) -> None:
        """Documents that are made at the same time go together."""
        self.group = GroupCommit(self._insert)

    async def _insert(self, documents: Sequence[Document]) -> Mapping[int, DuplicateKey]:
        return await insert_many(self.documents, documents)

    @property
    def reference(self) -> Any:
        """Calendars, teams, agents, policies and keys as known now."""
        return self.follower.reference

    @property
    def documents(self) -> Collection:
        """The service's documents, for lists."""
        return self.store.documents

    async def find_id(self, id_or_number: str) -> str:
        """The complaint id, from the id itself or the number as a person says it.

        Raises:
            NotFound: a number that nothing here has.
        """
        number = ids.read_number(id_or_number)
        if number is None:
            return id_or_number
        found = await self.store.find_id(number)
        if found is None:
            raise NotFound(f"no complaint has the number {number} here")
        return found

    async def load(self, id_or_number: str) -> Loaded[S]:
        """The document, its `state` filled.

        Raises:
            NotHereYet: it may come; the request's `?wait=` seconds are spent waiting first.
            NotFound: it is not here.
        """
        complaint_id = await self.find_id(id_or_number)
        async with asyncio.timeout(patience.get() + 60):
            left = patience.get()
            while True:
                loaded = await self.store.load(complaint_id)
                if loaded is not None and loaded.state is not None:
                    return loaded
                if left <= 0:
                    raise self._absent(complaint_id)
                left -= _POLL_SECONDS
                await asyncio.sleep(_POLL_SECONDS)

    def _absent(self, complaint_id: str) -> Refusal:
        born = ids.uuid7_time(complaint_id)
        if born is not None and abs(self.clock.now() - born) <= _YOUNG * self.clock.rate:
            return NotHereYet(f"complaint {complaint_id} is not here yet; ask again in a second, or add ?wait=5")
        return NotFound(f"complaint {complaint_id} is not known")

    async def decide(
        self, complaint_id: str, command: Command, decide: Decide[S], *, expect: int | None = None
    ) -> Answer:
        """The command is decided and saved, or refused; a repeat gets the first answer.

        Args:
            complaint_id: id or number.
            command: its id is remembered for seven days.
            decide: `(state, *, now, world) -> Decision`; may be called again when somebody else saved meanwhile.
            expect: the version the caller saw; None for the newest.

        Raises:
            Refusal: by a rule, or one of those named in this module.
        """
        for _ in range(_TRIES):
            loaded = await self.load(complaint_id)
            if (known := loaded.answered(command.id)) is not None:
                return replay(known, command)
            if expect is not None and expect != loaded.version:
                raise VersionConflict(f"the newest version is {loaded.version}, not {expect}", version=loaded.version)
            answer = await self._decide_once(loaded, command, decide)
            if answer is not None:
                return answer
            metrics.SAVES_STALE.labels(self.service.name, "command").inc()
        raise Unavailable("too many changes at once; ask again with the same Idempotency-Key")

    async def _decide_once(self, loaded: Loaded[S], command: Command, decide: Decide[S]) -> Answer | None:
        now = self.clock.now()
        decision = decide(loaded.state, now=now, world=await self.service.prepare([]))
        loaded.take(decision, self.service, Saying(now, ids.uuid7, command.id, command.traceparent))
        loaded.finish(self.service)
        body = None if decision.answer is None else decision.answer.model_dump_json()
        loaded.remember(command.id, command.fingerprint, body, real_now())
        if loaded.outbox and loaded.outbox_size() > _OUTBOX_CHARACTERS:
            raise Unavailable("what was said of this complaint before is not on the log yet; ask again in a minute")
        if self._too_large(loaded):
            raise ComplaintFull("this complaint can hold no more; open a new one and link it")
        try:
            if await self.store.save([loaded]):
                return None
        except Unstorable as error:
            raise ComplaintFull("this complaint can hold no more; open a new one and link it") from error
        self.publisher.offer(loaded.id, loaded.whole_outbox())
        return Answer(None if body is None else json.loads(body), loaded.version + 1)

    async def submit(self, complaint_id: str, decide: Decide[S]) -> bool:
        """As `decide`, for a loop of our own: no command id. False when there is no document or nothing to say."""
        for _ in range(_TRIES):
            loaded = await self.store.load(complaint_id)
            if loaded is None or loaded.state is None:
                return False
            now = self.clock.now()
            decision = decide(loaded.state, now=now, world=await self.service.prepare([]))
            if not decision.events and decision.state == loaded.state:
                return False
            loaded.take(decision, self.service, Saying(now, ids.uuid7))
            loaded.finish(self.service)
            if not await self.store.save([loaded]):
                self.publisher.offer(loaded.id, loaded.whole_outbox())
                return True
        return False

    async def create(self, creation: Creation[S]) -> Answer:
        """A new document is decided and stored.

        Raises:
            DuplicateKey: the id, or one of the `extra` fields, is taken; its index is named.
            Refusal: by a rule.
        """
        outcome = (await self.create_many([creation]))[0]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def create_many(self, creations: Sequence[Creation[S]]) -> list[Answer | Exception]:
        """Each is stored, or refused, by itself; those that wait at the same time are stored in one call.

        Where there is no answer, there is what `create` would raise, or whatever deciding this one raised.
        `Unavailable` where the outcome is not known: the same again, with the same ids and keys, is safe.
        """
        outcomes: list[Answer | Exception | None] = [None] * len(creations)
        world = await self.service.prepare([])
        ready: list[tuple[int, Loaded[S], Document]] = []
        for place, creation in enumerate(creations):
            try:
                loaded = self._decide_new(creation, world)
                ready.append((place, loaded, self.store.new_document(loaded, creation.extra)))
            except Exception as error:  # noqa: BLE001 - its own affair: nobody else suffers from it
                outcomes[place] = error
        stored = await self.group.add([document for _, _, document in ready])
        for (place, loaded, _), outcome in zip(ready, stored, strict=True):
            outcomes[place] = self._created(loaded, outcome)
        return [outcome for outcome in outcomes if outcome is not None]

    def _decide_new(self, creation: Creation[S], world: W) -> Loaded[S]:
        now = self.clock.now()
        command = creation.command
        loaded = Loaded[S](creation.complaint_id)
        decision = creation.decide(None, now=now, world=world)
        loaded.take(decision, self.service, Saying(now, ids.uuid7, command.id, command.traceparent))
        loaded.finish(self.service)
        body = None if decision.answer is None else decision.answer.model_dump_json()
        loaded.remember(command.id, command.fingerprint, body, real_now())
        if loaded.outbox_size() > _SURELY_SMALL and self._too_large(loaded):
            raise TooLarge("this complaint is larger than what can be stored")
        return loaded

    def _too_large(self, loaded: Loaded[S]) -> bool:
        try:
            return loaded.size(real_now()) > _DOCUMENT_BYTES
        except Unstorable:
            return True

    def _created(self, loaded: Loaded[S], outcome: Outcome) -> Answer | Exception:
        match outcome:
            case DuplicateKey():
                return outcome
            case Unstorable():
                return TooLarge("this complaint is larger than what can be stored")
            case StoreError():
                log.warning("outcome_unknown", complaint_id=loaded.id, error=str(outcome)[:200])
                return Unavailable(
                    "it is not known whether this was taken; send it again with the same Idempotency-Key"
                )
        self.publisher.offer(loaded.id, loaded.whole_outbox())
        body = loaded.commands[-1]["answer"]
        return Answer(None if body is None else json.loads(body), loaded.version + 1)
