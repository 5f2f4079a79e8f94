"""The metrics service as a test sees it: series by name and labels, and waiting until it has heard everything."""

from collections.abc import Mapping

from prometheus_client.parser import text_string_to_metric_families

from shared.kafka import Reader, Record
from tests.support.running import Running
from tests.support.wait import until

Key = tuple[str, frozenset[tuple[str, str]]]
PER_PROCESS = ("palabra_event", "palabra_consumer", "palabra_http", "palabra_timer", "palabra_build", "palabra_outbox",
               "palabra_clock", "palabra_saves", "palabra_ticks", "palabra_messages")  # fmt: skip


async def scraped(metrics: Running) -> dict[Key, float]:
    """Every business series as `/metrics` shows it."""
    answer = await metrics.http.get("/metrics")
    assert answer.status_code == 200, answer.text
    found: dict[Key, float] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            if sample.name.startswith("palabra_") and not sample.name.startswith(PER_PROCESS):
                found[sample.name, frozenset(sample.labels.items())] = sample.value
    return found


def value(series: Mapping[Key, float], name: str, **labels: str) -> float:
    """One series; it must be there."""
    return series[name, frozenset(labels.items())]


def nonzero(series: Mapping[Key, float], name: str) -> dict[str, float]:
    """All combinations of a series that are not 0, by their label values in the labels' order of names."""
    return {
        "|".join(text for _, text in sorted(labels)): number
        for (one, labels), number in series.items()
        if one == name and number
    }


def totals(series: Mapping[Key, float]) -> dict[Key, float]:
    """What only ever grows."""
    return {key: n for key, n in series.items() if key[0].endswith(("_total", "_bucket", "_sum", "_count")) and n}


async def everything(metrics: Running) -> list[Record]:
    """The whole log."""
    reader = Reader(metrics.runtime.settings.kafka, metrics.runtime.settings.lifecycle_topic)
    await reader.start()
    try:
        ends, records = await reader.ends(), []
        while sum((await reader.positions()).values()) < sum(ends.values()):
            records += await reader.poll(seconds=0.2)
        return records
    finally:
        await reader.close()


async def heard_everything(metrics: Running) -> None:
    """The live totals stand at the end of the log."""
    from services.metrics.book import read_totals
    from services.metrics.taking import current

    ends: dict[int, int] = {}
    for record in await everything(metrics):
        ends[record.partition] = max(ends.get(record.partition, 0), record.offset + 1)

    async def look() -> bool:
        positions = (await read_totals(await current(metrics.runtime))).positions
        return all(positions.get(partition, 0) >= end for partition, end in ends.items())

    await until(look, what=f"totals stand at {ends}")
