"""Carries lines to intake's batch, some chunks at a time, until each of them has an answer that is final."""

import json
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import httpx

from deploy.cli.client import said
from deploy.cli.importing.rows import Row
from deploy.local.errors import UserError

CHUNK_ROWS: Final = 1000
CHUNK_BYTES: Final = 4_000_000
AT_ONCE: Final = 2
_TRIES: Final = 8
_LONGEST_PAUSE: Final = 10.0
_LATER: Final = (429, 503)

Item: TypeAlias = tuple[Row, bytes]


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a row: `taken`, `repeated`, or `rejected` with a reason."""

    row: Row
    result: str
    reason: str | None = None


class Carrier:
    """Sends to one intake with one key. Repeats are safe: every line names its external_reference."""

    def __init__(self, url: str, key: str, import_format: str) -> None:
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"},
            params={"import_format": import_format},
            timeout=httpx.Timeout(10, read=120, write=120),
            trust_env=False,
        )

    def carry(self, items: Iterable[Item]) -> Iterator[Answered]:
        """The answers, in the order of the rows.

        Raises:
            UserError: intake refuses the whole (a wrong key), or does not answer for a minute.
        """
        with self._client, ThreadPoolExecutor(AT_ONCE) as pool:
            under_way: deque[Future[list[Answered]]] = deque()
            try:
                for chunk in _chunks(items):
                    under_way.append(pool.submit(self._send, chunk))
                    if len(under_way) > AT_ONCE:
                        yield from under_way.popleft().result()
                while under_way:
                    yield from under_way.popleft().result()
            finally:
                for future in under_way:
                    future.cancel()

    def _send(self, chunk: Sequence[Item]) -> list[Answered]:
        """Each has a final answer; what the store could not say is asked again."""
        done: dict[int, Answered] = {}
        problem = ""
        for attempt in range(_TRIES):
            left = [place for place in range(len(chunk)) if place not in done]
            if not left:
                break
            if attempt:
                time.sleep(min(_LONGEST_PAUSE, 0.25 * 2**attempt))
            try:
                problem = self._try([chunk[place] for place in left], left, done)
            except httpx.TransportError as error:
                problem = f"{type(error).__name__} {error}"
        if len(done) < len(chunk):
            raise UserError(f"intake does not take more now ({problem}); run it again later, nothing is taken twice")
        return [done[place] for place in range(len(chunk))]

    def _try(self, items: Sequence[Item], places: Sequence[int], done: dict[int, Answered]) -> str:
        """One request; final answers go into `done`. Returns why others are missing."""
        body = b"\n".join(line for _, line in items) + b"\n"
        problem = "the answer broke off"
        with self._client.stream("POST", "/v1/complaints/batch", content=body) as response:
            if response.status_code not in (200, *_LATER):
                response.read()
                raise UserError(f"intake refuses the import: {said(response)}")
            if response.status_code in _LATER:
                return f"status {response.status_code}"
            for text in response.iter_lines():
                answer = json.loads(text)
                if answer["http_status"] in _LATER:
                    problem = "the store does not answer"
                    continue
                place = answer["line"] - 1
                done[places[place]] = Answered(items[place][0], answer["result"], _reason(answer["problem"]))
        return problem


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    chunk: list[Item] = []
    size = 0
    for item in items:
        if chunk and (len(chunk) >= CHUNK_ROWS or size + len(item[1]) > CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(item)
        size += len(item[1])
    if chunk:
        yield chunk


def _reason(problem: dict[str, Any] | None) -> str | None:
    if problem is None:
        return None
    fields = "; ".join(f"{each['field']}: {each['reason']}" for each in problem["errors"])
    return f"{problem['code']}: {fields or problem['detail']}"
