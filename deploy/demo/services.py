"""The four services as the demo sees them: their public HTTP API, and the product clock."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import httpx

from deploy.local import services as local
from deploy.local.errors import UserError
from deploy.local.state import State
from shared.clock import ProductClock

_PATIENCE: Final = 90.0
_PAUSE: Final = 0.2
_ROUNDING: Final = 0.001
"""Real seconds: a loop may wake a little early."""
_TIMEOUT: Final = httpx.Timeout(15, read=60)
_LATER: Final = frozenset({"unavailable", "rate_limited", "not_here_yet"})

Body = dict[str, Any]


class Refused(UserError):  # noqa: N818 - a refusal is an answer
    """A service will not; `code` and `facts` are the problem's."""

    def __init__(self, call: str, status: int, facts: Body) -> None:
        self.code = str(facts.get("code", ""))
        self.facts = facts
        super().__init__(f"{call} was answered {status} {self.code}: {facts.get('detail')} {facts.get('errors', '')}")


@dataclass(frozen=True, slots=True)
class Services:
    """Calls with a key that may do everything; what a person does is done under that person's name (`by`)."""

    clients: Mapping[str, httpx.AsyncClient]
    clock: ProductClock

    async def get(self, service: str, path: str, **params: Any) -> Body:
        """What the service answers.

        Raises:
            Refused: with a problem.
            UserError: not at all.
        """
        return self._read(await self._call(service, "GET", path, params=params))

    async def opens(self, key: str, service: str, path: str) -> bool:
        """Whether the service knows this key."""
        response = await self._call(service, "GET", path, headers={"Authorization": f"Bearer {key}"})
        return _json(response).get("code") != "key_invalid"

    async def post(self, service: str, path: str, body: Body, *, key: str | None = None) -> Body:
        """As `get`. With an Idempotency-Key, so that it can be sent until an answer comes."""
        return self._read(await self.send(service, path, body, key=key))

    async def put(self, service: str, path: str, body: Body) -> Body:
        """As `post`."""
        headers = {"Idempotency-Key": secrets.token_hex(12)}
        return self._read(await self._call(service, "PUT", path, json=body, headers=headers))

    async def patch(self, service: str, path: str, body: Body) -> Body:
        """As `post`."""
        headers = {"Idempotency-Key": secrets.token_hex(12)}
        return self._read(await self._call(service, "PATCH", path, json=body, headers=headers))

    async def change(self, path: str, **fields: Any) -> None:
        """Something of routing's reference data has these fields, and else stays as it is."""
        datum = await self.get("routing", path)
        match = {"If-Match": f'"{datum.pop("version")}"'}
        del datum["id"]
        self._read(await self._call("routing", "PUT", path, json={**datum, **fields}, headers=match))

    async def by_link(self, link: str, **fields: str) -> None:
        """What a customer answers on the page behind a link: a form, without a key."""
        self._read(await self._call("followup", "POST", link, data=fields, headers={"Authorization": ""}))

    async def send(self, service: str, path: str, body: Body, *, key: str | None = None) -> httpx.Response:
        """The answer to a POST as it came."""
        headers = {"Idempotency-Key": key or secrets.token_hex(12)}
        return await self._call(service, "POST", path, json=body, headers=headers)

    async def lines(self, service: str, path: str, text: str) -> httpx.Response:
        """The answer to a POST of NDJSON."""
        headers = {"Content-Type": "application/x-ndjson"}
        return await self._call(service, "POST", path, content=text.encode(), headers=headers)

    async def text(self, service: str, path: str) -> str:
        """What the service answers, as text."""
        return (await self._call(service, "GET", path)).text

    def now(self) -> datetime:
        """What the product clock shows."""
        return self.clock.now()

    async def until(self, at: datetime) -> None:
        """The product clock shows that instant, or a later one."""
        left = (at - self.clock.now()).total_seconds() / self.clock.rate
        await asyncio.sleep(max(left + _ROUNDING, 0))

    def product(self, real_seconds: float) -> timedelta:
        """What passes on the product clock in that time."""
        return timedelta(seconds=real_seconds * self.clock.rate)

    async def _call(self, service: str, method: str, path: str, **rest: Any) -> httpx.Response:
        """The answer, good or bad; where asking again makes sense, it was asked again."""
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                response = await self.clients[service].request(method, path, **rest)
            except httpx.TransportError as error:
                if time.monotonic() > end:
                    raise UserError(f"{service} does not answer: {error!r}") from error
            else:
                if not _to_repeat(response) or time.monotonic() > end:
                    return response
            await asyncio.sleep(_PAUSE)

    def _read(self, response: httpx.Response) -> Body:
        body = _json(response)
        if response.is_error:
            raise Refused(f"{response.request.method} {response.request.url.path}", response.status_code, body)
        return body


@asynccontextmanager
async def services_of(state: State) -> AsyncIterator[Services]:
    """The services of a stack that runs."""
    clock = ProductClock(state.clock.rate, state.clock.real_origin, state.clock.origin)
    headers = {"Authorization": f"Bearer {state.key}"}
    async with AsyncExitStack() as stack:
        clients = {}
        for name in local.NAMES:
            client = httpx.AsyncClient(
                base_url=local.url(state.running[name].port), headers=headers, timeout=_TIMEOUT, trust_env=False
            )
            clients[name] = await stack.enter_async_context(client)
        yield Services(clients, clock)


def _to_repeat(response: httpx.Response) -> bool:
    return response.is_error and _json(response).get("code") in _LATER


def _json(response: httpx.Response) -> Body:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
