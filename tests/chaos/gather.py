"""Collects the evidence after a run: the log from its beginning, documents, metrics, logs, the product's audit."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import httpx
from prometheus_client.parser import text_string_to_metric_families

from deploy.local import files, services
from services.metrics import generations
from shared.kafka import Reader, Record
from shared.mongo import Client, Collection, connect, database
from shared.settings import Settings
from tests.chaos import journal
from tests.chaos.evidence import SERVICES, Document, Evidence, Finding, Said, Samples
from tests.chaos.house import House

_WORDS: Final = ("event_gap", "event_parked", "not_an_event", "loop_failed", "tick_failed", "totals_fell")
_SPAN: Final = {"from": "2020-01-01", "to": "2100-01-01"}


async def gather(house: House, written: Path, seen: Sequence[Finding], audit_seconds: int = 30) -> Evidence:
    """The evidence, once everything has come to rest. The audit waits for so long for what is only late."""
    settings = house.settings
    client = connect(settings.mongodb_uri)
    headers = {"Authorization": f"Bearer {house.state.key}"}
    try:
        async with httpx.AsyncClient(timeout=30, trust_env=False, headers=headers) as http:
            metrics = house.addresses()["metrics"]
            return Evidence(
                entries=journal.read(written),
                log=await read_log(settings),
                documents={name: await documents(client, settings, name) for name in SERVICES},
                places=[one async for one in database(client, settings.database("routing"))["places"].find({})],
                capacity=await capacity(http, house),
                samples=[await _samples(http, address) for address in metrics],
                reports={name: await _report(http, metrics[0], name) for name in ("complaints", "promises")},
                logged=await asyncio.to_thread(_logged, house.home / "logs"),
                aside={name: await _aside(client, settings, name) for name in SERVICES},
                missing=await _audit(house.home, audit_seconds),
                seen=seen,
            )
    finally:
        client.close()


async def read_log(settings: Settings) -> list[Said]:
    """Every event on the lifecycle topic, from its beginning, each partition in its order."""
    reader = Reader(settings.kafka, settings.lifecycle_topic)
    await reader.start()
    records: list[Record] = []
    try:
        ends = sum((await reader.ends()).values())
        while sum((await reader.positions()).values()) < ends:
            records += await reader.poll(seconds=0.5)
    finally:
        await reader.close()
    return [said_of(record) for record in sorted(records, key=lambda record: (record.partition, record.offset))]


def said_of(record: Record) -> Said:
    """The event as its bytes say; without the product's own reader."""
    told = {name: content.decode() for name, content in record.headers}
    return Said(
        complaint=told["ce_subject"],
        source=told["ce_source"].rsplit("/", 1)[-1],
        seq=int(told["ce_seq"]),
        id=told["ce_id"],
        type=told["ce_type"],
        time=told["ce_time"],
        data=json.loads(record.value or b"{}"),
        partition=record.partition,
        offset=record.offset,
    )


async def complaints(client: Client, settings: Settings, service: str) -> Collection:
    """Where that service keeps its documents."""
    own = database(client, settings.database(service))
    return (await generations.live(own)).complaints if service == "metrics" else own["complaints"]


async def documents(client: Client, settings: Settings, service: str) -> dict[str, Document]:
    """That service's documents, by complaint."""
    collection = await complaints(client, settings, service)
    return {one["_id"]: one async for one in collection.find({})}


async def _aside(client: Client, settings: Settings, service: str) -> int:
    own = database(client, settings.database(service))
    parked = (await generations.live(own)).parked if service == "metrics" else own["parked"]
    return await parked.count_documents({})


async def capacity(http: httpx.AsyncClient, house: House) -> dict[str, int]:
    """How many places each agent has."""
    response = await http.get(f"{house.addresses()['routing'][0]}/v1/agents")
    return {agent["id"]: agent["capacity"] for agent in response.raise_for_status().json()["items"]}


async def _samples(http: httpx.AsyncClient, address: str) -> Samples:
    text = (await http.get(f"{address}/metrics")).raise_for_status().text
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def _report(http: httpx.AsyncClient, address: str, name: str) -> dict[str, Any]:
    response = await http.get(f"{address}/v1/reports/{name}", params=_SPAN)
    report: dict[str, Any] = response.raise_for_status().json()
    return report


def _logged(folder: Path) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for name in services.NAMES:
        for log in folder.glob(f"{name}-*.log*"):
            for line in log.read_text(errors="replace").splitlines():
                counts.update(word for word in _WORDS if f'"event": "{word}"' in line)
    return dict(counts)


async def _audit(home: Path, seconds: int) -> int | None:
    """What `palabra audit` counts as missing; None where it fails."""
    audit = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.cli.main", "audit", "--json", "--wait", str(seconds), "--home", str(home)),
        cwd=files.ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await audit.communicate()
    try:
        return int(json.loads(out.splitlines()[-1])["missing"])
    except (ValueError, KeyError, IndexError):
        return None
