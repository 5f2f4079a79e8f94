"""Every number that the product reports, as the classes that compute it tell it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from prometheus_client import Counter, Info
from prometheus_client.metrics import MetricWrapperBase

from services.metrics import gauges
from services.metrics.domain import series
from services.metrics.domain.reports.figures import Figures
from services.metrics.domain.reports.table import FIGURES, REPORTS
from services.metrics.measures.meanings import GAUGES, TOTALS
from services.metrics.measures.sources import named, users
from shared import metrics

_GAUGES_IN: Final = "services/metrics/gauges.py"


@dataclass(frozen=True, slots=True)
class Measure:
    """One number. `question`: which one it answers, where somebody said so."""

    name: str
    labels: tuple[str, ...]
    unit: str
    definition: str
    trap: str
    computed_in: tuple[str, ...]
    question: str = ""

    def missing(self) -> list[str]:
        """What nobody has said about it."""
        return [what for what in ("unit", "definition", "trap", "computed_in") if not getattr(self, what)]


def totals() -> Iterator[Measure]:
    """The business totals: counters and histograms, the same in every replica of metrics."""
    constants = {one.name: constant for constant, one in named(series, series.Series).items()}
    where = users("series", constants.values(), "services/metrics/domain")
    for one in series.ALL:
        told = TOTALS.get(one.name)
        shown = one.name if one.histogram else f"{one.name}_total"
        labels = (*one.labels, *(("team",) if one.by_team else ()))
        files = tuple(where[constants[one.name]])
        yield Measure(shown, labels, *(told or ("", "", "")), files, one.question)


def states() -> Iterator[Measure]:
    """The business gauges: how it stands at the scrape."""
    for one in gauges.ALL:
        yield Measure(one.name, one.labels, *(GAUGES.get(one.name) or ("", "", "")), (_GAUGES_IN,), one.question)


def processes() -> Iterator[Measure]:
    """What every process says about itself."""
    known = named(metrics, MetricWrapperBase)
    where = users("metrics", known, "shared")
    for constant, one in known.items():
        [family] = one.describe()
        yield Measure(
            _shown(one, family.name),
            tuple(one._labelnames),  # noqa: SLF001 - the library offers no reader
            "seconds" if "_seconds" in family.name else "number",
            family.documentation,
            metrics.TRAPS.get(family.name, ""),
            tuple(where[constant]),
        )


def _shown(one: MetricWrapperBase, name: str) -> str:
    if isinstance(one, Counter):
        return f"{name}_total"
    return f"{name}_info" if isinstance(one, Info) else name


def figures(report: type[Figures]) -> Iterator[Measure]:
    """What one report shows."""
    where = (f"{report.__module__.replace('.', '/')}.py",)
    for name, field in report.model_fields.items():
        told: Mapping[str, Any] = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        yield Measure(name, (), told.get("unit", ""), field.description or "", told.get("trap", ""), where)


def untold() -> list[str]:
    """What lacks a definition, a unit, a trap or a place; and what is told of and is not there."""
    found = [
        f"{one.name}: {', '.join(one.missing())}"
        for one in (
            *totals(),
            *states(),
            *processes(),
            *(each for model in FIGURES.values() for each in figures(model)),
        )
        if one.missing()
    ]
    told = {*TOTALS, *GAUGES, *metrics.TRAPS}
    there = {one.name for one in (*series.ALL, *gauges.ALL)}
    there |= {one.describe()[0].name for one in named(metrics, MetricWrapperBase).values()}
    found += [f"{name}: told of, and not there" for name in sorted(told - there)]
    found += [f"report {name}: no figures" for name in sorted(set(REPORTS) ^ set(FIGURES))]
    loose = {one.name for one in named(series, series.Series).values()} - {one.name for one in series.ALL}
    return found + [f"{name}: declared, and never shown" for name in sorted(loose)]
