"""Medians that say what they are medians of. Units are the caller's; None where there is nothing to rank."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter


def quantile(values: Sequence[float], share: float) -> float | None:
    """The value below which `share` of the values lie, interpolated linearly between neighbours (R's type 7)."""
    if not values:
        return None
    ranked = sorted(values)
    place = share * (len(ranked) - 1)
    low = int(place)
    high = min(low + 1, len(ranked) - 1)
    return ranked[low] + (ranked[high] - ranked[low]) * (place - low)


def median(values: Sequence[float]) -> float | None:
    """The middle one, or the mean of the two in the middle."""
    return quantile(values, 0.5)


def censored_median(waits: Sequence[tuple[float, bool]]) -> float | None:
    """The shortest wait by which at least half are expected to be answered, by Kaplan and Meier's estimate.

    `waits`: how long, and whether it ended with an answer; where not, the customer was still waiting when last seen.
    None while fewer than half are expected to be answered. Source: Kaplan and Meier (1958), product limit.
    """
    at_risk = len(waits)
    surviving = 1.0
    for wait, same in groupby(sorted(waits), key=itemgetter(0)):
        ended = [answered for _, answered in same]
        surviving *= 1 - sum(ended) / at_risk
        at_risk -= len(ended)
        # A product of fractions misses one half by a rounding error.
        if surviving <= 0.5 + 1e-12:
            return float(wait)
    return None


def share(part: int, whole: int) -> float | None:
    """None where there is nothing to divide."""
    return part / whole if whole else None
