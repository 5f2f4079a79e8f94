"""A real process under hostile connections: slow, endless, idle, many; and what all of it costs in memory."""

import asyncio
import json
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from deploy.demo.house import drop_databases
from deploy.local import net, process
from deploy.local.backends import Backends
from tests.hostile.corpus import BODIES, CRLF
from tests.support.house import FORM
from tests.support.running import AUTH, KEY
from tests.support.wait import until

pytestmark = pytest.mark.servers

PATIENCE = 2.0
GROWTH_MB = 100
WAITING_MB = 100
"""What the answers of all batches may hold together."""
CREATE = b"POST /v1/complaints HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + KEY.encode() + b"\r\n"
BATCH = CREATE.replace(b"/v1/complaints", b"/v1/complaints/batch")
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Server:
    """Intake as a process of its own."""

    process: process.Process
    port: int
    log: Path
    http: httpx.AsyncClient

    async def connect(self) -> Streams:
        """A connection."""
        return await asyncio.open_connection(net.LOOPBACK, self.port)

    def resident_mb(self) -> float:
        """Memory that the process holds."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


@pytest_asyncio.fixture(scope="module")
async def server(backends: Backends, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """It is ready; a head and a body may take two seconds each."""
    prefix, port = f"h{uuid.uuid1().hex[:10]}", net.any_free()
    log = tmp_path_factory.mktemp("hostile") / "intake.log"
    told = {
        "PALABRA_MONGODB_URI": backends.mongodb, "PALABRA_KAFKA": backends.kafka, "PALABRA_PORT": str(port),
        "PALABRA_DATABASE_PREFIX": prefix, "PALABRA_TOPIC_PREFIX": f"{prefix}.", "PALABRA_PARTITIONS": "3",
        "PALABRA_ADMIN_KEY": KEY, "PALABRA_BODY_SECONDS": str(PATIENCE), "PALABRA_LOG_FORMAT": "json",
    }  # fmt: skip
    running = process.spawn((sys.executable, "-m", "services.intake.main"), log=log, env=told, tied=True)
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", headers=AUTH, timeout=30, trust_env=False
    ) as http:
        made = Server(running, port, log, http)
        await until(lambda: _takes(made), what="intake takes complaints")
        yield made
    running.stop(10)
    await drop_databases(backends.mongodb, prefix)


async def _takes(server: Server) -> bool:
    try:
        return (await server.http.post("/v1/complaints", json=FORM)).status_code == 201
    except httpx.TransportError:
        return False


async def drip(streams: Streams, head: bytes, byte: bytes) -> tuple[bytes, float]:
    """A byte every tenth of a second, until the server ends it: what it said, and after how long."""
    reader, writer = streams
    began = asyncio.get_running_loop().time()
    writer.write(head)
    answer = asyncio.create_task(_read(reader))
    async with asyncio.timeout(30):
        while not answer.done():
            writer.write(byte)
            await asyncio.sleep(0.1)
    writer.close()
    return await answer, asyncio.get_running_loop().time() - began


async def _read(reader: asyncio.StreamReader) -> bytes:
    """All that came, also where the connection is broken off in the end."""
    came = b""
    with suppress(ConnectionError):
        while piece := await reader.read(65536):
            came += piece
    return came


async def test_a_body_that_drips_is_ended(server: Server) -> None:
    answer, seconds = await drip(await server.connect(), CREATE + b"Content-Length: 100000\r\n\r\n", b" ")
    assert answer.startswith(b"HTTP/1.1 408")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == "malformed"
    assert seconds < 20


async def test_a_batch_that_drips_is_ended_and_what_came_before_is_answered(server: Server) -> None:
    line = json.dumps(FORM).encode() + b"\n"
    head = BATCH + b"Transfer-Encoding: chunked\r\n\r\n" + b"%x\r\n%s\r\n" % (len(line), line)
    answer, seconds = await drip(await server.connect(), head, b"1\r\n \r\n")
    assert b'"result": "taken"' in answer
    assert seconds < 20


async def test_a_batch_whose_answers_nobody_reads_is_ended_and_costs_nothing_any_more(server: Server) -> None:
    before, ended = server.resident_mb(), await _ended(server)
    unread = [await server.connect() for _ in range(4)]
    try:
        async with asyncio.timeout(90):
            await asyncio.gather(*(_send_until_cut(writer) for _, writer in unread))
        assert (await server.http.post("/v1/complaints", json=FORM)).status_code == 201
        await until(lambda: _are_over(server, ended + len(unread)), what="all of them are over", seconds=30)
        assert server.resident_mb() - before < WAITING_MB + GROWTH_MB / 2, "the allocator keeps what once was held"
    finally:
        for _, writer in unread:
            writer.close()


async def _ended(server: Server) -> float:
    """How many batches are over."""
    shown = (await server.http.get("/metrics")).text.splitlines()
    counts = [line for line in shown if "request_duration_seconds_count" in line and "/batch" in line]
    return sum(float(line.rpartition(" ")[2]) for line in counts)


async def _are_over(server: Server, count: float) -> bool:
    return await _ended(server) == count


async def _send_until_cut(writer: asyncio.StreamWriter) -> None:
    """Lines that are none, each with an answer a hundred times as long; what comes back stays in the system."""
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    writer.write(BATCH + b"Transfer-Encoding: chunked\r\n\r\n")
    lines = b"x\n" * 5_000
    with suppress(ConnectionError):
        while True:
            writer.write(b"%x\r\n%s\r\n" % (len(lines), lines))
            await writer.drain()


async def test_a_batch_that_comes_steadily_is_not(server: Server) -> None:
    line = json.dumps(FORM).encode() + b"\n"

    async def steady() -> AsyncIterator[bytes]:
        for _ in range(12):
            yield line * 10
            await asyncio.sleep(PATIENCE / 4)

    answer = await server.http.post("/v1/complaints/batch", content=steady())
    assert len(answer.text.splitlines()) == 120


@pytest.mark.parametrize("head", [b"", b"GET /healthz HTTP/1.1\r\nX: "])
async def test_a_head_that_drips_is_ended(server: Server, head: bytes) -> None:
    _, seconds = await drip(await server.connect(), head, b"x" if head else b"")
    assert seconds < 20


async def test_a_head_without_end_is_refused(server: Server) -> None:
    reader, writer = await server.connect()
    writer.write(b"GET /healthz HTTP/1.1\r\n")
    answered = asyncio.create_task(reader.read(10_000))
    for n in range(2_000):
        # Line by line: what is sent after the refusal would have the system throw the refusal away.
        writer.write(b"X-%d: %s\r\n" % (n, b"y" * 1000))
        await asyncio.sleep(0.01)
        if answered.done():
            break
    answer = await answered
    writer.close()
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"application/problem+json" in answer


@pytest.mark.parametrize("sent", [
    b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/9.9\r\n\r\n", b"\0" * 100,
    b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    CREATE + b"Content-Length: -1\r\n\r\n", CREATE + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    CREATE + b"Transfer-Encoding: chunked\r\n\r\nzzz\r\n", CREATE + b"X-Request-Id: a\r\n evil\r\nX: \0\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
])  # fmt: skip
async def test_what_is_no_http_is_a_problem_too(server: Server, sent: bytes) -> None:
    reader, writer = await server.connect()
    writer.write(sent)
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 4"), answer
    assert b"content-type: application/problem+json" in answer.lower(), answer
    assert b"x-request-id: " in answer.lower()


async def test_a_thousand_idle_connections_change_nothing(server: Server) -> None:
    before = server.resident_mb()
    idle = [await server.connect() for _ in range(1_000)]
    try:
        for _, writer in idle[:500]:
            writer.write(CREATE)
        made = await server.http.post("/v1/complaints", json=FORM)
        assert made.status_code == 201
        assert server.resident_mb() - before < GROWTH_MB
        await until(lambda: _closed(idle), what="every one of them is closed", seconds=PATIENCE + 30)
    finally:
        for _, writer in idle:
            writer.close()


async def _closed(idle: list[Streams]) -> bool:
    return all(reader.at_eof() for reader, _ in idle)


async def test_memory_and_log_after_the_whole_corpus(server: Server) -> None:
    for body in BODIES.values():
        await server.http.post("/v1/complaints", content=body)
    before = server.resident_mb()
    for _ in range(10):
        await asyncio.gather(*(server.http.post("/v1/complaints", content=body) for body in BODIES.values()))
    assert server.resident_mb() - before < GROWTH_MB
    reader, writer = await server.connect()
    writer.write(CREATE + b"X-Request-Id: " + CRLF.replace(b"\r\n", b"\r") + b"\r\nContent-Length: 0\r\n\r\n")
    await reader.read(100)
    writer.close()
    assert await _takes(server)
    for line in server.log.read_text().splitlines():
        said = json.loads(line)  # each line is one entry, whatever was sent
        assert "stolen" not in line
        assert said["level"] != "error", line
