"""What was promised and how it ended. Source: the design's `domain.md`, Promises.

Kept as the newest event says; counted when a promise is made, when it settles, and when that is corrected. So
`settled{kept} - corrected{from=kept} + corrected{to=kept}` is the number of promises that stand as kept. What
colleagues promise each other is counted in series of its own: it is not our word to a customer.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from services.metrics.domain import series
from services.metrics.domain.facts import Facts
from services.metrics.domain.promise_fact import PromiseFact
from services.metrics.domain.series import Increment, Series
from shared.events import Event, promises
from shared.events.promises import PromisePayload
from shared.events.values import Promise
from shared.events.vocabulary import PromiseStatus

_MADE: Final = (series.PROMISES_MADE, series.INNER_MADE)
_SETTLED: Final = (series.PROMISES_SETTLED, series.INNER_SETTLED)
_CORRECTED: Final = (series.PROMISES_CORRECTED, series.INNER_CORRECTED)
"""The counter of all promises, and that of those to colleagues among them."""
_KNOWN_BESIDE: Final = ("overridden", "at_risk", "renegotiated_after_due", "moved_at")


def on_made(facts: Facts, event: Event[promises.PromiseMade]) -> Facts:
    """Counted, with whether it went against the rules of feasibility."""
    said = event.data.promise
    overridden = event.data.overridden or said.override_reason is not None
    fact = _fact(facts, event, overridden=overridden)
    return _with(facts, fact).counting(*_counts(_MADE, fact, "true" if overridden else "false"))


def on_checked(facts: Facts, event: Event[promises.PromiseChecked]) -> Facts:
    """At risk, or not any more, as its owner says."""
    return _with(facts, _fact(facts, event, at_risk=not event.data.on_track))


def on_reminded(facts: Facts, event: Event[promises.PromiseReminded]) -> Facts:
    """At risk until its owner says that it is on track."""
    return _with(facts, _fact(facts, event, at_risk=True))


def on_fulfilled_late(facts: Facts, event: Event[promises.PromiseFulfilledLate]) -> Facts:
    """It stays broken, and is late."""
    fact = _fact(facts, event)
    return _with(facts, fact.model_copy(update={"late_at": fact.late_at or event.time}))


def on_renegotiated(facts: Facts, event: Event[promises.PromiseRenegotiated]) -> Facts:
    """Ended, if the customer agreed before due; after due it stays broken; a refused one changes nothing."""
    said = event.data
    after_due = said.agreed_by_customer and (said.after_due or said.promise.status == "broken")
    fact = _fact(facts, event, renegotiated_after_due=after_due, moved_at=event.time if after_due else None)
    if not said.agreed_by_customer or after_due:
        return _with(facts, fact)
    return _settled(facts, fact, "renegotiated", event.time)


def on_settled(facts: Facts, event: Event[PromisePayload]) -> Facts:
    """Counted as kept, attempted, broken or withdrawn, once."""
    return _settled(facts, _fact(facts, event), _OUTCOMES[type(event.data)], event.time)


_OUTCOMES: dict[type[PromisePayload], PromiseStatus] = {
    promises.PromiseKept: "kept",
    promises.PromiseAttempted: "attempted",
    promises.PromiseBroken: "broken",
    promises.PromiseWithdrawn: "withdrawn",
}
SETTLED = tuple(_OUTCOMES)


def on_corrected(facts: Facts, event: Event[promises.PromiseCorrected]) -> Facts:
    """It stands as corrected; what was counted stays counted, and the correction is counted beside it."""
    said = event.data
    fact = _fact(facts, event).model_copy(update={"status": said.to_status})
    if said.to_status == "open":
        fact = fact.model_copy(update={"settled_at": None, "evidence_at": None})
    if said.from_status == said.to_status:
        return _with(facts, fact)  # a late fulfilment taken back: it ended as broken before and after
    return _with(facts, fact).counting(*_counts(_CORRECTED, fact, said.from_status, said.to_status))


def _settled(facts: Facts, fact: PromiseFact, outcome: PromiseStatus, at: datetime) -> Facts:
    known = facts.promise(fact.id)
    ended = fact.model_copy(update={"status": outcome, "settled_at": fact.settled_at or fact.broken_at or at})
    counted = known is not None and known.status == outcome
    return _with(facts, ended).counting(*([] if counted else _counts(_SETTLED, ended, ended.status)))


def _counts(counters: tuple[Series, Series], fact: PromiseFact, *labels: str) -> Iterator[Increment]:
    of_all, of_inner = counters
    yield of_all.one(fact.kind, fact.said_by, *labels)
    if fact.inner:
        yield of_inner.one(fact.kind, fact.made_to, *labels)


def _fact(facts: Facts, event: Event[PromisePayload], **changes: Any) -> PromiseFact:
    """The promise as the event says it is, and what earlier events told beside it."""
    said: Promise = event.data.promise
    known = facts.promise(said.id)
    kept: dict[str, Any] = {}
    if known is not None:
        kept = {name: getattr(known, name) for name in _KNOWN_BESIDE}
    if said.status == "kept" and said.evidence is not None:
        kept["evidence_at"] = said.evidence.occurred_at or said.settled_at or event.time
    return PromiseFact(
        id=said.id,
        kind=said.kind,
        said_by=said.said_by,
        made_to=said.made_to,
        status=said.status,
        due=said.due,
        made_at=said.made_at,
        settled_at=said.settled_at,
        broken_at=said.broken_at,
        late_at=said.late_at,
        replaces=said.replaces,
        depends_on=said.depends_on,
        **{**kept, **{name: value for name, value in changes.items() if name != "at_risk" or value is not None}},
    )


def _with(facts: Facts, fact: PromiseFact) -> Facts:
    if facts.promise(fact.id) is None:
        promises = (*facts.promises, fact)
    else:
        promises = tuple(fact if known.id == fact.id else known for known in facts.promises)
    return facts.model_copy(update={"promises": promises})
