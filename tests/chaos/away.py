"""Kafka is away for long while load goes on: `python -m tests.chaos.away --minutes 10`.

The API goes on accepting, the outbox grows and is seen, the processes stay small; when Kafka is back everything is
said, once and in order, and heard by everybody. The last line on stdout is what was seen, as JSON; the exit code is 1
unless all of it was so.
"""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx

from deploy.local import services
from shared.mongo import connect
from tests.chaos.evidence import SERVICES, Evidence, Finding
from tests.chaos.gather import documents, read_log
from tests.chaos.house import House
from tests.chaos.ledger import check_gaps, check_identity, check_marks, check_order, check_seqs

_FORM: Final = {
    "text": "The connection drops every evening. " * 20,
    "product": "broadband",
    "complainant": {"email": "ana@example.org", "language": "en"},
}
_CHECKS: Final = (check_order, check_identity, check_seqs, check_marks, check_gaps)
_LOOK_SECONDS: Final = 1.0
_SEEN_SECONDS: Final = 120.0
_DRAIN_SECONDS: Final = 1800.0
_CREATED: Final = 201

MOST_GROWTH_MB: Final = 80
"""What a process may grow by: nothing that grows with the outbox is held in memory beyond a bound."""


@dataclass
class Seen:
    """What was seen. Memory in MB, by service: before, and the most that there was until the end.

    `accepted`: complaints; `answered`: complaints and messages, each of which is an event to be said. `said`: events on
    the log, each counted once; `received`, `messages`: those of intake that say what was answered.
    """

    accepted: int = 0
    answered: int = 0
    answered_before: int = 0
    said: int = 0
    received: int = 0
    messages: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    depths: list[int] = field(default_factory=list)
    before: dict[str, float] = field(default_factory=dict)
    most: dict[str, float] = field(default_factory=dict)
    away_seconds: float = 0.0
    drained_seconds: float = 0.0
    findings: list[Finding] = field(default_factory=list)


@dataclass
class Away:
    """One time of it, in a house. `pace`: complaints a second, about, each followed by a message."""

    house: House
    seconds: float
    pace: float
    say: Callable[[str], None] = lambda _: None
    seen: Seen = field(default_factory=Seen)
    _over: bool = False

    async def play(self) -> Seen:
        """All that was seen."""
        await self.house.start()
        headers = {"Authorization": f"Bearer {self.house.state.key}"}
        limits = httpx.Limits(max_connections=200)
        async with httpx.AsyncClient(timeout=60, trust_env=False, headers=headers, limits=limits) as http:
            await self._complain(http)
            await self._until_drained(http)
            self.seen.before = self.seen.most = self._memory()
            self.seen.answered_before = self.seen.answered
            self.house.broker.kill()
            await self._load(http)
            began = time.monotonic()
            self.house.broker.spawn()
            await asyncio.to_thread(self.house.broker.wait, _DRAIN_SECONDS)
            await self._until_drained(http)
            self.seen.drained_seconds = time.monotonic() - began
        await self._check()
        return self.seen

    async def _load(self, http: httpx.AsyncClient) -> None:
        """Complaints at a steady pace, whatever each of them takes."""
        began = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            watch = tasks.create_task(self._watch(http))
            while (passed := time.monotonic() - began) < self.seconds:
                tasks.create_task(self._complain(http))
                self.say(f"{self.seconds - passed:4.0f} s left: {self.seen.accepted} accepted, {self.seen.depths[-1:]}")
                await asyncio.sleep(1 / self.pace)
            watch.cancel()
        self.seen.away_seconds = time.monotonic() - began
        await self._until_seen(http)

    async def _until_seen(self, http: httpx.AsyncClient) -> None:
        """The gauge, which is measured every few seconds, shows all that waits to be said."""
        async with asyncio.timeout(_SEEN_SECONDS):
            while not self.seen.depths or self.seen.depths[-1] < self.seen.answered - self.seen.answered_before:
                self.seen.depths.append(await self._depth(http))
                await asyncio.sleep(_LOOK_SECONDS)

    async def _complain(self, http: httpx.AsyncClient) -> None:
        address = f"{self.house.addresses()['intake'][0]}/v1/complaints"
        made = await http.post(address, json=_FORM)
        self.seen.statuses[made.status_code] += 1
        if made.is_success:
            self.seen.accepted += 1
            self.seen.answered += 1
            more = await http.post(f"{address}/{made.json()['id']}/messages", json={"text": "Again."})
            self.seen.statuses[more.status_code] += 1
            self.seen.answered += more.is_success

    async def _watch(self, http: httpx.AsyncClient) -> None:
        while True:
            self.seen.depths.append(await self._depth(http))
            self._weigh()
            await asyncio.sleep(_LOOK_SECONDS)

    async def _depth(self, http: httpx.AsyncClient) -> int:
        """The gauge as Prometheus would scrape it."""
        text = (await http.get(f"{self.house.addresses()['intake'][0]}/metrics")).text
        line = next(line for line in text.splitlines() if line.startswith('palabra_outbox_depth{service="intake"}'))
        return int(float(line.rpartition(" ")[2]))

    async def _until_drained(self, http: httpx.AsyncClient) -> None:
        end = time.monotonic() + _DRAIN_SECONDS
        while busy := await self._busy(http):
            assert time.monotonic() < end, f"not drained after {_DRAIN_SECONDS:.0f} s: {busy}"
            self.say(f"draining: {busy}")
            self._weigh()
            await asyncio.sleep(_LOOK_SECONDS)

    async def _busy(self, http: httpx.AsyncClient) -> dict[str, Any]:
        addresses = self.house.addresses()
        told = [(await http.get(f"{addresses[name][0]}/status")).json() for name in services.NAMES]
        return {one["service"]: one for one in told if one["outbox"] or one["lag"]}

    def _weigh(self) -> None:
        self.seen.most = {name: max(size, self.seen.most.get(name, 0)) for name, size in self._memory().items()}

    def _memory(self) -> dict[str, float]:
        running = {each.service: each.running for each in self.house.replicas if each.running is not None}
        return {name: memory_of(process.pid) for name, process in running.items()}

    async def _check(self) -> None:
        """Nothing lost, nothing twice, everything in order, everybody has heard it."""
        settings = self.house.settings
        client = connect(settings.mongodb_uri)
        try:
            kept = {name: await documents(client, settings, name) for name in SERVICES}
        finally:
            client.close()
        evidence = Evidence(log=await read_log(settings), documents=kept)
        types = Counter(said.type for said in evidence.once())
        self.seen.said = types.total()
        self.seen.received, self.seen.messages = types["complaint.received"], types["complaint.message_received"]
        self.seen.findings = [finding for look in _CHECKS for finding in look(evidence)]
        taken = len(kept["intake"])
        if taken != self.seen.accepted:
            self.seen.findings.append(Finding("lost", f"{self.seen.accepted} were accepted, {taken} are there"))


