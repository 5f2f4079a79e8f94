"""Real files by others go in through the command, the HTTP API and the store; and a batch over a real connection."""

import asyncio
import csv
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from deploy.cli.import_ import app
from deploy.cli.importing.maps import SHIPPED
from services.intake.main import BLUEPRINT
from shared.blueprint import Runtime, assemble
from shared.mongo import Document
from shared.process import running
from shared.settings import Settings
from tests.support.listening import called, listening
from tests.support.running import KEY
from tests.support.wait import until

pytestmark = pytest.mark.servers

CFPB = {
    "aug_2023.csv.gz": (2067, 1),
    "mixed_dates_us_format.csv.gz": (802, 0),
    "payday_narratives_2023.csv.gz": (2827, 0),
}
"""Rows taken and rejected of each file."""


@dataclass
class Place:
    """Intake on a port."""

    runtime: Runtime
    url: str

    async def stored(self, **received: Any) -> list[Document]:
        """What was received with these fields."""
        where = {f"state.received.{name}": value for name, value in received.items()}
        found = await self.runtime.desk.documents.find(where).to_list(None)
        return [document["state"]["received"] for document in found]

    async def load(self, file: Path, *words: str) -> dict[str, Any]:
        """The last line of the command."""
        result = await called(app, str(file), *words, "--url", self.url, "--key", KEY, "--json")
        assert result.exit_code == 0, result.output
        counts: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
        assert counts["taken"] + counts["repeated"] + counts["rejected"] == counts["rows"]
        return counts


def rejects_of(counts: dict[str, Any]) -> list[dict[str, str]]:
    """The rows of the file that the command named."""
    return list(csv.DictReader(Path(counts["rejects_file"]).read_text().splitlines()))


@asynccontextmanager
async def intake_on_a_port(settings: Settings) -> AsyncIterator[Place]:
    """Runs inside."""
    runtime = assemble(BLUEPRINT, settings)
    async with running(runtime, "api") as application, listening(application) as url:
        yield Place(runtime, url)
        await runtime.follower.caught_up.wait()
        await until(lambda: _all_is_said(runtime))


async def _all_is_said(runtime: Runtime) -> bool:
    return await runtime.desk.documents.find_one({"outbox.0": {"$exists": True}}) is None


