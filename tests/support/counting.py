"""What metrics makes of a story: the facts at the end, and what it added to the totals."""

from collections import Counter

from services.metrics.domain.facts import Facts
from services.metrics.domain.fold import HANDLERS, fold
from tests.support.story import Story


def story() -> Story:
    """A complaint that stands with its team."""
    return Story("c1").received().triaged().assigned()


def told(tale: Story) -> tuple[Facts, Counter[str]]:
    """The facts at the end, and all counts as `team/key`."""
    facts: Facts | None = None
    counts: Counter[str] = Counter()
    for event in tale.events:
        if type(event.data) not in HANDLERS:
            continue
        facts, more = fold(facts, event)
        for team, key, amount in more:
            counts[f"{team}/{key}"] += amount
    assert facts is not None
    return facts, counts


def counted(tale: Story, *names: str) -> dict[str, int]:
    """The counts of these series alone."""
    return {key: n for key, n in told(tale)[1].items() if key.partition("/")[2].partition("|")[0] in names}
