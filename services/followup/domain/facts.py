"""What is known beside the answers: notes for colleagues, facts asked and given, the remedy sought."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Final

from services.followup.domain.asking import Ask, person
from services.followup.domain.case import ACTIVE, Case
from services.followup.domain.parts import Fact, Note, evolve
from services.followup.domain.refusals import Conflict
from services.followup.domain.saying import remember, say
from services.followup.domain.world import World
from shared.decision import ComplaintFull, Decision, Invalid
from shared.events.followup import FactsAsked, FactsGiven, RemedySoughtStated
from shared.events.values import Frozen, LongText, RemedySought, ShortText

MOST_FACTS: Final = 200


class WriteNote(Ask):
    """Words for colleagues."""

    adds: ClassVar[bool] = True

    note_id: str
    text: LongText


class AskFacts(Ask):
    """The customer is asked for these facts; none named: the key questions of its category that are still open."""

    adds: ClassVar[bool] = True

    facts: tuple[ShortText, ...] = ()


class GiveFacts(Ask):
    """These facts are known."""

    adds: ClassVar[bool] = True

    facts: dict[ShortText, LongText]


class StateRemedy(Ask):
    """What would put it right, in the customer's eyes."""

    remedy: RemedySought


class FactsKnown(Frozen):
    """All facts of the case: those asked for have a value once they are given.

    `open_questions`: key questions that nobody has asked and nobody has answered. `again`: facts that this command
    asked for once more, of anybody's asking before; the customer tells the story twice.
    """

    facts: tuple[Fact, ...]
    open_questions: tuple[str, ...] = ()
    again: tuple[str, ...] = ()


def write_note(case: Case, ask: WriteNote, *, now: datetime, world: World) -> Decision[Case]:
    """The note stands in the case. Nothing is said on the log, and it is no answer to anybody."""
    del world
    note = Note(id=ask.note_id, at=now, by=person(ask), text=ask.text)
    case = remember(case, "note.written", at=now, by=note.by, summary=note.text, about=note.id)
    return Decision(evolve(case, notes=(*case.notes, note)), (), note)


def ask_facts(case: Case, ask: AskFacts, *, now: datetime, world: World) -> Decision[Case]:
    """The customer was asked; what anybody had asked before, also before a hand-over, is named as asked again."""
    by, known = person(ask), {fact.name: fact for fact in case.facts}
    wanted = ask.facts or open_questions(case, world)
    names = tuple({name.casefold(): _as_known(name, known) for name in wanted}.values())
    if not names:
        raise Invalid("there is nothing left to ask", errors=[("facts", "name at least one")])
    again = tuple(name for name in names if name in known and known[name].asked_at)
    for name in names:
        fact = known.get(name) or Fact(name=name)
        known[name] = evolve(fact, asked_at=now, asked_times=fact.asked_times + 1)
    case = _with_facts(case, known)
    return _answered(say(case, FactsAsked(by=by, facts=names, again=again), now=now), world, again)


def open_questions(case: Case, world: World) -> tuple[str, ...]:
    """The key questions of the policy for this category that nobody has asked and nobody has answered."""
    category = (case.category or "").casefold()
    asked = {fact.name.casefold() for fact in case.facts}
    found: dict[str, None] = {}
    for name, questions in world.policy_of(case).questions.items():
        if name.casefold() == category:
            found |= dict.fromkeys(question for question in questions if question.casefold() not in asked)
    return tuple(found)


def _as_known(name: str, known: Mapping[str, Fact]) -> str:
    """The fact's name as it was first written; capital letters make no difference."""
    return next((other for other in known if other.casefold() == name.casefold()), name)


def give_facts(case: Case, ask: GiveFacts, *, now: datetime, world: World) -> Decision[Case]:
    """These facts are known; a newer value replaces an older one."""
    known = {fact.name: fact for fact in case.facts}
    for told, value in ask.facts.items():
        name = _as_known(told, known)
        known[name] = evolve(known.get(name) or Fact(name=name), value=value, given_at=now)
    case = _with_facts(case, known)
    return _answered(say(case, FactsGiven(by=ask.by, facts=dict(ask.facts)), now=now), world)


def _with_facts(case: Case, known: dict[str, Fact]) -> Case:
    if len(known) > MOST_FACTS:
        raise ComplaintFull(f"a case holds {MOST_FACTS} facts at most")
    return evolve(case, facts=tuple(known.values()))


def _answered(decision: Decision[Case], world: World, again: tuple[str, ...] = ()) -> Decision[Case]:
    case = decision.state
    answer = FactsKnown(facts=case.facts, open_questions=open_questions(case, world), again=again)
    return Decision(case, decision.events, answer)


def state_remedy(case: Case, ask: StateRemedy, *, now: datetime, world: World) -> Decision[Case]:
    """What would put it right is known; asked at the latest before the resolution."""
    del world
    if case.status not in ACTIVE:
        raise Conflict(f"this complaint is {case.status}: the remedy sought is asked for before its resolution")
    case = evolve(case, remedy_sought=ask.remedy)
    said = say(case, RemedySoughtStated(by=ask.by, remedy=ask.remedy), now=now)
    return Decision(said.state, said.events, ask.remedy)