def verdict(seen: Seen) -> list[Finding]:
    """Everything that must not be; empty when all is well."""
    waited, depths, messages = seen.answered - seen.answered_before, seen.depths, seen.answered - seen.accepted
    grown = {name: round(most - seen.before.get(name, 0)) for name, most in seen.most.items()}
    rules: dict[str, bool] = {
        f"the API answered {dict(seen.statuses)}, not 201 alone": set(seen.statuses) == {_CREATED},
        f"{seen.accepted} complaints, but {seen.answered} answers: a message for each": seen.answered
        == 2 * seen.accepted,
        "nothing was asked while Kafka was away": waited > 0,
        f"the gauge of the outbox fell, or did not grow: {depths}": depths == sorted(depths) and len(set(depths)) > 1,
        f"{waited} events waited, the gauge showed {depths[-1:]}": depths[-1:] == [waited],
        f"{seen.received} complaints were said of {seen.accepted} accepted": seen.received == seen.accepted,
        f"{seen.messages} messages were said of {messages} accepted": seen.messages == messages,
        f"a process grew by more than {MOST_GROWTH_MB} MB: {grown}": max(grown.values()) <= MOST_GROWTH_MB,
    }
    return [*seen.findings, *(Finding("faults", words) for words, kept in rules.items() if not kept)]


def memory_of(pid: int) -> float:
    """What a process holds in memory now, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1]) / 1000


def told(seen: Seen) -> dict[str, Any]:
    """As one line can say it."""
    return {
        "accepted": seen.accepted, "said": seen.said, "statuses": dict(seen.statuses),
        "deepest_outbox": max(seen.depths), "away_seconds": round(seen.away_seconds),
        "drained_seconds": round(seen.drained_seconds), "memory_before_mb": _rounded(seen.before),
        "memory_most_mb": _rounded(seen.most),
        "findings": len(verdict(seen)),
    }  # fmt: skip


def _rounded(sizes: Mapping[str, float]) -> dict[str, int]:
    return {name: round(size) for name, size in sizes.items()}


def main() -> int:
    """A run; what was seen is the last line on stdout."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--pace", type=float, default=20, help="complaints a second, each with a message behind it")
    asked = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="palabra-away-"))
    from tests.chaos.__main__ import Progress

    away = Away(House(home, members=1, copies=1), asked.minutes * 60, asked.pace, Progress(every=15))
    seen = asyncio.run(stopped(away.house, away.play()))
    findings = verdict(seen)
    for finding in findings[:15]:
        sys.stderr.write(f"{finding.fault}: {finding.what}\n")
    sys.stdout.write(json.dumps(told(seen)) + "\n")
    shutil.rmtree(home, ignore_errors=True)
    return 1 if findings else 0


async def stopped(house: House, work: Awaitable[Seen]) -> Seen:
    """The work is done, and nothing runs any more."""
    try:
        return await work
    finally:
        await house.stop()


if __name__ == "__main__":
    sys.exit(main())
