"""Asks a service all that it can be asked, and looks at every answer in the same way."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from tests.support.running import Running

_GOOD_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


@dataclass(frozen=True)
class Operation:
    """Something that a service can be asked."""

    method: str
    path: str
    takes_body: bool

    def at(self, named: str) -> str:
        """Its path, with this in the place of every parameter."""
        return re.sub(r"\{[^}]+\}", lambda _: named, self.path)


def operations(running: Running) -> Iterator[Operation]:
    """All of a service's, by its OpenAPI document."""
    for path, methods in running.app.openapi()["paths"].items():
        for method, told in methods.items():
            yield Operation(method.upper(), path, "requestBody" in told)


async def ask(running: Running, operation: Operation, url: str, **request: Any) -> httpx.Response:
    """The answer, which is never our fault and always well-formed."""
    answer = await running.http.request(operation.method, url, **request)
    what = f"{operation.method} {operation.path}: {url[:200]} {str(request)[:200]} -> {answer.text[:300]}"
    assert answer.status_code < 500 or operation.path == "/readyz", what
    assert _GOOD_ID.fullmatch(answer.headers["X-Request-Id"]), what
    assert "Set-Cookie" not in answer.headers, what
    assert not any("\r" in value or "\n" in value for value in answer.headers.values()), what
    if answer.status_code >= 400 and operation.path != "/readyz":
        check_problem(answer, what)
    return answer


def check_problem(answer: httpx.Response, what: str) -> None:
    """A refusal is a problem with a code; where a field is wrong, it is named."""
    assert answer.headers["Content-Type"] == "application/problem+json", what
    problem = answer.json()
    assert problem["code"], what
    assert problem["status"] == answer.status_code, what
    assert problem["detail"], what
    if problem["code"] == "invalid":
        assert problem["errors"], what
        assert all(error["field"] and error["reason"] for error in problem["errors"]), what
    assert "Traceback" not in answer.text, what


async def stored(running: Running) -> list[tuple[str, int]]:
    """Every document of a service's database, and its version."""
    found = []
    for name in sorted(await running.runtime.database.list_collection_names()):
        if name in ("leases", "totals"):
            continue
        kept = running.runtime.database[name].find({}, {"version": 1})
        found += [(f"{name}/{document['_id']}", document.get("version", 0)) async for document in kept]
    return found
