"""Totals as Prometheus families: every combination of the closed vocabularies from 0, and never less than before.

Show `max` over replicas: all of them tell the same totals.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import structlog
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

from services.metrics.domain.series import ALL, BUCKETS, OTHER, Series

MOST_TEAMS: Final = 50
_BOUNDS: Final = [*(f"{bound:.1f}" for bound in BUCKETS), "+Inf"]

Summed = Mapping[tuple[str, str], int]
log = structlog.get_logger()


class Floor:
    """What this process showed already, so that it never shows less; a counter that falls would be read as a restart.

    It falls only when totals were corrected by a rebuild, or lost; both are logged.
    """

    def __init__(self) -> None:
        self._shown: dict[tuple[str, str], int] = {}

    def raised(self, totals: Summed) -> dict[tuple[str, str], int]:
        """The totals, each at least what was shown before."""
        fallen = [series for series, shown in self._shown.items() if totals.get(series, 0) < shown]
        if fallen:
            log.error("totals_fell", series=len(fallen), example="/".join(fallen[0]))
        for series, total in totals.items():
            self._shown[series] = max(total, self._shown.get(series, 0))
        return dict(self._shown)


class Teams:
    """Which teams have a label of their own: those that exist, then those that were seen, by name, so many at most.

    The others share `other`, as does what happened before a team was known.
    """

    def __init__(self, existing: Iterable[str], seen: Iterable[str] = ()) -> None:
        first = sorted(existing)
        self.named = [*first, *sorted({*seen} - {*first, ""})][:MOST_TEAMS]
        self._named = frozenset(self.named)

    def label(self, team: str) -> str:
        """The label of a team; `other` too where no team was known yet."""
        return team if team in self._named else OTHER


def families(totals: Summed, teams: Teams) -> Iterator[Metric]:
    """One family a series."""
    by_series: dict[str, dict[tuple[str, ...], dict[str, int]]] = {series.name: {} for series in ALL}
    known = {series.name: series for series in ALL}
    for (team, key), total in totals.items():
        name, *rest = key.split("|")
        series = known.get(name)
        if series is None:
            continue  # a series of another version of this program
        labels = tuple(rest[: len(series.labels)])
        where = (*labels, teams.label(team)) if series.by_team else labels
        cell = by_series[name].setdefault(where, {})
        part = "".join(rest[len(series.labels) :])
        cell[part] = cell.get(part, 0) + total
    for series in ALL:
        yield _family(series, by_series[series.name], teams)


def _family(series: Series, cells: Mapping[tuple[str, ...], Mapping[str, int]], teams: Teams) -> Metric:
    names = [*series.labels, *(["team"] if series.by_team else [])]
    combinations: Sequence[tuple[str, ...]] = series.combinations()
    if series.by_team:
        combinations = [(*values, team) for team in teams.named for values in combinations]
    zeros: dict[tuple[str, ...], Mapping[str, int]] = {values: {} for values in combinations}
    shown = {**zeros, **cells}
    if series.histogram:
        histogram = HistogramMetricFamily(series.name, series.question, labels=names)
        for values, cell in shown.items():
            histogram.add_metric(values, _cumulative(cell), cell.get("ms", 0) / 1000)
        return histogram
    counter = CounterMetricFamily(series.name, series.question, labels=names)
    for values, cell in shown.items():
        counter.add_metric(values, cell.get("", 0))
    return counter


def _cumulative(cell: Mapping[str, int]) -> list[tuple[str, float]]:
    total = 0
    buckets = []
    for place, bound in enumerate(_BOUNDS):
        total += cell.get(f"b{place}", 0)
        buckets.append((bound, float(total)))
    return buckets
