"""What the metrics service reports, under the names by which the demo counts itself."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from prometheus_client.parser import text_string_to_metric_families

from deploy.demo.own import CLOSED, SETTLED, Figure, Figures
from deploy.demo.own_steps import REMEDIES, STEPS
from deploy.demo.services import Body, Services

_FAR: Final = timedelta(days=400)
_ENOUGH: Final = 4
"""Decimals: seconds are counted in milliseconds, and a median may lie between two."""

Total = Callable[..., float]


async def reported_figures(services: Services, as_of: datetime) -> Figures:
    """Every figure from the reports, seen at `as_of`, and from the totals as they are now."""
    span = {
        "from": (as_of - _FAR).isoformat(),
        "to": (as_of + _FAR).isoformat(),
        "as_of": as_of.isoformat(),
    }

    async def report(name: str, **more: str) -> Body:
        return await services.get("metrics", f"/v1/reports/{name}", **span, **more)

    promises = await report("promises")
    complaints = await report("complaints")
    history = await report("complaints", historical="only")
    exposed = await services.text("metrics", "/metrics")
    whole = await report("funnel")
    return {
        **_named("first_response", await report("first-response")),
        **_named("promises", promises),
        **_named("promises_by_people", _rows(promises, "person")),
        **_named("promises_by_system", _rows(promises, "system")),
        **_named("complaints", {**complaints, "historical": history["received"]}),
        **_named("steps", steps_of(exposed)),
        **_named("funnel", whole["total"]),
        **_named("totals", totals_of(exposed)),
    }


def _named(section: str, figures: Body) -> Figures:
    return {f"{section}.{name}": figure for name, figure in figures.items()}


def _rows(report: Body, said_by: str) -> Figures:
    rows = [row for row in report["rows"] if row["said_by"] == said_by]
    return {name: sum(row[name] for row in rows) for name in ("due", *SETTLED, "open")}


def _reader(text: str) -> Total:
    """Adds up the samples of a name that have these labels."""
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]

    def total(name: str, **labels: str) -> float:
        fitting = [
            sample.value
            for sample in samples
            if sample.name == f"palabra_{name}" and labels.items() <= sample.labels.items()
        ]
        if not fitting:
            raise KeyError(f"/metrics shows no palabra_{name} with {labels}")
        return sum(fitting)

    return total


def totals_of(text: str) -> dict[str, float]:
    """The totals by our names, as `/metrics` shows them.

    Raises:
        KeyError: one of them is not shown.
    """
    total = _reader(text)
    back = {truth: total("first_responses_taken_back_total", within_target=truth) for truth in ("true", "false")}
    firsts = {truth: total("first_responses_total", within_target=truth) - back[truth] for truth in back}

    def stands(status: str) -> float:
        """As it was settled, and corrected since."""
        corrected = total("promises_corrected_total", to=status) - total("promises_corrected_total", **{"from": status})
        return total("promises_settled_total", outcome=status) + corrected

    def overdue(clock: str) -> float:
        """Without what turned out to have been met or over before."""
        counted = total("deadlines_overdue_total", clock=clock)
        return counted - total("deadlines_overdue_taken_back_total", clock=clock)

    return {
        "complaints_received": total("complaints_received_total"),
        "complaints_imported": total("complaints_imported_total"),
        "first_responses_within_target": firsts["true"],
        "first_responses_late": firsts["false"],
        "first_responses_taken_back": sum(back.values()),
        "first_response_elapsed_seconds_sum": total("first_response_elapsed_seconds_sum"),
        **{f"overdue_{clock}": overdue(clock) for clock in ("acknowledge", "first_response")},
        "unanswered": total("complaints_unanswered"),
        "promises_made": total("promises_made_total"),
        "promises_overridden": total("promises_made_total", override="true"),
        **{f"promises_{status}": stands(status) for status in SETTLED},
        "promises_open": total("promises_open"),
        "complaints_resolved": total("complaints_resolved_total"),
        "complaints_reopened": total("complaints_reopened_total"),
        **{f"closed_{how}": total("complaints_closed_total", verification=how) for how in CLOSED},
    }


def steps_of(text: str) -> dict[str, float]:
    """The steps by our names, as `/metrics` shows them.

    Raises:
        KeyError: one of them is not shown.
    """
    total = _reader(text)
    steps = {
        f"{number}_{step}_{how}": total("steps_total", step=str(number), done=truth)
        for number, step in enumerate(STEPS, 1)
        for how, truth in (("done", "true"), ("skipped", "false"))
    }
    return {
        **steps,
        **{f"remedy_{match}": total("remedies_compared_total", match=match) for match in REMEDIES},
        "facts_asked": total("facts_asked_total", again="false"),
        "facts_asked_again": total("facts_asked_total", again="true"),
        "escalated_after_a_no": total("escalations_total", reason="verification_no"),
    }


def compared(own: Figures, reported: Figures) -> dict[str, dict[str, Figure]]:
    """Each of our figures beside the reported one. What is not reported stands as None."""
    return {name: {"demo": _plain(figure), "metrics": _plain(reported.get(name))} for name, figure in own.items()}


def differing(figures: dict[str, dict[str, Figure]]) -> list[str]:
    """The names of those that are not the same."""
    return [name for name, figure in figures.items() if figure["demo"] != figure["metrics"]]


def _plain(figure: Figure) -> Figure:
    """As shown: whole where it is whole, else so many decimals that nothing real is lost."""
    if figure is None or isinstance(figure, int):
        return figure
    rounded = round(figure, _ENOUGH)
    return int(rounded) if rounded.is_integer() else rounded
