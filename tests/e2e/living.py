"""Four real processes in a folder of their own, on the test's Kafka and MongoDB, spoken to over HTTP alone."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import httpx
from prometheus_client.parser import text_string_to_metric_families

from deploy.local import services
from deploy.local.stack import Stack
from deploy.local.state import State

T = TypeVar("T")
Body = dict[str, Any]
DEADLINE = 90.0


def until(look: Callable[[], T | None], *, what: str) -> T:
    """What `look` answers as soon as it is neither None nor False."""
    end = time.monotonic() + DEADLINE
    while True:
        found = look()
        if found is not None and found is not False:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"not so after {DEADLINE:.0f} s: {what}")
        time.sleep(0.05)


def instant(text: str) -> datetime:
    """An instant as an answer names it."""
    return datetime.fromisoformat(text)


@dataclass
class Living:
    """The system, as whoever uses it sees it."""

    stack: Stack
    http: httpx.Client

    @property
    def state(self) -> State:
        """What runs where."""
        found = self.stack.state()
        assert found is not None
        return found

    def send(self, service: str, method: str, path: str, body: Body | None = None, **headers: str) -> httpx.Response:
        """The answer as it came."""
        address = services.url(self.state.running[service].port)
        named = {"Authorization": f"Bearer {self.state.key}", **headers}
        return self.http.request(method, address + path, json=body, headers=named)

    def get(self, service: str, path: str) -> Body:
        """What the service answers."""
        return self._good(self.send(service, "GET", path))

    def do(self, path: str, body: Body, *, service: str = "followup", method: str = "POST") -> Body:
        """What the service answers when this is done."""
        return self._good(self.send(service, method, path, body))

    def refused(self, path: str, body: Body) -> Body:
        """The problem with which follow-up refuses this."""
        response = self.send("followup", "POST", path, body)
        assert response.status_code == 409, response.text
        problem: Body = response.json()
        return problem

    def until_heard(self) -> None:
        """Everybody has heard everything that was said."""

        def look() -> bool:
            return not any(self.get(name, "/status")[what] for what in ("outbox", "lag") for name in services.NAMES)

        until(look, what="nothing on its way")

    def total(self, name: str, **labels: str) -> float:
        """A total of the metrics service, over all samples with these labels."""
        text = self.send("metrics", "GET", "/metrics").text
        samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        return sum(
            sample.value
            for sample in samples
            if sample.name == f"palabra_{name}" and labels.items() <= sample.labels.items()
        )

    def kill(self, *names: str) -> None:
        """These processes are gone, as after kill -9."""
        for name in names:
            self.state.running[name].process.kill()

    def restart(self) -> list[str]:
        """Whatever is missing runs again; its names."""
        return self.stack.up()[1]

    @staticmethod
    def _good(response: httpx.Response) -> Body:
        assert response.is_success, f"{response.request.method} {response.request.url}: {response.text}"
        body: Body = response.json()
        return body
