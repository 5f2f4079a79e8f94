"""What a batch needs before it is folded: how its new complaints are read, and whose places they get or give back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from services.routing.assign import Assigner, Wish
from services.routing.domain.assignment import Assignment, rank
from services.routing.domain.candidates import Wanted
from services.routing.domain.commanding import wanted
from services.routing.domain.joining import ousted
from services.routing.domain.legal import LegalRule
from services.routing.domain.receiving import complainants
from services.routing.domain.rules import Rules
from services.routing.domain.teams import team_for
from services.routing.domain.triage import Reading, is_angry, read
from services.routing.domain.world import World
from shared.events import Event, Payload
from shared.events.followup import (
    ComplaintClosed,
    ComplaintReopened,
    ComplaintResolved,
    ComplaintVerified,
    DeadlineOverdue,
    ResponseSent,
)
from shared.events.intake import (
    ComplaintMerged,
    ComplaintReceived,
    ComplaintRematched,
    ComplaintUnmerged,
    ComplaintWithdrawn,
    MessageReceived,
)
from shared.events.promises import PromiseBroken, PromiseCorrected
from shared.events.reference import Reference
from shared.runtime.service import Heard

ENDINGS: Final = (ComplaintResolved, ComplaintClosed, ComplaintWithdrawn)
FREEING: Final = (*ENDINGS, ComplaintMerged, ComplaintReopened)
ESCALATED: Final = (ComplaintVerified, DeadlineOverdue, PromiseBroken, PromiseCorrected)
CHANGES: Final = (ComplaintReceived, *FREEING, ComplaintUnmerged)


@dataclass(frozen=True, slots=True)
class Preparation:
    """Prepares batches for one service."""

    assigner: Assigner
    rules: Rules
    laws: Mapping[str, LegalRule] = field(default_factory=dict)
    _kept: dict[str, tuple[str, int]] = field(default_factory=dict)
    """(agent, turn) of the places kept for the batch before this one, which may not have been saved."""

    async def __call__(self, heard: Sequence[Heard[Assignment]]) -> World:
        """The world in which the batch is folded; every place that the fold will speak of is kept by then.

        Places of what ends in this batch are free by then. Preparing the same batch again changes nothing.
        """
        reference = self.assigner.reference()
        if not heard:
            return World(reference, self.rules, laws=self.laws)
        await self._give_back_what_was_not_saved(heard)
        readings = {
            one.complaint_id: read(event.data, self.rules)
            for one in heard
            for event in one.events
            if one.state is None and isinstance(event.data, ComplaintReceived)
        }
        subjects = await self.assigner.history.subjects(_asked_about(heard, self.rules))
        world = World(reference, self.rules, readings=readings, laws=self.laws, subjects=subjects)
        ended = [_given_back(one, world) for one in heard]
        await self.assigner.places.release([back for back in ended if back is not None])
        wishes = [_wish(one, readings.get(one.complaint_id), reference) for one in heard]
        grants = await self.assigner.allocate([wish for wish in wishes if wish is not None])
        self._kept.clear()
        self._kept.update({name: (grant.agent, grant.turn) for name, grant in grants.items() if grant.agent})
        return replace(world, grants=grants)

    async def _give_back_what_was_not_saved(self, heard: Sequence[Heard[Assignment]]) -> None:
        """A document that comes again because another save was first does not use the place kept for it."""
        for one in heard:
            agent, turn = self._kept.get(one.complaint_id, ("", 0))
            case = one.state
            if case is None or not agent or case.turn <= turn or (case.agent, case.place) == (agent, turn):
                continue
            await self.assigner.places.give_back(agent, one.complaint_id, turn)


def _asked_about(heard: Sequence[Heard[Assignment]], rules: Rules) -> set[str | None]:
    """Customers of whose complaints somebody may be told one level up in this batch, or to whom one is given."""
    told = {_customer(one) for one in heard if any(_tells(event.data, one, rules) for event in one.events)}
    events = (event.data for one in heard for event in one.events)
    return told | {said.customer_id for said in events if isinstance(said, ComplaintRematched)}


def _tells(said: Payload, one: Heard[Assignment], rules: Rules) -> bool:
    hears_out = isinstance(said, ResponseSent | MessageReceived) and _angry(one, rules)
    return isinstance(said, ESCALATED) or hears_out


def _angry(one: Heard[Assignment], rules: Rules) -> bool:
    if one.state is not None and one.state.angry:
        return True
    messages = (event.data for event in one.events if isinstance(event.data, MessageReceived))
    return any(read(said, rules).angry for said in _births(one)) or any(is_angry(said, rules) for said in messages)


def _customer(one: Heard[Assignment]) -> str | None:
    return one.state.customer_id if one.state else next((said.customer_id for said in _births(one)), None)


def _births(one: Heard[Assignment]) -> Iterator[ComplaintReceived]:
    return (event.data for event in one.events if isinstance(event.data, ComplaintReceived))


def _frees(one: Heard[Assignment]) -> bool:
    """Whether the complaint gives its place back in this batch, if only to look for one again."""
    return any(isinstance(event.data, FREEING) for event in one.events)


def _given_back(one: Heard[Assignment], world: World) -> tuple[str, str, int] | None:
    """(agent, complaint, turn): the complaint gives back whatever it held from before its present turn."""
    case = one.state
    if case is None or case.agent is None or not case.open:
        return None
    if not _frees(one) and not any(ousted(case, event.data, world) for event in one.events):
        return None
    return case.agent, one.complaint_id, case.turn


def _wish(one: Heard[Assignment], reading: Reading | None, reference: Reference) -> Wish | None:
    changes = [event for event in one.events if isinstance(event.data, CHANGES)]
    if not changes or isinstance(changes[-1].data, ComplaintMerged) or _is_over(one.state, changes):
        return None
    if reading is not None:
        said = next(_births(one))
        return None if said.historical else _first_wish(one.complaint_id, said, reading, reference)
    return _next_wish(one.complaint_id, one.state, changes[-1]) if one.state and _may_look(one) else None


def _is_over(case: Assignment | None, changes: Sequence[Event[Any]]) -> bool:
    """Whether it is over after these changes; merging it, and undoing that, makes no difference."""
    told = [event.data for event in changes if not isinstance(event.data, ComplaintMerged | ComplaintUnmerged)]
    return isinstance(told[-1], ENDINGS) if told else case is not None and case.over


def _may_look(one: Heard[Assignment]) -> bool:
    case = one.state
    return case is not None and not case.historical and (not case.open or _frees(one))


def _next_wish(complaint_id: str, case: Assignment, change: Event[Any]) -> Wish:
    """It comes back: to the same agent first, who knows the story."""
    looking = wanted(case, complaint_id=complaint_id, owner=case.agent)
    start = change.data.started_at or change.time if isinstance(change.data, ComplaintReopened) else case.started_at
    return Wish(
        looking,
        case.priority_rank,
        start,
        case.turn,
        case.customer_id,
        accuses=case.kind != "praise",
        told_at=case.told_at,
    )


def _first_wish(complaint_id: str, said: ComplaintReceived, reading: Reading, reference: Reference) -> Wish:
    team, _ = team_for(said.product, reading.language, said.about, reference.teams)
    looking = Wanted(
        complaint_id=complaint_id,
        team=team,
        category=reading.category,
        product=said.product,
        language=reading.language,
        about=said.about,
        complainant=complainants(said),
    )
    return Wish(
        looking,
        rank(reading.priority),
        said.started_at,
        customer=said.customer_id,
        accuses=said.kind != "praise",
        told_at=said.received_at,
    )
