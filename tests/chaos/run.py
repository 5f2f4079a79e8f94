"""One run from its first process to its verdict."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from deploy.local.errors import UserError
from shared.mongo import StoreError, connect, database
from tests.chaos.asking import Client
from tests.chaos.checker import check, line
from tests.chaos.evidence import Finding
from tests.chaos.gather import capacity, gather
from tests.chaos.house import House
from tests.chaos.journal import Journal
from tests.chaos.load import AGENTS, Load
from tests.chaos.rest import Rest
from tests.chaos.storm import Storm

_REQUEST_SECONDS: Final = 8.0
_FLOOR_NAP: Final = 2.0
_AT_MOST: Final = 4
"""Times the plan's minutes that a storm may go on beyond them."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long, how hard, from which seed."""

    minutes: float
    seed: int
    pace: float
    people: int
    places: int
    longest: float
    rest_seconds: float
    calm: bool = False
    patience: float = 150.0
    audit_seconds: int = 30


@dataclass(slots=True)
class Run:
    """A run in a house. `say` is told what goes on; `weather` makes the storm."""

    house: House
    plan: Plan
    say: Callable[[str], None]
    weather: type[Storm] = Storm
    over: asyncio.Event = field(default_factory=asyncio.Event)
    seen: list[Finding] = field(default_factory=list)
    capacity: dict[str, int] = field(default_factory=dict)

    async def play(self) -> tuple[dict[str, Any], list[Finding]]:
        """The last line and every finding."""
        await self.house.start()
        written = self.house.home / "journal.jsonl"
        journal = Journal(written)
        storm = self.weather(self.house, journal, self.plan.seed)
        headers = {"Authorization": f"Bearer {self.house.state.key}"}
        limits = httpx.Limits(max_connections=100)
        async with httpx.AsyncClient(timeout=_REQUEST_SECONDS, trust_env=False, headers=headers, limits=limits) as http:
            await self._prepare(http)
            client = Client(http, self.house.addresses(), journal, self.plan.patience)
            load = Load(client, self.plan.seed, self.plan.people, self.plan.pace, self.plan.longest, self.over)
            await self._weather(load, storm, journal)
        self.say("healing")
        try:
            await self.house.until_ready()
        except UserError as error:
            self.seen.append(Finding("faults", str(error)))
        await asyncio.sleep(self.plan.longest)
        busy = await Rest(self.house, self.say).wait(self.plan.rest_seconds)
        self.seen += [Finding("faults", what) for what in (*self.house.died, *client.faults)]
        if busy:
            self.seen.append(Finding("faults", f"not at rest after {self.plan.rest_seconds:.0f} s: {busy}"))
        journal.close()
        self.say("checking")
        evidence = await gather(self.house, written, self.seen, self.plan.audit_seconds)
        findings = check(evidence)
        told = line(
            evidence, findings, storm.kills, others=dict(storm.others), events=len(evidence.log),
            asked_again=journal.silences, seed=self.plan.seed,
        )  # fmt: skip
        return told, findings

    async def _prepare(self, http: httpx.AsyncClient) -> None:
        """Agents have few places, so that complaints contend for them, and may promise as much as they like."""
        address = self.house.addresses()["routing"][0]
        for name in AGENTS:
            shown = (await http.get(f"{address}/v1/agents/{name}")).raise_for_status()
            agent = {key: value for key, value in shown.json().items() if key not in ("id", "version")}
            agent |= {"capacity": self.plan.places, "promises_per_hour": 100_000}
            told = {"If-Match": shown.headers["ETag"]}
            (await http.put(f"{address}/v1/agents/{name}", json=agent, headers=told)).raise_for_status()
        self.capacity = await capacity(http, self.house)

    async def _weather(self, load: Load, storm: Storm, journal: Journal) -> None:
        """Load and storm at once, for so long; then the load is told to its end in good weather."""
        calm = asyncio.Event()
        tasks = [asyncio.create_task(load.run()), asyncio.create_task(self._watch_places())]
        if not self.plan.calm:
            tasks.append(asyncio.create_task(storm.run(calm)))
        try:
            await self._rage(tasks, storm, journal)
            self.over.set()
            calm.set()
            self.say("the storm is over; waiting for the last answers")
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _rage(self, tasks: list[asyncio.Task[None]], storm: Storm, journal: Journal) -> None:
        """Until the time is up, and on a slow machine until each kind of harm has come once.

        What fails in the run itself ends it at once.
        """
        end = time.monotonic() + self.plan.minutes * 60
        latest = end if self.plan.calm else end + _AT_MOST * self.plan.minutes * 60
        while (left := (end if storm.whole else latest) - time.monotonic()) > 0:
            harmed = sum(storm.kills.values())
            self.say(
                f"{left:4.0f} s left: {journal.accepted} accepted, {journal.silences} asked again, {harmed} killed"
            )
            await asyncio.wait(tasks, timeout=min(left, 1.0), return_when=asyncio.FIRST_EXCEPTION)
            for failed in (task for task in tasks if task.done() and task.exception()):
                await failed

    async def _watch_places(self) -> None:
        """Sees to it that no agent ever holds more places than they have; also while the storm rages."""
        client = connect(self.house.settings.mongodb_uri, timeout_seconds=2)
        places = database(client, self.house.settings.database("routing"))["places"]
        try:
            while not self.over.is_set():
                try:
                    async for place in places.find({}):
                        taken = len(place.get("held", ()))
                        if taken > self.capacity.get(place["_id"], 0):
                            self.seen.append(Finding("places", f"{place['_id']} held {taken} places during the run"))
                except StoreError:
                    pass  # it was just killed
                await asyncio.sleep(_FLOOR_NAP)
        finally:
            client.close()
