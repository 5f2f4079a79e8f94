"""What follow-up says about the complaint itself: acknowledged, understood, overdue, resolved, verified, over."""

from typing import Any

from services.metrics.domain import series
from services.metrics.domain.facts import MOST, Cycle, Facts, Overdue, milliseconds
from shared.events import Event, followup
from shared.events.vocabulary import CUSTOMER_KINDS


def on_acknowledged(facts: Facts, event: Event[followup.ComplaintAcknowledged]) -> Facts:
    """The customer knows that we have it."""
    return facts.model_copy(update={"acknowledged_at": facts.acknowledged_at or event.time})


def on_overdue(facts: Facts, event: Event[followup.DeadlineOverdue]) -> Facts:
    """Counted under the priority and team that have it now."""
    said = event.data
    one = Overdue(clock=said.clock, deadline=said.deadline, priority=facts.priority, team=facts.team)

    def missed(cycle: Cycle) -> Cycle:
        overdue = (*cycle.overdue, one)[-MOST:]
        due = said.deadline if said.clock == "first_response" and cycle.due is None else cycle.due
        return cycle.model_copy(update={"overdue": overdue, "due": due})

    return facts.with_cycle(said.cycle, missed).counting(
        series.OVERDUE.one(said.clock, facts.channel, facts.priority, team=facts.team)
    )


def on_deadline_corrected(facts: Facts, event: Event[followup.DeadlineCorrected]) -> Facts:
    """What was counted stays counted; it is taken back under the labels that it was counted with."""
    said = event.data
    of_clock = [one for one in facts.cycle_number(said.cycle).overdue if one.clock == said.clock]
    if not of_clock:
        return facts
    # A target can have moved since; of terms of laws, and of clocks that run several times, each has its deadline.
    wrong = next((one for one in of_clock if one.deadline == said.deadline), of_clock[-1])

    def right(cycle: Cycle) -> Cycle:
        return cycle.model_copy(update={"overdue": tuple(one for one in cycle.overdue if one is not wrong)})

    return facts.with_cycle(said.cycle, right).counting(
        series.OVERDUE_TAKEN_BACK.one(wrong.clock, facts.channel, wrong.priority, team=wrong.team)
    )


def _step(facts: Facts, **done: bool) -> Facts:
    return facts.model_copy(update={"steps": facts.steps.model_copy(update=done)})


def on_asked(facts: Facts, event: Event[followup.FactsAsked]) -> Facts:
    """Step 2, and each fact is counted: for the first time, or asked of the customer again."""
    again = set(event.data.again)
    asked = [series.FACTS_ASKED.one("true" if name in again else "false") for name in event.data.facts]
    return _step(facts, listened=True).counting(*asked)


def on_facts(facts: Facts, _: Event[Any]) -> Facts:
    """Step 2: we asked, or were told, what happened."""
    return _step(facts, listened=True)


def on_remedy(facts: Facts, _: Event[Any]) -> Facts:
    """Step 3: we know what would put it right."""
    return _step(facts, remedy=True)


def on_summary(facts: Facts, _: Event[Any]) -> Facts:
    """Step 4: the customer said whether we understood it."""
    return _step(facts, summary=True)


def on_solution(facts: Facts, _: Event[Any]) -> Facts:
    """Step 5: the customer was offered a solution, or chose one."""
    return _step(facts, solution=True)


def on_resolved(facts: Facts, event: Event[followup.ComplaintResolved]) -> Facts:
    """Counted, and kept as this cycle's result; of complaints also what was given beside what was sought."""
    said = event.data
    compared = [series.REMEDIES.one(said.remedy_match or "none")] if facts.kind in CUSTOMER_KINDS else []

    def resolved(cycle: Cycle) -> Cycle:
        result = {
            "resolved_at": event.time,
            "outcome": said.outcome,
            "resolution_ms": milliseconds(said.elapsed_seconds),
        }
        return cycle.model_copy(update=result)

    return facts.with_cycle(said.cycle, resolved).counting(series.RESOLVED.one(said.outcome), *compared)


def on_verified(facts: Facts, event: Event[followup.ComplaintVerified]) -> Facts:
    """Step 7: the customer was asked whether it is solved; the newest answer stands, until it is reopened."""
    said = event.data
    known = {
        "verified_at": event.time,
        "verified_answer": said.answer,
        "verified_cycle": facts.current.number,
        "satisfaction": said.satisfaction,
    }
    return _step(facts.model_copy(update=known), verified=True)


def on_reopened(facts: Facts, event: Event[followup.ComplaintReopened]) -> Facts:
    """A new cycle with its own clock; the values of the earlier ones stay, and it must be verified anew."""
    start = event.data.started_at or event.time
    known = {
        "reopened_at": facts.reopened_at or event.time,
        "closed_at": None,
        "verification": None,
        "cycles": (*facts.cycles, Cycle(number=max(event.data.cycle, facts.current.number + 1), start=start)),
    }
    return _step(facts.model_copy(update=known), verified=False).counting(series.REOPENED.one(event.data.reason))


def on_closed(facts: Facts, event: Event[followup.ComplaintClosed]) -> Facts:
    """Counted, with what was done of the seven steps until now."""
    verification = event.data.verification
    facts = facts.model_copy(update={"closed_at": event.time, "verification": verification})
    steps = [series.STEPS_DONE.one(step, "true" if done else "false") for step, done in steps_done(facts).items()]
    return facts.counting(series.CLOSED.one(verification), *steps)


def steps_done(facts: Facts) -> dict[str, bool]:
    """Which of the seven steps were done. Source: the design's `domain.md`, The seven steps.

    1 acknowledged; 2 facts asked or given, or a further message taken in; 3 remedy sought known (only for complaints
    about a product or a treatment, the others have none); 4 summary confirmed or corrected by the customer; 5 a
    solution proposed or chosen; 6 something was promised to the customer and no promise to them stands broken; 7 the
    customer was asked whether it is solved, since it was last reopened; the others count from the start.
    """
    promised = [promise.status for promise in facts.promises if not promise.inner]
    done = {
        "1": facts.acknowledged_at is not None,
        "2": facts.steps.listened,
        "3": facts.steps.remedy,
        "4": facts.steps.summary,
        "5": facts.steps.solution,
        "6": bool(promised) and "broken" not in promised,
        "7": facts.steps.verified,
    }
    if facts.kind not in CUSTOMER_KINDS:
        del done["3"]
    return done
