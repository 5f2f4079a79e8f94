"""The demo's own count of the seven steps, and of how far complaints got."""

from collections import Counter
from datetime import datetime
from typing import Final, get_args

from deploy.demo.tally import Closing, Complaint, Step, Tally

STEPS: Final[tuple[Step, ...]] = get_args(Step)
REMEDIES: Final = ("granted", "partly", "other", "none")
"""What was given: what had been asked for, part of it, something else, nothing."""
CONTENT: Final = 4
"""Of five; from there on a customer is satisfied."""

Counts = dict[str, int]


def step_figures(tally: Tally, as_of: datetime) -> Counts:
    """At every closing, which steps had been taken and which were skipped; and who was asked the same twice."""
    counts: Counter[str] = Counter()
    given = Counter(match for one in tally.all() for match in one.remedies)
    for one in tally.all():
        for closing in one.closings(as_of):
            counts.update(_taken(one, closing))
    names = [f"{number}_{step}_{how}" for number, step in enumerate(STEPS, 1) for how in ("done", "skipped")]
    return {
        **{name: counts[name] for name in names},
        **{f"remedy_{match}": given[match] for match in REMEDIES},
        "facts_asked": sum(one.asked for one in tally.all()),
        "facts_asked_again": sum(one.asked_again for one in tally.all()),
        "escalated_after_a_no": sum(answer == "no" for one in tally.all() for answer, _ in one.verified),
    }


def _taken(one: Complaint, closing: Closing) -> list[str]:
    done = set(closing.done)
    if one.acknowledged_at is not None and one.acknowledged_at <= closing.at:
        done.add("respect")
    if one.words and all(word.standing(closing.at) != "broken" for word in one.words):
        done.add("act")
    asked = [(number, step) for number, step in enumerate(STEPS, 1) if one.remedial or step != "expectations"]
    return [f"{number}_{step}_{'done' if step in done else 'skipped'}" for number, step in asked]


def funnel(tally: Tally) -> Counts:
    """Of all that came in, how many got how far; the customer's newest word counts, unless it began again since."""
    last = [one.verified[-1] for one in tally.all() if one.verified and "check" in one.done]
    marks = [satisfaction or 0 for answer, satisfaction in last if answer == "yes"]
    return {
        "received": len(tally.complaints),
        "acknowledged": sum(one.acknowledged_at is not None for one in tally.all()),
        "answered": sum(one.rounds[0].first() is not None for one in tally.all()),
        "resolved": sum(bool(one.results) for one in tally.all()),
        "verified": len(marks),
        "satisfied": sum(mark >= CONTENT for mark in marks),
    }
