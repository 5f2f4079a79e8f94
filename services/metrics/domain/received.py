"""What intake says: a complaint exists, a response failed, the customer takes it back."""

from services.metrics.domain import series
from services.metrics.domain.facts import MOST, Absorbed, Cycle, Facts, Steps
from services.metrics.domain.first_response import count_firsts, taken_back
from shared.events import Event, intake


def on_received(known: Facts | None, event: Event[intake.ComplaintReceived]) -> Facts:
    """The complaint is known, its first cycle runs from `started_at`, and it is counted once: live or history."""
    if known is not None:
        return known
    said = event.data
    facts = Facts(
        channel=said.channel,
        kind=said.kind,
        via=said.via,
        product=said.product,
        place=said.place,
        received_at=said.received_at,
        started_at=said.started_at,
        historical=said.historical,
        anonymous=said.complainant.anonymous,
        import_format=said.import_format,
        cycles=(Cycle(number=1, start=said.started_at),),
        steps=Steps(remedy=said.remedy_sought is not None),
    )
    if said.historical:
        return facts.model_copy(update={"counts": (series.IMPORTED.one(said.import_format),)})
    return facts.counting(series.RECEIVED.one(said.channel, said.kind, said.via))


def on_message(facts: Facts, _: Event[intake.MessageReceived]) -> Facts:
    """The customer was heard out further."""
    return facts.model_copy(update={"steps": facts.steps.model_copy(update={"listened": True})})


def on_failed(facts: Facts, event: Event[intake.ResponseFailed]) -> Facts:
    """It counts as never sent: the next valid response, if there is one, is the first; else the clock runs on.

    Said before the response itself was heard of, it is kept until then.
    """
    return count_firsts(_restarted(taken_back(facts, event.data.response_id)))


def on_withdrawn(facts: Facts, event: Event[intake.ComplaintWithdrawn]) -> Facts:
    """Nobody waits for an answer any more."""
    return facts.model_copy(update={"withdrawn_at": facts.withdrawn_at or event.data.said_at or event.time})


def on_merged(facts: Facts, event: Event[intake.ComplaintMerged]) -> Facts:
    """It goes on inside another complaint, and is waited for there."""
    return facts.model_copy(update={"merged_at": event.time})


def on_absorbed(facts: Facts, event: Event[intake.ComplaintAbsorbed]) -> Facts:
    """Who waits here has waited since the earliest start of all that go on here, if nobody has answered yet."""
    one = Absorbed(complaint_id=event.data.absorbed, started_at=event.data.started_at)
    others = _but(facts, event.data.absorbed)
    return _restarted(facts.model_copy(update={"absorbed": (*others, one)[-MOST:]}))


def on_released(facts: Facts, event: Event[intake.ComplaintReleased]) -> Facts:
    """It runs from its own start again, or from that of another one that still goes on here."""
    return _restarted(facts.model_copy(update={"absorbed": _but(facts, event.data.absorbed)}))


def _but(facts: Facts, complaint_id: str) -> tuple[Absorbed, ...]:
    return tuple(one for one in facts.absorbed if one.complaint_id != complaint_id)


def _restarted(facts: Facts) -> Facts:
    """While nobody has answered the first cycle, its wait runs from the earliest start; what was measured stays."""
    first = facts.cycles[0]
    if len(facts.cycles) > 1 or first.responses:
        return facts
    start = min([facts.started_at, *(one.started_at for one in facts.absorbed)])
    return facts.model_copy(update={"cycles": (first.model_copy(update={"start": start}),)})


def on_unmerged(facts: Facts, _: Event[intake.ComplaintUnmerged]) -> Facts:
    """It stands on its own again, with its own start."""
    return facts.model_copy(update={"merged_at": None})