@pytest_asyncio.fixture
async def place(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    """Intake on a port; rejects of read-only folders go to a folder of this test."""
    monkeypatch.chdir(tmp_path)
    async with intake_on_a_port(settings) as made:
        yield made


@pytest.mark.parametrize("name", CFPB)
async def test_the_complaints_of_the_us_bureau_go_in_once(place: Place, data: Path, name: str) -> None:
    taken, rejected = CFPB[name]
    file = data / "complaints_cfpb" / name
    first = await place.load(file, "--format", "cfpb")
    assert (first["rows"], first["taken"], first["rejected"]) == (taken + rejected, taken, rejected)
    again = await place.load(file, "--format", "cfpb")
    assert (again["taken"], again["repeated"], again["rejected"]) == (0, taken, rejected)
    stored = await place.stored(historical=True, via="import", import_format="cfpb")
    assert len(stored) == taken
    assert all(one["complainant"]["anonymous"] and "customer_id" not in one for one in stored)
    if rejected:
        (reject,) = rejects_of(first)
        assert (reject["line"], reject["Date received"]) == ("3302", "2023-07-17")
        assert "breaks off" in reject["reason"]


async def test_a_complaint_of_the_us_bureau_is_what_its_row_says(place: Place, data: Path) -> None:
    await place.load(data / "complaints_cfpb" / "mixed_dates_us_format.csv.gz", "--format", "cfpb")
    (one,) = await place.stored(external_reference="759217")
    assert one["received_at"].isoformat() == one["started_at"].isoformat() == "2014-03-12T00:00:00+00:00"
    assert (one["channel"], one["product"], one["place"]) == ("referral", "Mortgage", "MI 48382")
    assert (one["subject"], one.get("text")) == ("Loan modification,collection,foreclosure", None)
    assert one["metadata"]["company"] == "M&T BANK CORPORATION"
    channels = {received["channel"] for received in await place.stored()}
    assert channels == {"web", "referral", "letter", "phone", "fax", "email"}


async def test_the_complaints_of_pamplona_go_in_with_the_map_that_is_shipped(place: Place, data: Path) -> None:
    file = data / "complaints_es_pamplona_2014" / "quejas.csv.gz"
    words = ("--format", "csv", "--map", str(SHIPPED / "pamplona.toml"), "--time-zone", "Europe/Madrid")
    counts = await place.load(file, *words)
    assert (counts["rows"], counts["taken"], counts["rejected"]) == (5378, 5294, 84)
    assert counts["taken"] / counts["rows"] > 0.95
    (one,) = await place.stored(external_reference="2014/46")
    assert one["received_at"].isoformat() == "2014-01-02T23:00:00+00:00"
    assert (one["channel"], one["place"], one["subject"]) == (
        "phone", "ENSANCHE", "Mantenimiento del espacio público: Aceras"
    )  # fmt: skip
    assert one["complainant"]["language"] == "es"
    assert (await place.load(file, *words))["repeated"] == 5294


async def test_a_live_import_is_received_now_and_happened_then(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "live.csv"
    file.write_text(
        "external_reference,text,received_at,email\nT-1,late,2020-01-01,ana@example.org\n,late,,\n,late,,\n"
    )
    counts = await place.load(file, "--format", "csv", "--live")
    assert (counts["taken"], counts["rejects_file"]) == (3, None)
    (one,) = await place.stored(external_reference="T-1")
    assert (one["historical"], one["via"], one["occurred_at"].year) == (False, "import", 2020)
    assert one["received_at"].year > 2020
    assert one["customer_id"]
    assert (await place.load(file, "--format", "csv", "--live"))["repeated"] == 3


async def test_objects_of_our_own_form_go_in(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "objects.ndjson"
    good = {"text": "late", "received_at": "2020-01-01", "complainant": {"name": "Ana"}, "external_reference": "T-1"}
    file.write_text(f"{json.dumps(good)}\nnonsense\n{json.dumps({'text': ''})}\n")
    counts = await place.load(file, "--format", "ndjson")
    assert (counts["rows"], counts["taken"], counts["rejected"]) == (3, 1, 2)
    assert [(one["line"], one["row"]) for one in rejects_of(counts)] == [("2", "nonsense"), ("3", '{"text": ""}')]


async def test_what_keeps_an_import_from_its_work_is_said(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    file.write_text("text\nlate\n")
    wrong_key = await called(app, str(file), "--format", "csv", "--url", place.url, "--key", "wrong")
    assert "key_invalid" in str(wrong_key.exception)
    no_zone = await called(
        app, str(file), "--format", "csv", "--url", place.url, "--key", KEY, "--time-zone", "Mars/Olympus"
    )
    assert "time zone" in str(no_zone.exception)
    nowhere = await called(app, str(file), "--format", "csv", "--home", str(tmp_path))
    assert "palabra up" in str(nowhere.exception)


async def test_a_batch_is_answered_while_it_is_sent_and_also_to_one_who_reads_last(place: Place) -> None:
    host, port = place.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=10_000_000)
    head = (
        f"POST /v1/complaints/batch HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {KEY}\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )
    line = b'{"text": "late", "historical": true, "complainant": {"anonymous": true}}\n'
    writer.write(head.encode() + b"%x\r\n%s\r\n" % (len(line), line))
    async with asyncio.timeout(60):
        await reader.readuntil(b"\r\n\r\n")
        size = int(await reader.readline(), 16)
        assert json.loads(await reader.readexactly(size))["result"] == "taken"
        await reader.readline()
        for _ in range(40):
            many = line * 50
            writer.write(b"%x\r\n%s\r\n" % (len(many), many))
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        rest = await reader.readuntil(b"\r\n0\r\n\r\n")
    assert rest.count(b'"taken"') == 2000
    writer.close()
