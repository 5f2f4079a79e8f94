"""A client that never gives up: what got no answer is asked again, with the same key, on whichever replica."""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from tests.chaos.journal import Answer, Asking, Journal

_OPEN: Final = frozenset({"unavailable", "not_here_yet"})
_NO_SERVER: Final = 500


@dataclass(slots=True)
class Client:
    """Asks the replicas of each service. `addresses` are theirs; `patience` in seconds, for one command in all."""

    http: httpx.AsyncClient
    addresses: Mapping[str, Sequence[str]]
    journal: Journal
    patience: float = 150.0
    faults: list[str] = field(default_factory=list)

    async def ask(self, asking: Asking, chance: random.Random) -> Answer | None:
        """The answer that settles it; None when none came for as long as we could wait.

        Some are asked on two replicas at once, some again after the answer: on purpose, with the same key.
        """
        self.journal.ask(asking)
        if chance.random() < 0.08:
            both = await asyncio.gather(self._send(asking, 0), self._send(asking, 1))
            settled = next((answer for answer in both if answer is not None), None)
            if settled is not None:
                return settled
        answer = await self._until_settled(asking, chance)
        if answer is not None and chance.random() < 0.12:
            await self._send(asking, chance.randrange(2))
        return answer

    async def _until_settled(self, asking: Asking, chance: random.Random) -> Answer | None:
        end = time.monotonic() + self.patience
        while time.monotonic() < end:
            answer = await self._send(asking, chance.randrange(2))
            if answer is not None:
                return answer
            await asyncio.sleep(chance.uniform(0.1, 1.0))
        return None

    async def _send(self, asking: Asking, replica: int) -> Answer | None:
        replica %= len(self.addresses[asking.service])
        address = self.addresses[asking.service][replica]
        try:
            response = await self.http.post(
                f"{address}{asking.path}", json=dict(asking.body), headers={"Idempotency-Key": asking.key}
            )
            body = response.json() if response.content else {}
        except (httpx.HTTPError, ValueError) as error:
            self.journal.silence(asking.key, type(error).__name__, replica)
            return None
        if self._is_open(response, body):
            self.journal.silence(asking.key, f"{response.status_code} {body.get('code')}", replica)
            return None
        answer = Answer(response.status_code, body, "Idempotent-Replayed" in response.headers)
        self.journal.answer(asking.key, answer, replica)
        return answer

    def _is_open(self, response: httpx.Response, body: Mapping[str, Any]) -> bool:
        """Whether this says nothing for good. A complaint that was taken comes to be known everywhere in the end."""
        if response.status_code == _NO_SERVER:
            self.faults.append(f"{response.request.url} answered 500: {response.text[:200]}")
            return True
        return body.get("code") in _OPEN or (
            body.get("code") == "not_found" and "promise" not in str(body.get("detail", ""))
        )
