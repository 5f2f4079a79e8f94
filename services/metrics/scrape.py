"""What a scrape of `/metrics` gets from the metrics service, beside what every process says about itself."""

from collections.abc import Iterable

from prometheus_client import Metric

from services.metrics import gauges
from services.metrics.book import read_totals
from services.metrics.exposition import Floor, Teams, families
from services.metrics.taking import current
from shared.blueprint import Runtime


class Scrape:
    """The scrape of one process; it remembers what it showed, by database."""

    def __init__(self) -> None:
        self._floors: dict[str, Floor] = {}

    async def __call__(self, runtime: Runtime) -> Iterable[Metric]:
        """All business series, of one set of totals.

        Raises:
            StoreError: the totals cannot be read; nothing is shown then, rather than zeros.
        """
        floor = self._floors.setdefault(runtime.database.name, Floor())
        while True:
            generation = await current(runtime)
            totals = await read_totals(generation)
            shown = floor.raised(totals.summed())
            teams = Teams(runtime.reference.teams, {team for team, _ in shown})
            waiting = await gauges.unanswered(generation.complaints, runtime.clock.now())
            waiting += await gauges.unassigned(generation.complaints, teams)
            promised = await gauges.promises(generation.complaints)
            if (await current(runtime)).number == generation.number:
                return [*families(shown, teams), *waiting, *promised, *gauges.as_of(totals.as_of)]
