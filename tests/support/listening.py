"""An application on a port of its own, for programs that can only be given an address."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from typer import Typer
from typer.testing import CliRunner, Result


@asynccontextmanager
async def listening(application: Any, http: Any = "auto") -> AsyncIterator[str]:
    """Its address. `http`: the class of its connections, as uvicorn has it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        free.listen(1024)
        server = uvicorn.Server(uvicorn.Config(application, log_config=None, lifespan="off", http=http))
        serving = asyncio.create_task(server.serve([free]))
        try:
            yield f"http://127.0.0.1:{free.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


async def called(app: Typer, *words: str) -> Result:
    """What came of a command, run in a thread of its own while the test's services go on."""
    return await asyncio.to_thread(CliRunner().invoke, app, list(words))
