"""The demo's own figures, worked out from its own count with rules written down anew."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from statistics import median
from typing import Final, get_args

from deploy.demo.own_steps import funnel, step_figures
from deploy.demo.tally import Complaint, Round, Tally, Verdict, Word

Figure = int | float | None
Figures = dict[str, Figure]

SETTLED = ("kept", "broken", "attempted", "renegotiated", "withdrawn")
CLOSED: Final[tuple[Verdict, ...]] = get_args(Verdict)
_FELL_DUE = ("answered_within", "answered_late", "unanswered", "ended_unanswered")
_APART = ("not_yet_due", "ended_before_due", "without_target", "anonymous")


def own_figures(tally: Tally, as_of: datetime) -> Figures:
    """Every figure that the metrics service is asked for, by the same name."""
    return {
        **_named("first_response", _first_responses(tally, as_of)),
        **_named("promises", _promises(tally.words(), as_of)),
        **_named("promises_by_people", _standings(tally.words("person"), as_of)),
        **_named("promises_by_system", _standings(tally.words("system"), as_of)),
        **_named("complaints", _complaints(tally)),
        **_named("steps", step_figures(tally, as_of)),
        **_named("funnel", funnel(tally)),
        **_named("totals", _totals(tally, as_of)),
    }


def _named(section: str, figures: Mapping[str, Figure]) -> Figures:
    return {f"{section}.{name}": figure for name, figure in figures.items()}


def _first_responses(tally: Tally, as_of: datetime) -> Figures:
    counts: Counter[str] = Counter()
    waits: list[tuple[float, bool]] = []
    for one in tally.all():
        if one.anonymous:
            counts["anonymous"] += 1
            continue
        counts[_outcome(one, as_of)] += 1
        first = one.rounds[0].first()
        end = first.at if first else one.withdrawn_at or as_of
        waits.append(((end - one.start).total_seconds(), first is not None))
    fell_due = sum(counts[name] for name in _FELL_DUE)
    return {
        "fell_due": fell_due,
        **{name: counts[name] for name in (*_FELL_DUE, *_APART)},
        "share_within": share(counts["answered_within"], fell_due),
        "median_elapsed_seconds": middle([wait for wait, answered in waits if answered]),
        "median_censored_seconds": censored_median(waits),
    }


def _outcome(one: Complaint, as_of: datetime) -> str:
    first, due, gone = one.rounds[0].first(), one.rounds[0].due, one.withdrawn_at
    if due is None:
        return "without_target"
    if first is not None:
        return "answered_within" if first.at <= due else "answered_late"
    if gone is not None and gone <= due:
        return "ended_before_due"
    if as_of < due:
        return "not_yet_due"
    return "unanswered" if gone is None else "ended_unanswered"


def _standings(words: Sequence[Word], as_of: datetime) -> Figures:
    counts: Counter[str] = Counter(word.standing(as_of) for word in words)
    return {"due": len(words), **{name: counts[name] for name in SETTLED}, "open": counts["open"]}


def _promises(words: Sequence[Word], as_of: datetime) -> Figures:
    standings = {word.id: word.standing(as_of) for word in words}
    broken = [word for word in words if standings[word.id] == "broken"]
    counts = Counter(standings.values())
    first = Counter(standings[word.id] for word in words if word.replaces is None)
    return {
        **_standings(words, as_of),
        "late": sum(word.fulfilled_at is not None for word in broken),
        "renegotiated_after_due": sum(word.replaced_at is not None for word in broken),
        "share_kept": share(counts["kept"], counts["kept"] + counts["broken"]),
        "share_first_word_kept": share(first["kept"], first["kept"] + first["broken"] + first["renegotiated"]),
    }


def _complaints(tally: Tally) -> Figures:
    newest = Counter(one.results[-1][1] for one in tally.all() if one.results)
    firsts = [(one.results[0][0] - one.start).total_seconds() for one in tally.all() if one.results]
    return {
        "received": len(tally.complaints),
        "answered": sum(one.rounds[0].first() is not None for one in tally.all()),
        "resolved": sum(newest.values()),
        **{outcome: newest[outcome] for outcome in ("upheld", "partly", "not_upheld")},
        "reopened": sum(len(one.rounds) > 1 for one in tally.all()),
        "median_resolution_seconds": middle(firsts),
        "historical": tally.historical,
    }


def _totals(tally: Tally, as_of: datetime) -> Figures:
    measured = [one for one in tally.all() if not one.anonymous]
    rounds = [(one, each) for one in measured for each in one.rounds]
    within = Counter(_within(each) for _, each in rounds)
    words = tally.words()
    settled = _standings(words, as_of)
    closings = Counter(closing.verdict for one in tally.all() for closing in one.closings(as_of))
    return {
        "complaints_received": len(tally.complaints),
        "complaints_imported": tally.historical,
        "first_responses_within_target": within[True],
        "first_responses_late": within[False],
        "first_responses_taken_back": sum(said.failed for _, each in rounds for said in each.spoken),
        "first_response_elapsed_seconds_sum": sum(_counted_waits(each for _, each in rounds)),
        "overdue_acknowledge": sum(_acknowledged_late(one) for one in measured),
        "overdue_first_response": sum(each.overdue(one.withdrawn_at, as_of) for one, each in rounds),
        "unanswered": sum(one.withdrawn_at is None and one.rounds[-1].first() is None for one in measured),
        "promises_made": len(words),
        "promises_overridden": sum(word.overridden for word in words),
        **{f"promises_{name}": settled[name] for name in (*SETTLED, "open")},
        "complaints_resolved": sum(len(one.results) for one in tally.all()),
        "complaints_reopened": sum(len(one.rounds) - 1 for one in tally.all()),
        **{f"closed_{name}": closings[name] for name in CLOSED},
    }


def _within(each: Round) -> bool | None:
    """As the total counts it: one told of when it was overdue stays on that side, since a counter never goes back."""
    first = each.first()
    if first is None or each.due is None:
        return None
    return max(first.at, first.told or first.at) <= each.due


def _counted_waits(rounds: Iterable[Round]) -> list[float]:
    """A total never falls: the wait for an answer that failed later stays in it, beside the one that counts."""
    waits = []
    for each in rounds:
        counted = [said for said in each.spoken if said.failed or said is each.first()]
        waits += [(said.at - each.start).total_seconds() for said in counted]
    return waits


def _acknowledged_late(one: Complaint) -> bool:
    by, at = one.acknowledge_by, one.acknowledged_at
    return by is not None and (at is None or at > by) and (one.withdrawn_at is None or by <= one.withdrawn_at)


def share(part: int, whole: int) -> float | None:
    """None where there is nothing to divide."""
    return part / whole if whole else None


def middle(values: Sequence[float]) -> float | None:
    """The median; None of nothing."""
    return median(values) if values else None


def censored_median(waits: Sequence[tuple[float, bool]]) -> float | None:
    """The shortest wait by which half are expected to be answered; who still waits counts as waiting on.

    Source: Kaplan and Meier (1958), in exact fractions.
    """
    left = Fraction(1)
    for at in sorted({wait for wait, answered in waits if answered}):
        waiting = sum(wait >= at for wait, _ in waits)
        answered_now = sum(answered and wait == at for wait, answered in waits)
        left *= 1 - Fraction(answered_now, waiting)
        if left <= Fraction(1, 2):
            return at
    return None
