"""The paper of every number: current, complete, and careful with what people wrote."""

from pathlib import Path
from typing import Annotated

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import Field

from services.metrics.domain import series
from services.metrics.domain.reports.figures import Figures, measure
from services.metrics.domain.reports.table import REPORTS
from services.metrics.main import BLUEPRINT
from services.metrics.measures.__main__ import PAGE, main, renewed
from services.metrics.measures.measured import Measure, figures, states, totals, untold
from services.metrics.measures.page import BEGIN, END, generated
from services.metrics.measures.sources import ROOT
from shared.settings import Settings
from tests.support.reporting import question
from tests.support.running import service

Capture = pytest.CaptureFixture[str]


def test_the_page_is_current_and_nothing_is_untold() -> None:
    assert untold() == []
    assert main(["--check"]) == 0


def test_what_people_wrote_before_and_behind_stays(tmp_path: Path, capsys: Capture) -> None:
    page = tmp_path / PAGE
    assert main(["--root", str(tmp_path)]) == 0
    whole = page.read_text()
    page.write_text(f"Before.\n\n{BEGIN}\nby hand\n{END}\n\n## Behind\n")
    assert main(["--root", str(tmp_path), "--check"]) == 1
    assert f"stale: {PAGE}" in capsys.readouterr().err
    assert main(["--root", str(tmp_path)]) == 0
    assert page.read_text() == f"Before.\n\n{generated()}\n\n## Behind\n"
    assert generated() in whole
    page.write_text("no markers")
    assert main(["--root", str(tmp_path)]) == 1
    assert page.read_text() == "no markers"


def test_the_second_marker_is_looked_for_behind_the_first() -> None:
    with pytest.raises(ValueError, match="substring"):
        renewed(f"{END}\n{BEGIN}")


def test_a_number_that_says_nothing_of_itself_is_named() -> None:
    class Careless(Figures):
        """A row."""

        told: Annotated[int, measure("So many.", trap="Not more.")]
        untold: int
        half: Annotated[int, Field(description="So many.")]

    assert [one.missing() for one in figures(Careless)] == [[], ["unit", "definition", "trap"], ["unit", "trap"]]
    nowhere = Measure("palabra_nothing_total", (), "things", "So many.", "Not more.", ())
    assert nowhere.missing() == ["computed_in"]


@pytest.mark.parametrize("name", REPORTS)
def test_each_field_of_a_report_stands_in_the_page(name: str) -> None:
    section = generated().partition(f"### {name}\n")[2].partition("\n### ")[0]
    shown = REPORTS[name](question()).total()
    assert shown
    assert all(f"| `{field}` |" in section for field in shown)


def test_each_series_is_counted_somewhere() -> None:
    found = {one.name: one.computed_in for one in totals()}
    assert len(found) == len(series.ALL)
    assert found["palabra_steps_total"] == ("services/metrics/domain/handled.py",)
    assert all((ROOT / path).is_file() for one in (*totals(), *states()) for path in one.computed_in)


@pytest.mark.servers
async def test_each_series_that_metrics_shows_stands_in_the_page(settings: Settings) -> None:
    async with service(BLUEPRINT, settings) as metrics:
        families = text_string_to_metric_families((await metrics.http.get("/metrics")).text)
        shown = {family.name: family.type for family in families if family.name.startswith("palabra_")}
    page = generated()
    endings = {"counter": "_total", "info": "_info"}
    assert [name for name, kind in shown.items() if f"`{name}{endings.get(kind, '')}`" not in page] == []
