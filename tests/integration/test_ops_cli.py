"""The commands of whoever runs the services, against services that run."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from typer.testing import Result

from deploy.cli.main import app
from services.followup.main import BLUEPRINT as FOLLOWUP
from services.intake.main import BLUEPRINT as INTAKE
from services.metrics.main import BLUEPRINT as METRICS
from services.routing.main import BLUEPRINT as ROUTING
from shared.http import create_app
from shared.settings import Settings
from tests.support.listening import called, listening
from tests.support.log import Log, event
from tests.support.running import KEY, Running, service
from tests.support.tally import blueprint, received, said
from tests.support.wait import until

pytestmark = pytest.mark.servers
COMPLAINT = {"channel": "web", "text": "My card was charged twice.", "complainant": {"email": "ana@example.org"}}


def told(result: Result) -> Any:
    """The JSON that a command printed, among what the services in the same process have logged meanwhile."""
    [line] = [line for line in result.stdout.splitlines() if line.startswith("{")]
    return json.loads(line)


class Front:
    """One address in front of several services, by their names in the paths of operations; else the first one."""

    def __init__(self, running: dict[str, Running]) -> None:
        self._apps = {name: create_app(one.runtime) for name, one in running.items()}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hands the request on."""
        parts = scope["path"].split("/")
        name = parts[3] if parts[2] == "services" else {"keys": "routing"}.get(parts[2], next(iter(self._apps)))
        await self._apps[name](scope, receive, send)


@asynccontextmanager
async def all_four(settings: Settings) -> AsyncIterator[tuple[dict[str, Running], list[str]]]:
    """The four services, and the options that lead a command to them."""
    blueprints: list[Any] = [INTAKE, ROUTING, FOLLOWUP, METRICS]
    async with AsyncExitStack() as stack:
        running = {each.name: await stack.enter_async_context(service(each, settings)) for each in blueprints}
        url = await stack.enter_async_context(listening(Front(running)))
        yield running, ["--url", url, "--key", KEY]


async def test_an_audit_finds_what_never_came(log: Log, settings: Settings) -> None:
    async with all_four(settings) as (running, where):
        ids = [(await running["intake"].http.post("/v1/complaints", json=COMPLAINT)).json()["id"] for _ in range(3)]
        await log.until("complaint.acknowledged", ids[-1])
        result = await called(app, "audit", "--json", *where)
        assert result.exit_code == 0, result.output
        figures = told(result)
        assert (figures["complaints"], figures["missing"]) == (3, 0)
        assert figures["behind"].keys() == {"routing", "followup", "metrics", "intake"}
        # Intake believes it has said one more event, which nobody will ever hear.
        await running["intake"].runtime.desk.documents.update_one({"_id": ids[1]}, {"$inc": {"seq": 1}})
        result = await called(app, "audit", "--json", *where)
    assert result.exit_code == 1
    figures = told(result)
    assert figures["behind"] == {"routing": 1, "followup": 1, "metrics": 1, "intake": 0}
    assert (figures["missing"], figures["parked"], figures["at_rest"]) == (1, 0, True)
    assert f"{ids[1]}: metrics has heard 1 of 2 events of intake" in result.stderr.replace("\n", "")


async def test_a_key_is_made_shown_once_and_revoked(settings: Settings) -> None:
    async with service(ROUTING, settings) as routing, listening(Front({"routing": routing})) as url:
        where = ["--url", url, "--key", KEY]
        words = ["--owner", "shop", "--scope", "complaints:write", "--scope", "complaints:read"]
        made = await called(app, "keys", "create", *words, *where)
        assert made.exit_code == 0, made.output
        [secret] = [line for line in made.stdout.splitlines() if line.startswith("pk_")]
        listed = told(await called(app, "keys", "list", "--json", *where))["items"]
        assert [(key["owner"], key["scopes"]) for key in listed] == [("shop", ["complaints:write", "complaints:read"])]
        assert secret not in (await called(app, "keys", "list", *where)).stdout
        gone = await called(app, "keys", "revoke", listed[0]["id"], *where)
        assert gone.exit_code == 0, gone.output
        unknown = await called(app, "keys", "revoke", "nobody", *where)
        assert (unknown.exit_code, "404 not_found" in str(unknown.exception)) == (1, True)
        listed = told(await called(app, "keys", "list", "--json", *where))["items"]
        assert listed[0]["revoked_at"] is not None


async def test_what_is_parked_is_listed_shown_tried_again_and_given_up(log: Log, settings: Settings) -> None:
    await log.publish(event(received(), "c1", 1), event(said("poison"), "c1", 2), event(said("behind"), "c1", 3))
    async with service(blueprint(), settings) as tally, listening(Front({"followup": tally})) as url:
        where = ["--url", url, "--key", KEY, "--service", "followup"]

        async def listed() -> list[dict[str, Any]] | None:
            items = told(await called(app, "parked", "list", "--json", *where))["items"]
            document = await tally.document("c1")  # comes after the bytes
            return items if len(items) == 2 and document and document.get("parked") else None

        poison, _ = await until(listed)
        shown = await called(app, "parked", "show", poison["ref"], *where)
        assert '"text":"poison"' in shown.stdout.replace(" ", "")
        again = await called(app, "parked", "redrive", *where)
        assert (again.exit_code, "0 events applied, 2 still parked" in again.stdout) == (1, True)
        gone = await called(app, "parked", "discard", poison["ref"], "--yes", *where)
        assert (gone.exit_code, "1 events applied, 0 still parked" in gone.stdout) == (0, True)
        assert "Nothing is parked" in (await called(app, "parked", "list", *where)).stdout
        refused = await called(app, "parked", "list", "--url", url, "--key", "wrong", "--service", "followup")
        assert (refused.exit_code, "401 key_invalid" in str(refused.exception)) == (1, True)


async def test_the_tail_shows_what_is_asked_for_and_stops(log: Log, settings: Settings) -> None:
    number = "7K3M-9Q2X"
    where = ["--kafka", settings.kafka, "--topic-prefix", settings.topic_prefix, "--from-beginning"]
    await log.publish_raw((b"c1", b"no event", []))
    await log.publish(event(received(number), "c1", 1), event(said("one"), "c1", 2), event(said("two"), "c1", 3))
    await log.publish(event(received(), "c2", 1))
    shown = await called(app, "events", "tail", "--complaint", "c1", "--count", "3", *where)
    assert shown.exit_code == 0, shown.output
    assert [line.split()[1:4] for line in shown.stdout.splitlines()] == [
        ["intake", "complaint.received", "1"],
        ["intake", "complaint.message_received", "2"],
        ["intake", "complaint.message_received", "3"],
    ]
    words = ["--type", "complaint.message_received", "--count", "1", "--json"]
    one = told(await called(app, "events", "tail", *words, *where))
    assert (one["complaint_id"], one["data"]["text"]) == ("c1", "one")


async def test_ctrl_c_ends_the_tail_in_good_order(log: Log, settings: Settings) -> None:
    await log.publish(event(received(), "c1", 1))
    where = ["--kafka", settings.kafka, "--topic-prefix", settings.topic_prefix, "--from-beginning"]
    words = [sys.executable, "-m", "deploy.cli.main", "events", "tail", *where]
    tail = await asyncio.create_subprocess_exec(*words, stdout=PIPE, stderr=PIPE)
    assert tail.stdout is not None
    assert b"complaint.received" in await asyncio.wait_for(tail.stdout.readline(), 60)
    tail.send_signal(signal.SIGINT)
    _, complained = await asyncio.wait_for(tail.communicate(), 60)
    assert (tail.returncode, complained) == (0, b"")
