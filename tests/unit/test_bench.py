"""The bench judges by its figures alone, tells a backlog as the log would, and copies nothing that must be unique."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.local.backends import Backends
from shared import ids
from tests.bench import latency
from tests.bench.backlog import heard_by, lives
from tests.bench.figures import Row, middle, percentile, shown, table
from tests.bench.grown import copies
from tests.bench.paper import ACCEPT, DRAIN, LEDGER, MEMORY, REBUILD, SIZES, aims, paper
from tests.bench.running import Part, Progress, run
from tests.bench.world import World
from tests.bench.wrk import Load

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def told(tables: Mapping[str, list[Row]], failed: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What a run keeps."""
    machine = {
        "cpu": "EPYC", "cores": 2, "memory_gb": 24.7, "kernel": "6.18", "python": "3.11.7", "load_before": [0.1, 0.2],
        "commit": "abc1234",
    }  # fmt: skip
    return {
        "command": "python -m tests.bench --full", "machine": machine, "minutes": 41.5,
        "servers": ["Kafka: 4.3.0", "MongoDB: 6.0.5"], "tables": dict(tables), "failed": dict(failed or {}),
    }  # fmt: skip


def test_a_median_stands_between_its_lowest_and_its_highest() -> None:
    assert shown(middle([3000.0, 1000.0, 1234.0])) == "1,234 (1,000-3,000)"
    assert shown(middle([0.456], 2)) == "0.46"
    assert shown(middle([])) == "-"
    assert shown(12345) == "12,345"
    assert percentile([float(n) for n in range(100)], 0.99) == 99


def test_a_table_leaves_a_cell_empty_that_a_row_does_not_have() -> None:
    lines = table("T", [{"a": 1}, {"a": 2, "b": middle([1.0, 2.0, 3.0])}]).splitlines()
    assert lines[2:] == ["| a | b       |", "| - | ------- |", "| 1 |         |", "| 2 | 2 (1-3) |"]


@pytest.mark.parametrize(
    ("title", "row", "verdict"),
    [
        (ACCEPT, {"connections": 32, "what": "accept", "x bare": middle([1.9, 2.0, 2.5], 2)}, "met"),
        (ACCEPT, {"connections": 32, "what": "accept", "x bare": middle([1.9, 1.99, 2.5], 2)}, "missed"),
        (ACCEPT, {"connections": 32, "what": "accept", "p99 x bare": middle([0.7, 1.01, 1.2], 2)}, "missed"),
        (DRAIN, {"what": "followup", "events/s": middle([9000.0, 10_000.0, 10_001.0])}, "met"),
        (REBUILD, {"events": 100_000, "events/s": middle([19_999.0])}, "missed"),
        (LEDGER, {"due at once": 10_000, "late s p99": middle([1.2, 1.9, 2.4], 2)}, "met"),
        (MEMORY, {"process": "routing --only worker", "when": "(b)", "MB": 120.1}, "missed"),
        (MEMORY, {"process": "routing --only worker", "when": "(e)", "MB": 120.0}, "met"),
    ],
)  # fmt: skip
def test_an_aim_is_met_by_the_median(title: str, row: Row, verdict: str) -> None:
    assert [each[""] for each in aims({title: [row]})] == [verdict]


def test_what_nobody_aimed_at_is_not_judged() -> None:
    beside = {"connections": 8, "what": "accept", "x bare": middle([0.1])}
    assert aims({ACCEPT: [beside], MEMORY: [{"process": "intake", "when": "(c)", "MB": 500.0}]}) == []


def test_the_paper_says_how_where_and_what_failed() -> None:
    text = paper(told({REBUILD: [{"events": 100_000, "events/s": middle([21_000.0])}]}, {"drain": "TimeoutError()"}))
    for words in ("python -m tests.bench --full", "abc1234", "2 cores (EPYC)", "41.5 minutes", "MongoDB: 6.0.5",
                  "at least 20,000 | met", f"### {REBUILD}", "failed: drain (TimeoutError())"):  # fmt: skip
        assert words in text


class Still(World):
    """No servers, so nothing to clean."""

    async def clean(self) -> None:
        """Nothing."""


def test_a_part_that_fails_stops_no_other_and_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def fails(world: World) -> dict[str, list[Row]]:
        world.known[DRAIN] = [{"what": "bare loop"}]
        raise RuntimeError(f"no servers at {world.home}")

    async def works(world: World) -> dict[str, list[Row]]:
        world.remember("intake", "(a)", 99.0)
        return {ACCEPT: [{"connections": 1}]}

    kept: list[dict[str, Any]] = []
    figures: dict[str, Any] = {"tables": {}, "failed": {}}
    parts: dict[str, Part] = {"drain": fails, "accept": works}
    world = Still(Backends("", ""), tmp_path)
    asyncio.run(run(world, parts, figures, Progress(), lambda now: kept.append(dict(now["tables"]))))
    assert list(figures["failed"]) == ["drain"]
    before, memory = {DRAIN: [{"what": "bare loop"}]}, [{"process": "intake", "when": "(a)", "MB": 99.0}]
    assert kept == [before, {**before, ACCEPT: [{"connections": 1}], MEMORY: memory}]
    assert world.known == {**before, ACCEPT: [{"connections": 1}]}, "later parts can read it"
    assert "[1/2] drain FAILED" in capsys.readouterr().err


