"""People who complain, and people who answer: stories played through the public API, from a seed."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from shared.clock import real_now
from tests.chaos.asking import Client
from tests.chaos.journal import Answer, Asking, Kind, token_of

AGENTS: Final = ("noa", "dani", "grace", "viktor")
"""Who works around the clock in the sample."""
TEAM: Final = "around-the-clock"
_CHANNELS: Final = ("web", "email", "phone", "chat")
_PROMISES: Final = ("callback", "update", "refund", "visit", "other")


@dataclass(slots=True)
class Load:
    """So many people at once, so many requests a second together. `longest` is how far ahead promises fall due."""

    client: Client
    seed: int
    people: int
    pace: float
    longest: float
    over: asyncio.Event = field(default_factory=asyncio.Event)
    stories: int = 0

    async def run(self) -> None:
        """People come until it is over; stories that have begun are told to their end."""
        async with asyncio.TaskGroup() as tasks:
            for number in range(self.people):
                tasks.create_task(self._person(number))

    async def _person(self, number: int) -> None:
        chance = random.Random(f"{self.seed}/{number}")
        turn = 0
        while not self.over.is_set():
            turn += 1
            self.stories += 1
            await Story(self, chance, f"{self.seed}-{number}-{turn}").tell()

    async def breathe(self, chance: random.Random) -> None:
        """Keeps to the pace, more or less."""
        await asyncio.sleep(chance.uniform(0.5, 1.5) * self.people / self.pace)


@dataclass(slots=True)
class Story:
    """One complaint, from its first word on."""

    load: Load
    chance: random.Random
    name: str
    asked: int = 0
    id: str = ""

    async def tell(self) -> None:
        """Complained, added to, answered, promised, and brought to an end, or not."""
        (receipt,) = await self._at_once(self._complain)
        if receipt is None or not receipt.done:
            return
        self.id = str(receipt.body["id"])
        if self.chance.random() < 0.4:
            await self._at_once(self._message, self.chance.choice([1, 2, 3]))
        if self.chance.random() < 0.75:
            await self._at_once(self._answer, self.chance.choice([1, 1, 2]))
        if self.chance.random() < 0.1:
            await self._at_once(self._hand_over)
        promised = await self._at_once(self._promise, self.chance.choice([0, 1, 1, 2, 3]))
        made = [str(answer.body["id"]) for answer in promised if answer is not None and answer.done]
        for promise in made:
            if self.chance.random() < 0.35:
                await self._at_once(lambda promise=promise: self._fulfil(promise))  # type: ignore[misc]
        await self._end(made)

    async def _end(self, made: list[str]) -> None:
        ending = self.chance.random()
        if ending < 0.35:
            await self._at_once(self._resolve)
        elif ending < 0.5:
            await self._at_once(self._withdraw)
        elif ending < 0.6 and made:
            await asyncio.sleep(self.load.longest)
            await self._at_once(lambda: self._fulfil(made[-1]))

    async def _at_once(self, make: Callable[[], Asking], times: int = 1) -> list[Answer | None]:
        """Several at the same time, of the same complaint: they contend for its document."""
        for _ in range(times):
            await self.load.breathe(self.chance)
        return list(await asyncio.gather(*(self.load.client.ask(make(), self.chance) for _ in range(times))))

    def _asking(self, kind: Kind, service: str, path: str, body: dict[str, Any], **rest: Any) -> Asking:
        return Asking(self._key(), kind, service, path, body, self.id or None, **rest)

    def _key(self) -> str:
        return f"{self.name}-{self.asked}"

    def _words(self, text: str = "") -> str:
        """Words that hold the token of the command that is being made."""
        self.asked += 1
        return f"{text} {token_of(self._key())}".strip()

    def _complain(self) -> Asking:
        body = {
            "channel": self.chance.choice(_CHANNELS),
            "kind": self.chance.choice(["product", "product", "treatment"]),
            "text": self._words("The connection drops every evening."),
            "product": "broadband",
            "remedy_sought": {"kind": "repair", "words": "a line that holds"},
            "complainant": {"email": f"{self.chance.randrange(200)}@example.org", "language": "en"},
        }
        return self._asking("complaint", "intake", "/v1/complaints", body)

    def _message(self) -> Asking:
        words = {"text": self._words("It dropped again.")}
        return self._asking("message", "intake", f"/v1/complaints/{self.id}/messages", words)

    def _answer(self) -> Asking:
        body = {"by": self._agent(), "channel": "email", "text": self._words("I will see to it.")}
        return self._asking("response", "followup", f"/v1/cases/{self.id}/responses", body)

    def _promise(self) -> Asking:
        due = real_now() + timedelta(seconds=self.chance.uniform(3, self.load.longest))
        body = {
            "kind": self.chance.choice(_PROMISES),
            "words": self._words("before then"),
            "due": due.isoformat(timespec="milliseconds"),
            "made_by": self._agent(),
        }
        return self._asking("promise", "followup", f"/v1/cases/{self.id}/promises", body)

    def _fulfil(self, promise: str) -> Asking:
        body = {"by": self._agent(), "evidence": {"type": "call", "reference": self._words()}}
        path = f"/v1/cases/{self.id}/promises/{promise}/fulfilment"
        return self._asking("fulfilment", "followup", path, body, promise=promise)

    def _hand_over(self) -> Asking:
        body = {"team": TEAM, "agent": self._agent(), "reason": self._words("knows more"), "summary": "see above"}
        return self._asking("transfer", "routing", f"/v1/assignments/{self.id}/transfer", body)

    def _resolve(self) -> Asking:
        body = {"by": self._agent(), "outcome": "upheld", "text": self._words("A new line was laid.")}
        return self._asking("resolution", "followup", f"/v1/cases/{self.id}/resolution", body)

    def _withdraw(self) -> Asking:
        body = {"reason": self._words("never mind")}
        return self._asking("withdrawal", "intake", f"/v1/complaints/{self.id}/withdrawal", body)

    def _agent(self) -> str:
        return self.chance.choice(AGENTS)
