"""The metrics service: time to first response and promises kept, exact, for Prometheus and for reports."""

from services.metrics.api import rebuilds, reports
from services.metrics.config import Settings
from services.metrics.rebuild import rebuilds as run_rebuilds
from services.metrics.scrape import Scrape
from services.metrics.service import build
from services.metrics.taking import current, listen
from shared.blueprint import Blueprint
from shared.process import run

BLUEPRINT = Blueprint(
    name="metrics",
    build=build,
    routers=[reports.router, rebuilds.router],
    loops=[run_rebuilds],
    metrics=Scrape(),
    listen=listen,
    look=current,
)


def main() -> None:
    """The process."""
    run(BLUEPRINT, Settings)


if __name__ == "__main__":
    main()