def test_a_backlog_holds_whole_lives_whoever_says_them() -> None:
    by_complaint: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for event in lives(300):
        by_complaint[event.complaint_id].append((event.source, event.seq))
    assert len(by_complaint) == 30
    whole = [("intake", 1), ("routing", 1), ("routing", 2), *(("followup", seq) for seq in range(1, 8))]
    assert all(said == whole for said in by_complaint.values())
    assert [heard_by(name) for name in ("intake", "routing", "followup", "metrics")] == [9, 8, 3, 10]


def values(document: Any) -> Iterator[Any]:
    """All that it holds, however deep."""
    if isinstance(document, dict | list):
        for one in document.values() if isinstance(document, dict) else document:
            yield from values(one)
    else:
        yield document


def test_a_copied_complaint_shares_nothing_that_is_its_own() -> None:
    first = ids.uuid7(START)
    received = {
        "number": "7K3M-9Q2X", "external_reference": "case-0", "product_reference": "order-0", "customer_id": "old",
        "received_at": START, "text": "twice", "complainant": {"email": "ana.ruiz.0@example.org", "external_id": "c-0"},
    }  # fmt: skip
    promise = {"id": "p", "complaint_id": first, "due": START + timedelta(days=1)}
    like = {
        "intake": {"_id": first, "key": "k", "state": {"received": received, "promises": [promise]}},
        "routing": {"_id": first, "state": {"customer_id": "old", "started_at": START, "waiting": True}},
    }
    names = [ids.uuid7(START - timedelta(minutes=n)) for n in range(200)]
    made = list(copies(like, names, ["one", "two"]))
    own = {first, "k", "7K3M-9Q2X", "case-0", "order-0", "p", "old"}
    assert not any(own & {one for one in values(each) if isinstance(one, str)} for each in made)
    for unique in ("key", "_id"):
        assert len({each["intake"][unique] for each in made}) == 200
    for unique in ("number", "external_reference"):
        assert len({each["intake"]["state"]["received"][unique] for each in made}) == 200
    for name, each in zip(names, made, strict=True):
        state = each["intake"]["state"]
        assert state["received"]["received_at"] == each["routing"]["state"]["started_at"] == ids.uuid7_time(name)
        assert state["promises"][0]["due"] > START + timedelta(days=180)
        who = {"one": 0, "two": 1}[state["received"]["customer_id"]]
        assert state["received"]["complainant"]["email"] == f"ana.ruiz.{who}@example.org"
        assert each["routing"]["state"]["customer_id"] == state["received"]["customer_id"]
    assert sum(each["routing"]["state"]["waiting"] for each in made) == 2
    assert received["number"] == "7K3M-9Q2X"


def grown(complaints: int, what: str, **cells: Any) -> Row:
    """A row of (e)."""
    return {"complaints": complaints, "what": what, **cells}


@pytest.mark.parametrize(
    ("few", "many", "measured", "verdict"),
    [
        ({"CPU us process": 100, "CPU us Kafka": 100}, {"CPU us process": 100, "CPU us Kafka": 160}, "1.3", "met"),
        ({"CPU us process": 100, "CPU us Kafka": 100}, {"CPU us process": 90, "CPU us Kafka": 180}, "1.35", "missed"),
        ({"ms p50": 10.0}, {"ms p50": 14.0}, "1.4", "missed"),
        ({"ms p50": 10.0, "CPU us process": 100}, {"ms p50": 1.0, "CPU us process": 10, "bad": 1}, "nan", "missed"),
    ],
)  # fmt: skip
def test_a_cost_is_flat_by_the_most_complaints_beside_the_fewest(
    few: Row, many: Row, measured: str, verdict: str
) -> None:
    between = grown(100_000, "accept", **dict.fromkeys(few, 10_000))
    rows = [between, grown(1_000_000, "accept", **many), grown(10_000, "accept", **few), grown(10_000, "tick", **few)]
    (judged,) = aims({SIZES: rows})
    assert (judged["measured"], judged[""]) == (measured, verdict)
    assert "accept, 1,000,000 complaints" in judged["figure"]


def test_the_paper_says_of_how_many_runs_its_medians_are() -> None:
    assert "Medians of 3 runs" in paper(told({REBUILD: [{"events": 1, "events/s": middle([1.0, 2.0, 3.0])}]}))
    drained = {"what": "bare loop", "events/s": middle([1.0]), "memory MB": middle([1.0, 2.0])}
    assert "Medians of 1 to 2 runs" in paper(told({DRAIN: [drained]}))


def test_a_rate_counts_good_answers() -> None:
    load = Load(requests=300, refused=100, seconds=2.0, p50=1.0, p99=2.0, bad=130)
    assert (load.accepted, load.rate) == (200, 100.0)


def test_the_load_is_a_part_of_what_is_accepted_alone() -> None:
    at_8, bare, at_32 = (
        {"connections": connections, "what": what, "requests/s": middle([rate])}
        for connections, what, rate in ((8, "accept", 500.0), (32, "bare insert", 900.0), (32, "accept", 1000.0))
    )
    assert (latency.accepted_alone([at_8, bare, at_32]), latency.accepted_alone([at_8, bare])) == (1000, None)
    runs = [{"load/s": 100.0}, {"load/s": 300.0}, {"load/s": 200.0}]
    assert shown(latency.row("half", 800, 1000, runs)["load x (a)"]) == "0.20 (0.10-0.30)"
    assert "load x (a)" not in latency.row("half", 800, None, runs)
    assert "load x (a)" not in latency.row("idle", 800, 1000, [{"load/s": 0}])
