"""The local stack with a real MongoDB and a real Kafka, and services that only say that they are there."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread

import pytest

from deploy.local import net, services
from deploy.local.errors import UserError
from deploy.local.stack import Stack
from deploy.local.status import status

pytestmark = pytest.mark.servers

FAKE = """
import json, os, signal, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        said = {"lag": 1, "outbox": 2, "parked": 3, "rate": os.environ["PALABRA_CLOCK_RATE"]}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    def log_message(self, *_):
        pass

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
HTTPServer((os.environ["PALABRA_HOST"], int(os.environ["PALABRA_PORT"])), Handler).serve_forever()
"""
BROKEN = [sys.executable, "-c", "raise SystemExit('it cannot find its maps')"]
EVERYTHING = ["mongodb", "kafka", *services.NAMES]


class Neighbour(ThreadingTCPServer):
    """Another program that listens; it hangs up at once."""

    allow_reuse_address = True


@pytest.fixture(scope="module", autouse=True)
def _servers_of_our_own() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PALABRA_MONGODB_URI", raising=False)
        patch.delenv("PALABRA_KAFKA", raising=False)
        yield


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack of its own, not started; it is stopped at the end, however the tests end."""
    home = tmp_path_factory.mktemp("home")
    fake = home / "fake.py"
    fake.write_text(FAKE)
    commands = {name: (sys.executable, str(fake)) for name in services.NAMES}
    ports = {name: net.any_free() for name in services.PORTS}
    stack = Stack(home, commands=commands, first_ports=ports, ready_seconds=30)
    yield stack
    stack.down()


@pytest.fixture
def running(stack: Stack) -> Stack:
    """The stack, started."""
    stack.up()
    return stack


@pytest.fixture
def listen() -> Iterator[Callable[[int], None]]:
    """Takes ports away from the stack."""
    with ExitStack() as servers:

        def take(port: int) -> None:
            server = servers.enter_context(Neighbour((net.LOOPBACK, port), BaseRequestHandler))
            servers.callback(server.shutdown)
            Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

        yield take


def pids(stack: Stack) -> dict[str, int]:
    """The processes that the stack remembers."""
    state = stack.state()
    assert state is not None
    return {name: found.process.pid for name, found in state.running.items()}


def test_a_failure_to_start_says_why_and_leaves_nothing_running(stack: Stack) -> None:
    broken = replace(stack, commands={**stack.commands, "routing": BROKEN})
    with pytest.raises(UserError, match="it cannot find its maps"):
        broken.up()
    assert pids(stack) == {}
    assert net.is_free(stack.first_ports["intake"])
    assert net.is_free(stack.first_ports["kafka"])


def test_what_runs_is_not_started_again(running: Stack) -> None:
    before = pids(running)
    _, started = running.up()
    assert started == []
    assert pids(running) == before
    assert sorted(before) == sorted(EVERYTHING)


def test_status_is_what_the_services_say(running: Stack) -> None:
    report = status(running)
    assert report.ready
    assert report.lag == {"routing": 1, "followup": 1, "metrics": 1, "intake": 1}
    assert report.outbox == {"intake": 2, "routing": 2, "followup": 2}
    assert report.parked == 12
    assert report.kafka.server == "Apache Kafka 4.3.0 (local)"
    assert (report.mongodb.server or "").endswith("(local)")


@pytest.mark.parametrize("victim", EVERYTHING[:3])
def test_what_was_killed_is_started_again_and_nothing_else(running: Stack, victim: str) -> None:
    before, key = pids(running), status(running).key
    state = running.state()
    assert state is not None
    state.running[victim].process.kill()
    assert not status(running).ready
    again, started = running.up()
    assert started == [victim]
    assert {name for name, pid in pids(running).items() if pid != before[name]} == {victim}
    assert again.key == key


def test_where_a_port_is_taken_the_next_free_one_is_used(running: Stack, listen: Callable[[int], None]) -> None:
    key = status(running).key
    running.down()
    for name in ("intake", "kafka", "mongodb"):
        listen(running.first_ports[name])
    state, _ = running.up()
    for name in ("intake", "kafka", "mongodb"):
        assert state.running[name].port != running.first_ports[name]
    assert status(running).ready
    assert state.key == key


def test_another_rate_of_the_clock_starts_the_services_anew(running: Stack) -> None:
    state, started = replace(running, rate=60).up()
    assert started == list(services.NAMES)
    assert services.status(state.running["intake"].port)["rate"] == "60.0"
    assert status(running).clock_rate == 60
    _, started = running.up()
    assert started == [], "the rate is remembered"


def test_down_leaves_nothing_running_and_may_be_called_twice(running: Stack) -> None:
    state = running.state()
    assert state is not None
    assert sorted(running.down()) == sorted(EVERYTHING)
    assert not any(found.process.alive() for found in state.running.values())
    assert running.down() == []
