"""What the demo hands in, reads and shows."""

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector, CollectorRegistry
from rich.console import Console

from deploy.demo import table, texts
from deploy.demo.figures import compared, differing, steps_of, totals_of
from deploy.demo.own import own_figures
from deploy.demo.plots import PLOTS, plot_of
from deploy.demo.tally import Tally
from services.intake.domain.receiving import check
from services.intake.domain.told import Told
from services.metrics.domain import series
from services.metrics.exposition import Teams, families

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
COUNTED = {
    series.FIRST_RESPONSES.one("web", "high", "true", team="care"): 5,
    series.FIRST_RESPONSES.one("phone", "low", "true"): 1,
    series.FIRST_RESPONSES.one("web", "high", "false", team="care"): 2,
    series.TAKEN_BACK.one("web", "high", "true", team="care"): 1,
    series.OVERDUE.one("acknowledge", "web", "high", team="care"): 3,
    series.OVERDUE_TAKEN_BACK.one("acknowledge", "web", "high", team="care"): 1,
    series.OVERDUE.one("first_response", "phone", "low", team="care"): 4,
    series.OVERDUE_TAKEN_BACK.one("first_response", "phone", "low", team="care"): 2,
    series.PROMISES_MADE.one("refund", "person", "true"): 4,
    series.PROMISES_MADE.one("answer", "system", "false"): 2,
    series.PROMISES_SETTLED.one("refund", "person", "broken"): 3,
    series.PROMISES_CORRECTED.one("refund", "person", "broken", "kept"): 1,
    series.CLOSED.one("verified"): 6,
    series.STEPS_DONE.one("2", "true"): 5,
    series.STEPS_DONE.one("2", "false"): 1,
    series.FACTS_ASKED.one("true"): 2,
    series.ESCALATIONS.one("1", "verification_no"): 1,
    series.ESCALATIONS.one("2", "verification_no"): 1,
    series.ESCALATIONS.one("1", "overdue"): 9,
}


class Shown(Collector):
    """The metrics service's own series with these totals."""

    def collect(self) -> object:  # type: ignore[override]
        """As at a scrape."""
        totals = {(one.team, one.key): amount for one, amount in COUNTED.items()}
        waiting = GaugeMetricFamily("palabra_complaints_unanswered", "", labels=["age_band"])
        waiting.add_metric(["<1h"], 7)
        still = GaugeMetricFamily("palabra_promises_open", "", labels=["kind"])
        still.add_metric(["refund"], 0)
        return [*families(totals, Teams(["care"], ["care"])), waiting, still]


@pytest.fixture
def exposed() -> str:
    """What `/metrics` answers."""
    registry = CollectorRegistry()
    registry.register(Shown())
    return generate_latest(registry).decode()


def test_totals_are_read_with_their_corrections(exposed: str) -> None:
    read = totals_of(exposed)
    expected = {
        "first_responses_within_target": 5,
        "first_responses_late": 2,
        "first_responses_taken_back": 1,
        "overdue_acknowledge": 2,
        "overdue_first_response": 2,
        "unanswered": 7,
        "promises_made": 6,
        "promises_overridden": 4,
        "promises_kept": 1,
        "promises_broken": 2,
        "closed_verified": 6,
    }
    assert {name: read[name] for name in expected} == expected


def test_steps_are_read_by_their_names(exposed: str) -> None:
    read = steps_of(exposed)
    assert (read["2_listen_done"], read["2_listen_skipped"], read["3_expectations_done"]) == (5, 1, 0)
    assert (read["facts_asked"], read["facts_asked_again"], read["escalated_after_a_no"]) == (0, 2, 2)


@pytest.mark.parametrize(("section", "read"), [("totals", totals_of), ("steps", steps_of)])
def test_every_total_that_we_count_is_read(exposed: str, section: str, read: Callable[[str], dict[str, float]]) -> None:
    ours = [name for name in own_figures(Tally(), NOW) if name.startswith(f"{section}.")]
    assert [f"{section}.{name}" for name in read(exposed)] == ours


def test_a_total_that_is_not_shown_is_an_error_and_no_zero() -> None:
    with pytest.raises(KeyError, match="first_responses"):
        totals_of("")


def test_figures_that_differ_are_named_also_when_one_is_missing() -> None:
    beside = compared({"a": 1, "b": 2.00001, "c": None, "d": 3}, {"a": 1.0, "b": 2, "c": None})
    assert beside["b"] == {"demo": 2, "metrics": 2}
    assert beside["d"] == {"demo": 3, "metrics": None}
    assert differing(beside) == ["d"]


@pytest.mark.parametrize("number", range(2 * len(PLOTS)))
def test_what_customers_hand_in_can_be_taken(number: int) -> None:
    plot = plot_of(number)
    told = Told.model_validate(texts.complaint(number, plot.kind, anonymous=plot.anonymous))
    check(told, may_write_history=False, now=NOW)
    assert plot.kind in texts.OUTCOMES


def test_both_counts_stand_side_by_side() -> None:
    out = io.StringIO()
    shown = compared({"promises.share_kept": 0.5, "promises.late": 2}, {"promises.share_kept": 0.5, "promises.late": 3})
    table.show(Console(file=out, width=100), shown)
    assert "Promises kept" in out.getvalue()
    assert "50.0%" in out.getvalue()


@pytest.mark.parametrize(
    ("name", "figure", "shown"),
    [
        ("kept", 3, "3"),
        ("share_kept", 0.7826, "78.3%"),
        ("median_elapsed_seconds", 12741.184, "3 h 32 min 21.184 s"),
        ("median_resolution_seconds", 90_000, "1 d 01 h 00 min"),
        ("median_elapsed_seconds", None, "-"),
    ],
)
def test_figures_are_written_as_people_read_them(name: str, figure: float | None, shown: str) -> None:
    assert table.words(name, figure) == shown
