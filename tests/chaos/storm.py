"""What goes wrong, and when: drawn from a seed. Whatever is killed or stopped comes back after a random pause."""

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from deploy.local import services
from deploy.local.errors import UserError
from deploy.local.kafka import KafkaServer
from deploy.local.mongodb import MongoServer
from tests.chaos.house import House, Replica
from tests.chaos.journal import Journal
from tests.support import replica_set

_WEIGHTS: Final = {
    "kill_service": 8, "stop_service": 5, "restart": 2, "rebalance": 2, "kill_kafka": 2, "kill_mongodb": 3,
    "stop_kafka": 1, "stop_mongodb": 1,
}  # fmt: skip
_AT_ONCE: Final = 2
_BETWEEN: Final = 6
"""Commands that the load must get through between two strikes, so that there is something to lose."""
_LONGEST_CALM: Final = 40.0
_NAP: Final = 0.3
_STARTS: Final = 3
_START_SECONDS: Final = 240

Server = KafkaServer | MongoServer
Harm = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Storm:
    """Harms the house until told to stop. `kills` and `others` count what was done, by name."""

    house: House
    journal: Journal
    seed: int
    kills: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    busy: set[str] = field(default_factory=set)
    _chance: random.Random = field(init=False)
    _deck: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Each kind of harm comes once before chance alone decides."""
        self._chance = random.Random(f"storm/{self.seed}")
        self._deck = [("kill_service", name) for name in services.NAMES]
        self._deck += [(kind, "") for kind in _WEIGHTS if kind != "kill_service"]
        self._chance.shuffle(self._deck)
        if len(self.house.mongos) > 1:
            self._deck.insert(0, ("lose_majority", ""))

    @property
    def whole(self) -> bool:
        """Each kind of harm has come once."""
        return not self._deck

    async def run(self, over: asyncio.Event) -> None:
        """Harm after harm, some at the same time; at the end everything runs again."""
        async with asyncio.TaskGroup() as tasks:
            while not over.is_set():
                if len(self.busy) < _AT_ONCE:
                    await self._strike(tasks)
                await self._calm(over)

    async def _calm(self, over: asyncio.Event) -> None:
        """A random time, and until the load has got somewhere; on a slow machine a Kafka needs a minute to be back."""
        begun, accepted, pause = time.monotonic(), self.journal.accepted, self._chance.uniform(2, 8)
        while not over.is_set() and time.monotonic() - begun < _LONGEST_CALM:
            moved = self.journal.accepted - accepted >= _BETWEEN
            if moved and time.monotonic() - begun >= pause:
                return
            for replica in self.house.replicas:
                if _name(replica) not in self.busy:
                    self.house.revive(replica)
            await asyncio.sleep(_NAP)

    async def _strike(self, tasks: asyncio.TaskGroup) -> None:
        kinds = list(_WEIGHTS)
        card = self._deck.pop() if self._deck else None
        kind, which = card or (self._chance.choices(kinds, list(_WEIGHTS.values()))[0], "")
        name, harm = await self._draw(kind, which or self._chance.choice(services.NAMES))
        if name in self.busy:
            self._deck[:0] = [card] if card else []
            return
        self.busy.add(name)
        tasks.create_task(self._do(kind, name, harm))

    async def _do(self, kind: str, name: str, harm: Harm) -> None:
        self.journal.note(f"{kind} {name}")
        try:
            await harm()
        finally:
            self.busy.discard(name)
            self.journal.note(f"{name} is back")

    async def _draw(self, kind: str, service: str) -> tuple[str, Harm]:
        """Whom it hits (two harms never hit the same one at once, nor two members of one MongoDB), and how."""
        pause = self._chance.uniform(0.2, 6)
        replica = self._chance.choice([each for each in self.house.replicas if each.service == service])
        wants_primary = self._chance.random() < 0.6
        spare = self._chance.choice(self.house.mongos)
        match kind:
            case "kill_service":
                return _name(replica), partial(self._kill, replica, pause)
            case "stop_service":
                return _name(replica), partial(self._stop, replica, pause * 2.5)
            case "restart" | "rebalance":
                return _name(replica), partial(self._restart, replica, pause if kind == "rebalance" else 0, kind)
            case "kill_kafka" | "stop_kafka":
                strike = self._kill_server if kind == "kill_kafka" else self._stop_server
                return "kafka", partial(strike, self.house.broker, "kafka", pause)
            case "lose_majority":
                return "mongodb", partial(self._lose_majority, pause)
        member = (await replica_set.primary(self.house.mongos) if wants_primary else None) or spare
        strike = self._kill_server if kind == "kill_mongodb" else self._stop_server
        return "mongodb", partial(strike, member, "mongodb", pause)

    async def _kill(self, replica: Replica, pause: float) -> None:
        assert replica.running is not None
        self.kills[replica.service] += 1
        await asyncio.to_thread(replica.running.kill)
        await asyncio.sleep(pause)
        self.house.spawn(replica)

    async def _stop(self, replica: Replica, pause: float) -> None:
        assert replica.running is not None
        self.others["stopped"] += 1
        replica.running.send(signal.SIGSTOP)
        await asyncio.sleep(pause)
        replica.running.send(signal.SIGCONT)

    async def _restart(self, replica: Replica, pause: float, kind: str) -> None:
        assert replica.running is not None
        self.others[kind] += 1
        if not await asyncio.to_thread(replica.running.stop, 30):
            self.house.died.append(f"{_name(replica)} did not end when it was told to")
        await asyncio.sleep(pause)
        self.house.spawn(replica)

    async def _kill_server(self, server: Server, name: str, pause: float) -> None:
        self.kills[name] += 1
        await asyncio.to_thread(server.kill)
        await asyncio.sleep(pause)
        await _until_up(server)

    async def _lose_majority(self, pause: float) -> None:
        """The secondaries are killed, then the primary; all of them come back."""
        primary = await replica_set.primary(self.house.mongos)
        others = [member for member in self.house.mongos if member is not primary]
        for member in (*others, primary):
            if member is not None:
                self.kills["mongodb"] += 1
                await asyncio.to_thread(member.kill)
            if member is others[-1]:
                await asyncio.sleep(pause)
        self.others["majority_lost"] += 1
        await asyncio.sleep(pause)
        await asyncio.gather(*(_until_up(member) for member in self.house.mongos))

    async def _stop_server(self, server: Server, name: str, pause: float) -> None:
        assert server.running is not None
        self.others[f"{name}_stopped"] += 1
        server.running.send(signal.SIGSTOP)
        await asyncio.sleep(pause)
        server.running.send(signal.SIGCONT)


async def _until_up(server: Server) -> None:
    """Started, and again where a start took too long or ended; a busy machine may need minutes for a Kafka."""
    for _ in range(_STARTS):
        server.spawn()
        try:
            await asyncio.to_thread(server.wait, _START_SECONDS)
        except UserError:
            await asyncio.to_thread(server.kill)
        else:
            return
    raise UserError(f"{server.log.name} was started {_STARTS} times and does not answer")


def _name(replica: Replica) -> str:
    return f"{replica.service}-{replica.number}"
