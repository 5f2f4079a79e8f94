"""Which response is the first one, and when it is counted. Source: the design's `domain.md`, Clocks.

The first valid response of a cycle counts once, with channel, priority and team as known when it was said. When it
turns out to have failed it is taken back under the same labels, and the earliest valid one takes its place; said to
have failed before it was heard of, it is counted and taken back at once, as if heard in order. One that came before the
target was known (an answered call) is counted as soon as the target is. What has no target is in the
histograms only.

The live objective is A / (A + B): answered within target less taken back, and overdue. A complaint stands on one side
of it, and counters never go back: so an answer that was given in time, and heard of only after its deadline had been
counted as overdue, is counted as not within target. Reports, computed from what is known now, say that it was.
"""

from services.metrics.domain import series
from services.metrics.domain.facts import MOST, Cycle, Facts, Response, milliseconds
from shared.events import Event, followup


def on_response(facts: Facts, event: Event[followup.ResponseSent]) -> Facts:
    """Kept, and counted if it is the first, if a person said it to the customer and it is not known to have failed."""
    said = event.data
    valid = said.is_first or said.elapsed_seconds is not None
    if said.automatic or said.to != "customer" or not valid:
        return facts

    def answered(cycle: Cycle) -> Cycle:
        if len(cycle.responses) >= MOST:
            return cycle
        return cycle.model_copy(update={"responses": (*cycle.responses, _response(facts, cycle, said))})

    facts = count_firsts(facts.with_cycle(said.cycle, answered))
    failed = next((name for name in facts.failed_early if name in (said.response_id, said.external_reference)), None)
    return facts if failed is None else taken_back(facts, failed)


def _response(facts: Facts, cycle: Cycle, said: followup.ResponseSent) -> Response:
    elapsed = said.elapsed_seconds
    if elapsed is None:
        elapsed = (said.occurred_at - cycle.start).total_seconds()
    return Response(
        id=said.response_id,
        reference=said.external_reference,
        at=said.occurred_at,
        elapsed_ms=milliseconds(elapsed),
        business_ms=None if said.business_seconds is None else milliseconds(said.business_seconds),
        within=said.within_target,
        due=cycle.due,
        priority=facts.priority,
        team=facts.team,
    )


def taken_back(facts: Facts, name: str) -> Facts:
    """The response of that id, or of that reference of its channel, is forgotten.

    It is taken back if it was counted as within or beyond its target.
    """
    early = (*(known for known in facts.failed_early if known != name), name)[-MOST:]
    increments = []
    cycles = []
    for cycle in facts.cycles:
        kept = tuple(response for response in cycle.responses if not response.goes_by(name))
        increments += [
            series.TAKEN_BACK.one(facts.channel, gone.priority, _truth(gone.counts_within), team=gone.team)
            for gone in cycle.responses
            if gone.goes_by(name) and gone.counted and gone.counts_within is not None
        ]
        cycles.append(cycle.model_copy(update={"responses": kept}))
    return facts.model_copy(update={"cycles": tuple(cycles), "failed_early": early}).counting(*increments)


def count_firsts(facts: Facts) -> Facts:
    """In every cycle the first response is counted, once, as soon as what is needed for it is known."""
    if not facts.measured:
        return facts
    for cycle in facts.cycles:
        first = cycle.first()
        if first is not None and not any(response.counted for response in cycle.responses):
            facts = _count(facts, cycle, first)
    return facts


def _count(facts: Facts, cycle: Cycle, first: Response) -> Facts:
    within = first.within
    due = first.due or cycle.due
    if within is None and due is not None:
        within = first.at <= due
    if within is None and not facts.triaged:
        return facts
    counted = first.model_copy(
        update={
            "counted": True,
            "within": within,
            "told_late": bool(within) and any(each.clock == "first_response" for each in cycle.overdue),
            "due": due,
            "priority": first.priority or facts.priority,
            "team": first.team or facts.team,
        }
    )
    replaced = tuple(counted if response is first else response for response in cycle.responses)
    facts = facts.with_cycle(cycle.number, lambda cycle: cycle.model_copy(update={"responses": replaced}))
    labels = (facts.channel, counted.priority)
    increments = [*series.FIRST_RESPONSE_ELAPSED.observed(counted.elapsed_ms, *labels, team=counted.team)]
    if counted.business_ms is not None:
        increments += series.FIRST_RESPONSE_BUSINESS.observed(counted.business_ms, *labels, team=counted.team)
    if within is not None:
        increments.append(series.FIRST_RESPONSES.one(*labels, _truth(counted.counts_within), team=counted.team))
    return facts.counting(*increments)


def _truth(value: bool | None) -> str:
    return "true" if value else "false"
