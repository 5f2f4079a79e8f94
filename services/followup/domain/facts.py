"""What is known beside the answers: notes for colleagues, facts asked and given, the remedy sought."""

from datetime import datetime
from typing import ClassVar, Final

from services.followup.domain.asking import Ask, person
from services.followup.domain.case import ACTIVE, Case
from services.followup.domain.parts import Fact, Note, evolve
from services.followup.domain.refusals import ComplaintFull, Conflict
from services.followup.domain.saying import remember, say
from services.followup.domain.world import World
from shared.decision import Decision
from shared.events.followup import FactsAsked, FactsGiven, RemedySoughtStated
from shared.events.values import Frozen, LongText, RemedySought, ShortText

MOST_FACTS: Final = 200


class WriteNote(Ask):
    """Words for colleagues."""

    adds: ClassVar[bool] = True

    note_id: str
    text: LongText


class AskFacts(Ask):
    """The customer is asked for these facts."""

    adds: ClassVar[bool] = True

    facts: tuple[ShortText, ...]


class GiveFacts(Ask):
    """These facts are known."""

    adds: ClassVar[bool] = True

    facts: dict[ShortText, LongText]


class StateRemedy(Ask):
    """What would put it right, in the customer's eyes."""

    remedy: RemedySought


class FactsKnown(Frozen):
    """All facts of the case: those asked for have a value once they are given."""

    facts: tuple[Fact, ...]


def write_note(case: Case, ask: WriteNote, *, now: datetime, world: World) -> Decision[Case]:
    """The note stands in the case. Nothing is said on the log, and it is no answer to anybody."""
    del world
    note = Note(id=ask.note_id, at=now, by=person(ask), text=ask.text)
    case = remember(case, "note.written", at=now, by=note.by, summary=note.text, about=note.id)
    return Decision(evolve(case, notes=(*case.notes, note)), (), note)


def ask_facts(case: Case, ask: AskFacts, *, now: datetime, world: World) -> Decision[Case]:
    """The customer was asked; what had been asked before is named as asked again."""
    del world
    by, known = person(ask), {fact.name: fact for fact in case.facts}
    names = tuple(dict.fromkeys(ask.facts))
    again = tuple(name for name in names if name in known and known[name].asked_at)
    for name in names:
        known[name] = evolve(known.get(name) or Fact(name=name), asked_at=now)
    case = _with_facts(case, known)
    return _answered(say(case, FactsAsked(by=by, facts=names, again=again), now=now))


def give_facts(case: Case, ask: GiveFacts, *, now: datetime, world: World) -> Decision[Case]:
    """These facts are known; a newer value replaces an older one."""
    del world
    known = {fact.name: fact for fact in case.facts}
    for name, value in ask.facts.items():
        known[name] = evolve(known.get(name) or Fact(name=name), value=value, given_at=now)
    case = _with_facts(case, known)
    return _answered(say(case, FactsGiven(by=ask.by, facts=dict(ask.facts)), now=now))


def _with_facts(case: Case, known: dict[str, Fact]) -> Case:
    if len(known) > MOST_FACTS:
        raise ComplaintFull(f"a case holds {MOST_FACTS} facts at most")
    return evolve(case, facts=tuple(known.values()))


def _answered(decision: Decision[Case]) -> Decision[Case]:
    return Decision(decision.state, decision.events, FactsKnown(facts=decision.state.facts))


def state_remedy(case: Case, ask: StateRemedy, *, now: datetime, world: World) -> Decision[Case]:
    """What would put it right is known; asked at the latest before the resolution."""
    del world
    if case.status not in ACTIVE:
        raise Conflict(f"this complaint is {case.status}: the remedy sought is asked for before its resolution")
    case = evolve(case, remedy_sought=ask.remedy)
    said = say(case, RemedySoughtStated(by=ask.by, remedy=ask.remedy), now=now)
    return Decision(said.state, said.events, ask.remedy)
