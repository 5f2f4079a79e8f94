"""Gauges from the stored facts, as they stand at the scrape; only the age bands ask the product clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from services.metrics.domain.series import CHANNELS, OTHER, PRIORITIES, PROMISE_KINDS
from services.metrics.exposition import Teams
from shared.mongo import Collection, Document

BANDS: Final = (
    ("<1h", timedelta(hours=1)),
    ("1-4h", timedelta(hours=4)),
    ("4-24h", timedelta(hours=24)),
    ("1-3d", timedelta(days=3)),
    ("3-7d", timedelta(days=7)),
)
"""Ages below the bound, and at least the bound before."""
OLDER: Final = ">7d"


@dataclass(frozen=True, slots=True)
class Gauge:
    """A gauge by its name, with the question it answers and its labels."""

    name: str
    question: str
    labels: tuple[str, ...] = ()

    def family(self) -> GaugeMetricFamily:
        """Without samples yet."""
        return GaugeMetricFamily(self.name, self.question, labels=self.labels)


UNANSWERED: Final = Gauge(
    "palabra_complaints_unanswered",
    "Who waits for a person's first answer, and how long already?",
    ("age_band", "channel", "priority"),
)
OLDEST: Final = Gauge(
    "palabra_complaints_unanswered_oldest_timestamp_seconds",
    "Since when does the one wait who waits longest? Absent when nobody does.",
)
UNASSIGNED: Final = Gauge(
    "palabra_complaints_unassigned", "How many complaints have nobody to answer them yet?", ("team",)
)
OPEN: Final = Gauge("palabra_promises_open", "How many promises must still be kept?", ("kind",))
AT_RISK: Final = Gauge(
    "palabra_promises_at_risk", "How many open promises will be broken if nothing happens?", ("kind",)
)
INNER_OPEN: Final = Gauge("palabra_inner_promises_open", "How many of them were made to colleagues?", ("kind",))
AS_OF: Final = Gauge(
    "palabra_metrics_as_of_timestamp_seconds", "When was the newest event said that the totals hold? Product clock."
)
ALL: Final = (UNANSWERED, OLDEST, UNASSIGNED, OPEN, AT_RISK, INNER_OPEN, AS_OF)
_PROMISED: Final = (
    ("open_promises", OPEN, "open_promises", "promises_open"),
    ("risky_promises", AT_RISK, "open_promises", "promises_open"),
    ("inner_open_promises", INNER_OPEN, "inner_open_promises", "inner_promises_open"),
)
"""What each gauge of promises counts: the field with their kinds, and by which field and index they are found."""


async def unanswered(complaints: Collection, now: datetime) -> list[Metric]:
    """Who waits for a first response of the running cycle, by how long, and since when the oldest does."""
    branches = [{"case": {"$gt": ["$state.unanswered_since", now - bound]}, "then": band} for band, bound in BANDS]
    band: Document = {"$switch": {"branches": branches, "default": OLDER}}
    rows = complaints.aggregate(
        [
            {"$match": {"state.unanswered_since": {"$type": "date"}}},
            {
                "$group": {
                    "_id": {"band": band, "channel": "$state.channel", "priority": "$state.priority"},
                    "n": {"$sum": 1},
                    "oldest": {"$min": "$state.unanswered_since"},
                }
            },
        ],
        hint="unanswered",
    )
    bands = [*(name for name, _ in BANDS), OLDER]
    counts = {(name, channel, priority): 0 for name in bands for channel in CHANNELS for priority in PRIORITIES}
    oldest: list[datetime] = []
    async for row in rows:
        of = row["_id"]
        key = (of["band"], of["channel"], of.get("priority") or OTHER)
        counts[key] = counts.get(key, 0) + row["n"]
        oldest.append(row["oldest"])
    since = OLDEST.family()
    if oldest:
        since.add_metric([], min(oldest).timestamp())
    return [_filled(UNANSWERED, counts.items()), since]


async def unassigned(complaints: Collection, teams: Teams) -> list[Metric]:
    """Which complaints wait in a team's queue with nobody to answer; `other` before a team is known."""
    counts = {(team,): 0 for team in teams.named}
    async for team, number in _counted(complaints, {"state.unassigned": True}, "$state.team", "unassigned"):
        key = (teams.label(team or ""),)
        counts[key] = counts.get(key, 0) + number
    return [_filled(UNASSIGNED, counts.items())]


async def promises(complaints: Collection) -> list[Metric]:
    """How many promises are open, how many of them are at risk, and how many were made to colleagues."""
    found: list[Metric] = []
    for field, gauge, indexed, hint in _PROMISED:
        counts = {(kind,): 0 for kind in PROMISE_KINDS}
        some = {f"state.{indexed}.0": {"$exists": True}}
        async for kind, number in _counted(complaints, some, f"$state.{field}", hint, unwind=True):
            counts[(kind,)] = number
        found.append(_filled(gauge, counts.items()))
    return found


def as_of(at: datetime | None) -> list[Metric]:
    """How new the totals are; absent while nothing was ever heard."""
    gauge = AS_OF.family()
    if at is not None:
        gauge.add_metric([], at.timestamp())
    return [gauge]


async def _counted(complaints: Collection, where: Document, field: str, hint: str, *, unwind: bool = False) -> Any:
    pipeline: list[Document] = [{"$match": where}]
    if unwind:
        pipeline.append({"$unwind": field})
    pipeline.append({"$group": {"_id": field, "n": {"$sum": 1}}})
    async for row in complaints.aggregate(pipeline, hint=hint):
        yield row["_id"], row["n"]


def _filled(gauge: Gauge, counts: Iterable[tuple[tuple[str, ...], int]]) -> Metric:
    family = gauge.family()
    for labels, number in counts:
        family.add_metric(labels, number)
    return family
