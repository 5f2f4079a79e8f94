"""`palabra metrics rebuild` against a service that listens."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from typer.testing import CliRunner, Result

from deploy.cli.metrics import app
from services.metrics.main import BLUEPRINT
from services.metrics.taking import current
from shared.blueprint import assemble
from shared.clock import HandClock
from shared.process import running
from shared.settings import Settings
from tests.integration.test_metrics_service import some_stories
from tests.support.log import Log
from tests.support.metered import heard_everything
from tests.support.running import KEY, Running
from tests.support.story import START, hours

pytestmark = pytest.mark.servers


@asynccontextmanager
async def listening(settings: Settings) -> AsyncIterator[tuple[Running, str]]:
    """The service on a free port."""
    runtime = assemble(BLUEPRINT, settings, HandClock(START + hours(30)))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        async with running(runtime) as application:
            server = uvicorn.Server(uvicorn.Config(application, log_config=None, lifespan="off"))
            serving = asyncio.create_task(server.serve([free]))
            yield Running(runtime, None), f"http://127.0.0.1:{free.getsockname()[1]}"  # type: ignore[arg-type]
            server.should_exit = True
            await serving


async def called(*arguments: str) -> Result:
    """The command, in a thread of its own."""
    return await asyncio.to_thread(CliRunner().invoke, app, ["metrics", "rebuild", *arguments])


async def test_the_command_says_whether_the_numbers_agree(settings: Settings, log: Log) -> None:
    async with listening(settings) as (metrics, url):
        await log.publish(*[event for tale in some_stories() for event in tale.events])
        await heard_everything(metrics)
        same = await called("--url", url, "--key", KEY)
        assert (same.exit_code, "No difference" in same.output) == (0, True), same.output
        generation = await current(metrics.runtime)
        key = "palabra_first_responses|web|normal|true"
        await generation.totals.update_one({"team": "cards"}, {"$inc": {f"counters.{key}": 2}})
        other = await called("--url", url, "--key", KEY)
        assert (other.exit_code, "1 totals differed" in other.output) == (1, True), other.output
        refused = await called("--url", url, "--key", "wrong")
        assert refused.exit_code == 1
        assert "not known" in str(refused.exception)


async def test_without_a_stack_the_command_says_what_to_do(tmp_path: object) -> None:
    alone = await called("--home", str(tmp_path))
    assert "palabra up" in str(alone.exception)
