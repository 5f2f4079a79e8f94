"""Totals as Prometheus shows them: complete, bounded, and never less than before."""

from prometheus_client import Metric

from services.metrics.domain import series
from services.metrics.exposition import MOST_TEAMS, Floor, Teams, families

ELAPSED = "palabra_first_response_elapsed_seconds|web|normal"


def shown(totals: dict[tuple[str, str], int], teams: Teams) -> dict[str, Metric]:
    """The families by name."""
    return {family.name: family for family in families(totals, teams)}


def test_every_combination_is_there_from_zero() -> None:
    found = shown({}, Teams(["cards"]))
    assert set(found) == {one.name for one in series.ALL}
    assert len(found["palabra_deadlines_overdue"].samples) == 6 * 9 * 4
    assert len(found["palabra_promises_corrected"].samples) == 10 * 2 * 6 * 5
    # Sixteen buckets, a count and a sum.
    assert len(found["palabra_first_response_elapsed_seconds"].samples) == 9 * 4 * 18
    assert not any(sample.value for family in found.values() for sample in family.samples)


def test_a_histogram_is_cumulative_and_in_seconds() -> None:
    totals = {("cards", f"{ELAPSED}|b0"): 2, ("cards", f"{ELAPSED}|b15"): 1, ("cards", f"{ELAPSED}|ms"): 90_500}
    samples = shown(totals, Teams(["cards"]))["palabra_first_response_elapsed_seconds"].samples
    of = {"channel": "web", "priority": "normal", "team": "cards"}
    by_bound = {x.labels["le"]: x.value for x in samples if of.items() <= x.labels.items() and "le" in x.labels}
    assert (by_bound["60.0"], by_bound["2592000.0"], by_bound["+Inf"]) == (2, 2, 3)
    assert [x.value for x in samples if x.name.endswith("_sum") and x.labels == of] == [90.5]


def test_teams_beyond_the_bound_share_a_label() -> None:
    existing = [f"team-{number:03}" for number in range(MOST_TEAMS - 1)]
    teams = Teams(existing, ["zebra", "aardvark", ""])
    assert teams.named == [*existing, "aardvark"]
    assert [teams.label(team) for team in ("team-007", "aardvark", "zebra", "")] == [
        "team-007", "aardvark", "other", "other",
    ]  # fmt: skip
    key = "palabra_first_responses|web|normal|true"
    samples = shown({("zebra", key): 2, ("", key): 3}, teams)["palabra_first_responses"].samples
    assert [sample.value for sample in samples if sample.labels["team"] == "other"] == [5]


def test_a_value_that_no_vocabulary_knows_is_shown_beside_them() -> None:
    samples = shown({("", "palabra_complaints_received|web|product|other"): 1}, Teams([]))[
        "palabra_complaints_received"
    ]
    assert [sample.labels["via"] for sample in samples.samples if sample.value] == ["other"]


def test_a_series_of_another_version_is_left_out() -> None:
    assert "palabra_of_tomorrow" not in shown({("", "palabra_of_tomorrow|x"): 1}, Teams([]))


def test_nothing_ever_falls() -> None:
    floor = Floor()
    first = floor.raised({("", "a"): 5, ("", "b"): 1})
    assert first == {("", "a"): 5, ("", "b"): 1}
    assert floor.raised({("", "a"): 3, ("", "b"): 2}) == {("", "a"): 5, ("", "b"): 2}
    assert floor.raised({}) == {("", "a"): 5, ("", "b"): 2}
