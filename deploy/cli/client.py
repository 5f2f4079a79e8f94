"""Speaks to the services over HTTP: the stack's that runs here, or wherever told. What goes wrong is one clear line."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import httpx
import typer

from deploy.local import services, state
from deploy.local.errors import UserError
from deploy.local.state import State

_TIMEOUT: Final = httpx.Timeout(10, read=120)


class Service(StrEnum):
    """One of the four."""

    intake = "intake"
    routing = "routing"
    followup = "followup"
    metrics = "metrics"


Home = Annotated[
    Path, typer.Option(envvar="PALABRA_HOME", help="Of the local stack, for addresses and key.", show_default=".local")
]
Url = Annotated[
    str | None, typer.Option(envvar="PALABRA_URL", help="One address in front of all four.", show_default="the stack's")
]
Key = Annotated[
    str | None, typer.Option(envvar="PALABRA_KEY", help="An API key with the scope.", show_default="the stack's")
]
AsJson = Annotated[bool, typer.Option("--json", help="For programs: JSON.")]


class Refused(UserError):  # noqa: N818 - a refusal is an answer
    """A service answered that it will not. `status` is HTTP's, `code` the problem's."""

    def __init__(self, message: str, *, status: int, code: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass(frozen=True, slots=True)
class Place:
    """Where the services are. What is not told comes from the local stack."""

    home: Path
    url: str | None = None
    key: str | None = None

    def address(self, service: str) -> str:
        """Where that service listens, without a slash at the end.

        Raises:
            UserError: nobody told, and it does not run here.
        """
        if self.url is not None:
            return self.url.rstrip("/")
        stack = self.stack()
        running = None if stack is None else stack.alive(service)
        if running is None:
            raise UserError(f"no {service} runs here; start it with `palabra up`, or give --url and --key")
        return services.url(running.port)

    def secret(self) -> str:
        """The key.

        Raises:
            UserError: nobody told, and there is no stack.
        """
        if self.key is not None:
            return self.key
        stack = self.stack()
        if stack is None:
            raise UserError("there is no stack here to take a key from; start it with `palabra up`, or give --key")
        return stack.key

    def stack(self) -> State | None:
        """The local stack as remembered, if there is one."""
        return state.load(self.home.resolve())


@dataclass(slots=True)
class Client:
    """Calls services, each by its name."""

    place: Place
    http: httpx.Client
    _addresses: dict[str, str] = field(default_factory=dict)

    def get(self, service: str, path: str, **params: Any) -> dict[str, Any]:
        """What the service answers.

        Raises:
            Refused: it answered with a problem.
            UserError: it does not answer, or not as a service of ours.
        """
        return self._call(service, "GET", path, params={name: v for name, v in params.items() if v is not None})

    def post(self, service: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """As `get`, with a body."""
        return self._call(service, "POST", path, json=dict(body))

    def delete(self, service: str, path: str) -> None:
        """It is gone; errors as `get`."""
        self._call(service, "DELETE", path)

    def items(self, service: str, path: str, **params: Any) -> Iterator[dict[str, Any]]:
        """Everything in a list, page by page; errors as `get`."""
        cursor: str | None = None
        while True:
            page = self.get(service, path, cursor=cursor, **params)
            yield from page["items"]
            cursor = page.get("next")
            if cursor is None:
                return

    def _call(self, service: str, method: str, path: str, **rest: Any) -> dict[str, Any]:
        if service not in self._addresses:
            self._addresses[service] = self.place.address(service)
        address = self._addresses[service]
        try:
            response = self.http.request(method, address + path, **rest)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise UserError(f"{service} does not answer at {address}: {str(error) or type(error).__name__}") from error
        if not response.is_success:
            raise Refused(f"{service} says {said(response)}", status=response.status_code, code=_code(response))
        try:
            body = response.json() if response.content else {}
        except ValueError as error:
            raise UserError(f"what answers at {address} is not {service}: no JSON") from error
        return body if isinstance(body, dict) else {"items": body}


@contextmanager
def a_client(home: Path, url: str | None = None, key: str | None = None) -> Iterator[Client]:
    """A client for these options, closed at the end.

    Raises:
        UserError: no key was told, and there is no stack.
    """
    place = Place(home, url, key)
    secret = place.secret()
    if not secret.isascii() or not secret.isprintable():
        raise UserError("the key given is none: it has characters that no key has")
    headers = {"Authorization": f"Bearer {secret}"}
    with httpx.Client(headers=headers, timeout=_TIMEOUT, trust_env=False) as http:
        yield Client(place, http)


def as_json_text(content: Any) -> str:
    """One line of JSON, readable in any alphabet."""
    return json.dumps(content, ensure_ascii=False)


def said(response: httpx.Response) -> str:
    """A problem in one line; the bare status where it is none of ours."""
    try:
        problem = response.json()
        return f"{problem['status']} {problem['code']}: {problem['detail']}"
    except (ValueError, KeyError, TypeError):
        return f"status {response.status_code}"


def _code(response: httpx.Response) -> str:
    try:
        return str(response.json()["code"])
    except (ValueError, KeyError, TypeError):
        return ""
