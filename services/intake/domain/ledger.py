"""Promises as the customer's complaint shows them: the newest word on each."""

from services.intake.domain.complaint import KEPT
from shared.events.values import AgentId, Promise


def with_promise(promises: tuple[Promise, ...], newest: Promise) -> tuple[Promise, ...]:
    """The newest word on each promise. Above `KEPT` the oldest settled ones go first."""
    if any(promise.id == newest.id for promise in promises):
        return tuple(newest if promise.id == newest.id else promise for promise in promises)
    if len(promises) >= KEPT:
        spare = next((each for each in promises if each.status != "open"), promises[0])
        promises = tuple(promise for promise in promises if promise is not spare)
    return (*promises, newest)


def with_first_owner(promises: tuple[Promise, ...], agent: AgentId | None) -> tuple[Promise, ...]:
    """What the system promised before anybody had the complaint is its first owner's; later hand-overs are said."""
    return tuple(promise.model_copy(update={"owner": agent}) if _nobodys(promise) else promise for promise in promises)


def _nobodys(promise: Promise) -> bool:
    return promise.status == "open" and promise.owner is None and promise.said_by == "system"
